from odoo import api, fields, models

# What happens to reviews and proceedings, each with a clock of its own.
REVIEW_EVENTS = [
    ("review_requested", "Review Asked For"),
    ("review_decided", "Review Decided"),
    ("review_told", "Outcome of the Review Told"),
    ("body_asked", "Authority's Transfer Received"),
    ("body_answered", "Authority Answered"),
]
ON_UNINSTALL = {event: "cascade" for event, _label in REVIEW_EVENTS}


class CustomerComplaintPolicyMilestone(models.Model):
    """Reviews are decided and authorities answered in time."""

    _inherit = "customer.complaint.policy.milestone"

    start_event = fields.Selection(selection_add=REVIEW_EVENTS, ondelete=ON_UNINSTALL)
    done_event = fields.Selection(selection_add=REVIEW_EVENTS, ondelete=ON_UNINSTALL)

    @api.model
    def _get_event_models(self):
        return {
            **super()._get_event_models(),
            "review_requested": "customer.complaint.review",
            "review_decided": "customer.complaint.review",
            "review_told": "customer.complaint.review",
            "body_asked": "customer.complaint.proceeding",
            "body_answered": "customer.complaint.proceeding",
        }

    @api.model
    def _get_demanding_events(self):
        return super()._get_demanding_events() | {"body_asked"}
