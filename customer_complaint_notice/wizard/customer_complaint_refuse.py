from odoo import api, fields, models

from odoo.addons.customer_complaint_base.tools.fields import get_field_label


class CustomerComplaintRefuse(models.TransientModel):
    """A refusal is told in the customer's language."""

    _inherit = "customer.complaint.refuse"

    language_warning = fields.Text(compute="_compute_language_warning")

    @api.depends("complaint_ids", "refusal_note")
    @api.depends_context("lang")
    def _compute_language_warning(self):
        label = get_field_label(self, "refusal_note")
        for dialog in self:
            warnings = {
                complaint._get_language_warning({f"“{label}”": dialog.refusal_note})
                for complaint in dialog.complaint_ids
            }
            dialog.language_warning = "\n".join(sorted(filter(None, warnings)))
