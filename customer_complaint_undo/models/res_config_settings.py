from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_undo_minutes = fields.Integer(
        related="company_id.complaint_undo_minutes", readonly=False
    )
