from odoo import api, fields, models

from odoo.addons.customer_complaint.const import GRANTED_STATES


class CustomerComplaintRemediation(models.Model):
    _inherit = "customer.complaint.remediation"

    has_drafts = fields.Boolean(
        compute="_compute_has_drafts",
        help="Something was drafted in another app and is not in effect yet.",
    )

    @api.depends("line_ids.state")
    def _compute_has_drafts(self):
        for remediation in self:
            remediation.has_drafts = "under_way" in remediation.line_ids.mapped("state")

    def _finish_when_done(self):
        granted = self.filtered(lambda rem: rem.state in GRANTED_STATES)
        # Drafts that were left when it was cancelled, and took effect meanwhile.
        left = granted.line_ids.filtered(lambda line: line.state == "under_way")
        if left:
            left._follow_documents()
        return super()._finish_when_done()
