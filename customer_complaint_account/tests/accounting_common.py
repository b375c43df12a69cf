from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


class AccountingCase(RemediationCase):
    """Invoices of orders with taxes, and an accountant who posts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_accounts()
        cls.accountant = new_test_user(
            cls.env,
            login="complaint_accountant",
            groups="base.group_user,account.group_account_invoice",
            lang="en_US",
        )

    @classmethod
    def _set_up_accounts(cls):
        """Accounts and a journal of their own: the database may have none."""
        if not cls.company.account_fiscal_country_id:
            cls.company.account_fiscal_country_id = cls.quick_ref("base.cn")
        cls.income, cls.receivable, cls.expense, cls.tax_account = cls.env[
            "account.account"
        ].create(
            [
                {"name": name, "code": code, "account_type": account_type}
                for name, code, account_type in (
                    ("主营业务收入", "CC6001", "income"),
                    ("应收账款", "CC1122", "asset_receivable"),
                    ("客户赔偿", "CC6711", "expense"),
                    ("应交增值税", "CC2221", "liability_current"),
                )
            ]
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "投诉测试销售",
                "code": "CCS",
                "type": "sale",
                "sequence": 0,
                "default_account_id": cls.income.id,
            }
        )
        cls.customer.property_account_receivable_id = cls.receivable
        cls.customer.lang = "en_US"
        (cls.cream | cls.syrup).write(
            {"property_account_income_id": cls.income.id, "invoice_policy": "order"}
        )

    @classmethod
    def _new_tax(cls, amount, **values):
        country = cls.company.account_fiscal_country_id
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create(
                {"repartition_type": "tax", "account_id": cls.tax_account.id}
            ),
        ]
        return cls.env["account.tax"].create(
            {
                "name": f"{amount} {values}",
                "amount": amount,
                "country_id": country.id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "增值税", "country_id": country.id})
                .id,
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
                **values,
            }
        )

    @classmethod
    def _sold(cls, *lines, **values):
        """Return the lines of a confirmed order: creams with taxes and discounts.

        :param lines: values of each line
        """
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.cream.id,
                            "product_uom_qty": 3,
                            "price_unit": 100,
                            **line,
                        }
                    )
                    for line in lines or [{}]
                ],
                **values,
            }
        )
        order.action_confirm()
        return order.order_line

    @classmethod
    def _invoice(cls, lines, quantity=None, post=True):
        """Invoice what is open of order lines, or a quantity of each."""
        invoice = lines.order_id._create_invoices()
        if quantity is not None:
            invoice.invoice_line_ids.quantity = quantity
        if post:
            invoice.action_post()
        return invoice

    def _close_sales_journals(self):
        """Archive every journal that a credit note could be made in."""
        journals = self.env["account.journal"].search([("type", "=", "sale")])
        # Those with drafts cannot be archived.
        self.env["account.move"].search(
            [("journal_id", "in", journals.ids), ("state", "=", "draft")]
        ).button_cancel()
        journals.active = False

    def _credit(self, *wishes, partner=None, origin="TS/2026/00001-1"):
        return self.env["sale.order.line"]._draft_complaint_credit_notes(
            list(wishes), origin, partner or self.customer
        )

    def _about(self, sold, **values):
        """Return a decided complaint about all of an order line."""
        return self._decided(
            sale_order_id=sold.order_id.id,
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": sold.id,
                        "quantity": sold.product_uom_qty,
                        "is_repeat_confirmed": True,
                    }
                )
            ],
            **values,
        )

    def _granted(self, sold, complaint=None, **line):
        """Return an approved remediation with one line about an order line."""
        complaint = complaint or self._about(sold)
        return self._approved(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": complaint.line_ids.id,
                    "quantity": 2,
                    "amount": 200,
                    **line,
                }
            ],
        )

    def _post(self, notes):
        notes.with_user(self.accountant).action_post()
