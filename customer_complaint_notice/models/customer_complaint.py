from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint that is decided, told, and whose papers are complete.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    waive papers                    A - S M Q - - - -
    decide                          A - S M Q - - - -
    apply a template                A - S M Q - - - -
    sign off (quality)              - - - - Q - - - -
    sign off (legal)                - - - - - L - - -
    tell                            A - S M Q - - - -
    record how it was told          A - S M Q - - - -
    void a notice                   - - S M - - - - -
    waive papers of the card        - - S M - - R - -
    ==============================  =================

    Who decided does not sign off.
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.documented",
        "customer.complaint.decided",
        "customer.complaint.told",
        "customer.complaint",
    ]

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["notices"]["customer.complaint.notice"] = (
            "name",
            "kind",
            "way",
            "recipient_name",
            "address",
            "content",
            "date",
            "user_id",
            "state",
            "date_told",
            "failure_reason",
            "proof_ref",
            "void_reason",
        )
        return sections

    def _get_case_reports(self):
        reports = super()._get_case_reports()
        if self.date_decided and self.conclusion:
            report = "customer_complaint_notice.report_decision"
            reports.append((self.env._("Decision"), report, self))
        return reports
