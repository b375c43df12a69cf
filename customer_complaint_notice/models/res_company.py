from odoo import api, fields, models
from odoo.exceptions import ValidationError

SIGNOFF_SEVERITIES = [
    ("none", "No severity"),
    ("serious", "Serious and major"),
    ("major", "Major"),
]
# A technical bound: a year; longer ones are typing errors.
MAX_ANSWER_DAYS = 366


class ResCompany(models.Model):
    _inherit = "res.company"

    # Signatures
    complaint_quality_signoff_severity = fields.Selection(
        SIGNOFF_SEVERITIES,
        string="Quality Signs Decisions of Severity",
        required=True,
        default="none",
        help="Decisions on quality matters of this severity are signed by the quality "
        "department before they are told, whatever their category says.",
    )
    complaint_legal_signoff_severity = fields.Selection(
        SIGNOFF_SEVERITIES,
        string="Legal Signs Decisions of Severity",
        required=True,
        default="none",
        help="Decisions on complaints of this severity are signed by the legal "
        "department before they are told, whatever their category says.",
    )
    complaint_legal_user_ids = fields.Many2many(
        "res.users",
        "res_company_complaint_legal_user_rel",
        "company_id",
        "user_id",
        string="Signs for Legal",
        domain="[('share', '=', False)]",
        help="Who signs decisions for the legal department. They need a role that "
        "sees the complaints, e.g. auditor.",
    )

    complaint_unreachable_attempts = fields.Integer(
        string="Attempts Before Unreachable",
        default=3,
        required=True,
        help="After so many failed attempts in a row the complainant counts as "
        "unreachable.",
    )
    complaint_answer_days = fields.Integer(
        string="Days for the Answer",
        default=15,
        required=True,
        help="Natural days after acceptance within which the receipt promises the "
        "decision where the policy of a complaint gives no day for it.",
    )

    # Papers before acceptance
    complaint_papers_days = fields.Integer(
        string="Days to Bring Papers",
        default=7,
        required=True,
        help="Days proposed when missing papers are asked for.",
    )

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

    @api.constrains("complaint_answer_days")
    def _check_complaint_answer_days(self):
        for company in self:
            if not 1 <= company.complaint_answer_days <= MAX_ANSWER_DAYS:
                raise ValidationError(
                    self.env._(
                        "The receipt promises the decision within 1 to %(max)s days. "
                        "Correct the days for the answer.",
                        max=MAX_ANSWER_DAYS,
                    )
                )

    @api.constrains("complaint_unreachable_attempts")
    def _check_complaint_unreachable_attempts(self):
        for company in self:
            if company.complaint_unreachable_attempts < 1:
                raise ValidationError(
                    self.env._(
                        "At least one attempt must fail before a complainant counts as "
                        "unreachable."
                    )
                )

    # ------------------------------------------------------------------
    # PAPERS BEFORE ACCEPTANCE
    # ------------------------------------------------------------------

    @api.constrains("complaint_papers_days")
    def _check_complaint_papers_days(self):
        for company in self:
            if company.complaint_papers_days < 1:
                raise ValidationError(
                    self.env._("Give at least one day to bring missing papers.")
                )
