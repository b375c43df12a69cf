from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Kinds of programs whose points are money.
VOUCHER_PROGRAM_TYPES = ("gift_card", "ewallet")
DEFAULT_VOUCHER_MONTHS = 12


class ResCompany(models.Model):
    """What vouchers for complaints are made of."""

    _inherit = "res.company"

    complaint_voucher_program_id = fields.Many2one(
        "loyalty.program",
        string="Voucher Program",
        ondelete="set null",
        domain="[('program_type', 'in', ('gift_card', 'ewallet')),"
        " ('company_id', 'in', (id, False))]",
        help="Gift cards, or the eWallet, of this program are given for complaints. "
        "Without one, vouchers are given by hand and signed for.",
    )
    complaint_voucher_months = fields.Integer(
        string="Vouchers Expire After",
        default=DEFAULT_VOUCHER_MONTHS,
        required=True,
        help="Months after which a gift card given for a complaint expires; 0: never. "
        "What is added to an eWallet does not expire.",
    )

    @api.constrains("complaint_voucher_program_id")
    def _check_voucher_program(self):
        for company in self:
            program = company.complaint_voucher_program_id
            if not program:
                continue
            if program.program_type not in VOUCHER_PROGRAM_TYPES:
                raise ValidationError(
                    self.env._(
                        "The points of “%(program)s” are no money. Choose a program "
                        "of gift cards or an eWallet for vouchers.",
                        program=program.name,
                    )
                )
            if program.company_id and program.company_id != company:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” belongs to %(other)s. Choose a program of "
                        "%(company)s for vouchers.",
                        program=program.name,
                        other=program.company_id.name,
                        company=company.name,
                    )
                )

    @api.constrains("complaint_voucher_months")
    def _check_voucher_months(self):
        for company in self:
            if company.complaint_voucher_months < 0:
                raise ValidationError(
                    self.env._(
                        "%(company)s: vouchers do not expire before they are given. "
                        "Enter 0 for vouchers that never expire.",
                        company=company.name,
                    )
                )
