from odoo import api, models


class ReportReturnPaper(models.AbstractModel):
    """What the papers of a no-reason return have in common."""

    _name = "customer.complaint.return.paper"
    _inherit = "customer.complaint.print"
    _description = "Paper of a No-reason Return"

    _printed_model = "customer.complaint.return"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the returns, and the day in the company of each."""
        values = super()._get_report_values(docids, data=data)
        days = {doc: doc.company_id._complaint_today() for doc in values["docs"]}
        return {**values, "today": days}


class ReportReturnAcknowledgement(models.AbstractModel):
    """The dated acknowledgement of a no-reason return (无理由退货受理确认)."""

    _name = "report.customer_complaint_return.return_acknowledgement"
    _inherit = "customer.complaint.return.paper"
    _description = "Return Acknowledgement Report"


class ReportReturnRefusal(models.AbstractModel):
    """The letter that tells why a no-reason return is refused."""

    _name = "report.customer_complaint_return.return_refusal"
    _inherit = "customer.complaint.return.paper"
    _description = "Return Refusal Report"

    @api.model
    def _get_docs(self, records):
        records._raise_reasons(
            lambda record: (
                record.state != "refused"
                and record.env._("it is not refused. Press “Refuse” first.")
            )
        )
        return records
