from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, tagged

from .billed_common import BilledCase


@tagged("post_install", "-at_install")
class TestBilledProposal(BilledCase):
    """Product, quantity and billed amount of a refund are proposed, never typed."""

    def _complain(self, order, **values):
        return self._decided(
            sale_order_id=order.id,
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": line.id,
                        "quantity": line.product_uom_qty,
                        **values,
                    }
                )
                for line in order._get_complaint_lines()
            ],
        )

    def _open_form(self, complaint):
        return Form(
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .with_context(default_complaint_id=complaint.id)
        )

    def test_one_product(self):
        """249.00 with 15 % of tax: 286.35 was billed."""
        order = self._order(
            {
                "product_uom_qty": 1,
                "price_unit": 249,
                "tax_ids": [Command.set(self._new_tax(15).ids)],
            }
        )
        self._bill(order)
        complaint = self._complain(order)
        form = self._open_form(complaint)
        form.note = "面霜有异物。"
        with form.line_ids.new() as line:
            line.kind = "refund"
            self.assertEqual(line.complaint_line_id, complaint.line_ids)
            self.assertEqual(line.product_id, self.cream)
            self.assertEqual((line.quantity, line.amount), (1, 286.35))
            self.assertEqual(line.amount_billed, 286.35)
        remediation = form.save()
        self.assertRecordValues(
            remediation.line_ids,
            [{"quantity": 1, "amount": 286.35, "product_id": self.cream.id}],
        )

    def test_all_that_is_complained_of_less_the_coupon(self):
        order = self._order({"product_uom_qty": 3}, {"product_id": self.syrup.id})
        self._take_off(order, -60, self.vat)
        self._bill(order)
        form = self._open_form(self._complain(order))
        form.note = "两种商品。"
        with form.line_ids.new() as line:
            line.kind = "refund"
            # Two products are complained of: which one is for people to say.
            self.assertFalse(line.complaint_line_id)
            line.complaint_line_id = form.complaint_id.line_ids[0]
            self.assertEqual((line.quantity, line.amount), (3, 305.1))
            line.quantity = 1
            self.assertEqual(line.amount, 101.7)
        self.assertEqual(form.save().line_ids.amount, 101.7)

    def test_without_a_form(self):
        """By an import or a call as well; what is given counts, and so for money."""
        order = self._order({"product_uom_qty": 2})
        self._bill(order)
        complaint = self._complain(order)
        about = complaint.line_ids.id
        for values, expected in (
            ({"kind": "refund"}, (2, 226)),
            ({"kind": "refund", "complaint_line_id": about, "quantity": 1}, (1, 113)),
            ({"kind": "refund", "amount": 100}, (2, 100)),
            ({"kind": "price_reduction", "amount": 9}, (2, 9)),
            ({"kind": "compensation", "amount": 9}, (1, 9)),
        ):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                line = self._propose(complaint=complaint, lines=[values]).line_ids
                self.assertEqual((line.quantity, line.amount), expected)
                is_about = values["kind"] != "compensation"
                self.assertEqual(bool(line.complaint_line_id), is_about)
                savepoint.rollback()

    def test_what_was_saved_stays(self):
        """A lower amount is not raised again by another quantity."""
        order = self._order({"product_uom_qty": 2})
        self._bill(order)
        complaint = self._complain(order)
        remediation = self._approved(
            complaint=complaint, lines=[{"kind": "refund", "amount": 50}]
        )
        line = remediation.line_ids
        line.quantity = 1
        self.assertEqual((line.amount, remediation.state), (50, "approved"))

    def test_lower_is_warned_of(self):
        order = self._order({"product_uom_qty": 1})
        self._bill(order)
        form = self._open_form(self._complain(order))
        with form.line_ids.new() as line:
            line.kind = "refund"
            with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
                line.amount = 112.99
            self.assertIn("113.00 with taxes were billed", logs.output[0])
            with self.assertNoLogs("odoo.tests.form.onchange", "WARNING"):
                line.amount = 113

    def test_says_with_tax(self):
        model = self.env["customer.complaint.remediation.line"]
        for name in ("amount", "amount_billed"):
            self.assertIn("incl. Tax", model._fields[name].string)
        view = self.env["customer.complaint.remediation"].get_view(
            self.env.ref(
                "customer_complaint.customer_complaint_remediation_view_form"
            ).id,
            "form",
        )
        names = [
            node.get("name")
            for node in etree.fromstring(view["arch"]).xpath(
                "//field[@name='line_ids']/list/field"
            )
        ]
        self.assertEqual(names.index("amount_billed") + 1, names.index("amount"))
