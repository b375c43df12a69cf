from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_quality_signoff_severity = fields.Selection(
        related="company_id.complaint_quality_signoff_severity", readonly=False
    )
    complaint_legal_signoff_severity = fields.Selection(
        related="company_id.complaint_legal_signoff_severity", readonly=False
    )
    complaint_legal_user_ids = fields.Many2many(
        related="company_id.complaint_legal_user_ids", readonly=False
    )

    # Telling
    complaint_unreachable_attempts = fields.Integer(
        related="company_id.complaint_unreachable_attempts", readonly=False
    )
    complaint_answer_days = fields.Integer(
        related="company_id.complaint_answer_days", readonly=False
    )

    # Papers before acceptance
    complaint_papers_days = fields.Integer(
        related="company_id.complaint_papers_days", readonly=False
    )
