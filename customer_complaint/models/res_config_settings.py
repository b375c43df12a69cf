from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_tz = fields.Selection(related="company_id.complaint_tz", readonly=False)
    complaint_team_id = fields.Many2one(
        related="company_id.complaint_team_id", readonly=False
    )
    complaint_channel_id = fields.Many2one(
        related="company_id.complaint_channel_id", readonly=False
    )
    complaint_issuing_department = fields.Char(
        related="company_id.complaint_issuing_department", readonly=False
    )
    complaint_carry_out_days = fields.Integer(
        related="company_id.complaint_carry_out_days", readonly=False
    )
