from odoo import api, fields, models

from ..models.customer_complaint_related import EARLIER_COMPLAINTS_SHOWN


class CustomerComplaintOpen(models.TransientModel):
    """Shows earlier complaints of the customer and of the goods that are chosen."""

    _inherit = "customer.complaint.open"

    earlier_complaint_ids = fields.Many2many(
        "customer.complaint", compute="_compute_earlier_complaint_ids"
    )

    @api.depends("partner_id", "line_ids.is_selected", "sale_order_id")
    def _compute_earlier_complaint_ids(self):
        Complaint = self.env["customer.complaint"]
        for dialog in self:
            chosen = dialog.line_ids.filtered("is_selected")
            domain = Complaint._get_same_matter_domain(
                dialog.partner_id.commercial_partner_id,
                chosen.sale_order_line_id,
                chosen.product_id,
                phone=dialog.partner_id.phone,
            )
            dialog.earlier_complaint_ids = domain and Complaint.search(
                domain, limit=EARLIER_COMPLAINTS_SHOWN
            )
