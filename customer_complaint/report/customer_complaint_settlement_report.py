from odoo import api, models
from odoo.exceptions import UserError

from ..const import GRANTED_STATES

PRINTED_STATES = (*GRANTED_STATES, "done")


class ReportSettlement(models.AbstractModel):
    """What the papers of a remediation have in common: only what is approved prints."""

    _name = "customer.complaint.settlement"
    _inherit = "customer.complaint.print"
    _description = "Paper of a Remediation"

    _printed_model = "customer.complaint.remediation"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the remediations, and the day in the company of each."""
        values = super()._get_report_values(docids, data=data)
        days = {doc: doc.company_id._complaint_today() for doc in values["docs"]}
        return {**values, "today": days}

    @api.model
    def _get_docs(self, records):
        records.complaint_id.check_access("read")
        records._raise_reasons(
            lambda rem: (
                rem.state not in PRINTED_STATES
                and rem.env._(
                    "it is not approved, so nothing can be promised yet. Have it "
                    "approved first."
                )
            ),
            UserError,
        )
        return records


class ReportSettlementAgreement(models.AbstractModel):
    """The settlement agreement for the customer to sign (协议)."""

    _name = "report.customer_complaint.settlement_agreement"
    _inherit = "customer.complaint.settlement"
    _description = "Settlement Agreement Report"


class ReportCompensationReceipt(models.AbstractModel):
    """The receipt that the customer signs for what they received (收条)."""

    _name = "report.customer_complaint.compensation_receipt"
    _inherit = "customer.complaint.settlement"
    _description = "Compensation Receipt Report"
