from odoo import models


class CustomerComplaint(models.Model):
    """A complaint that is decided, told, and whose papers are complete."""

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.documented",
        "customer.complaint.decided",
        "customer.complaint.told",
        "customer.complaint",
    ]
