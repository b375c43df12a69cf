from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose limits get more time when a superior grants it.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    ask for more time               A - S M Q - - - -
    approve more time               - - S M - - - - -
    ask for complexity              A - S M Q - - - -
    approve complexity              - - S M - - - - -
    ==============================  =================

    More time and complexity are approved by whom the policy names, here the
    supervisor, and by the leaders of the teams above.
    """

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
