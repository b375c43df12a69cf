from odoo import fields, models

from .customer_complaint_policy_milestone import ON_UNINSTALL, REVIEW_EVENTS


class CustomerComplaintDeadline(models.Model):
    _inherit = "customer.complaint.deadline"

    start_event = fields.Selection(selection_add=REVIEW_EVENTS, ondelete=ON_UNINSTALL)
    done_event = fields.Selection(selection_add=REVIEW_EVENTS, ondelete=ON_UNINSTALL)
