from odoo import api, fields, models

# Each deed is the name of a method of the remediation, after an underscore.
DEEDS = [
    ("refuse", "Do Not Approve"),
    ("send_back", "Send Back"),
    ("cancel", "Cancel"),
    ("decline", "Customer Declines"),
]


class CustomerComplaintGiveReason(models.TransientModel):
    """Asks for the reason of a step against remediations."""

    _name = "customer.complaint.give.reason"
    _inherit = "customer.complaint.dialog"
    _description = "Reason of a Step"

    remediation_ids = fields.Many2many(
        "customer.complaint.remediation",
        "customer_complaint_give_reason_rel",
        "dialog_id",
        "remediation_id",
        string="Remediations",
        required=True,
    )
    deed = fields.Selection(DEEDS, required=True)
    reason = fields.Text(required=True, help="It stays in the history.")
    has_drafts = fields.Boolean(compute="_compute_has_drafts")
    drafts = fields.Selection(
        [("cancel", "Cancel them"), ("keep", "Leave them to accounting and stock")],
        string="Drafts Already Made",
        required=True,
        default="cancel",
        help="What happens to credit notes, transfers and other documents that were "
        "drafted and are not in effect yet.",
    )

    @api.depends("remediation_ids", "deed")
    def _compute_has_drafts(self):
        for dialog in self:
            dialog.has_drafts = dialog.deed == "cancel" and any(
                dialog.remediation_ids.mapped("has_drafts")
            )

    def action_confirm(self):
        """Take the step.

        :raise AccessError: if the user may not take it on one of them
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        remediations = self.remediation_ids
        if self.deed == "decline":
            remediations._check_may_step()
        if self.deed == "cancel":
            remediations._cancel(self.reason, keeps_drafts=self.drafts == "keep")
        else:
            getattr(remediations, f"_{self.deed}")(self.reason)
        return remediations._get_action_after_deciding() or {
            "type": "ir.actions.client",
            "tag": "soft_reload",
        }
