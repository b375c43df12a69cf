from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_policy_milestone as milestones,
)
from odoo.addons.customer_complaint_deadline.models.customer_complaint_deadline import (
    OPEN_STATES,
)


class CustomerComplaintRequestExtension(models.TransientModel):
    """Asks for which limit more time is needed, how much and why."""

    _name = "customer.complaint.request.extension"
    _inherit = "customer.complaint.dialog"
    _description = "Ask for More Time"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    deadline_ids = fields.Many2many(
        "customer.complaint.deadline", compute="_compute_deadline_ids"
    )
    deadline_id = fields.Many2one(
        "customer.complaint.deadline",
        string="Limit",
        compute="_compute_deadline_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', deadline_ids)]",
        help="The limit that needs more time.",
    )
    length = fields.Float(
        string="Time Asked For",
        digits=(16, 2),
        compute="_compute_length",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="In the unit of the clock: hours or days.",
    )
    clock = fields.Selection(milestones.CLOCK_LABELS, compute="_compute_dates")
    reason = fields.Text(required=True, help="Why the limit cannot be kept.")
    date_due_before = fields.Datetime(string="Old Date", compute="_compute_dates")
    date_due_after = fields.Datetime(string="New Date", compute="_compute_dates")
    cannot_reason = fields.Char(compute="_compute_dates")
    extension_id = fields.Many2one("customer.complaint.extension", readonly=True)

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("complaint_id")
    def _compute_deadline_ids(self):
        for dialog in self:
            dialog.deadline_ids = dialog.complaint_id.shown_deadline_ids.filtered(
                lambda deadline: (
                    deadline.state in OPEN_STATES
                    and not deadline._get_cannot_extend_reason()
                )
            )

    @api.depends("complaint_id")
    def _compute_deadline_id(self):
        """Propose the limit that passes first."""
        for dialog in self:
            dialog.deadline_id = dialog.deadline_id or dialog.deadline_ids[:1]

    @api.depends("deadline_id")
    def _compute_length(self):
        for dialog in self:
            deadline = dialog._get_seen_deadline()
            dialog.length = deadline and deadline._get_longest_extension()

    @api.depends("deadline_id", "length")
    def _compute_dates(self):
        for dialog in self:
            deadline = dialog._get_seen_deadline()
            reason = dialog._get_cannot_reason()
            dialog.clock = deadline.clock
            dialog.cannot_reason = reason
            dialog.date_due_before = deadline.date_due
            dialog.date_due_after = not reason and deadline._get_extended_due(
                dialog.length
            )

    def _get_seen_deadline(self):
        """Return the limit if the user may see it.

        Asked for in so many words: what somebody else read may be in the cache.

        :rtype: customer.complaint.deadline
        """
        self.ensure_one()
        return self.deadline_id._filtered_access("read")

    def _get_cannot_reason(self):
        """Return why this cannot be asked for, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        deadline = self._get_seen_deadline()
        if not deadline:
            return self.env._(
                "no limit of this complaint can get more time: its policy does not "
                "allow it, or the limits have not started, have passed, or more time "
                "was asked for already."
            )
        return deadline._get_cannot_extend_reason() or (
            deadline._get_wrong_extension_reason(self.length)
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask for more time.

        :raise UserError: if the limit cannot be extended now
        :raise ValidationError: if more is asked for than the milestone allows
        """
        self.ensure_one()
        if self.extension_id:
            raise UserError(
                self.env._("More time was asked for already. Reload the page.")
            )
        if not self._get_seen_deadline():
            raise UserError(self.complaint_id._name_reason(self._get_cannot_reason()))
        self.extension_id = self.env["customer.complaint.extension"].create(
            {
                "deadline_id": self.deadline_id.id,
                "length": self.length,
                "reason": self.reason,
            }
        )
        return {"type": "ir.actions.act_window_close"}
