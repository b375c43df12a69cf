from odoo import fields, models

from .customer_complaint_policy_milestone import INVESTIGATION_EVENTS, ON_UNINSTALL


class CustomerComplaintDeadline(models.Model):
    _inherit = "customer.complaint.deadline"

    start_event = fields.Selection(
        selection_add=INVESTIGATION_EVENTS, ondelete=ON_UNINSTALL
    )
    done_event = fields.Selection(
        selection_add=INVESTIGATION_EVENTS, ondelete=ON_UNINSTALL
    )
