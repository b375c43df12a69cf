from odoo import models


class MailMessage(models.Model):
    """Messages of restricted cases, also to those who wrote or received them."""

    _name = "mail.message"
    _inherit = ["customer.complaint.hidden", "mail.message"]
