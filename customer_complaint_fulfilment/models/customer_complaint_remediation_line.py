from odoo import fields, models


class CustomerComplaintRemediationLine(models.Model):
    """What a customer receives, carried out by documents of other apps."""

    _name = "customer.complaint.remediation.line"
    _inherit = [
        "customer.complaint.remediation.line.document",
        "customer.complaint.remediation.line",
    ]

    state = fields.Selection(
        selection_add=[("under_way", "Under Way"), ("done",)],
        ondelete={"under_way": "set default"},
        help="Under way: drafted in accounting, stock or another app, and not yet in "
        "effect there.",
    )
