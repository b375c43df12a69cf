from odoo import api, fields, models

# What happens in an investigation; memos and visits have a clock of their own each.
INVESTIGATION_EVENTS = [
    ("confirmed", "Findings Confirmed"),
    ("memo_written", "Memo Written"),
    ("memo_sent", "Memo Sent"),
    ("memo_answered", "Memo Answered"),
    ("visit_agreed", "Site Visit Agreed"),
    ("visited", "Site Visited"),
]
ON_UNINSTALL = {event: "cascade" for event, _label in INVESTIGATION_EVENTS}


class CustomerComplaintPolicyMilestone(models.Model):
    """Memos are answered, places visited and findings confirmed in time."""

    _inherit = "customer.complaint.policy.milestone"

    start_event = fields.Selection(
        selection_add=INVESTIGATION_EVENTS, ondelete=ON_UNINSTALL
    )
    done_event = fields.Selection(
        selection_add=INVESTIGATION_EVENTS, ondelete=ON_UNINSTALL
    )

    @api.model
    def _get_event_models(self):
        return {
            **super()._get_event_models(),
            "memo_written": "customer.complaint.memo",
            "memo_sent": "customer.complaint.memo",
            "memo_answered": "customer.complaint.memo",
            "visit_agreed": "customer.complaint.evidence",
            "visited": "customer.complaint.evidence",
        }

    @api.model
    def _get_demanding_events(self):
        return super()._get_demanding_events() | {"memo_sent"}
