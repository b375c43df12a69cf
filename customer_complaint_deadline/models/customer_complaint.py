from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose time limits start, pause and escalate.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    pass to quality                 A - S M Q - - - -
    choose another policy           - - S M - - - - -
    pause the clock                 A - S M Q - - - -
    void a pause                    - - S M - - - - -
    restart the clock               - - S M - - - - -
    enter agreed terms              A - S M Q - - - -
    void agreed terms               - - S M - - - - -
    ==============================  =================
    """

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
