from math import isfinite, nan

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools.fields import get_field_label

# What the database keeps as a whole number.
WHOLE_NUMBERS = range(-(2**31), 2**31)
# Technical bound: beyond it a number cannot be rounded any more.
MAX_NUMBER = 1e30
NUMBERS = ("integer", "float", "monetary")


class CustomerComplaintNumbers(models.AbstractModel):
    """Numbers that no database keeps are refused in words, before they are rounded."""

    _name = "customer.complaint.numbers"
    _description = "Numbers That Can Be Kept"

    @api.model_create_multi
    def create(self, vals_list):
        """Create records.

        :raise ValidationError: naming the field whose number cannot be kept
        """
        for vals in vals_list:
            self._check_numbers_can_be_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Write records.

        :raise ValidationError: naming the field whose number cannot be kept
        """
        self._check_numbers_can_be_kept(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Work out what follows from what is entered in a form.

        :raise ValidationError: naming the field whose number cannot be kept
        """
        self._check_numbers_can_be_kept(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_numbers_can_be_kept(self, vals):
        names = self._get_number_fields()
        for name, value in vals.items():
            if name not in names:
                continue
            field = self._fields[name]
            if field.type == "one2many":
                self._check_numbers_of_lines(field, value)
                continue
            if isinstance(value, str):
                value = _to_number(value)
            if not isinstance(value, int | float):
                continue
            if field.type == "integer":
                fits = isfinite(value) and int(value) in WHOLE_NUMBERS
            else:
                fits = isfinite(value) and abs(value) < MAX_NUMBER
            if not fits:
                raise ValidationError(
                    self.env._(
                        "%(field)s: %(value)s is no number that can be kept. Check "
                        "what was entered.",
                        field=get_field_label(self, name),
                        value=vals[name]
                        if isinstance(vals[name], str)
                        else f"{value:.15g}",
                    )
                )

    @api.model
    @ormcache()
    def _get_number_fields(self):
        """Return the names of the fields that hold numbers, or lines that may.

        :rtype: frozenset[str]
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in (*NUMBERS, "one2many")
        )

    @api.model
    def _check_numbers_of_lines(self, field, commands):
        """Check the lines that are entered with their record, before any is made."""
        lines = self.env[field.comodel_name]
        if not hasattr(lines, "_check_numbers_can_be_kept"):
            return
        for command in commands if isinstance(commands, list | tuple) else ():
            if isinstance(command, list | tuple) and isinstance(command[-1], dict):
                lines._check_numbers_can_be_kept(command[-1])


def _to_number(text):
    """Return the number a text means to Python; none of them, if it is none."""
    try:
        return float(text or 0)
    except ValueError:
        return nan
