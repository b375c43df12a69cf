from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint_deadline.models.customer_complaint_policy import (
    COMPLEXITIES,
)


class CustomerComplaintRequestComplexity(models.TransientModel):
    """Asks how complex a case is, and why."""

    _name = "customer.complaint.request.complexity"
    _inherit = "customer.complaint.dialog"
    _description = "Change Complexity"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    complexity = fields.Selection(COMPLEXITIES, required=True, default="complex")
    reason = fields.Text(
        required=True, help="What makes the case complex, special or general."
    )
    date_due_before = fields.Datetime(string="Old Date", compute="_compute_dates")
    date_due_after = fields.Datetime(string="New Date", compute="_compute_dates")
    cannot_reason = fields.Char(compute="_compute_dates")
    request_id = fields.Many2one("customer.complaint.complexity", readonly=True)

    @api.depends("complaint_id", "complexity")
    def _compute_dates(self):
        for dialog in self:
            # Asked for in so many words: what somebody else read may be in the cache.
            complaint = dialog.complaint_id._filtered_access("read")
            reason = complaint and complaint._get_cannot_classify_reason(
                dialog.complexity
            )
            dialog.cannot_reason = reason
            dialog.date_due_before = complaint and complaint._get_answer_due(
                complaint.complexity
            )
            dialog.date_due_after = (
                complaint
                and not reason
                and complaint._get_answer_due(dialog.complexity)
            )

    def action_request(self):
        """Ask for the complexity.

        :raise UserError: if it cannot be asked for now
        """
        self.ensure_one()
        if self.request_id:
            raise UserError(
                self.env._("The complexity was asked for already. Reload the page.")
            )
        self.request_id = self.env["customer.complaint.complexity"].create(
            {
                "complaint_id": self.complaint_id.id,
                "complexity": self.complexity,
                "reason": self.reason,
            }
        )
        return {"type": "ir.actions.act_window_close"}
