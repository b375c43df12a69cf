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

    @api.depends("move_ids.picking_id")
    def _compute_picking_ids(self):
        for line in self:
            line.picking_ids = line.move_ids.picking_id.sorted("id")

    @api.model
    def _search_picking_ids(self, operator, value):
        if operator not in ("in", "not in", "any", "not any"):
            return NotImplemented
        return [("move_ids.picking_id", operator, value)]

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
            wanted = line_sudo._get_goods_quantity()
            if unit.compare(wanted, returnable) > 0:
                reasons.append(
                    line_sudo._name_reason(
                        self.env._(
                            "%(quantity)s %(unit)s cannot be taken back. Of what "
                            "was delivered with order %(order)s, %(left)s are neither "
                            "returned nor promised to be taken back elsewhere. "
                            "Correct the quantity; what was not delivered is taken "
                            "off the order.",
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

    # ------------------------------------------------------------------
    # CARRYING OUT
    # ------------------------------------------------------------------

    def _action_carry_out_refund(self):
        """Plan the return of what was delivered, beside the credit note.

        The order counts what came back as not delivered: nobody bills it again, and
        the credit note is the only one.
        """
        self._to_other_app()._draft_return(reduces_delivered=True)
        carry_out = getattr(
            super(), "_action_carry_out_refund", self._action_carry_out_by_note
        )
        action = carry_out()
        if self.state == "open" and self._get_live_documents():
            # Nothing was billed: the return is all there is to do.
            self._start_documents()
            return None
        return action

    def _action_carry_out_exchange(self):
        """Plan the return of what was delivered, and the delivery of a replacement.

        Neither changes what the order delivered and bills. Where nothing was delivered
        by a transfer, it is done by a signed note.
        """
        line_sudo = self._to_other_app()
        returns = line_sudo._draft_return(reduces_delivered=False)
        if not returns:
            return self._action_carry_out_by_note()
        line_sudo._draft_replacement()._refer_to(returns)
        self._start_documents()
        return None

    def _draft_return(self, reduces_delivered):
        """Plan to take back what was delivered, the lot complained of first.

        :param bool reduces_delivered: whether the order counts it as not delivered
        :return: nothing where no transfer delivered the product
        :rtype: stock.picking
        :raise UserError: if there is less left than the line takes back
        """
        self.ensure_one()
        sold = self.complaint_line_id.sale_order_line_id
        sold._lock_complaint_goods()
        if not sold._get_delivered_moves():
            return self.env["stock.picking"]
        reason = self._get_cannot_return_reason(counts_promised=False)
        if reason:
            raise UserError(reason)
        plan = sold._plan_complaint_return(
            self._get_goods_quantity(), self.complaint_line_id.lot_name
        )
        pickings = sold._draft_complaint_return(plan, reduces_delivered)
        pickings.move_ids.complaint_remediation_line_id = self
        for picking in pickings:
            picking.origin = self.env._(
                "%(origin)s, complaint %(number)s",
                origin=picking.origin,
                number=self.remediation_id.name,
            )
        return pickings

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
