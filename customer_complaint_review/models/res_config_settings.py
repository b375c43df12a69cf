from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_review_request_days = fields.Integer(
        related="company_id.complaint_review_request_days", readonly=False
    )
    complaint_review_decide_days = fields.Integer(
        related="company_id.complaint_review_decide_days", readonly=False
    )
