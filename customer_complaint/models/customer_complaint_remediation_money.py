from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools.misc import clean_context

from .customer_complaint_remediation_line import MONEY_KINDS


class CustomerComplaintRemediationLine(models.Model):
    """Money that no invoice gives back: compensation, travel, medical costs …

    One credit note for all of it; accounting posts and pays it.
    """

    _inherit = "customer.complaint.remediation.line"

    def _action_carry_out_money(self):
        """Draft one credit note for all open money of the remediation.

        By a signed note where accounting is not set up for it.

        :return: an action, or nothing
        :rtype: dict or None
        :raise UserError: if the company lacks a journal or an account for it
        """
        self.ensure_one()
        hint = self._get_no_credit_note_hint()
        if hint:
            return self._action_carry_out_by_note(hint)
        lines = self.remediation_id.line_ids.filtered(
            lambda line: (
                line.kind in MONEY_KINDS
                and line.state == "open"
                and line.currency_id == self.currency_id
            )
        )
        lines._check_may_carry_out()
        lines._link_credit_notes(lines._draft_money_note())
        return None

    def _get_no_credit_note_hint(self):
        """Return why accounting does not pay the line, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        company = self.company_id.sudo()  # how the company is set up
        if not (
            company.complaint_compensation_product_id
            or company.complaint_compensation_account_id
        ):
            return self.env._(
                "Accounting does not pay it out by itself: an administrator can choose "
                "a product or an account for compensation in the settings. Until then "
                "say how it was paid, e.g. the number of the transfer."
            )
        if not self.complaint_id.partner_id:
            return self.env._(
                "The complaint names no customer, so accounting cannot pay it out. "
                "Name the customer, or say how it was paid."
            )
        return False

    def _draft_money_note(self):
        """Draft the credit note of these lines.

        :rtype: account.move
        """
        # Drafted for complaint users, who checked what was approved; it is posted by
        # those with rights in accounting.
        company = self.company_id
        Move = (
            self.env(context=clean_context(self.env.context))["account.move"]
            .sudo()
            .with_context(mail_create_nosubscribe=True)
            .with_company(company)
        )
        note = Move.create(self._prepare_money_note_vals())
        for line, note_line in zip(self, note.invoice_line_ids, strict=True):
            vals = note_line._prepare_complaint_credit_price(1, line.amount)
            if vals:
                note_line.write(vals)
        return note.sudo(self.env.su)

    def _prepare_money_note_vals(self):
        """Return the values of the credit note of these lines.

        :rtype: dict
        """
        remediation = self.remediation_id
        company = self.company_id
        today = company._complaint_today()
        customer = remediation.complaint_id.partner_id
        return {
            "move_type": "out_refund",
            "company_id": company.id,
            "journal_id": company.sudo()._get_complaint_compensation_journal().id,
            "partner_id": customer.id,
            "partner_bank_id": remediation.sudo().bank_id.id,
            "currency_id": self.currency_id.id,
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "invoice_origin": remediation.complaint_id.name,
            "ref": remediation.name,
            "invoice_line_ids": [
                Command.create(line._prepare_money_note_line_vals()) for line in self
            ],
        }

    def _prepare_money_note_line_vals(self):
        """Return the values of the line of the credit note.

        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id.sudo()  # how the company is set up
        product = company.complaint_compensation_product_id
        lang = self.complaint_id.partner_id.lang or self.env.lang
        vals = {
            "name": self.env._(
                "%(remediation)s: %(kind)s",
                remediation=self.remediation_id.name,
                kind=self.with_context(lang=lang)._get_kind_label(),
            ),
            "product_id": product.id,
            "complaint_remediation_line_id": self.id,
            "quantity": 1,
            "price_unit": self.amount,
            "account_id": company._get_complaint_compensation_account().id,
        }
        if not product:
            vals["tax_ids"] = [Command.clear()]
        return vals


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_complaint_bank(self, company):
        """Return the bank account money is paid to, if it is known.

        :param res.company company: who pays
        :rtype: res.partner.bank
        """
        self.ensure_one()
        banks = self.bank_ids | self.commercial_partner_id.bank_ids
        return banks.filtered(
            lambda bank: not bank.company_id or bank.company_id == company
        )[:1]


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


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_compensation_product_id = fields.Many2one(
        related="company_id.complaint_compensation_product_id", readonly=False
    )
    complaint_compensation_account_id = fields.Many2one(
        related="company_id.complaint_compensation_account_id", readonly=False
    )
    complaint_compensation_journal_id = fields.Many2one(
        related="company_id.complaint_compensation_journal_id", readonly=False
    )
