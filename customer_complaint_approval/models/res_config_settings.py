from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_approval_days = fields.Integer(
        related="company_id.complaint_approval_days", readonly=False
    )
    complaint_earlier_months = fields.Integer(
        related="company_id.complaint_earlier_months", readonly=False
    )
    complaint_earlier_raises_tier = fields.Boolean(
        related="company_id.complaint_earlier_raises_tier", readonly=False
    )
