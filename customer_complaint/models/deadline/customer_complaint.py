from odoo import models


class CustomerComplaint(models.Model):
    """A complaint whose time limits start, pause, are extended and escalate."""

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.escalated",
        "customer.complaint.extendable",
        "customer.complaint.pausable",
        "customer.complaint.timed",
        "customer.complaint",
    ]
