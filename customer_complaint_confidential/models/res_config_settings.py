from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_access_max_days = fields.Integer(
        related="company_id.complaint_access_max_days", readonly=False
    )
