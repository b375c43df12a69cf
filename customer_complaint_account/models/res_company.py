from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ResCompany(models.Model):
    """How accounting pays what no invoice gives back."""

    _inherit = "res.company"

    complaint_compensation_product_id = fields.Many2one(
        "product.product",
        string="Compensation Product",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'service')]",
        help="Service on the credit notes that pay compensation and costs; its taxes "
        "are part of the amount.",
    )
    complaint_compensation_account_id = fields.Many2one(
        "account.account",
        string="Compensation Account",
        check_company=True,
        ondelete="restrict",
        domain="[('internal_group', 'in', ('expense', 'income'))]",
        help="Account that bears compensation and costs; that of the product when "
        "left empty.",
    )
    complaint_compensation_journal_id = fields.Many2one(
        "account.journal",
        string="Compensation Journal",
        check_company=True,
        ondelete="restrict",
        domain="[('type', '=', 'sale')]",
        help="Journal of those credit notes; the first sales journal when left empty.",
    )

    @api.constrains(
        "complaint_compensation_product_id",
        "complaint_compensation_account_id",
        "complaint_compensation_journal_id",
    )
    def _check_complaint_compensation(self):
        for company in self:
            product = company.complaint_compensation_product_id
            account = company.complaint_compensation_account_id
            journal = company.complaint_compensation_journal_id
            reason = False
            if product and product.type != "service":
                reason = self.env._(
                    "“%(product)s” is no service. Choose a service for compensation.",
                    product=product.display_name,
                )
            elif account and account.internal_group not in ("expense", "income"):
                reason = self.env._(
                    "“%(account)s” is neither an expense nor an income account. Choose "
                    "another one for compensation.",
                    account=account.display_name,
                )
            elif journal and journal.type != "sale":
                reason = self.env._(
                    "“%(journal)s” is no sales journal. Credit notes to customers need "
                    "one.",
                    journal=journal.display_name,
                )
            if reason:
                raise ValidationError(reason)

    def _get_complaint_compensation_journal(self):
        """Return the journal of the credit notes that pay compensation.

        :rtype: account.journal
        :raise UserError: if the company has no sales journal
        """
        self.ensure_one()
        journal = self.complaint_compensation_journal_id
        if not journal.active:
            journal = self.env["account.journal"].search(
                [
                    *self.env["account.journal"]._check_company_domain(self),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal, so no credit note can be made. "
                    "Ask accounting to create one.",
                    company=self.name,
                )
            )
        return journal

    def _get_complaint_compensation_account(self):
        """Return the account that bears compensation.

        :rtype: account.account
        :raise UserError: if neither the settings nor the product name one
        """
        self.ensure_one()
        product = self.complaint_compensation_product_id.with_company(self)
        account = (
            self.complaint_compensation_account_id
            or product._get_product_accounts()["income"]
            or self._get_complaint_compensation_journal().default_account_id
        )
        if not account:
            raise UserError(
                self.env._(
                    "There is no account for “%(product)s”. Ask accounting to give it "
                    "an income account, or to choose a compensation account in the "
                    "settings.",
                    product=product.display_name,
                )
            )
        return account
