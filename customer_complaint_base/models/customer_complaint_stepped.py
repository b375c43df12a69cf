from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools.fields import get_field_label


class CustomerComplaintStepped(models.AbstractModel):
    """What moves by steps: what they set, nobody writes by hand.

    ``write`` asks :meth:`_check_vals` what may be written; the steps write past it, by
    :meth:`_write_unguarded`.
    """

    _name = "customer.complaint.stepped"
    _inherit = "customer.complaint.kept"
    _description = "Moves by Steps"

    def write(self, vals):
        self._check_vals(vals)
        return super().write(vals)

    def _check_vals(self, vals):
        """Refuse values that only the steps set; models add what else they refuse.

        :param dict vals: as given to ``write``
        :raise UserError: naming the fields, and the way out
        """
        forbidden = sorted(self._get_reserved_fields() & vals.keys())
        if forbidden:
            raise UserError(
                self.env._(
                    "The steps set these; use the buttons: %(fields)s.",
                    fields=format_list(
                        self.env, [get_field_label(self, name) for name in forbidden]
                    ),
                )
            )

    def _write_unguarded(self, vals):
        """Write what the steps decide, past the guard of ``write``."""
        return super().write(vals)

    def _check_state(self, *states):
        """Refuse a step to records that are in none of the states.

        :raise UserError: naming them
        """
        others = self.filtered(lambda record: record.state not in states)
        if others:
            raise UserError(
                self.env._(
                    "This step is not possible now: %(names)s. Somebody may have taken "
                    "one already; reload the page.",
                    names=format_list(self.env, others._get_step_names()),
                )
            )

    def _get_step_names(self):
        """Return how a refusal names these records.

        :rtype: list[str]
        """
        return self.mapped("display_name")

    def _get_state_label(self):
        """Return the state in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _name_reason(self, reason):
        """Say of which record a reason speaks.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(number)s: %(reason)s", number=self.display_name, reason=reason
        )

    def _raise_reasons(self, get_reason, error=UserError):
        """Refuse a step with one line for each record that cannot take it.

        :param get_reason: function of a record; a text, or False
        :param error: the class of the error
        """
        reasons = [
            record._name_reason(reason)
            for record in self
            if (reason := get_reason(record))
        ]
        if reasons:
            raise error("\n".join(reasons))
