from odoo import api, models
from odoo.fields import Domain

from .customer_complaint import COMPLAINANT_FIELDS

# Of who complains, these say nothing of a person.
COUNTED_FIELDS = frozenset({"representation", "complainant_count", "purchase_date"})


class CustomerComplaint(models.Model):
    """What is personal on the complaint; category, dates and amounts are not."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint", "customer.complaint.personal"]

    @api.model
    def _get_case_domain(self, complaints):
        return Domain("id", "in", complaints.ids)

    @api.model
    def _get_personal_fields(self):
        return (
            super()._get_personal_fields()
            | (frozenset(COMPLAINANT_FIELDS) - COUNTED_FIELDS)
            | {
                "commercial_partner_id",
                "subject",
                "description",
                "demand",
                "event_place",
                "people_involved",
                "usage",
                "complaint_properties",
                "reopen_reason",
                "refusal_note",
                "withdrawal_reason",
                "conclusion_note",
                "papers_waived_reason",
                "no_investigation_reason",
                "reportability_reason",
                "report_reference",
                "major_causes",
                "merge_reason",
                "decision_grounds",
                "decision_measures",
                "decision_ways_open",
                "legacy_handler",
            }
        )


class CustomerComplaintLine(models.Model):
    _inherit = "customer.complaint.line"

    @api.model
    def _get_personal_fields(self):
        # Goods are nobody's data; the order says whose they were.
        return super()._get_personal_fields() | {"sale_order_line_id"}


class CustomerComplaintArchiveCard(models.Model):
    _name = "customer.complaint.archive.card"
    _inherit = ["customer.complaint.archive.card", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"remarks", "hold_reason"}


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"name", "note"}

    def _erase_records(self):
        result = super()._erase_records()
        self._destroy_texts()
        return result


class CustomerComplaintArchiveSupplement(models.Model):
    _name = "customer.complaint.archive.supplement"
    _inherit = ["customer.complaint.archive.supplement", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason", "body"}


class CustomerComplaintArchiveCheckFinding(models.Model):
    _name = "customer.complaint.archive.check.finding"
    _inherit = [
        "customer.complaint.archive.check.finding",
        "customer.complaint.personal",
    ]

    @api.model
    def _get_case_domain(self, complaints):
        return Domain("card_id.complaint_id", "in", complaints.ids)

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"detail"}


class CustomerComplaintArchiveInventoryLine(models.Model):
    _name = "customer.complaint.archive.inventory.line"
    _inherit = [
        "customer.complaint.archive.inventory.line",
        "customer.complaint.personal",
    ]

    @api.model
    def _get_case_domain(self, complaints):
        return Domain("card_id.complaint_id", "in", complaints.ids)

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"note"}


class CustomerComplaintArchiveAccess(models.Model):
    _inherit = "customer.complaint.archive.access"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"purpose", "decision_note"}


class CustomerComplaintArchiveAccessLog(models.Model):
    """Who saw a paper stays; what its file was called does not."""

    _name = "customer.complaint.archive.access.log"
    _inherit = ["customer.complaint.archive.access.log", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"file_name"}


class CustomerComplaintApproval(models.Model):
    _name = "customer.complaint.approval"
    _inherit = ["customer.complaint.approval", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason", "snapshot"}


class CustomerComplaintDeadline(models.Model):
    _name = "customer.complaint.deadline"
    _inherit = ["customer.complaint.deadline", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"escalation_error"}


class CustomerComplaintEscalation(models.Model):
    _name = "customer.complaint.escalation"
    _inherit = ["customer.complaint.escalation", "customer.complaint.personal"]

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"note"}


class CustomerComplaintEvidence(models.Model):
    _inherit = "customer.complaint.evidence"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {
            "name",
            "source",
            "location",
            "note",
            "visit_present",
            "visit_finding",
            "test_result",
            "void_reason",
        }


class CustomerComplaintExtension(models.Model):
    _inherit = "customer.complaint.extension"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason", "decision_note"}


class CustomerComplaintMemo(models.Model):
    _inherit = "customer.complaint.memo"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"name", "question", "answer"}


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {
            "name",
            "partner_id",
            "recipient_name",
            "address",
            "content",
            "failure_reason",
            "proof_ref",
            "void_reason",
        }


class CustomerComplaintPaperWaiver(models.Model):
    _inherit = "customer.complaint.paper.waiver"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason"}


class CustomerComplaintPause(models.Model):
    _inherit = "customer.complaint.pause"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason", "void_reason"}


class CustomerComplaintProceeding(models.Model):
    """The court or authority stays; the number of the case there leads to a person."""

    _inherit = "customer.complaint.proceeding"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {
            "reference",
            "demand",
            "reply",
            "outcome",
        }


class CustomerComplaintRecusal(models.Model):
    _inherit = "customer.complaint.recusal"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"reason"}


class CustomerComplaintRemediation(models.Model):
    _inherit = "customer.complaint.remediation"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {
            "note",
            "signer_name",
            "signature",
            "signed_text",
            "terms",
            "decline_reason",
            "cancel_reason",
            "decision_note",
        }


class CustomerComplaintRemediationLine(models.Model):
    """Goods, amounts and what was booked stay: the books of the company need them."""

    _inherit = "customer.complaint.remediation.line"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"note", "done_note"}


class CustomerComplaintReview(models.Model):
    _inherit = "customer.complaint.review"

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {
            "requested_by_id",
            "request",
            "late_admission_reason",
            "process_note",
            "time_note",
            "result_note",
            "opinion",
            "refusal_reason",
            *(
                f"{age}_{part}"
                for age in ("old", "new")
                for part in (
                    "conclusion_note",
                    "decision_grounds",
                    "decision_measures",
                    "decision_ways_open",
                )
            ),
        }
