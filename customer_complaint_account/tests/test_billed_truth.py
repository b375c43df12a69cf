from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.billed import share_out
from ..models.sale_order_line import CreditWish
from .billed_common import BilledCase


@tagged("post_install", "-at_install", "slow")
class TestBilledTruth(BilledCase):
    """What was billed of an order line, beside what is proposed, drafted and posted."""

    def _check_invoice(self, order, expected, **values):
        """Bill an order, and refund all of it.

        :param list expected: what was billed for each line that sells something
        """
        invoice = self._bill(order, **values)
        self.assertAlmostEqual(invoice.amount_total, sum(expected), 6)
        sold = order._get_complaint_lines()
        self._check_refunds(dict(zip(sold, expected, strict=True)))
        return invoice

    # ------------------------------------------------------------------
    # WHAT TAKES MONEY OFF
    # ------------------------------------------------------------------

    def test_global_discount(self):
        """2 × 100 less 20 %: 160, and each piece 80."""
        order = self._sold({"product_uom_qty": 2, "tax_ids": False}).order_id
        self._discount(order, discount_percentage=0.2)
        self.assertEqual(order._get_complaint_lines(), order.order_line[0])
        self._check_invoice(order, [160])

    def test_global_discount_with_two_taxes_and_a_fixed_one(self):
        """Each tax has its own line of the discount, which lowers what is taxed so."""
        fixed = self._new_tax(1.5, amount_type="fixed")
        order = self._order(
            {"price_unit": 33.33},
            {"product_uom_qty": 1, "tax_ids": [Command.set(self.low_vat.ids)]},
            {"product_uom_qty": 1, "tax_ids": [Command.set((fixed | self.vat).ids)]},
        )
        self._discount(order, discount_percentage=0.1)
        lines = order._get_complaint_lines()
        self.assertEqual(len(lines), 3)
        invoice = self._bill(order)
        billed = [self._get_left(line)[1] for line in lines]
        self.assertAlmostEqual(sum(billed), invoice.amount_total, 6)
        self.assertAlmostEqual(billed[1], 95.4, 6)
        # Of two lines with 13 %, by what they cost.
        self.assertAlmostEqual(billed[0] + billed[2], 113.0 * 0.9 + 101.69 + 1.5, 1)
        self._check_refunds(dict(zip(lines, billed, strict=True)))

    def test_fixed_discount_that_no_cent_divides(self):
        """10 off three lines of one price: the cents add up."""
        order = self._sold(
            *[{"product_uom_qty": 1, "tax_ids": False} for _n in range(3)]
        ).order_id
        self._discount(order, "amount", discount_amount=10)
        self._check_invoice(order, [96.67, 96.66, 96.67])

    def test_negative_line_without_tax_pays_and_lowers_no_tax(self):
        """113.00 less a card of 50: 63 is refunded, with the tax of the goods."""
        order = self._order({"product_uom_qty": 1})
        self._take_off(order, -50)
        self._bill(order)
        sold = order.order_line[0]
        notes = self._check_refund(sold, 63)
        self.assertEqual((notes.amount_untaxed, notes.amount_tax), (50, 13))

    def test_negative_line_takes_more_than_the_tax_leaves(self):
        order = self._order({"product_uom_qty": 1})
        self._take_off(order, -110)
        self._check_invoice(order, [3])

    def test_negative_line_of_accounting_without_an_order(self):
        order = self._order({"product_uom_qty": 1}, {"product_uom_qty": 3})
        invoice = order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create(
                {
                    "name": "抹零",
                    "price_unit": -2,
                    "quantity": 1,
                    "tax_ids": [Command.clear()],
                    "account_id": self.income.id,
                }
            )
        ]
        invoice.action_post()
        self._check_refunds(
            dict(zip(order._get_complaint_lines(), [112.5, 337.5], strict=True))
        )

    def test_discounts_of_one_order_lower_no_other_one(self):
        """Two orders on one invoice, one of them with a coupon."""
        first, second = (self._order({"product_uom_qty": 1}) for _n in range(2))
        self._take_off(first, -20, self.vat)
        invoice = self._bill(first | second)
        self.assertEqual(len(invoice), 1)
        self._check_refunds({first.order_line[0]: 90.4, second.order_line[0]: 113})

    def test_discount_billed_by_itself(self):
        """The discount comes on a credit note of its own, after the goods."""
        order = self._order({"product_uom_qty": 2})
        self._bill(order)
        self._take_off(order, -50, self.vat)
        note = self._bill(order)
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 56.5))
        self._check_refunds({order.order_line[0]: 169.5})

    def test_goods_taken_in_payment(self):
        """A negative quantity, and a negative price."""
        for line in (
            {"product_uom_qty": -1, "price_unit": 40},
            {"product_uom_qty": 1, "price_unit": -40},
        ):
            with self.subTest(line):
                order = self._order(
                    {"product_uom_qty": 1}, {"product_id": self.syrup.id, **line}
                )
                self.assertEqual(len(order._get_complaint_lines()), 1)
                self._check_invoice(order, [67.8])

    def test_all_of_it_is_free(self):
        order = self._order({"product_uom_qty": 2, "discount": 100})
        self._bill(order)
        self.assertEqual(self._get_left(order.order_line), (2, 0))
        with self._refused("enter the amount the customer gets", ValidationError):
            self._refund(order.order_line)

    def test_all_of_it_was_refunded(self):
        """No amount is right then: it says that nothing is left."""
        sold = self._order({"product_uom_qty": 2}).order_line
        self._bill(sold.order_id)
        self._check_refund(sold, 226)
        with self._refused("0 of those sold with order", ValidationError):
            self._refund(sold)
        with self._refused("enter a quantity above zero", ValidationError):
            self._propose(
                complaint=self._decided(),
                lines=[{"kind": "compensation", "amount": 0, "quantity": 0}],
            )

    # ------------------------------------------------------------------
    # DOWN PAYMENTS, ROUNDINGS
    # ------------------------------------------------------------------

    def _pay_down(self, order, **values):
        self.env["sale.advance.payment.inv"].with_context(
            active_ids=order.ids, active_model="sale.order"
        ).create(values).create_invoices()
        down_payment = order.invoice_ids
        down_payment.action_post()
        return down_payment

    def test_down_payments(self):
        """What was paid in advance was billed as well: all of the price."""
        for values in (
            {"advance_payment_method": "percentage", "amount": 30},
            {"advance_payment_method": "fixed", "fixed_amount": 100},
        ):
            with self.subTest(values):
                order = self._order({"product_uom_qty": 3})
                first = self._pay_down(order, **values)
                last = self._bill(order)
                self.assertLess(last.amount_total, 339)
                self.assertAlmostEqual(first.amount_total + last.amount_total, 339, 6)
                self._check_refunds({order.order_line[0]: 339})

    def test_down_payment_that_was_credited(self):
        """Accounting gave the advance back: what the last invoice billed is left."""
        order = self._order({"product_uom_qty": 3})
        first = self._pay_down(order, advance_payment_method="fixed", fixed_amount=100)
        self._bill(order)
        first._reverse_moves(cancel=True)
        self._check_refunds({order.order_line[0]: 239})

    def _new_rounding(self, strategy):
        return self.env["account.cash.rounding"].create(
            {
                "name": strategy,
                "rounding": 0.05,
                "strategy": strategy,
                "profit_account_id": self.income.id,
                "loss_account_id": self.expense.id,
            }
        )

    def test_cash_rounding(self):
        """13.03 is billed as 13.05, or 13.01 as 13.00, and so it is refunded."""
        for strategy in ("add_invoice_line", "biggest_tax"):
            rounding = self._new_rounding(strategy)
            for price, billed in ((11.53, 13.05), (11.51, 13.0)):
                with self.subTest(strategy=strategy, price=price):
                    order = self._order({"product_uom_qty": 1, "price_unit": price})
                    self._check_invoice(
                        order, [billed], invoice_cash_rounding_id=rounding.id
                    )

    def test_cash_rounding_of_several_lines(self):
        rounding = self._new_rounding("add_invoice_line")
        order = self._order(
            *[{"product_uom_qty": 1, "price_unit": 11.53} for _n in range(3)]
        )
        invoice = self._bill(order, invoice_cash_rounding_id=rounding.id)
        self.assertEqual(invoice.amount_total, 39.1)
        lines = order.order_line
        self.assertAlmostEqual(sum(self._get_left(line)[1] for line in lines), 39.1, 6)
        self._check_refunds({line: self._get_left(line)[1] for line in lines})

    def test_taxes_rounded_globally(self):
        """0.01 that no line knows of was billed, too; credited at once, or in parts."""
        self.company.tax_calculation_rounding_method = "round_globally"
        lines = [
            {"product_uom_qty": 1, "price_unit": price}
            for price in (10.05, 10.05, 10.05, 0.35)
        ]
        order = self._order(*lines)
        invoice = self._bill(order)
        left = {line: self._get_left(line)[1] for line in order.order_line}
        self.assertAlmostEqual(sum(left.values()), invoice.amount_total, 6)
        self.assertNotAlmostEqual(
            sum(invoice.invoice_line_ids.mapped("price_total")),
            invoice.amount_total,
            6,
        )
        self._check_refunds(left)
        order = self._order(*lines)
        invoice = self._bill(order)
        note = self._credit(*(CreditWish(line, 1) for line in order.order_line))
        self.assertAlmostEqual(note.amount_total, invoice.amount_total, 6)

    def test_every_piece_alone(self):
        """Three for 100.00, credited one by one: nothing is lost, nothing added."""
        for taxes in (self.env["account.tax"], self.included):
            order = self._order(
                {
                    "product_uom_qty": 3,
                    "price_unit": 33.3333,
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
            invoice = self._bill(order)
            given = [
                self._credit(CreditWish(order.order_line, 1)).amount_total
                for _n in range(3)
            ]
            self.assertAlmostEqual(sum(given), invoice.amount_total, 6)
            self.assertLessEqual(max(given) - min(given), 0.0101)

    # ------------------------------------------------------------------
    # TAXES, CURRENCIES, COMBOS
    # ------------------------------------------------------------------

    def test_kinds_of_taxes(self):
        """Included, fixed, several, on the price with the discount of the line."""
        fixed = self._new_tax(1.37, amount_type="fixed", include_base_amount=True)
        for taxes in (
            self.included,
            fixed | self.vat,
            self.vat | self._new_tax(7, sequence=99),
            self._new_tax(-10) | self.vat,
        ):
            for method in ("round_per_line", "round_globally"):
                with self.subTest(taxes=taxes.mapped("name"), method=method):
                    self.company.tax_calculation_rounding_method = method
                    order = self._order(
                        {"price_unit": 33.37, "discount": 12.5, "product_uom_qty": 3},
                        {"price_unit": 7.77, "product_uom_qty": 1},
                    )
                    order.order_line[0].tax_ids = taxes
                    self._take_off(order, -9.99, taxes)
                    invoice = self._bill(order)
                    left = {
                        line: self._get_left(line)[1]
                        for line in order._get_complaint_lines()
                    }
                    self.assertAlmostEqual(sum(left.values()), invoice.amount_total, 6)
                    for line, billed in left.items():
                        note = self._credit(CreditWish(line, line.product_uom_qty))
                        self.assertAlmostEqual(note.amount_total, billed, 6)

    def test_foreign_currency_with_another_rate_later(self):
        foreign = self.env["res.currency"].create(
            {"name": "XTS", "symbol": "x", "rounding": 0.01, "active": True}
        )
        today = self._today()
        for days, rate in ((30, 0.5), (0, 0.4)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": foreign.id,
                    "rate": rate,
                    "name": fields.Date.subtract(today, days=days),
                    "company_id": self.company.id,
                }
            )
        prices = self.env["product.pricelist"].create(
            {"name": "出口", "currency_id": foreign.id}
        )
        order = self._order({"product_uom_qty": 2}, pricelist_id=prices.id)
        self._take_off(order, -30, self.vat)
        invoice = self._bill(order, invoice_date=fields.Date.subtract(today, days=20))
        self.assertEqual((invoice.currency_id, invoice.amount_total), (foreign, 192.1))
        line = self._refund(order.order_line[0])
        self.assertEqual((line.currency_id, line.amount), (foreign, 192.1))
        self.assertAlmostEqual(line.amount_company, 480.25, 2)
        note = line.sudo().credit_note_ids
        self.assertRecordValues(
            note, [{"currency_id": foreign.id, "amount_total": 192.1}]
        )
        note.action_post()
        self.assertEqual(line._get_amount_in_effect(), 192.1)

    def test_combo(self):
        """What is in it was sold; its heading is no product."""
        combo = self.env["product.combo"].create(
            {
                "name": "套餐",
                "combo_item_ids": [Command.create({"product_id": self.cream.id})],
            }
        )
        menu = self.env["product.product"].create(
            {
                "name": "护肤套餐",
                "type": "combo",
                "list_price": 90,
                "taxes_id": [Command.clear()],
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": menu.id, "product_uom_qty": 2})
                ],
            }
        )
        heading = order.order_line
        order.order_line = [
            Command.create(
                {
                    "product_id": self.cream.id,
                    "product_uom_qty": 2,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": heading.id,
                }
            )
        ]
        order.action_confirm()
        item = order.order_line - heading
        self.assertEqual(order._get_complaint_lines(), item)
        invoice = self._bill(order)
        self.assertEqual(invoice.amount_total, 180)
        self._check_refunds({item: 180})

    # ------------------------------------------------------------------
    # NOT INVOICED, RETURNS, CREDITED BY OTHERS
    # ------------------------------------------------------------------

    def test_nothing_invoiced_yet(self):
        """The order itself says what it costs, discount and all."""
        order = self._order({"product_uom_qty": 2}, {"product_uom_qty": 1})
        self._take_off(order, -60, self.vat)
        shares = order.order_line._get_complaint_refundable()
        due = [
            sum(share.get_due(share.quantity) for share in shares[line])
            for line in order._get_complaint_lines()
        ]
        self.assertEqual(due, [180.8, 90.4])
        self.assertAlmostEqual(sum(due), order.amount_total, 6)

    def test_partly_invoiced(self):
        """What is billed bears the discount billed with it, and the rest the rest."""
        order = self._order({"product_uom_qty": 2}, {"product_uom_qty": 1})
        self._take_off(order, -60, self.vat)
        invoice = order._create_invoices()
        invoice.invoice_line_ids[0].quantity = 1
        invoice.invoice_line_ids[1].unlink()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 45.2)
        shares = order.order_line._get_complaint_refundable()
        due = [
            [share.get_due(share.quantity) for share in shares[line]]
            for line in order._get_complaint_lines()
        ]
        self.assertEqual(due, [[45.2, 113], [113]])

    def test_dialog_offers_no_discount(self):
        order = self._sold({"tax_ids": False}, {"tax_ids": False}).order_id
        self._discount(order, discount_percentage=0.2)
        dialog = Form(
            self.env["customer.complaint.open"].with_context(
                default_sale_order_id=order.id
            )
        )
        self.assertEqual(len(dialog.line_ids), 2)
        # Nor does the list of lines to choose from, in the form of the complaint.
        model = self.env["customer.complaint.line"]
        domain = model._fields["sale_order_line_id"]._description_domain(self.env)
        self.assertIn("price_total", domain)

    def test_order_with_nothing_but_rewards(self):
        order = self._sold({"product_uom_qty": 1, "price_unit": -10}).order_id
        self.assertFalse(order._get_complaint_lines())
        dialog = Form(
            self.env["customer.complaint.open"].with_context(
                default_sale_order_id=order.id
            )
        )
        self.assertEqual(len(dialog.line_ids), 0)

    def test_credited_by_accounting_without_the_goods(self):
        """20 were given back on the invoice, for no line: so much less is left."""
        order = self._order({"product_uom_qty": 1}, {"product_uom_qty": 1})
        invoice = self._bill(order)
        note = invoice._reverse_moves()
        note.invoice_line_ids.unlink()
        note.invoice_line_ids = [
            Command.create(
                {
                    "name": "让利",
                    "price_unit": 20,
                    "quantity": 1,
                    "tax_ids": [Command.clear()],
                    "account_id": self.income.id,
                }
            )
        ]
        self._check_refunds(dict.fromkeys(order.order_line, 103))

    def test_credited_by_accounting_with_the_discount(self):
        """One of two is credited by hand with its part of the discount."""
        order = self._order({"product_uom_qty": 2})
        self._take_off(order, -40, self.vat)
        invoice = self._bill(order)
        note = invoice._reverse_moves()
        note.invoice_line_ids[0].quantity = 1
        note.invoice_line_ids[1].price_unit = -20
        note.action_post()
        self.assertEqual(note.amount_total, 90.4)
        self.assertEqual(self._get_left(order.order_line[0]), (1, 90.4))
        # The whole of it is taken back: all is billed again.
        note._reverse_moves(cancel=True)
        self.assertEqual(self._get_left(order.order_line[0]), (2, 180.8))

    def test_nothing_exceeds_what_was_billed(self):
        order = self._order({"product_uom_qty": 2})
        self._take_off(order, -40, self.vat)
        self._bill(order)
        sold = order.order_line[0]
        with self._refused("more than the", ValidationError):
            self._refund(sold, amount=180.81)
        with self._refused("more than the", UserError):
            self._credit(CreditWish(sold, 1, 90.41))
        with self._refused("more than the", ValidationError):
            self._refund(sold, kind="price_reduction", amount=180.81)

    def test_bad_amounts(self):
        order = self._order({"product_uom_qty": 1})
        self._bill(order)
        for amount, text in (
            (-1, "cannot be negative"),
            (1e308, "Check the decimal point"),
            (0.001, "enter the amount"),
            (10.005, "more decimals"),
            (float("nan"), "enter a number"),
            (float("inf"), "enter a number"),
        ):
            with self._refused(text, ValidationError):
                self._refund(order.order_line, amount=amount)
        for quantity in (-1, 1e308, float("nan"), 1e-9):
            with self._refused("quantity|number|more than", ValidationError):
                self._refund(order.order_line, quantity=quantity, amount=1)

    def test_shares_make_the_sum(self):
        currency = self.company.currency_id
        for amount, weights in (
            (0.01, [1, 1, 1]),
            (10, [1, 1, 1]),
            (-0.02, [5, 0, 3]),
            (99.99, [0.1] * 7),
            (1, []),
        ):
            parts = share_out(amount, weights, currency)
            self.assertAlmostEqual(sum(parts), amount if weights else 0, 9)
            self.assertEqual([currency.round(part) for part in parts], parts)
