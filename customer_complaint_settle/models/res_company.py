from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_spot_category_id = fields.Many2one(
        "customer.complaint.category",
        string="Category Settled on the Spot",
        check_company=True,
        default=lambda self: self.env.ref(
            "customer_complaint.category_quality_appearance", raise_if_not_found=False
        ),
        help="Proposed when something is settled at the counter: what happens most.",
    )
