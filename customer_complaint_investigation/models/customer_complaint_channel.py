from odoo import fields, models


class CustomerComplaintChannel(models.Model):
    _inherit = "customer.complaint.channel"

    is_public_attention = fields.Boolean(
        string="Public Attention",
        help="What arrives this way has the attention of media or government: it is "
        "major at once.",
    )
