from odoo.tests import tagged

from .stock_common import StockRemediationCase


@tagged("post_install", "-at_install", "slow")
class TestExchange(StockRemediationCase):
    """An exchange takes goods back and delivers others; the order stays as it is."""

    def _exchanged(self, sold, quantity=1, about=None, **values):
        """Return the line of an exchange that is under way, and its two transfers."""
        line = self._granted(
            self._complain(sold, quantity, **(about or {})), "exchange", **values
        )
        line.action_carry_out()
        self.assertEqual(line.state, "under_way")
        pickings = line.sudo().picking_ids
        incoming = pickings.filtered("return_id")
        return line, incoming, pickings - incoming

    def _check_order(self, sold, **values):
        self.assertEqual(len(sold.order_id.order_line), 1)
        self.assertRecordValues(
            sold,
            [{"qty_delivered": 3, "qty_invoiced": 0, "qty_to_invoice": 3, **values}],
        )

    def test_exchange_for_the_same_product(self):
        for first in (0, 1):
            sold = self._order(self.serum, 3)
            self._deliver(sold, lots={"L1": 3} if not first else {"L2": 3})
            name = ("L1", "L2")[first]
            line, incoming, outgoing = self._exchanged(sold, about={"lot_name": name})
            self.assertEqual(self._lots_of(incoming), {name: 1})
            self.assertEqual(outgoing.picking_type_code, "outgoing")
            self.assertEqual(outgoing.sale_id, sold.order_id)
            self.assertEqual(outgoing.partner_id, self.customer)
            self.assertEqual(outgoing.move_ids.product_uom_qty, 1)
            self.assertIn(incoming.name, outgoing.message_ids[0].body)
            self.assertIn(outgoing.name, incoming.message_ids[0].body)
            self._check_order(sold)
            # Whichever comes first, the order bills the same.
            pickings = [incoming, outgoing]
            for picking in pickings[::-1] if first else pickings:
                self.assertEqual(line.state, "under_way")
                self._move(picking, user=self.keeper)
                self._check_order(sold)
            self.assertEqual(line.state, "done")
            self.assertTrue(line.complaint_id.date_goods_returned)

    def test_exchange_of_what_was_billed(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        sold.order_id._create_invoices().action_post()
        _line, incoming, outgoing = self._exchanged(sold, 2)
        for picking in (outgoing, incoming):
            self._check_order(sold, qty_invoiced=3, qty_to_invoice=0)
            self._move(picking)
        self._check_order(sold, qty_invoiced=3, qty_to_invoice=0)
        self.assertEqual(sold.order_id.invoice_status, "invoiced")

    def test_exchange_for_another_product(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line, incoming, outgoing = self._exchanged(sold, 2, product_id=self.serum.id)
        self.assertEqual(incoming.move_ids.product_id, self.lamp)
        self.assertEqual(outgoing.move_ids.product_id, self.serum)
        self.assertEqual(outgoing.sale_id, sold.order_id)
        self.assertNotIn(self.lamp.name, outgoing.move_ids.description_picking or "")
        for picking in (incoming, outgoing):
            self._move(picking, user=self.keeper)
            self._check_order(sold)
        self.assertEqual(line.state, "done")
        # Two of the three came back, and the customer has another product for them.
        self.assertEqual(sold._get_complaint_returnable(line)[sold], 1)

    def test_what_replaced_goods_can_be_taken_back_in_its_turn(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        line, incoming, outgoing = self._exchanged(sold)
        nothing = line.browse()
        self.assertEqual(sold._get_complaint_returnable(nothing)[sold], 0)
        self._move(incoming | outgoing)
        self.assertEqual(sold._get_complaint_returnable(nothing)[sold], 1)
        again = self._granted(self._complain(sold, is_repeat_confirmed=True))
        again.action_carry_out()
        back = again.sudo().picking_ids
        self.assertEqual(back.return_id, outgoing)
        self._move(back)
        self.assertEqual(again.state, "done")
        self.assertEqual(sold._get_complaint_returnable(nothing)[sold], 0)

    def test_what_waits_on_the_order_stays_apart(self):
        sold = self._order(self.lamp, 5)
        self._deliver(sold, 3)
        rest = sold.order_id.picking_ids.filtered(lambda p: p.state != "done")
        line, incoming, outgoing = self._exchanged(sold)
        self.assertNotIn(outgoing, rest)
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        # More is ordered meanwhile: it joins what waited, not the replacement.
        sold.product_uom_qty = 6
        self.assertEqual(rest.move_ids.product_uom_qty, 3)
        self.assertEqual(outgoing.move_ids.product_uom_qty, 1)
        line.action_take_back()
        self.assertEqual(set((incoming | outgoing).mapped("state")), {"cancel"})
        self.assertEqual(rest.state, "assigned")
        self.assertEqual(line.state, "open")
        self._deliver(sold)
        self.assertEqual(sold.qty_delivered, 6)

    def test_replacement_in_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        self._deliver(sold)
        line, incoming, pick = self._exchanged(sold)
        self.assertEqual(pick.picking_type_code, "internal")
        self._move(incoming, user=self.keeper)
        self._move(pick, user=self.keeper)
        self.assertEqual(line.state, "under_way")
        ship = line.sudo().picking_ids - incoming - pick
        self.assertEqual(ship.picking_type_code, "outgoing")
        self.assertEqual(line.complaint_id.picking_count, 3)
        with self._refused("in effect already"):
            line.action_take_back()
        self._move(ship, user=self.keeper)
        self.assertEqual(line.state, "done")
        self._check_order(sold)

    def test_replacement_that_is_short(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line, incoming, outgoing = self._exchanged(sold, 3)
        self._move(incoming)
        self._move(outgoing, 1, user=self.keeper)
        self.assertEqual(line.state, "under_way")
        rest = line.sudo().picking_ids - incoming - outgoing
        self.assertEqual(rest.backorder_id, outgoing)
        self._move(rest)
        self.assertEqual(line.state, "done")
        self._check_order(sold)

    def test_half_of_an_exchange_is_cancelled(self):
        for cancelled, done in ((0, 1), (1, 0)):
            sold = self._order(self.lamp, 3)
            self._deliver(sold)
            line, *both = self._exchanged(sold)
            both[cancelled].action_cancel()
            self.assertEqual(line.state, "under_way")
            self._move(both[done])
            self.assertEqual(line.state, "open")
            line.action_carry_out()
            anew = line.sudo().picking_ids - both[0] - both[1]
            self.assertEqual(anew.picking_type_code, both[cancelled].picking_type_code)
            self._move(anew)
            self.assertEqual(line.state, "done")
            self._check_order(sold)

    def test_what_cannot_be_delivered(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        service = self.env["product.product"].create(
            {"name": "上门服务", "type": "service"}
        )
        by_weight = self._create_goods(
            "散装茶", 10, uom_id=self.env.ref("uom.product_uom_kgm").id
        )
        for product, text in (
            (service, "is no goods"),
            (by_weight, "is not counted in Units"),
        ):
            line = self._granted(
                self._complain(sold, is_repeat_confirmed=True),
                "exchange",
                product_id=product.id,
            )
            with self._refused(text):
                line.action_carry_out()
            # Nothing half done.
            self.assertFalse(line.sudo().move_ids)
            self._give_reason(line.remediation_id, "cancel", self.agent)

    def test_never_delivered_goods_are_exchanged_by_a_note(self):
        line = self._granted(self._complain(self._order(self.lamp, 1)), "exchange")
        action = line.action_carry_out()
        self.assertEqual(action["res_model"], "customer.complaint.carry.out")
        self.assertEqual(line.state, "open")
