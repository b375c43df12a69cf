from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sale_order_line import RETURN_KINDS


class CustomerComplaintRemediationLine(models.Model):
    """Refund with return, and exchange: by transfers of the stock.

    Complaint users plan them; whoever works in the stock validates them.
    """

    _inherit = "customer.complaint.remediation.line"

    move_ids = fields.One2many(
        "stock.move",
        "complaint_remediation_line_id",
        string="Stock Moves",
        readonly=True,
        groups="stock.group_stock_user",
        system=True,
    )
    returned_goods_ids = fields.One2many(
        "customer.complaint.returned.goods",
        "line_id",
        string="Goods Returned Before",
        readonly=True,
        groups="base.group_system",
        help="What the warehouse had taken back before the line was carried out.",
        system=True,
    )
    picking_ids = fields.Many2many(
        "stock.picking",
        string="Transfers",
        compute="_compute_picking_ids",
        search="_search_picking_ids",
        compute_sudo=True,
        help="Returns and deliveries that carry out the line.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("move_ids.picking_id", "returned_goods_ids.move_id.picking_id")
    def _compute_picking_ids(self):
        for line in self:
            moves = line.move_ids | line.returned_goods_ids.move_id
            line.picking_ids = moves.picking_id.sorted("id")

    @api.model
    def _search_picking_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        return [
            "|",
            ("move_ids.picking_id", operator, value),
            ("returned_goods_ids.move_id.picking_id", operator, value),
        ]

    # ------------------------------------------------------------------
    # LIMITS
    # ------------------------------------------------------------------

    @api.constrains("quantity", "complaint_line_id", "product_uom_id", "kind")
    def _check_delivered(self):
        reason = self._get_cannot_return_reason()
        if reason:
            raise ValidationError(reason)

    def _get_cannot_return_reason(self, counts_promised=True):
        """Return why goods of these lines cannot be taken back, or False.

        :param bool counts_promised: whether what other remediations promise counts
        :return: one reason for each line that takes back too much
        :rtype: str or bool
        """
        lines = self.filtered(
            lambda line: line.kind in RETURN_KINDS and line.state == "open"
        )
        # What the order says is compared; the reason tells the numbers needed.
        lines_sudo = lines.sudo().filtered("complaint_line_id.sale_order_line_id")
        reasons = []
        for line_sudo in lines_sudo:
            sold = line_sudo.complaint_line_id.sale_order_line_id
            returnable = sold._get_complaint_returnable(line_sudo, counts_promised).get(
                sold
            )
            if returnable is None:
                continue
            unit = sold.product_id.uom_id
            wanted = line_sudo._get_quantity_to_return()
            if unit.compare(wanted, returnable) > 0:
                reasons.append(
                    line_sudo._name_reason(
                        self.env._(
                            "%(quantity)s %(unit)s cannot be taken back. Of what "
                            "was delivered with order %(order)s, %(left)s are neither "
                            "returned for something else nor promised to be taken "
                            "back elsewhere. Correct the quantity; what was not "
                            "delivered is taken off the order. A return that the "
                            "warehouse has begun counts once it is validated.",
                            quantity=f"{wanted:g}",
                            order=sold.order_id.name,
                            left=f"{returnable:g}",
                            unit=unit.name,
                        )
                    )
                )
        return "\n".join(reasons) or False

    def _get_goods_quantity(self):
        """Return how many pieces come back, in the unit of the product sold.

        :rtype: float
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        unit = self.product_uom_id or sold.product_uom_id
        return unit._compute_quantity(self.quantity, sold.product_id.uom_id)

    def _get_quantity_to_return(self):
        """Return how many pieces are still to be taken back for the line.

        Less than all when a part was cancelled after the goods had come back.

        :return: in the unit of the product sold
        :rtype: float
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        ratios = sold._get_complaint_components()
        return max(
            quantity / ratios[product]
            for product, quantity in self._get_goods_to_return().items()
        )

    def _get_goods_to_return(self):
        """Return which goods are still to be taken back for the line.

        :return: by product, in its unit: of a kit each of its parts
        :rtype: dict[product.product, float]
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        pieces = self._get_goods_quantity()
        returned = self._get_live_moves(True)
        claimed = self.returned_goods_ids
        result = {}
        for product, ratio in sold._get_complaint_components().items():
            back = sum(
                move._get_planned_quantity()
                for move in returned
                if move.product_id == product
            ) + sum(
                goods.quantity
                for goods in claimed
                if goods.move_id.product_id == product
            )
            wanted = product.uom_id.round(pieces * ratio, rounding_method="HALF-UP")
            result[product] = max(wanted - back, 0.0)
        return result

    def _get_live_moves(self, is_return):
        """Return the moves of the line that were not cancelled.

        :param bool is_return: those that take back, or those that replace
        :rtype: stock.move
        """
        self.ensure_one()
        return self.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and move._is_complaint_return() == is_return
            )
        )

    # ------------------------------------------------------------------
    # CARRYING OUT
    # ------------------------------------------------------------------

    def _action_carry_out_refund(self):
        """Plan the return of what the customer still has, beside the credit note.

        What the warehouse has taken back before is linked. The order counts what came
        back as not delivered: nobody bills it again, and the credit note is the only
        one.
        """
        self._to_other_app()._draft_return(reduces_delivered=True)
        action = super()._action_carry_out_refund()
        if self.state == "open" and self._get_live_documents():
            # Nothing was billed: the return is all there is to do.
            self._start_documents()
            # The warehouse may have done it already.
            self._follow_documents()
            return None
        return action

    def _action_carry_out_exchange(self):
        """Plan the return of what is out, and the delivery of a replacement.

        Neither changes what the order delivered and bills. Where nothing was delivered
        by a transfer, it is done by a signed note.
        """
        line_sudo = self._to_other_app()
        returns = line_sudo._draft_return(reduces_delivered=False)
        if not returns:
            return self._action_carry_out_by_note()
        if not line_sudo._get_live_moves(False):
            line_sudo._draft_replacement()._refer_to(returns)
        self._start_documents()
        return None

    def _draft_return(self, reduces_delivered):
        """Link what came back, and plan to take back the rest, the lot told first.

        :param bool reduces_delivered: whether the order counts it as not delivered
        :return: all that take back, made now or before; nothing where no transfer
            delivered the product
        :rtype: stock.picking
        :raise UserError: if there is less left than the line takes back
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        if not sold:
            return self.env["stock.picking"]
        sold._get_goods_lines()._lock_for_complaints()
        if not sold._get_delivered_moves():
            return self.env["stock.picking"]
        reason = self._get_cannot_return_reason(counts_promised=False)
        if reason:
            raise UserError(reason)
        self._claim_goods_back()
        before = self._get_live_moves(True).picking_id
        plan = sold._plan_complaint_return(
            self._get_goods_to_return(), self.complaint_line_id.lot_name
        )
        pickings = sold._draft_complaint_return(plan, reduces_delivered)
        pickings.move_ids.complaint_remediation_line_id = self
        for picking in pickings:
            picking.origin = self.env._(
                "%(origin)s, complaint %(number)s",
                origin=picking.origin,
                number=self.remediation_id.name,
            )
        return before | pickings | self.returned_goods_ids.move_id.picking_id

    def _claim_goods_back(self):
        """Link the returns that the warehouse made before, as far as they are for this.

        The lot complained of comes first. The limit of the refund starts when they
        came (LAW).
        """
        super()._claim_goods_back()
        sold = self.complaint_line_id.sale_order_line_id
        if not sold:
            return
        sold._get_goods_lines()._lock_for_complaints()
        # Documents of the stock, linked for what was approved.
        line_sudo = self.sudo()
        claimed = {}
        wanted = line_sudo._get_goods_to_return()
        # Whether they are back, whoever may see the transfers.
        sold_sudo = sold.sudo()
        back = sold_sudo._get_complaint_goods_back(besides=self)
        for component in back[sold_sudo]:
            component.put_first(self.complaint_line_id.lot_name)
            claimed |= component.take_back(wanted.get(component.product, 0.0))
        if not claimed:
            return
        line_sudo.env["customer.complaint.returned.goods"]._claim(line_sudo, claimed)
        moves_sudo = line_sudo.returned_goods_ids.move_id
        for picking_sudo in moves_sudo.picking_id:
            picking_sudo._message_log(
                body=self.env._(
                    "Counts for complaint %(number)s.", number=self.remediation_id.name
                )
            )
        self._note_goods_returned(max(moves_sudo.mapped("date")))

    def _get_moves_back(self):
        return [
            *super()._get_moves_back(),
            # Which transfers carry it out is told to whoever sees the line.
            *self.sudo().returned_goods_ids.move_id,
        ]

    def _reopen(self, state, text):
        """What came back is free again while nothing is drafted for it."""
        if state == "open":
            self._release_goods_back()
        return super()._reopen(state, text)

    def _follow_after_end(self, is_in_effect, documents):
        """What came back is free again once no other document is left."""
        result = super()._follow_after_end(is_in_effect, documents)
        claimed = self.sudo().returned_goods_ids.move_id.picking_id
        if all(
            document.record._name == "stock.picking" and document.record in claimed
            for document in documents
        ):
            self._release_goods_back()
        return result

    def _release_goods_back(self):
        # Only the system links them.
        self.sudo().returned_goods_ids.unlink()

    def _draft_replacement(self):
        """Plan to deliver what the customer gets instead, by the route of the order.

        :rtype: stock.picking
        :raise UserError: if the product cannot be delivered from the stock
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        product = self.product_id or sold.product_id
        unit = self.product_uom_id or product.uom_id
        self._check_can_deliver(product, unit)
        before = self.move_ids
        rule = self.env["stock.rule"]
        rule.run(
            [
                rule.Procurement(
                    product,
                    self.quantity,
                    unit,
                    sold._get_location_final(),
                    product.display_name,
                    self.env._(
                        "Exchange, complaint %(number)s",
                        number=self.remediation_id.name,
                    ),
                    self.company_id,
                    self._prepare_replacement_values(sold, product),
                )
            ]
        )
        self.invalidate_recordset(["move_ids"])
        pickings = (self.move_ids - before).picking_id
        if not pickings:
            raise UserError(
                self._name_reason(
                    self.env._(
                        "“%(product)s” is not delivered from the stock: its route "
                        "orders it elsewhere. Have the stock send it, or choose "
                        "another product.",
                        product=product.display_name,
                    )
                )
            )
        pickings.action_confirm()
        return pickings

    def _check_can_deliver(self, product, unit):
        """Refuse what no transfer can deliver.

        :raise UserError: if the product is no goods, or not counted in the unit
        """
        if product.type != "consu":
            raise UserError(
                self._name_reason(
                    self.env._(
                        "“%(product)s” is no goods and cannot be delivered. Choose "
                        "the product the customer gets instead.",
                        product=product.display_name,
                    )
                )
            )
        if not unit._has_common_reference(product.uom_id):
            raise UserError(
                self._name_reason(
                    self.env._(
                        "“%(product)s” is not counted in %(unit)s. Choose a product "
                        "that is, or change the unit.",
                        product=product.display_name,
                        unit=unit.name,
                    )
                )
            )

    def _prepare_replacement_values(self, sold, product):
        """Return what the route needs to know, as it is of the order.

        :param sale.order.line sold: what is replaced
        :param product.product product: what replaces it
        :rtype: dict
        """
        values = {
            **sold._prepare_procurement_values(),
            "date_planned": fields.Datetime.now(),
            "date_deadline": False,
            "to_refund": False,
            "complaint_remediation_line_id": self.id,
        }
        if product != sold.product_id:
            # These describe the product that was sold.
            for name in (
                "product_description_variants",
                "never_product_template_attribute_value_ids",
                "packaging_uom_id",
            ):
                values.pop(name, None)
        return values

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    def _get_documents(self):
        # Whoever sees the line is told the number and state of its transfers.
        pickings_sudo = self.sudo().picking_ids
        return super()._get_documents() + [
            picking._to_complaint_document() for picking in pickings_sudo
        ]

    def _get_documents_in_effect(self):
        """Leave out returns that the warehouse made by itself: they bind nobody."""
        own_sudo = self.sudo().move_ids.picking_id
        return [
            document
            for document in super()._get_documents_in_effect()
            if document.record._name != "stock.picking" or document.record in own_sudo
        ]
