from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_archive_prefix = fields.Char(
        related="company_id.complaint_archive_prefix", readonly=False
    )
