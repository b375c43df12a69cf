from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_review_request_days = fields.Integer(
        string="Ask for a Review Within",
        default=30,
        help="Days after the decision was told within which the complainant may ask "
        "for a review; the last day is included (CBIRC-2020: 30).",
    )
    complaint_review_decide_days = fields.Integer(
        string="Decide a Review Within",
        default=30,
        help="Days after the request within which a review is decided and told; the "
        "last day is included (CBIRC-2020: 30).",
    )

    _complaint_review_days_positive = models.Constraint(
        "CHECK (complaint_review_request_days > 0"
        " AND complaint_review_decide_days > 0)",
        "The days to ask for a review and to decide it are at least one.",
    )
