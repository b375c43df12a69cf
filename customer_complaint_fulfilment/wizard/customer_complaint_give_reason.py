from odoo import api, fields, models


class CustomerComplaintGiveReason(models.TransientModel):
    """Asks besides what happens to the drafts of what is cancelled."""

    _inherit = "customer.complaint.give.reason"

    has_drafts = fields.Boolean(compute="_compute_has_drafts")
    drafts = fields.Selection(
        [("cancel", "Cancel them"), ("keep", "Leave them to accounting and stock")],
        string="Drafts Already Made",
        required=True,
        default="cancel",
        help="What happens to credit notes, transfers and other documents that were "
        "drafted and are not in effect yet.",
    )

    @api.depends("asked_model", "asked_ids", "step")
    def _compute_has_drafts(self):
        for dialog in self:
            records = dialog._get_asked()._filtered_access("read")
            dialog.has_drafts = (
                dialog.step == "_cancel"
                and records._name == "customer.complaint.remediation"
                and any(records.mapped("has_drafts"))
            )

    def _get_choices(self):
        choices = super()._get_choices()
        if self.has_drafts:
            choices["keeps_drafts"] = self.drafts == "keep"
        return choices
