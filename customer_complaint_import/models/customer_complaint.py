from odoo import models


class CustomerComplaint(models.Model):
    """Running complaints are read from spreadsheets."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint.importable", "customer.complaint"]
