from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


class StockRemediationCase(RemediationCase):
    """An order of goods that were delivered, and whoever works in the warehouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.keeper = new_test_user(
            cls.env,
            login="warehouse_keeper",
            name="Warehouse Keeper",
            groups="base.group_user,stock.group_stock_user",
            lang="en_US",
        )
        cls.serum = cls._create_goods("修护精华液", 260.0, tracking="lot")
        cls.lamp = cls._create_goods("补光灯", 99.0)
        cls.lots = {name: cls._stock(cls.serum, 5, name) for name in ("L1", "L2")}
        cls._stock(cls.lamp, 20)

    @classmethod
    def _create_goods(cls, name, price, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "is_storable": True,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def _stock(cls, product, quantity, lot_name=None):
        """Put goods on the shelf; return their lot."""
        lot = cls.env["stock.lot"]
        if lot_name:
            lot = lot.create({"name": lot_name, "product_id": product.id})
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity, lot_id=lot or None
        )
        return lot

    @classmethod
    def _order(cls, product, quantity, **line):
        """Return the line of a confirmed order."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **line,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order.order_line

    @classmethod
    def _deliver(cls, order_line, quantity=None, lots=None):
        """Deliver what waits, or a part of it; the rest waits in a backorder.

        :param dict lots: quantity by name of the lot, of goods with lots
        """
        picking = order_line.order_id.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        cls._move(picking, quantity, lots)
        return picking

    @classmethod
    def _move(cls, picking, quantity=None, lots=None, user=None, backorder=True):
        """Validate a transfer as the warehouse does, in full by default."""
        picking = picking.with_user(user or cls.env.user).with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=[] if backorder else picking.ids,
            skip_sms=True,
        )
        move = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        if lots:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        **move._prepare_move_line_vals(quantity=part),
                        "lot_id": cls.lots[name].id,
                    }
                )
                for name, part in lots.items()
            ]
        elif quantity is not None:
            move.quantity = quantity
        move.picked = True
        picking.button_validate()

    def _complain(self, order_line, quantity=1, **line):
        """Return a decided complaint about goods of an order."""
        return self._decided(
            sale_order_id=order_line.order_id.id,
            category_id=self.category_service.id,
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": order_line.id,
                        "quantity": quantity,
                        **line,
                    }
                )
            ],
        )

    def _granted(self, complaint, kind="refund", quantity=None, **values):
        """Return the line of an approved remediation about the goods complained of."""
        about = complaint.line_ids
        line = {
            "kind": kind,
            "complaint_line_id": about.id,
            "quantity": quantity or about.quantity,
            "amount": 10 if kind == "refund" else 0,
            **values,
        }
        return self._approved(complaint=complaint, lines=[line]).line_ids

    def _lots_of(self, pickings):
        """Return how much of which lot transfers plan or moved."""
        result = {}
        for row in pickings.sudo().move_line_ids:
            name = row.lot_id.name or False
            result[name] = result.get(name, 0) + row.quantity
        return result


class GoodsBackCase(StockRemediationCase):
    """Goods that the warehouse took back by Odoo's own return."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env["account.journal"].create(
            {"name": "Sales", "code": "CCSTK", "type": "sale"}
        )
        cls.nobody = cls.env["customer.complaint.remediation.line"]

    def _return(self, delivery, quantity, to_refund=True, lots=None, validate=True):
        """Make Odoo's own return, and validate it."""
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = quantity
        dialog.product_return_moves.to_refund = to_refund
        picking = self.env["stock.picking"].browse(
            dialog.action_create_returns()["res_id"]
        )
        if validate:
            self._move(picking, lots=lots)
        return picking

    def _sold(self, quantity, policy="order", product=None):
        product = product or self.lamp
        product.invoice_policy = policy
        sold = self._order(product, quantity)
        delivery = self._deliver(sold)
        sold.order_id._create_invoices().action_post()
        return sold, delivery
