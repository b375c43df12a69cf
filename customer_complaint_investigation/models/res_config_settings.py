from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_emergency_plan_id = fields.Many2one(
        related="company_id.complaint_emergency_plan_id", readonly=False
    )

    # Severity
    complaint_major_count = fields.Integer(
        related="company_id.complaint_major_count", readonly=False
    )
