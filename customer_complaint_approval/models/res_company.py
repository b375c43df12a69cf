from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How long approvers have, and what was granted before."""

    _inherit = "res.company"

    complaint_approval_days = fields.Integer(
        string="Days to Approve",
        default=1,
        required=True,
        help="After so many days approvers are reminded, and again as often.",
    )
    complaint_earlier_months = fields.Integer(
        string="Earlier Compensation Counts For",
        default=12,
        required=True,
        help="Months for which approvers see what the same customer and the same "
        "order received before.",
    )
    complaint_earlier_raises_tier = fields.Boolean(
        string="Earlier Compensation Raises the Tier",
        help="Add what the same customer and the same order received before to the "
        "total that decides who approves.",
    )

    @api.constrains(
        "complaint_approval_days",
        "complaint_earlier_months",
    )
    def _check_complaint_approval(self):
        for company in self:
            if (
                company.complaint_approval_days < 0
                or company.complaint_earlier_months < 0
            ):
                raise ValidationError(
                    self.env._("Days and months of the approval cannot be negative.")
                )
