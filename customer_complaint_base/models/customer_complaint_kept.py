from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..tools.access import refuse_no_record
from ..tools.archive_right import has_archive_right
from ..tools.fields import get_field_label

# What a field says of itself: only the steps write it; it stays as it is once the case
# has ended; it may hold data of persons; how many characters it takes at most.
FIELD_MARKS = ("system", "frozen", "personal", "told_to_person", "longest")


class CustomerComplaintKept(models.AbstractModel):
    """What all records of the desk have in common: they keep what is theirs.

    Fields say of themselves who fills them in; guards against deleting hold whatever
    the context says.
    """

    _name = "customer.complaint.kept"
    _inherit = "customer.complaint.numbers"
    _description = "Keeps What Is Filed With It"

    def _valid_field_parameter(self, field, name):
        return name in FIELD_MARKS or super()._valid_field_parameter(field, name)

    @api.model
    @ormcache("mark")
    def _get_marked_fields(self, mark):
        """Return the names of the fields that say something of themselves.

        What only shows the field of another record says nothing of its own.

        :param str mark: of ``FIELD_MARKS``
        :rtype: frozenset[str]
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if getattr(field, mark, False) and (field.store or not field.related)
        )

    @api.constrains(lambda self: self._get_marked_fields("longest"))
    def _check_lengths(self):
        """Refuse texts that would not fit on the card and the papers."""
        for name in sorted(self._get_marked_fields("longest")):
            longest = self._fields[name].longest
            for record in self:
                length = len(record[name] or "")
                if length > longest:
                    raise ValidationError(
                        self.env._(
                            "%(field)s has %(length)s characters; at most %(max)s "
                            "characters fit. Shorten it, and put the rest into the "
                            "description or a note.",
                            field=get_field_label(self, name),
                            length=length,
                            max=longest,
                        )
                    )

    def ensure_one(self):
        refuse_no_record(self)
        return super().ensure_one()

    def _check_access(self, operation):
        refuse_no_record(self)
        return super()._check_access(operation)

    @api.model
    def default_get(self, fields_list):
        """Propose values, but only those of the model for what the system sets.

        The context and what users keep as their defaults (``ir.default``) may propose
        anything.
        """
        values = super().default_get(fields_list)
        if not values:  # as a rule: a new record asks for each of its fields
            return values
        for name in values.keys() & self._get_reserved_fields():
            del values[name]
            default = self._fields[name].default
            if default:
                value = default(self)
                values[name] = (
                    value.id if isinstance(value, models.BaseModel) else value
                )
        return values

    def unlink(self):
        """Delete by the guards (``ondelete``), whatever the context says.

        Core leaves them out for records that go with their module, and knows that by
        the context alone, which a call from outside may forge. Modules are removed
        before the registry is ready. Who may not delete learns nothing else.
        """
        self.check_access("unlink")
        if has_archive_right(self):
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: True})
        elif self.env.context.get(MODULE_UNINSTALL_FLAG) and self.env.registry.ready:
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super().unlink()

    @api.model
    def _get_reserved_fields(self):
        """Return the names of the fields that nobody fills in when a record is made.

        The system sets them; extensions add what somebody else fills in later.

        :rtype: frozenset[str]
        """
        return self._get_marked_fields("system")

    @api.model
    def _without_reserved(self, vals):
        """Return the values, but for what nobody fills in.

        :param dict vals: as given to ``create``
        :rtype: dict
        """
        reserved = self._get_reserved_fields()
        return {name: value for name, value in vals.items() if name not in reserved}

    @api.model
    def _get_told_fields(self):
        """Return the names of the fields that the copy of a person's data tells.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if getattr(field, "told_to_person", False)
        ]

    @api.model
    def _get_kept_models(self):
        """Return the names of all models of the addon that are stored.

        :rtype: list[str]
        """
        names = self.env.registry.descendants([self._name], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)
