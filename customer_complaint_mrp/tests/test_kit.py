from odoo import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_stock.tests.stock_common import (
    StockRemediationCase,
)


@tagged("post_install", "-at_install", "slow")
class TestKit(StockRemediationCase):
    """A kit is delivered as its parts, and comes back as its parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cup = cls._create_goods("茶杯", 20.0)
        cls.pot = cls._create_goods("茶壶", 120.0)
        cls._stock(cls.cup, 100)
        cls._stock(cls.pot, 100)
        cls.kit = cls._create_kit("茶具套装", {cls.cup: 4, cls.pot: 1})

    @classmethod
    def _create_kit(cls, name, parts, quantity=1):
        kit = cls._create_goods(name, 200.0, is_storable=False)
        cls.bill = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "product_qty": quantity,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": number})
                    for part, number in parts.items()
                ],
            }
        )
        return kit

    def _deliver_all(self, sold):
        self._validate(sold.order_id.picking_ids)

    def _validate(self, pickings, **quantities):
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty
        pickings.move_ids.picked = True
        pickings.with_context(skip_sms=True, skip_backorder=True).button_validate()

    def _returned(self, sold, quantities, to_refund=True):
        """Return goods in the stock app, without a complaint."""
        delivery = sold.order_id.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        for row in dialog.product_return_moves:
            row.quantity = quantities.get(row.product_id, 0)
            row.to_refund = to_refund
        picking = self.env["stock.picking"].browse(
            dialog.action_create_returns()["res_id"]
        )
        self._validate(picking)
        return picking

    def _planned(self, line):
        pickings = line.sudo().picking_ids.filtered(lambda p: p.state == "assigned")
        return {move.product_id: move.product_uom_qty for move in pickings.move_ids}

    def test_refund_of_one_kit_takes_its_parts_back(self):
        sold = self._order(self.kit, 2)
        self._deliver_all(sold)
        self.assertEqual(sold.qty_delivered, 2)
        line = self._granted(self._complain(sold, 1), amount=200)
        line.action_carry_out()
        self.assertEqual(line.state, "under_way")
        self.assertEqual(self._planned(line), {self.cup: 4, self.pot: 1})
        self._validate(line.sudo().picking_ids)
        self.assertEqual(line.state, "done")
        self.assertEqual(sold.qty_delivered, 1)
        nobody = line.browse()
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 1)

    def test_bill_that_changes_after_the_delivery(self):
        sold = self._order(self.kit, 2)
        self._deliver_all(sold)
        self.bill.bom_line_ids[0].product_qty = 6
        line = self._granted(self._complain(sold, 2), amount=400)
        line.action_carry_out()
        self.assertEqual(self._planned(line), {self.cup: 8, self.pot: 2})

    def test_kit_in_a_kit_and_bill_for_several(self):
        # A case holds two sets and a tin; the bill is for ten cases.
        tin = self._create_goods("茶叶罐", 30.0)
        self._stock(tin, 100)
        case = self._create_kit("茶具礼盒", {self.kit: 20, tin: 10}, quantity=10)
        sold = self._order(case, 3)
        self._deliver_all(sold)
        line = self._granted(self._complain(sold, 1), amount=200)
        line.action_carry_out()
        self.assertEqual(self._planned(line), {self.cup: 8, self.pot: 2, tin: 1})

    def test_kit_sold_by_the_dozen(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.kit.uom_ids += dozen
        sold = self._order(self.kit, 1, product_uom_id=dozen.id)
        self._deliver_all(sold)
        line = self._granted(
            self._complain(sold, 1),
            quantity=5,
            product_uom_id=self.env.ref("uom.product_uom_unit").id,
        )
        line.action_carry_out()
        self.assertEqual(self._planned(line), {self.cup: 20, self.pot: 5})

    def test_parts_that_are_back_already_count(self):
        sold = self._order(self.kit, 2)
        self._deliver_all(sold)
        before = self._returned(sold, {self.cup: 3})
        line = self._granted(self._complain(sold, 1), amount=200)
        line.action_carry_out()
        self.assertEqual(self._planned(line), {self.cup: 1, self.pot: 1})
        self.assertIn(before, line.sudo().picking_ids)
        nobody = line.browse()
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 1)
        self._validate(line.sudo().picking_ids - before)
        self.assertEqual(line.state, "done")
        self.assertEqual(sold.qty_delivered, 1)

    def test_kit_that_is_back_already_leaves_nothing_to_plan(self):
        for to_refund in (True, False):
            with self.subTest(to_refund=to_refund):
                sold = self._order(self.kit, 2)
                self._deliver_all(sold)
                self._returned(sold, {self.cup: 4, self.pot: 1}, to_refund)
                line = self._granted(self._complain(sold, 1), amount=200)
                line.action_carry_out()
                self.assertEqual(line.state, "done")
                self.assertFalse(self._planned(line))
                self.assertEqual(sold.qty_delivered, 1)

    def test_exchange_sends_a_kit(self):
        sold = self._order(self.kit, 2)
        self._deliver_all(sold)
        # More was ordered meanwhile and waits; the replacement does not join it.
        sold.product_uom_qty = 3
        waiting = sold.order_id.picking_ids.filtered(lambda p: p.state == "assigned")
        line = self._granted(self._complain(sold, 1), "exchange")
        line.action_carry_out()
        pickings = line.sudo().picking_ids
        self.assertNotIn(waiting, pickings)
        incoming = pickings.filtered("return_id")
        for picking in (incoming, pickings - incoming):
            self.assertEqual(
                {move.product_id: move.product_uom_qty for move in picking.move_ids},
                {self.cup: 4, self.pot: 1},
            )
        self._validate(incoming)
        self._validate(pickings - incoming)
        self.assertEqual(line.state, "done")

    def test_delivered_before_the_addon_was_there(self):
        sold = self._order(self.kit, 2)
        self._deliver_all(sold)
        sold.move_ids.complaint_kit_quantity = 0
        line = self._granted(self._complain(sold, 1), amount=200)
        line.action_carry_out()
        self.assertEqual(self._planned(line), {self.cup: 4, self.pot: 1})
