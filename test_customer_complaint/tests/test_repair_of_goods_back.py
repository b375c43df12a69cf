from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_repair.tests.test_repair import RepairCase


@tagged("post_install", "-at_install", "slow")
class TestRepairOfGoodsBack(RepairCase):
    """Goods that the warehouse took back before are repaired where they are."""

    def _sell(self, quantity=1):
        self.env["stock.quant"]._update_available_quantity(
            self.massager,
            self.env["stock.warehouse"]
            .search([("company_id", "=", self.company.id)], limit=1)
            .lot_stock_id,
            quantity,
            lot_id=self.lot,
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.massager.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        self._validate(order.picking_ids)
        return order.order_line

    def _validate(self, picking):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()

    def _take_back(self, sold, quantity=1):
        delivery = sold.order_id.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )[:1]
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(
            dialog.action_create_returns()["res_id"]
        )
        self._validate(back)
        return back

    def test_repair_names_the_return(self):
        sold = self._sell(2)
        back = self._take_back(sold)
        line = self._to_repair(sold=sold, quantity=1)
        line.action_carry_out()
        repair = line.sudo().repair_ids
        self.assertRecordValues(
            repair,
            [
                {
                    "picking_id": back.id,
                    "lot_id": self.lot.id,
                    "product_location_src_id": back.move_ids.location_dest_id.id,
                }
            ],
        )
        self.assertIn(back.name, line.documents_text)
        # It is on its way back to the customer, and for no refund.
        other = self._to_repair(sold=sold, quantity=1)
        other.action_carry_out()
        self.assertFalse(other.sudo().repair_ids.picking_id)

    def test_repair_that_is_cancelled_frees_the_goods(self):
        sold = self._sell()
        back = self._take_back(sold)
        line = self._to_repair(sold=sold)
        line.action_carry_out()
        line.action_take_back()
        self.assertEqual(line.state, "open")
        other = self._to_repair(sold=sold)
        other.action_carry_out()
        self.assertEqual(other.sudo().repair_ids.picking_id, back)

    def test_goods_still_out_are_repaired_as_before(self):
        sold = self._sell()
        line = self._to_repair(sold=sold)
        line.action_carry_out()
        self.assertFalse(line.sudo().repair_ids.picking_id)
