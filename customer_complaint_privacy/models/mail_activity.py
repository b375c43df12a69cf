from odoo import models


class MailActivity(models.Model):
    """To-dos on restricted cases, also to those whose they are."""

    _name = "mail.activity"
    _inherit = ["customer.complaint.hidden", "mail.activity"]
    _kept_by = "activity_ids"
    _kept_model = "res_model"
