from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from odoo.addons.customer_complaint.models import (
    customer_complaint_remediation as remediation,
)
from odoo.addons.customer_complaint.models.customer_complaint_return import (
    COUNTED_STATES,
)

# Kinds of lines by which goods come back.
RETURN_KINDS = ("refund", "exchange")


class Goods(NamedTuple):
    """What the customer still has of one delivered move, in the product's unit."""

    move: models.BaseModel
    quantity: float
    # By lot or serial number; an empty one for goods without
    lots: dict


class SaleOrderLine(models.Model):
    """What was delivered with the line, came back, and is promised to be taken back."""

    _inherit = "sale.order.line"

    def _get_outgoing_incoming_moves(self, strict=True):
        """Leave out what replaces goods: the order delivered and bills them once."""
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        return (
            outgoing.filtered(lambda move: not move._is_complaint_replacement()),
            incoming,
        )

    # ------------------------------------------------------------------
    # WHAT THE CUSTOMER HAS
    # ------------------------------------------------------------------

    def _lock_complaint_goods(self):
        """Keep others from planning returns of the same goods meanwhile.

        Writes the rows: a transaction that began before fails and starts anew with
        the returns the other one planned.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE sale_order_line SET write_date = write_date"
                    " WHERE id IN (SELECT id FROM sale_order_line"
                    " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
                    " RETURNING id",
                    self.ids,
                )
            )

    def _get_delivered_moves(self):
        """Return the moves that brought the product of the line to the customer.

        :rtype: stock.move
        """
        return self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.product_id == move.sale_line_id.product_id
                and move.location_dest_id._is_outgoing()
                and move.picking_id
            )
        ).sorted(lambda move: (move.date, move.id))

    def _get_goods_with_customer(self):
        """Return what was delivered and neither came back nor is to come back.

        :return: one entry for each delivered move, the oldest first, also when
            nothing of it is left
        :rtype: list[Goods]
        """
        self.ensure_one()
        return [move._get_goods_left() for move in self._get_delivered_moves()]

    def _get_complaint_returnable(self, besides, counts_promised=True):
        """Return how much of each line a complaint may still take back.

        What was delivered, less what came back or is planned to, less what other
        remediations promise that no transfer carries out yet.

        :param customer.complaint.remediation.line besides: lines not counted as
            promised: those the question is asked for
        :param bool counts_promised: whether what is still to be carried out elsewhere
            counts; when goods are taken back, who comes first is served first
        :return: by order line, in the product's unit; without those of which nothing
            was delivered
        :rtype: dict[sale.order.line, float]
        """
        # What other teams promise counts, too.
        delivered = {line: line.sudo()._get_goods_with_customer() for line in self}
        delivered = {line: goods for line, goods in delivered.items() if goods}
        if not delivered:
            return {}
        promised, noted = self._get_promised_quantities(besides)
        result = {}
        for line, goods in delivered.items():
            left = sum(part.quantity for part in goods)
            # Carried out by a note, the goods may have come back by a transfer that
            # names no complaint.
            unnamed = sum(part.move._get_unnamed_returned() for part in goods)
            left -= max(noted[line.id] - unnamed, 0.0)
            if counts_promised:
                left -= promised[line.id]
            result[line] = max(left, 0.0)
        return result

    def _get_promised_quantities(self, besides):
        """Return what remediations take back without a transfer that says so.

        :param customer.complaint.remediation.line besides: lines that do not count
        :return: what is still to be done, and what was done by a note; by the id of
            the order line, in the product's unit
        :rtype: tuple[dict[int, float], dict[int, float]]
        """
        promised, noted = defaultdict(float), defaultdict(float)
        lines_sudo = (
            self.env["customer.complaint.remediation.line"]
            .sudo()
            .search(
                [
                    ("complaint_line_id.sale_order_line_id", "in", self.ids),
                    ("kind", "in", RETURN_KINDS),
                    ("id", "not in", besides.ids),
                    "|",
                    "|",
                    ("remediation_id.state", "in", remediation.COUNTED_STATES),
                    ("remediation_id", "in", besides.remediation_id.ids),
                    ("state", "=", "done"),
                ]
            )
        )
        for line_sudo in lines_sudo:
            if any(move.state != "cancel" for move in line_sudo.move_ids):
                continue
            sold = line_sudo.complaint_line_id.sale_order_line_id
            sums = noted if line_sudo.state == "done" else promised
            sums[sold.id] += line_sudo._get_goods_quantity()
        for part_sudo in self._get_no_reason_returns_sudo():
            sold = part_sudo.sale_order_line_id
            # Once the goods are back, a transfer may say so as well.
            is_waiting = part_sudo.return_id.state == "registered"
            sums = promised if is_waiting else noted
            sums[sold.id] += sold.product_uom_id._compute_quantity(
                part_sudo.quantity, sold.product_id.uom_id
            )
        return promised, noted

    def _get_no_reason_returns_sudo(self):
        """Return what of the lines is in no-reason returns, of every team.

        :rtype: customer.complaint.return.line
        """
        return (
            self.env["customer.complaint.return.line"]
            .sudo()
            .search(
                [
                    ("sale_order_line_id", "in", self.ids),
                    ("return_id.state", "in", COUNTED_STATES),
                ]
            )
        )

    def _get_returnable_quantities(self, besides=None):
        """Count for no-reason returns what came back through the stock, too."""
        left = super()._get_returnable_quantities(besides)
        for line in self:
            goods = line.sudo()._get_goods_with_customer()
            if goods:
                delivered = sum(part.move._get_planned_quantity() for part in goods)
                gone = delivered - sum(part.quantity for part in goods)
                unit = line.product_id.uom_id
                sold = line.sudo()._get_quantity_sold()
                left[line] = min(
                    left[line],
                    sold - unit._compute_quantity(gone, line.product_uom_id),
                )
        return left

    # ------------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------------

    def _plan_complaint_return(self, quantity, lot_name=None):
        """Choose of which delivered moves and lots goods are taken back.

        :param float quantity: in the product's unit
        :param str lot_name: the lot that comes first; otherwise the oldest delivery
        :return: by delivered move and lot, in the product's unit
        :rtype: dict[stock.move, dict[stock.lot, float]]
        """
        self.ensure_one()
        goods = self._get_goods_with_customer()
        left = {part.move: part.quantity for part in goods}
        pool = [(part, lot) for part in goods for lot in part.lots]
        if lot_name:
            pool.sort(key=lambda pair: pair[1].name != lot_name)
        plan = defaultdict(dict)
        for part, lot in pool:
            taken = min(quantity, left[part.move], part.lots[lot])
            if self.product_id.uom_id.compare(taken, 0.0) > 0:
                plan[part.move][lot] = taken
                left[part.move] -= taken
                quantity -= taken
        return dict(plan)

    def _draft_complaint_return(self, plan, reduces_delivered):
        """Plan the transfers that take goods back, by the return of each delivery.

        :param plan: see :meth:`_plan_complaint_return`
        :param bool reduces_delivered: whether the order counts them as not delivered
        :return: one transfer for each delivery, ready to be validated
        :rtype: stock.picking
        """
        pickings = self.env["stock.picking"]
        for delivery in {move.picking_id: None for move in plan}:
            dialog = self.env["stock.return.picking"].create(
                {"picking_id": delivery.id}
            )
            for row in dialog.product_return_moves:
                row.quantity = row.product_id.uom_id._compute_quantity(
                    sum(plan.get(row.move_id, {}).values()), row.uom_id, round=False
                )
                row.to_refund = reduces_delivered
            picking = pickings.browse(dialog.action_create_returns()["res_id"])
            for move in picking.move_ids:
                move._set_planned_lots(plan[move.origin_returned_move_id])
            pickings += picking
        return pickings
