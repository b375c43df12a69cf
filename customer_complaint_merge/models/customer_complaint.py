from odoo import fields, models


class CustomerComplaint(models.Model):
    """A complaint that goes into another one, or from which one is split off."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint.mergeable", "customer.complaint"]

    # Whoever merges enters it: see :meth:`_check_vals`.
    merged_into_id = fields.Many2one(system=False, frozen=True)
