from collections import defaultdict

from odoo import api, fields, models

from .sale_order_line import Goods


class StockMove(models.Model):
    """Moves that carry out a line of a remediation, and what is left with customers."""

    _name = "stock.move"
    _inherit = ["stock.move", "customer.complaint.carrier"]

    complaint_returned_ids = fields.One2many(
        "customer.complaint.returned.goods",
        "move_id",
        string="For Remediations",
        groups="base.group_system",
        help="How much of this return is for which remediation, where the warehouse "
        "took the goods back before.",
    )
    complaint_kit_quantity = fields.Float(
        string="Quantity in a Kit",
        readonly=True,
        help="How many of the product are in one piece of the kit that was sold, as "
        "its bill of materials said at delivery.",
    )

    # ------------------------------------------------------------------
    # HANDED ON
    # ------------------------------------------------------------------

    def _prepare_move_split_vals(self, qty):
        return {
            **super()._prepare_move_split_vals(qty),
            "complaint_remediation_line_id": self._get_carried_id(),
        }

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        line_id = self._get_carried_id()
        if line_id:
            values["complaint_remediation_line_id"] = line_id
        return values

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "complaint_remediation_line_id",
        ]

    def _key_assign_picking(self):
        return (*super()._key_assign_picking(), self.complaint_remediation_line_id)

    def _search_picking_for_assignation_domain(self):
        """Keep transfers of a complaint apart: cancelling one cancels nothing else."""
        line_id = self.complaint_remediation_line_id.id
        own = (
            ("move_ids", "any", [("complaint_remediation_line_id", "=", line_id)])
            if line_id
            else (
                "move_ids",
                "not any",
                [("complaint_remediation_line_id", "!=", False)],
            )
        )
        return [*super()._search_picking_for_assignation_domain(), own]

    # ------------------------------------------------------------------
    # WHAT THE LINES ARE TOLD
    # ------------------------------------------------------------------

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = (self | moves).exists()
        done._note_complaint_goods_returned()
        done._get_carried_lines_sudo()._follow_carriers()
        return moves

    def _action_cancel(self):
        lines_sudo = self._get_carried_lines_sudo()
        result = super()._action_cancel()
        lines_sudo._follow_carriers()
        return result

    def _note_complaint_goods_returned(self):
        """Start the limit for the refund when goods of a complaint came back."""
        returned = self.filtered(
            lambda move: move.state == "done" and move._is_complaint_return()
        )
        if returned:
            returned._get_carried_lines_sudo()._note_goods_returned(
                fields.Datetime.now()
            )

    def _is_complaint_delivery(self):
        """Return whether the move brings, or is to bring, what an order sold."""
        self.ensure_one()
        return (
            self.state != "cancel"
            and self.location_dest_id._is_outgoing()
            and not self._is_complaint_replacement()
        )

    def _is_complaint_return(self):
        """Return whether the move brings goods of a complaint back."""
        self.ensure_one()
        return (
            bool(self.complaint_remediation_line_id) and self.location_id._is_outgoing()
        )

    def _is_complaint_replacement(self):
        """Return whether the move is part of bringing a replacement."""
        self.ensure_one()
        return (
            bool(self.complaint_remediation_line_id)
            and not self.location_id._is_outgoing()
        )

    # ------------------------------------------------------------------
    # QUANTITIES AND LOTS
    # ------------------------------------------------------------------

    def _get_planned_quantity(self):
        """Return what was moved, or is to be moved, in the product's unit.

        :rtype: float
        """
        self.ensure_one()
        quantity = (
            self.quantity
            if self.state == "done"
            else max(self.quantity, self.product_uom_qty)
        )
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_live_returns(self):
        """Return the moves that take back what this one delivered.

        :rtype: stock.move
        """
        return self.returned_move_ids.filtered(lambda move: move.state != "cancel")

    def _get_quantity_by_lot(self):
        """Return the quantities of these moves by lot, in the product's unit.

        :rtype: dict[stock.lot, float]
        """
        result = defaultdict(float)
        for line in self.move_line_ids:
            result[line.lot_id] += line.quantity_product_uom
        return result

    def _get_goods_left(self):
        """Return what the customer still has of what this move delivered.

        :rtype: Goods
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        returns = self._get_live_returns()
        quantity = self._get_planned_quantity() - sum(
            move._get_planned_quantity() for move in returns
        )
        returned = returns._get_quantity_by_lot()
        lots = {
            lot: left
            for lot, delivered in self._get_quantity_by_lot().items()
            if unit.compare(left := delivered - returned[lot], 0.0) > 0
        }
        return Goods(self, max(quantity, 0.0), lots)

    def _set_planned_lots(self, lots):
        """Plan a return with the lots that were chosen for it.

        :param dict lots: quantity by lot, in the product's unit
        """
        self.ensure_one()
        if lots == self._get_quantity_by_lot():
            return
        self.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {**self._prepare_move_line_vals(quantity=part), **lot_vals}
                for lot, quantity in lots.items()
                for part, lot_vals in self._prepare_lot_parts(lot, quantity)
            ]
        )

    def _prepare_lot_parts(self, lot, quantity):
        """Return one part for a lot, or one for each piece without a number.

        :rtype: list[tuple[float, dict]]
        """
        vals = {"lot_id": lot.id, "lot_name": lot.name}
        if lot or self.product_id.tracking != "serial":
            return [(quantity, vals)]
        return [(1.0, vals)] * round(quantity)
