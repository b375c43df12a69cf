from odoo import api, models
from odoo.exceptions import UserError


class ReportDecision(models.AbstractModel):
    """Prints decisions, for those who may read the complaints."""

    _name = "report.customer_complaint.decision"
    _description = "Decision Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the complaints whose decisions are printed.

        :raise AccessError: if the user may not read one of them
        """
        complaints = self.env["customer.complaint"].browse(docids)
        complaints.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "customer.complaint",
            "docs": complaints,
        }


class ReportReviewOutcome(models.AbstractModel):
    """Prints the outcome of reviews, for those who may read them."""

    _name = "report.customer_complaint.review_outcome"
    _description = "Outcome of the Review Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the reviews to print.

        :raise AccessError: if the user may not read one of them
        """
        return self._get_values(self.env["customer.complaint.review"].browse(docids))

    @api.model
    def _get_values(self, reviews):
        reviews.check_access("read")
        return {
            "doc_ids": reviews.ids,
            "doc_model": "customer.complaint.review",
            "docs": reviews,
        }


class ReportReviewOutcomeOfComplaint(models.AbstractModel):
    """Prints the outcome of the last decided review of each complaint."""

    _name = "report.customer_complaint.review_outcome_of_complaint"
    _description = "Outcome of the Review Report of Complaints"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the reviews to print.

        :raise AccessError: if the user may not read one of the complaints
        :raise UserError: if a complaint has no decided review
        """
        complaints = self.env["customer.complaint"].browse(docids)
        complaints.check_access("read")
        reviews = self.env["customer.complaint.review"]
        for complaint in complaints:
            decided = complaint.review_ids.filtered(
                lambda review: review.state in ("decided", "told")
            )
            if not decided:
                raise UserError(
                    self.env._(
                        "%(number)s has no review that was decided.",
                        number=complaint.name,
                    )
                )
            reviews |= decided.sorted("date_decided")[-1]
        return self.env["report.customer_complaint.review_outcome"]._get_values(reviews)
