from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_compensation_product_id = fields.Many2one(
        related="company_id.complaint_compensation_product_id", readonly=False
    )
    complaint_compensation_account_id = fields.Many2one(
        related="company_id.complaint_compensation_account_id", readonly=False
    )
    complaint_compensation_journal_id = fields.Many2one(
        related="company_id.complaint_compensation_journal_id", readonly=False
    )
