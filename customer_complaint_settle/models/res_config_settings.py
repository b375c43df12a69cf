from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_spot_category_id = fields.Many2one(
        related="company_id.complaint_spot_category_id", readonly=False
    )
