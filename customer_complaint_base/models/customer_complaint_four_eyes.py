from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..tools.fields import get_field_label


class CustomerComplaintFourEyes(models.AbstractModel):
    """What one asks for and another decides: nobody decides on their own request."""

    _name = "customer.complaint.four.eyes"
    _inherit = "customer.complaint.stepped"
    _description = "Asked by One, Decided by Another"
    # The state in which it waits for the decision.
    _undecided_state = "requested"
    # Names of the fields that say what was asked for: they stay.
    _asked_fields = frozenset()

    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    date_decided = fields.Datetime(
        string="Decided On", readonly=True, copy=False, system=True
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", help="Whether you may approve or refuse it."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for request in self:
            request.can_decide = (
                request.state == self._undecided_state
                and not request._get_cannot_decide_reason()
            )

    def _check_vals(self, vals):
        asked = self._asked_fields & vals.keys()
        if asked:
            raise UserError(
                self.env._(
                    "A request stays as it was made: %(fields)s. Take it back and ask "
                    "anew, or have it decided.",
                    fields=format_list(
                        self.env,
                        [get_field_label(self, name) for name in sorted(asked)],
                    ),
                )
            )
        return super()._check_vals(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A request is never deleted: what was asked for and decided stays on "
                "record. Take it back instead."
            )
        )

    def _get_cannot_decide_reason(self):
        """Return why the user must not decide on this request, or False.

        Whoever asked never does, whatever their role.

        :rtype: str or bool
        """
        raise NotImplementedError

    def _check_may_decide(self):
        """Refuse those who must not decide on these requests, and decided ones.

        :raise AccessError: with one line per request
        :raise UserError: if one is not waiting for a decision
        """
        self._raise_reasons(
            lambda request: request._get_cannot_decide_reason(), AccessError
        )
        self._check_state(self._undecided_state)

    def _decide(self, state, **values):
        """Note who decided, when and how."""
        self._set_state(
            state,
            decided_by_id=self.env.uid,
            date_decided=fields.Datetime.now(),
            **values,
        )

    def _set_state(self, state, **values):
        """Write a state, and what is noted with it."""
        # Checked by the step; a superior only reads the cases of the teams below.
        self.sudo()._write_unguarded({**values, "state": state})
        self._after_state(state)

    def _after_state(self, state):
        """Do what follows from a state, such as telling of it; nothing here."""
