from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint_account.tests.accounting_common import (
    AccountingCase,
)
from odoo.addons.customer_complaint_account.tests.billed_common import BilledCase


@tagged("post_install", "-at_install", "slow")
class TestReturnBilled(BilledCase):
    """What a return without a reason gives back of what was billed."""

    def test_no_reason_return(self):
        """Offered without the discount, expected and refunded less it."""
        order = self._sold({"product_uom_qty": 2, "tax_ids": False}).order_id
        self._discount(order, discount_percentage=0.2)
        self._bill(order)
        form = Form(
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .with_context(default_sale_order_id=order.id)
        )
        form.date_delivered = self._today()
        record = form.save()
        self.assertRecordValues(
            record.line_ids,
            [
                {
                    "sale_order_line_id": order.order_line[0].id,
                    "quantity": 2,
                    "amount_total": 160,
                }
            ],
        )
        record.write({"has_goods": False})
        record.action_refund()
        note = record.sudo().credit_note_ids
        self.assertEqual(note.amount_total, 160)
        note.with_user(self.accountant).action_post()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._get_left(order.order_line[0]), (0, 0))

    def test_order_with_nothing_but_rewards(self):
        order = self._sold({"product_uom_qty": 1, "price_unit": -10}).order_id
        form = Form(
            self.env["customer.complaint.return"].with_context(
                default_sale_order_id=order.id
            )
        )
        self.assertEqual(len(form.line_ids), 0)

    def _returned(self, quantity=2):
        order = self._order({"product_uom_qty": 3})
        invoice = self._bill(order)
        record = (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .create(
                {
                    "sale_order_id": order.id,
                    "date_delivered": self._today(),
                    "has_goods": False,
                    "line_ids": [
                        Command.create(
                            {
                                "sale_order_line_id": order.order_line.id,
                                "quantity": quantity,
                            }
                        )
                    ],
                }
            )
        )
        record.action_refund()
        return record, record.sudo().credit_note_ids, invoice

    def test_return_credited_meanwhile(self):
        record, note, invoice = self._returned()
        self._post(invoice._reverse_moves())
        self._refuse_posting(note, f"(?s)0 of what was invoiced.*{record.name}")
        self.assertEqual(record.state, "refunding")

    def test_return_with_more_goods_or_for_somebody_else(self):
        record, note, _invoice = self._returned()
        note.invoice_line_ids.quantity = 3
        self._refuse_posting(note, "3 Units are on the credit note, and 2 were")
        note.invoice_line_ids.quantity = 2
        note.partner_id = self.env["res.partner"].create({"name": "王伟"})
        self._refuse_posting(note, "was granted to 李娜")
        note.partner_id = self.customer
        self._post(note)
        self.assertEqual(record.state, "done")


@tagged("post_install", "-at_install", "slow")
class TestReturnBesideRefunds(AccountingCase):
    """A refund of a complaint and a return take from the same goods."""

    def test_signed_refunds_and_no_reason_returns_count(self):
        """Neither leaves a credit note."""
        sold = self._sold()
        self._carry_out(self._granted(sold, quantity=1, amount=100).line_ids)
        self.env["customer.complaint.return"].create(
            {
                "sale_order_id": sold.order_id.id,
                "date_delivered": self._today(),
                "line_ids": [
                    Command.create({"sale_order_line_id": sold.id, "quantity": 1})
                ],
            }
        )
        self.assertEqual(sold._get_returnable_quantities(), {sold: 1})
        complaint = self._about(sold)
        line = {"kind": "refund", "complaint_line_id": complaint.line_ids.id}
        with self._refused("1 of those sold"):
            self._propose(
                complaint=complaint, lines=[{**line, "quantity": 2, "amount": 200}]
            )
        self._propose(
            complaint=complaint, lines=[{**line, "quantity": 1, "amount": 100}]
        )
