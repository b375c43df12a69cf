from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose limits get more time when a superior grants it."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint.extendable", "customer.complaint"]

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["approvals"]["customer.complaint.extension"] = (
            "milestone_id",
            "reason",
            "length_text",
            "date_due_before",
            "date_due_after",
            "state",
            "requested_by_id",
            "decided_by_id",
            "date_decided",
            "decision_note",
        )
        sections["approvals"]["customer.complaint.complexity"] = (
            "complexity",
            "complexity_before",
            "reason",
            "date_due_before",
            "date_due_after",
            "state",
            "requested_by_id",
            "decided_by_id",
            "date_decided",
            "decision_note",
        )
        return sections
