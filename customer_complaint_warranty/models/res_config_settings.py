from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_no_reason_days = fields.Integer(
        related="company_id.complaint_no_reason_days", readonly=False
    )
    complaint_return_days = fields.Integer(
        related="company_id.complaint_return_days", readonly=False
    )
    complaint_exchange_days = fields.Integer(
        related="company_id.complaint_exchange_days", readonly=False
    )
    complaint_repair_days = fields.Integer(
        related="company_id.complaint_repair_days", readonly=False
    )
