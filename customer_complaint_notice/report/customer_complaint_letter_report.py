from odoo import api, models
from odoo.exceptions import UserError


class ReportLetter(models.AbstractModel):
    """What the letters of a complaint have in common."""

    _name = "customer.complaint.letter"
    _inherit = "customer.complaint.print"
    _description = "Complaint Letter"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the complaints to print, and the day in the company of each."""
        values = super()._get_report_values(docids, data=data)
        days = {c: c.company_id._complaint_today() for c in values["docs"]}
        return {**values, "today": days}

    @api.model
    def _get_docs(self, records):
        reasons = []
        for complaint in records:
            reason = self._get_cannot_print_reason(complaint)
            if reason:
                reasons.append(complaint._name_reason(reason))
        if reasons:
            raise UserError("\n".join(reasons))
        return records

    @api.model
    def _get_cannot_print_reason(self, complaint):
        """Return why the letter cannot be printed for a complaint, or False.

        :rtype: str or bool
        """
        return False


class ReportAcceptanceReceipt(models.AbstractModel):
    """The acceptance receipt for the customer (受理回执, CBIRC-2020)."""

    _name = "report.customer_complaint_notice.acceptance_receipt"
    _inherit = "customer.complaint.letter"
    _description = "Acceptance Receipt Report"

    @api.model
    def _get_cannot_print_reason(self, complaint):
        return not complaint.date_accepted and self.env._(
            "a receipt confirms that a complaint was accepted. Accept it first."
        )


class ReportAcceptanceCard(models.AbstractModel):
    """The acceptance card of quality complaints (质量投诉受理卡, GSP-QUALITY)."""

    _name = "report.customer_complaint_notice.acceptance_card"
    _inherit = "customer.complaint.letter"
    _description = "Acceptance Card Report"


class ReportRefusalLetter(models.AbstractModel):
    """The letter that names the ground of a refusal."""

    _name = "report.customer_complaint_notice.refusal_letter"
    _inherit = "customer.complaint.letter"
    _description = "Refusal Letter Report"

    @api.model
    def _get_cannot_print_reason(self, complaint):
        return complaint.state != "refused" and self.env._(
            "it is not refused. Press “Refuse” first, with the ground."
        )


class ReportPapersRequest(models.AbstractModel):
    """The request for papers that are missing, with the day they are due."""

    _name = "report.customer_complaint_notice.papers_request"
    _inherit = "customer.complaint.letter"
    _description = "Request for Papers Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the complaints, and the papers that each of them lacks."""
        values = super()._get_report_values(docids, data=data)
        return {**values, "missing": values["docs"]._get_missing_paper_types()}

    @api.model
    def _get_cannot_print_reason(self, complaint):
        return not complaint._get_missing_paper_types() and self.env._(
            "no papers are missing."
        )
