from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose time limits start, pause and escalate."""

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.escalated",
        "customer.complaint.pausable",
        "customer.complaint.timed",
        "customer.complaint",
    ]

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["approvals"]["customer.complaint.agreed.terms"] = (
            "date",
            "date_due",
            "way",
            "content",
            "document_id",
            "notice_id",
            "user_id",
            "void_reason",
        )
        sections["approvals"]["customer.complaint.pause"] = (
            "kind",
            "reason",
            "date_from",
            "date_to",
            "state",
            "user_id",
            "void_reason",
        )
        return sections

    def _prepare_split_vals(self):
        vals = {**super()._prepare_split_vals(), "complexity": self.complexity}
        if self.is_policy_forced:
            vals["policy_id"] = self.policy_id.id
        return vals
