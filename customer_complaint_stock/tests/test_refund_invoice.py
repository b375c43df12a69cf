from functools import partial

from odoo.tests import tagged

from .stock_common import StockRemediationCase


@tagged("post_install", "-at_install", "slow")
class TestRefundInvoice(StockRemediationCase):
    """Credit note and return together: the order bills and credits nothing twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["account.journal"].create(
            {"name": "Sales", "code": "CCSTK", "type": "sale"}
        )

    def _billed(self, policy, quantity=3, delivered=None):
        """Return an order line that was delivered and billed, as its policy says."""
        self.lamp.invoice_policy = policy
        sold = self._order(self.lamp, quantity)
        self._deliver(sold, delivered)
        sold.order_id._create_invoices().action_post()
        return sold

    def _refund(self, sold, quantity=1, **about):
        line = self._granted(
            self._complain(sold, quantity, **about), amount=99.0 * quantity
        )
        line.action_carry_out()
        self.assertEqual(line.state, "under_way")
        return line, line.sudo().credit_note_ids, line.sudo().picking_ids

    def _check_nothing_to_bill(self, sold):
        self.assertEqual(sold.qty_to_invoice, 0)
        self.assertNotEqual(sold.order_id.invoice_status, "to invoice")

    def test_every_order_of_events(self):
        for policy in ("order", "delivery"):
            for first in ("credit", "return"):
                with self.subTest(policy=policy, first=first):
                    sold = self._billed(policy)
                    self._check_nothing_to_bill(sold)
                    line, note, picking = self._refund(sold)
                    self.assertEqual(note.amount_total, 99)
                    self.assertIn(picking.name, line.documents_text)
                    self.assertIn("Draft", line.documents_text)
                    self._check_nothing_to_bill(sold)
                    steps = [note.action_post, partial(self._move, picking)]
                    for step in steps if first == "credit" else steps[::-1]:
                        self.assertEqual(line.state, "under_way")
                        step()
                        self._check_nothing_to_bill(sold)
                    self.assertEqual(line.state, "done")
                    self.assertEqual((sold.qty_delivered, sold.qty_invoiced), (2, 2))

    def test_what_is_delivered_later_is_billed(self):
        sold = self._billed("delivery", quantity=5, delivered=3)
        _line, note, picking = self._refund(sold)
        note.action_post()
        self._deliver(sold)
        self.assertEqual(sold.qty_to_invoice, 2)
        self._move(picking)
        self.assertEqual(sold.qty_to_invoice, 2)
        sold.order_id._create_invoices().action_post()
        self._check_nothing_to_bill(sold)
        self.assertEqual((sold.qty_delivered, sold.qty_invoiced), (4, 4))

    def test_return_that_the_order_credits_by_itself(self):
        """Another return and its credit note do not hide what a complaint refunds."""
        sold = self._billed("delivery", quantity=5)
        delivery = sold.order_id.picking_ids
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            dialog.action_create_returns()["res_id"]
        )
        self._move(back)
        self.assertEqual(sold.qty_to_invoice, -1)
        sold.order_id._create_invoices(final=True).action_post()
        self._check_nothing_to_bill(sold)
        line, note, picking = self._refund(sold)
        self._check_nothing_to_bill(sold)
        self._move(picking)
        note.action_post()
        self._check_nothing_to_bill(sold)
        self.assertEqual(line.state, "done")

    def test_nothing_billed_yet(self):
        self.lamp.invoice_policy = "delivery"
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line, note, picking = self._refund(sold)
        self.assertFalse(note)
        self._move(picking)
        self.assertEqual(line.state, "done")
        # The order bills what stayed with the customer.
        self.assertEqual(sold.qty_to_invoice, 2)

    def test_never_delivered_goods_are_credited_only(self):
        self.lamp.invoice_policy = "order"
        sold = self._order(self.lamp, 3)
        sold.order_id._create_invoices().action_post()
        line, note, picking = self._refund(sold)
        self.assertFalse(picking)
        note.action_post()
        self.assertEqual(line.state, "done")
        self._check_nothing_to_bill(sold)

    def test_take_back_cancels_both(self):
        sold = self._billed("order")
        line, note, picking = self._refund(sold)
        line.action_take_back()
        self.assertEqual((note.state, picking.state), ("cancel", "cancel"))
        self.assertEqual(line.state, "open")
        self._check_nothing_to_bill(sold)
        line.action_carry_out()
        line.sudo().credit_note_ids.filtered(
            lambda move: move.state == "draft"
        ).action_post()
        with self._refused("in effect already"):
            line.action_take_back()

    def test_reversed_credit_note_bills_again(self):
        sold = self._billed("order")
        line, note, picking = self._refund(sold)
        note.action_post()
        self._move(picking)
        self.assertEqual(line.state, "done")
        reversal = note._reverse_moves(cancel=True)
        self.assertEqual(reversal.state, "posted")
        self._check_nothing_to_bill(sold)
        self.assertEqual(sold.qty_invoiced, 3)
        # The goods are back: only the credit note is drafted anew.
        self.assertEqual(line.state, "open")
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids, picking)
        anew = line.sudo().credit_note_ids - note
        anew.action_post()
        self.assertEqual(line.state, "done")

    def test_cancelled_return_does_not_pay_twice(self):
        sold = self._billed("order")
        line, note, picking = self._refund(sold)
        note.action_post()
        self.assertEqual(line.state, "under_way")
        picking.action_cancel()
        self.assertEqual(line.state, "open")
        line.action_carry_out()
        self.assertEqual(line.sudo().credit_note_ids, note)
        self.assertEqual(line.state, "under_way")
        self._move(line.sudo().picking_ids - picking)
        self.assertEqual(line.state, "done")

    def test_cancelled_credit_note_leaves_the_line_to_be_done(self):
        sold = self._billed("order")
        line, note, picking = self._refund(sold)
        note.button_cancel()
        self.assertEqual(line.state, "under_way")
        self._move(picking)
        self.assertEqual(line.state, "open")
        self.assertTrue(self._get_todo_users(line.remediation_id))
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids, picking)
        (line.sudo().credit_note_ids - note).action_post()
        self.assertEqual(line.state, "done")

    def test_uninstalled_app_leaves_what_accounting_drafted(self):
        sold = self._billed("order")
        line, note, _picking = self._refund(sold)
        self.env["customer.complaint.remediation.line"]._give_back_under_way(
            "stock.picking"
        )
        self.assertEqual(line.state, "under_way")
        self.assertEqual(note.state, "draft")

    def test_remediation_of_several_kinds(self):
        sold = self._billed("delivery")
        complaint = self._complain(sold, 3)
        about = complaint.line_ids.id
        remediation = self._approved(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": about,
                    "quantity": 1,
                    "amount": 99,
                },
                {"kind": "exchange", "complaint_line_id": about, "quantity": 2},
                {"kind": "apology"},
            ],
        )
        refund, exchange, apology = remediation.line_ids
        refund.action_carry_out()
        exchange.action_carry_out()
        apology._sign_done("已道歉。")
        self.assertEqual(complaint.picking_count, 3)
        self._move(refund.sudo().picking_ids)
        refund.sudo().credit_note_ids.action_post()
        for picking in exchange.sudo().picking_ids:
            self._move(picking)
        self.assertEqual(remediation.state, "done")
        self._check_nothing_to_bill(sold)
        self.assertEqual((sold.qty_delivered, sold.qty_invoiced), (2, 2))
