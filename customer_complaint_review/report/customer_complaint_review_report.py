from odoo import api, models
from odoo.exceptions import UserError


class ReportReviewOutcome(models.AbstractModel):
    """Prints the outcome of reviews, for those who may read them."""

    _name = "report.customer_complaint_review.review_outcome"
    _inherit = "customer.complaint.print"
    _description = "Outcome of the Review Report"

    _printed_model = "customer.complaint.review"


class ReportReviewOutcomeOfComplaint(models.AbstractModel):
    """Prints the outcome of the last decided review of each complaint."""

    _name = "report.customer_complaint_review.review_outcome_of_complaint"
    _inherit = "customer.complaint.print"
    _description = "Outcome of the Review Report of Complaints"

    @api.model
    def _get_docs(self, records):
        reviews = self.env["customer.complaint.review"]
        for complaint in records:
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
        return reviews
