from odoo import fields, models


class CustomerComplaintChannel(models.Model):
    _inherit = "customer.complaint.channel"

    is_authority = fields.Boolean(
        string="Authority",
        help="Complaints of this channel are passed on by a regulator or association: "
        "its reference, date and demand are to be recorded.",
    )
