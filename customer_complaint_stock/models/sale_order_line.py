from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.customer_complaint.const import COUNTED_LINES

# Kinds of lines by which goods come back.
RETURN_KINDS = ("refund", "exchange")


class Goods(NamedTuple):
    """What the customer still has of one delivered move, in the product's unit."""

    move: models.BaseModel
    quantity: float
    # By lot or serial number; an empty one for goods without
    lots: dict


@dataclass
class Component:
    """How it stands with the goods of one product that an order line delivered.

    Of most lines that is the product sold; of kits and combos each of their parts.
    """

    product: models.BaseModel
    #: How many of it are in one piece of the product sold.
    ratio: float
    #: What was delivered, the oldest first, also when nothing of it is left.
    parts: list[Goods]
    #: What the warehouse took back and is for nothing yet, by move, the oldest first.
    back: dict
    #: What it plans to take back without saying for what.
    planned: float

    def get_left(self):
        """Return how much of it the customer has."""
        return sum(part.quantity for part in self.parts)

    def get_gone(self, sold):
        """Return how many pieces of the product sold came back for something.

        What replaced goods that came back is with the customer.

        :param float sold: how many were sold; what was sent beyond replaces goods
        """
        sent = sum(
            part.move._get_planned_quantity()
            for part in self.parts
            if not part.move._is_complaint_replacement()
        )
        sent = min(sent, sold * self.ratio)
        gone = sent - self.get_left() - sum(self.back.values())
        return max(gone, 0.0) / self.ratio

    def put_first(self, lot_name):
        """Let what came back of a lot be taken before all else."""
        if lot_name:
            self.back = dict(
                sorted(
                    self.back.items(),
                    key=lambda item: lot_name not in item[0].lot_ids.mapped("name"),
                )
            )

    def take_back(self, quantity):
        """Take so much away from what came back, the oldest first.

        :return: what there was, by move
        :rtype: dict[stock.move, float]
        """
        taken = {}
        for move, free in self.back.items():
            part = min(free, quantity)
            if self.product.uom_id.compare(part, 0.0) > 0:
                taken[move] = part
                self.back[move] = free - part
                quantity -= part
        return taken

    def pick_back(self, quantity):
        """Return the moves that brought so much back.

        :rtype: stock.move
        """
        return self.product.env["stock.move"].union(*self.take_back(quantity))


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

    @api.depends("move_ids.complaint_returned_ids.quantity")
    def _compute_qty_delivered(self):
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self):
        """What is refunded came back, what is exchanged did not, for the order."""
        quantities = super()._prepare_qty_delivered()
        for line in self:
            if line.qty_delivered_method == "stock_move":
                quantities[line] -= line.sudo()._get_delivered_mismatch()
        return quantities

    def _get_delivered_mismatch(self):
        """Return how many the stock counts as delivered that a refund took back.

        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        claimed = self._get_goods_lines().move_ids.complaint_returned_ids
        if not claimed:
            return 0.0
        pieces = min(
            (
                claimed.filtered(
                    lambda goods, product=product: goods.move_id.product_id == product
                )._get_mismatch()
                / ratio
                for product, ratio in self._get_complaint_components().items()
            ),
            key=abs,
        )
        return self.product_id.uom_id._compute_quantity(pieces, self.product_uom_id)

    def _get_quantity_no_longer_delivered(self):
        # What the stock did is compared, whoever invoices.
        line_sudo = self.sudo()
        back = line_sudo._get_goods_lines().move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.to_refund
                and move.location_id._is_outgoing()
            )
        )
        pieces = min(
            sum(
                move._get_planned_quantity()
                for move in back
                if move.product_id == product
            )
            / ratio
            for product, ratio in line_sudo._get_complaint_components().items()
        )
        return (
            super()._get_quantity_no_longer_delivered()
            + self.product_id.uom_id._compute_quantity(pieces, self.product_uom_id)
            + line_sudo._get_delivered_mismatch()
        )

    # ------------------------------------------------------------------
    # WHAT THE GOODS ARE
    # ------------------------------------------------------------------

    def _get_goods_lines(self):
        """Return the lines whose moves deliver this one: of a combo, its choices.

        :rtype: sale.order.line
        """
        self.ensure_one()
        return self | self.linked_line_ids.filtered("combo_item_id")

    def _get_complaint_components(self):
        """Return which goods the line is delivered as, and how many of each.

        A kit is delivered as what its bill of materials said then, a combo as what was
        chosen; all else as itself.

        :return: how many are in one piece of the product sold, each in its own unit
        :rtype: dict[product.product, float]
        """
        self.ensure_one()
        chosen = self._get_goods_lines() - self
        if chosen:
            return self._get_combo_components(chosen)
        shipped = self.move_ids.filtered(lambda move: move._is_complaint_delivery())
        if not shipped or self.product_id in shipped.product_id:
            return {self.product_id: 1.0}
        ordered = self._get_quantity_in_product_unit(self.product_uom_qty)
        components = {}
        for product, moves in shipped.grouped("product_id").items():
            # As the bill said; of what was delivered before that was noted, as the
            # whole order was.
            noted = moves.filtered("complaint_kit_quantity")[:1].complaint_kit_quantity
            total = sum(move._get_planned_quantity() for move in moves)
            ratio = noted or (total / ordered if ordered else 0.0)
            if ratio > 0:
                components[product] = ratio
        return components or {self.product_id: 1.0}

    def _get_combo_components(self, chosen):
        ordered = self._get_quantity_in_product_unit(self.product_uom_qty)
        components = defaultdict(float)
        for line in chosen:
            share = line._get_quantity_in_product_unit(line.product_uom_qty)
            for product, ratio in line._get_complaint_components().items():
                if product.type != "service" and ordered and share:
                    components[product] += ratio * share / ordered
        return dict(components) or {self.product_id: 1.0}

    def _get_quantity_in_product_unit(self, quantity):
        """Return a quantity of the line in the unit of its product.

        :rtype: float
        """
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            quantity, self.product_id.uom_id, round=False
        )

    # ------------------------------------------------------------------
    # WHAT THE CUSTOMER HAS
    # ------------------------------------------------------------------

    def _get_delivered_moves(self):
        """Return the moves that brought the goods of the line to the customer.

        :rtype: stock.move
        """
        self.ensure_one()
        components = self._get_complaint_components()
        return (
            self._get_goods_lines()
            .move_ids.filtered(
                lambda move: (
                    move.state == "done"
                    and move.product_id in components
                    and move.location_dest_id._is_outgoing()
                    and move.picking_id
                )
            )
            .sorted(lambda move: (move.date, move.id))
        )

    def _get_goods_components(self):
        """Return how it stands with the goods of the line, by product.

        :return: nothing where no transfer delivered them
        :rtype: list[Component]
        """
        self.ensure_one()
        delivered = self._get_delivered_moves()
        if not delivered:
            return []
        credited = self._get_quantity_credited_elsewhere()
        result = []
        for product, ratio in self._get_complaint_components().items():
            moves = delivered.filtered(
                lambda move, product=product: move.product_id == product
            )
            unnamed = (
                moves._get_live_returns()
                .filtered(lambda move: not move.complaint_remediation_line_id)
                .sorted(lambda move: (move.date, move.id))
            )
            component = Component(
                product,
                ratio,
                [move._get_goods_left() for move in moves],
                {
                    move: move._get_planned_quantity()
                    - sum(move.complaint_returned_ids.mapped("quantity"))
                    for move in unnamed
                    if move.state == "done"
                },
                sum(
                    move._get_planned_quantity()
                    for move in unnamed
                    if move.state != "done"
                ),
            )
            # What accounting credited by itself, or the warehouse sent anew, is for
            # nobody's complaint.
            component.take_back(credited * ratio + self._get_sent_anew(product, ratio))
            result.append(component)
        return result

    def _get_sent_anew(self, product, ratio):
        """Return how much was sent beyond the order, e.g. by an exchange of the stock.

        :return: in the product's unit
        :rtype: float
        """
        moves = self._get_goods_lines().move_ids.filtered(
            lambda move: move.product_id == product
        )
        sent = sum(
            move._get_planned_quantity()
            for move in moves
            if move._is_complaint_delivery()
        )
        # What was repaired goes back to the customer.
        repaired = sum(
            goods.quantity
            for goods in moves.complaint_returned_ids
            if goods.line_id.kind == "repair"
        )
        ordered = self._get_quantity_in_product_unit(self.product_uom_qty)
        return max(sent - repaired - ordered * ratio, 0.0)

    def _get_quantity_credited_elsewhere(self):
        """Return how many were credited for no complaint and no return.

        :return: in the product's unit
        :rtype: float
        """
        self.ensure_one()
        # Figures of credit notes, compared only.
        credited = self.sudo().invoice_lines.filtered(
            lambda line: (
                line.move_type == "out_refund"
                and line.parent_state != "cancel"
                and not line.is_complaint_price_reduction
                and not line.is_complaint_refund
            )
        )
        return self._get_quantity_in_product_unit(
            sum(self._get_invoice_line_quantity(line) for line in credited)
        )

    def _get_complaint_returnable(self, besides, counts_promised=True):
        """Return how much of each line a complaint may still take back.

        What was delivered, less what came back for something else or is planned to,
        less what other remediations promise that no transfer carries out yet. What
        the warehouse took back and is for nothing yet can be had for it.

        :param customer.complaint.remediation.line besides: lines not counted as
            promised: those the question is asked for
        :param bool counts_promised: whether what is still to be carried out elsewhere
            counts; when goods are taken back, who comes first is served first
        :return: by order line, in the product's unit; without those of which nothing
            was delivered
        :rtype: dict[sale.order.line, float]
        """
        # What other teams promise counts, too.
        delivered = {line: line.sudo()._get_goods_components() for line in self}
        delivered = {line: goods for line, goods in delivered.items() if goods}
        if not delivered:
            return {}
        promised, noted = self._get_promised_quantities(besides)
        result = {}
        for line, components in delivered.items():
            wanted = promised[line.id] if counts_promised else 0.0
            pieces = min(
                (
                    component.get_left()
                    + sum(component.back.values())
                    # Done by a note, the goods may have come back by a transfer that
                    # names no complaint, or one may be planned.
                    - max(noted[line.id] * component.ratio - component.planned, 0.0)
                )
                / component.ratio
                for component in components
            )
            result[line] = line.product_id.uom_id.round(
                max(pieces - wanted, 0.0), rounding_method="DOWN"
            )
        return result

    def _get_complaint_goods_back(self, besides=None, besides_documents=None):
        """Return what the warehouse took back of each line and is for nothing yet.

        :param customer.complaint.remediation.line besides: lines that ask for it
        :param besides_documents: other documents that ask for it, e.g. returns
        :return: by line, less what was noted as back by hand; nothing for a line of
            which no transfer delivered anything
        :rtype: dict[sale.order.line, list[Component]]
        """
        besides = besides or self.env["customer.complaint.remediation.line"]
        _promised, noted = self._get_promised_quantities(besides, besides_documents)
        result = {}
        for line in self:
            result[line] = line._get_goods_components()
            for component in result[line]:
                component.take_back(
                    max(noted[line.id] * component.ratio - component.planned, 0.0)
                )
        return result

    def _get_promised_quantities(self, besides, besides_documents=None):
        """Return what remediations take back without a transfer that says so.

        Hook: whatever else takes goods back adds its own.

        :param customer.complaint.remediation.line besides: lines that do not count
        :param besides_documents: other documents that do not count, e.g. returns
        :return: what is still to be done, and what was done by a note; by the id of
            the order line, in the product's unit
        :rtype: tuple[dict[int, float], dict[int, float]]
        """
        promised, noted = defaultdict(float), defaultdict(float)
        lines_sudo = (
            self.env["customer.complaint.remediation.line"]
            .sudo()
            .search(
                Domain(
                    [
                        ("complaint_line_id.sale_order_line_id", "in", self.ids),
                        ("kind", "in", RETURN_KINDS),
                        ("id", "not in", besides.ids),
                    ]
                )
                & (
                    COUNTED_LINES
                    | Domain("remediation_id", "in", besides.remediation_id.ids)
                )
            )
        )
        for line_sudo in lines_sudo:
            if line_sudo.returned_goods_ids or any(
                move.state != "cancel" for move in line_sudo.move_ids
            ):
                continue
            sold = line_sudo.complaint_line_id.sale_order_line_id
            sums = noted if line_sudo.state == "done" else promised
            sums[sold.id] += line_sudo._get_goods_quantity()
        return promised, noted

    # ------------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------------

    def _plan_complaint_return(self, quantities, lot_name=None):
        """Choose of which delivered moves and lots goods are taken back.

        :param dict quantities: by product, in its unit
        :param str lot_name: the lot that comes first; otherwise the oldest delivery
        :return: by delivered move and lot, in the product's unit
        :rtype: dict[stock.move, dict[stock.lot, float]]
        """
        self.ensure_one()
        plan = defaultdict(dict)
        for component in self._get_goods_components():
            unit = component.product.uom_id
            quantity = quantities.get(component.product, 0.0)
            left = {part.move: part.quantity for part in component.parts}
            pool = [(part, lot) for part in component.parts for lot in part.lots]
            if lot_name:
                pool.sort(key=lambda pair: pair[1].name != lot_name)
            for part, lot in pool:
                taken = min(quantity, left[part.move], part.lots[lot])
                if unit.compare(taken, 0.0) > 0:
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
        delivered = self.env["stock.move"].union(*plan)
        # The dialog takes the goods away from returns that are planned already.
        planned = {
            move: move._get_quantity_by_lot()
            for move in delivered._get_live_returns()
            if move.state != "done"
        }
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
        for move, lots in planned.items():
            move._set_planned_lots(lots)
        return pickings
