from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_voucher_program_id = fields.Many2one(
        related="company_id.complaint_voucher_program_id",
        readonly=False,
        domain="[('program_type', 'in', ('gift_card', 'ewallet')),"
        " ('company_id', 'in', (company_id, False))]",
    )
    complaint_voucher_months = fields.Integer(
        related="company_id.complaint_voucher_months", readonly=False
    )
