from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .stock_common import GoodsBackCase


@tagged("post_install", "-at_install", "slow")
class TestGoodsBack(GoodsBackCase):
    """Goods that the warehouse took back before anybody decided on the complaint."""

    # ------------------------------------------------------------------
    # REFUND
    # ------------------------------------------------------------------

    def test_refund_links_the_return_and_credits(self):
        for policy in ("order", "delivery"):
            for to_refund in (True, False):
                with self.subTest(policy=policy, to_refund=to_refund):
                    sold, delivery = self._sold(1, policy)
                    back = self._return(delivery, 1, to_refund)
                    complaint = self._complain(sold)
                    line = self._granted(complaint, amount=99)
                    line.action_carry_out()
                    self.assertEqual(line.state, "under_way")
                    self.assertEqual(line.sudo().picking_ids, back)
                    self.assertIn(back.name, line.documents_text)
                    self.assertEqual(complaint.picking_count, 1)
                    self.assertTrue(complaint.date_goods_returned)
                    self.assertEqual(len(sold.order_id.picking_ids), 2)
                    note = line.sudo().credit_note_ids
                    self.assertEqual(note.amount_total, 99)
                    note.action_post()
                    self.assertEqual(line.state, "done")
                    self.assertTrue(complaint.has_return)
                    self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (0, 0))
                    self.assertEqual(
                        sold._get_complaint_returnable(self.nobody), {sold: 0}
                    )
                    # From the return, one finds the complaint.
                    self.assertEqual(
                        back.with_user(self.agent)
                        .sudo()
                        .complaint_remediation_line_ids,
                        line.sudo(),
                    )

    def test_only_what_is_out_is_planned(self):
        sold, delivery = self._sold(3)
        back = self._return(delivery, 2)
        line = self._granted(self._complain(sold, 3), amount=297)
        line.action_carry_out()
        planned = line.sudo().picking_ids - back
        self.assertEqual(planned.move_ids.product_uom_qty, 1)
        self._move(planned, user=self.keeper)
        line.sudo().credit_note_ids.action_post()
        self.assertEqual(line.state, "done")
        self.assertEqual(sold.qty_delivered, 0)

    def test_the_lot_complained_of_comes_first(self):
        sold = self._order(self.serum, 4)
        delivery = self._deliver(sold, lots={"L1": 2, "L2": 2})
        first = self._return(delivery, 1, lots={"L1": 1})
        second = self._return(delivery, 1, lots={"L2": 1})
        line = self._granted(self._complain(sold, 1, lot_name="L2"))
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids, second)
        self.assertNotIn(first, line.sudo().picking_ids)

    def test_return_that_waits_counts_once_it_is_validated(self):
        sold, delivery = self._sold(1)
        back = self._return(delivery, 1, validate=False)
        complaint = self._complain(sold)
        with self._refused("once it is validated", ValidationError):
            self._granted(complaint, amount=99)
        self._move(back, user=self.keeper)
        line = self._granted(complaint, amount=99)
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids, back)

    def test_nothing_billed_yet_is_done_at_once(self):
        sold = self._order(self.lamp, 1)
        delivery = self._deliver(sold)
        self._return(delivery, 1)
        line = self._granted(self._complain(sold))
        line.action_carry_out()
        self.assertEqual(line.state, "done")

    # ------------------------------------------------------------------
    # NEVER TWICE
    # ------------------------------------------------------------------

    def test_the_same_goods_are_for_one_remediation(self):
        sold, delivery = self._sold(3)
        back = self._return(delivery, 1)
        first = self._granted(self._complain(sold, 1), amount=99)
        second = self._granted(self._complain(sold, 2), amount=198)
        first.action_carry_out()
        second.action_carry_out()
        self.assertEqual(first.sudo().picking_ids, back)
        self.assertNotIn(back, second.sudo().picking_ids)
        self.assertEqual(second.sudo().picking_ids.move_ids.product_uom_qty, 2)

    def test_one_return_of_several_is_shared_out(self):
        sold, delivery = self._sold(3)
        back = self._return(delivery, 3)
        lines = [
            self._granted(self._complain(sold, number), amount=99 * number)
            for number in (1, 2)
        ]
        for line in lines:
            line.action_carry_out()
            self.assertEqual(line.sudo().picking_ids, back)
        with self._refused("0 are neither", ValidationError):
            self._granted(self._complain(sold, 1, is_repeat_confirmed=True))

    def test_what_accounting_credited_by_itself_is_for_nobody(self):
        sold, delivery = self._sold(3, "delivery")
        back = self._return(delivery, 1)
        sold.order_id._create_invoices(final=True).action_post()
        line = self._granted(self._complain(sold, 2), amount=198)
        line.action_carry_out()
        self.assertNotIn(back, line.sudo().picking_ids)
        self.assertEqual(line.sudo().picking_ids.move_ids.product_uom_qty, 2)

    def test_what_the_warehouse_replaced_by_itself_is_for_nobody(self):
        sold, delivery = self._sold(1)
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = 1
        dialog.action_create_exchanges()
        for picking in sold.order_id.picking_ids.filtered(lambda p: p.state != "done"):
            self._move(picking)
        self.assertEqual(sold._get_complaint_returnable(self.nobody), {sold: 1})
        line = self._granted(self._complain(sold), amount=99)
        line.action_carry_out()
        planned = line.sudo().picking_ids
        self.assertEqual(planned.state, "assigned")
        self._move(planned)
        self.assertEqual(sold._get_complaint_returnable(self.nobody), {sold: 0})

    def test_taken_back_line_frees_the_goods(self):
        sold, delivery = self._sold(1)
        back = self._return(delivery, 1)
        line = self._granted(self._complain(sold), amount=99)
        line.action_carry_out()
        self.assertTrue(line.can_take_back)
        line.action_take_back()
        self.assertEqual((line.state, back.state), ("open", "done"))
        self.assertEqual(line.sudo().credit_note_ids.state, "cancel")
        self.assertFalse(line.sudo().picking_ids)
        line.remediation_id._cancel("顾客改主意。")
        other = self._granted(
            self._complain(sold, is_repeat_confirmed=True), "exchange"
        )
        other.action_carry_out()
        self.assertIn(back, other.sudo().picking_ids)

    def test_credit_note_that_accounting_cancels_frees_the_goods(self):
        sold, delivery = self._sold(1)
        back = self._return(delivery, 1)
        line = self._granted(self._complain(sold), amount=99)
        line.action_carry_out()
        line.sudo().credit_note_ids.button_cancel()
        self.assertEqual(line.state, "open")
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids, back)

    # ------------------------------------------------------------------
    # EXCHANGE
    # ------------------------------------------------------------------

    def test_exchange_sends_the_replacement_only(self):
        for to_refund in (True, False):
            with self.subTest(to_refund=to_refund):
                sold, delivery = self._sold(1, "delivery")
                back = self._return(delivery, 1, to_refund)
                line = self._granted(self._complain(sold), "exchange")
                line.action_carry_out()
                self.assertEqual(line.state, "under_way")
                outgoing = line.sudo().picking_ids - back
                self.assertEqual(outgoing.picking_type_code, "outgoing")
                # The order delivered and billed one, and still does.
                self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (1, 0))
                self._move(outgoing)
                self.assertEqual(line.state, "done")
                self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (1, 0))
                self.assertEqual(sold._get_complaint_returnable(self.nobody), {sold: 1})

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_nobody_links_goods_by_hand(self):
        sold, delivery = self._sold(1)
        back = self._return(delivery, 1)
        line = self._granted(self._complain(sold), amount=99)
        vals = {"line_id": line.id, "move_id": back.move_ids.id, "quantity": 1}
        for user in (self.agent, self.manager, self.keeper):
            with self._refused("", Exception):
                self.env["customer.complaint.returned.goods"].with_user(user).create(
                    vals
                )
        with self._refused("", Exception):
            line.with_user(self.agent).write(
                {"returned_goods_ids": [Command.create(vals)]}
            )
