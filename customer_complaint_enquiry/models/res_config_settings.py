from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_grumble_hours = fields.Integer(
        related="company_id.complaint_grumble_hours", readonly=False
    )
    complaint_key_customer_tag_id = fields.Many2one(
        related="company_id.complaint_key_customer_tag_id", readonly=False
    )
