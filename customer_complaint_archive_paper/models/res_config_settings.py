from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_inventory_months = fields.Integer(
        related="company_id.complaint_inventory_months", readonly=False
    )
