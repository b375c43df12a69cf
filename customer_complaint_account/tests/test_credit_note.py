from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.sale_order_line import CreditWish
from .accounting_common import AccountingCase


@tagged("post_install", "-at_install", "slow")
class TestCreditNote(AccountingCase):
    """Drafting credit notes from invoiced order lines."""

    def _left(self, line):
        left = line._get_complaint_creditable()[line]
        return round(left.quantity, 2), round(left.amount, 2)

    def test_as_billed(self):
        """Price, taxes, discount, account and analytic distribution as billed."""
        vat = self._new_tax(13)
        line = self._sold({"tax_ids": [Command.set(vat.ids)], "discount": 10})
        invoice = self._invoice(line)
        plan = self.env["account.analytic.plan"].create({"name": "门店"})
        shop = self.env["account.analytic.account"].create(
            {"name": "朝阳店", "plan_id": plan.id}
        )
        invoice.invoice_line_ids.analytic_distribution = {str(shop.id): 100}
        self.assertEqual(self._left(line), (3, 305.1))
        note = self._credit(CreditWish(line, 2, label="头发"))
        self.assertRecordValues(
            note,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "reversed_entry_id": invoice.id,
                    "invoice_origin": line.order_id.name,
                    "ref": "TS/2026/00001-1, 头发",
                    "partner_id": self.customer.id,
                    "amount_total": 203.4,
                    "amount_tax": 23.4,
                    "invoice_payment_term_id": False,
                }
            ],
        )
        self.assertRecordValues(
            note.invoice_line_ids,
            [
                {
                    "quantity": 2,
                    "price_unit": 100,
                    "discount": 10,
                    "tax_ids": vat.ids,
                    "account_id": self.income.id,
                    "analytic_distribution": {str(shop.id): 100},
                    "sale_line_ids": line.ids,
                }
            ],
        )
        self.assertEqual(line.qty_invoiced, 1)
        self.assertEqual(self._left(line), (1, 101.7))
        note.action_post()
        self.assertEqual(line.untaxed_amount_invoiced, 90)

    def test_lower_amount_to_the_cent(self):
        """With every kind of tax, discount and rounding."""
        percent = self._new_tax(13)
        included = self._new_tax(13, price_include_override="tax_included")
        fixed = self._new_tax(1.37, amount_type="fixed", include_base_amount=True)
        second = self._new_tax(7, sequence=99)
        cases = [
            self.env["account.tax"],
            percent,
            included,
            fixed | percent,
            percent | second,
            fixed,
        ]
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for taxes in cases:
                for discount in (0, 12.5):
                    line = self._sold(
                        {
                            "tax_ids": [Command.set(taxes.ids)],
                            "discount": discount,
                            "price_unit": 33.37,
                        }
                    )
                    self._invoice(line)
                    for amount in (0.04, 17.77):
                        case = (method, taxes.mapped("name"), discount, amount)
                        with self.subTest(case):
                            note = self._credit(
                                CreditWish(line, 3, amount, is_price_only=True)
                            )
                            self.assertEqual(note.amount_total, amount)
                            self.assertEqual(note.invoice_line_ids.quantity, 3)
                            self.assertEqual(note.invoice_line_ids.tax_ids, taxes)
                            self.assertEqual(line.qty_invoiced, 3)
                            self.assertEqual(line.order_id.invoice_status, "invoiced")
                    self.assertEqual(line.qty_to_invoice, 0)

    def test_several_invoices_the_latest_first(self):
        line = self._sold({"product_uom_qty": 5})
        first = self._invoice(line, 2)
        line.order_id._create_invoices().action_post()
        second = line.invoice_lines.move_id - first
        self.assertEqual(self._left(line), (5, 500))
        notes = self._credit(CreditWish(line, 4, 399))
        self.assertRecordValues(
            notes,
            [
                {"reversed_entry_id": second.id, "amount_total": 299.25},
                {"reversed_entry_id": first.id, "amount_total": 99.75},
            ],
        )
        self.assertEqual(notes.invoice_line_ids.mapped("quantity"), [3, 1])
        # One of them is left, on the first invoice, as billed.
        self.assertEqual(self._left(line), (1, 100))
        notes.button_cancel()
        self.assertEqual(self._left(line), (5, 500))

    def test_several_lines_on_one_credit_note(self):
        creams, syrups = self._sold(
            {}, {"product_id": self.syrup.id, "price_unit": 36, "product_uom_qty": 5}
        )
        self._invoice(creams | syrups)
        note = self._credit(
            CreditWish(creams, 1, label="头发"), CreditWish(syrups, 5, 150)
        )
        self.assertEqual(note.amount_total, 250)
        self.assertEqual(note.invoice_line_ids.sale_line_ids, creams | syrups)

    def test_partly_invoiced(self):
        line = self._sold()
        self._invoice(line, 1)
        self.assertEqual(self._left(line), (1, 100))
        with self._refused("2 Units cannot be credited: 1 of what was invoiced"):
            self._credit(CreditWish(line, 2))
        line.order_id._create_invoices()
        with self._refused("cannot be credited"):
            self._credit(CreditWish(line, 2))

    def test_partly_credited_already(self):
        """By accounting, without or with a link to the invoice, drafts as well."""
        line = self._sold()
        invoice = self._invoice(line)
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        reversal.refund_moves()
        credit = reversal.new_move_ids
        credit.invoice_line_ids.quantity = 2
        self.assertEqual(self._left(line), (1, 100))
        credit.action_post()
        self.assertEqual(self._left(line), (1, 100))
        with self._refused("cannot be credited"):
            self._credit(CreditWish(line, 2))
        credit.button_draft()
        credit.reversed_entry_id = False
        self.assertEqual(self._left(line), (1, 100))
        self._credit(CreditWish(line, 1))
        self.assertEqual(self._left(line), (0, 0))

    def test_lower_price_lowers_what_a_later_refund_gives(self):
        """270 were paid for three: never more than that goes back."""
        line = self._sold()
        self._invoice(line)
        self._credit(CreditWish(line, 3, 30, is_price_only=True))
        self.assertEqual(self._left(line), (3, 270))
        self.assertEqual(
            line._get_complaint_creditable()[line].get_amount(1),
            90,
        )
        line.invoice_lines.move_id.filtered(
            lambda move: move.state == "draft"
        ).action_post()
        self.assertEqual((line.qty_invoiced, line.qty_invoiced_posted), (3, 3))
        self.assertEqual(line.untaxed_amount_to_invoice, 0)
        self.assertEqual(self._credit(CreditWish(line, 1)).amount_total, 90)
        with self._refused("more than the .*180.00 that 2 Units cost"):
            self._credit(CreditWish(line, 2, 180.01))
        self.assertEqual(self._credit(CreditWish(line, 2, 180)).amount_total, 180)
        self.assertEqual(line.qty_invoiced, 0)

    def test_more_than_billed_is_refused(self):
        line = self._sold()
        self._invoice(line)
        with self._refused("Lower the amount, and grant compensation"):
            self._credit(CreditWish(line, 1, 100.01))
        self.assertEqual(self._credit(CreditWish(line, 1, 100)).amount_total, 100)

    def test_nothing_invoiced(self):
        line = self._sold()
        with self._refused("it was not invoiced"):
            self._credit(CreditWish(line, 1))
        invoice = self._invoice(line, post=False)
        with self._refused("its invoice is still a draft"):
            self._credit(CreditWish(line, 1))
        invoice.button_cancel()
        with self._refused("it was not invoiced"):
            self._credit(CreditWish(line, 1))
        self.assertEqual(self._left(line), (0, 0))

    def test_another_customers_invoice(self):
        line = self._sold()
        self._invoice(line)
        stranger = self.env["res.partner"].create({"name": "王伟"})
        with self._refused("invoiced to 李娜, and not to 王伟"):
            self._credit(CreditWish(line, 1), partner=stranger)
        with self._refused("name the customer"):
            self.env["sale.order.line"]._draft_complaint_credit_notes(
                [CreditWish(line, 1)], "x", stranger.browse()
            )
        child = self.env["res.partner"].create(
            {"name": "财务", "parent_id": self.customer.id}
        )
        self._credit(CreditWish(line, 1), partner=child)

    def test_one_refusal_drafts_nothing(self):
        creams, syrups = self._sold({}, {"product_id": self.syrup.id})
        self._invoice(creams | syrups)
        with self._refused("止咳糖浆: 9 Units cannot be credited"):
            self._credit(CreditWish(creams, 1), CreditWish(syrups, 9))
        self.assertEqual(len((creams | syrups).invoice_lines), 2)

    def test_same_line_twice(self):
        """Both wishes together are no more than was invoiced."""
        line = self._sold()
        self._invoice(line)
        with self._refused("cannot be credited"):
            self._credit(CreditWish(line, 2), CreditWish(line, 2))
        note = self._credit(CreditWish(line, 2), CreditWish(line, 1, 50))
        self.assertEqual(note.amount_total, 250)

    def test_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        foreign = self.env.ref("base.EUR")
        if self.company.currency_id == foreign:
            foreign = dollar
        foreign.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 0.5, "name": "2020-01-01"}
        )
        prices = self.env["product.pricelist"].create(
            {"name": "出口", "currency_id": foreign.id}
        )
        line = self._sold(pricelist_id=prices.id)
        self._invoice(line)
        own = self.company.currency_id
        with self._refused(f"invoiced in {foreign.name}, and the amount is in"):
            self._credit(CreditWish(line, 1, 50, currency=own))
        note = self._credit(CreditWish(line, 1, 50, currency=foreign))
        self.assertRecordValues(note, [{"currency_id": foreign.id, "amount_total": 50}])
        self.assertEqual(line._get_complaint_creditable()[line].currency, foreign)

    def test_sold_by_the_dozen_invoiced_by_the_piece(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._sold({"product_uom_id": dozen.id, "product_uom_qty": 2})
        invoice = self._invoice(line, post=False)
        invoice.invoice_line_ids.write(
            {"product_uom_id": self.cream.uom_id.id, "quantity": 24, "price_unit": 10}
        )
        invoice.action_post()
        self.assertEqual(self._left(line), (2, 240))
        note = self._credit(CreditWish(line, 0.5))
        self.assertEqual(note.invoice_line_ids.quantity, 6)
        self.assertEqual(note.amount_total, 60)

    def test_down_payment_is_not_credited(self):
        line = self._sold()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_ids=line.order_id.ids, active_model="sale.order")
            .create({"advance_payment_method": "fixed", "fixed_amount": 100})
        )
        wizard.create_invoices()
        line.order_id.invoice_ids.action_post()
        self.assertEqual(self._left(line), (0, 0))
        with self._refused("it was not invoiced"):
            self._credit(CreditWish(line, 1))

    def test_locked_period(self):
        """The draft is made; accounting decides in which period it is posted."""
        line = self._sold()
        self._invoice(line)
        self.company.sale_lock_date = self._today()
        note = self._credit(CreditWish(line, 1))
        note.action_post()
        self.assertGreater(note.date, self._today())

    def test_journal_closed_down(self):
        line = self._sold()
        invoice = self._invoice(line)
        self._close_sales_journals()
        with self._refused("journal", UserError):
            self._credit(CreditWish(line, 1))
        self.assertFalse(invoice.reversal_move_ids)

    def test_drafted_by_complaint_users_posted_by_accounting(self):
        line = self._sold()
        self._invoice(line)
        lines = line.with_user(self.agent)
        note = lines._draft_complaint_credit_notes(
            [CreditWish(lines, 1)], "TS/2026/00001-1", self.customer
        )
        self.assertEqual(note.create_uid, self.agent)
        self.assertNotIn(self.agent.partner_id, note.sudo().message_partner_ids)
        for deed in ("action_post", "button_cancel", "unlink"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                getattr(note, deed)()
        note.with_user(self.accountant).action_post()
        self.assertEqual(note.sudo().state, "posted")

    def test_customers_bank_account(self):
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "6222 0202 0001", "partner_id": self.customer.id}
        )
        line = self._sold()
        self._invoice(line)
        self.assertEqual(self._credit(CreditWish(line, 1)).partner_bank_id, bank)
