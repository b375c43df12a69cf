from odoo import api, fields, models


class CustomerComplaintReturnedGoods(models.Model):
    """Goods that the warehouse took back before a remediation was carried out.

    The return in the stock stays as the warehouse made it; this says how much of it is
    for which remediation, so that the same goods never count twice. Only the system
    makes and removes it.
    """

    _name = "customer.complaint.returned.goods"
    _inherit = "customer.complaint.kept"
    _description = "Goods Returned Before"
    _order = "id"
    _rec_name = "move_id"

    line_id = fields.Many2one(
        "customer.complaint.remediation.line",
        string="Remediation Line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Return",
        required=True,
        index=True,
        ondelete="cascade",
        help="The return that the warehouse made and validated.",
    )
    quantity = fields.Float(
        required=True,
        digits="Product Unit",
        help="How much of the return is for the line, in the unit of the product.",
    )

    @api.model
    def _claim(self, line, quantities):
        """Note for a line how much of which returns is for it.

        :param customer.complaint.remediation.line line: that is carried out
        :param dict quantities: by move, in the product's unit
        """
        self.create(
            [
                {"line_id": line.id, "move_id": move.id, "quantity": quantity}
                for move, quantity in quantities.items()
            ]
        )

    def _get_mismatch(self):
        """Return how much the order should count less as delivered than it does.

        A refund takes the goods off what was delivered, an exchange and a repair do
        not; the warehouse, which knew of neither, may have said the contrary.

        :return: in the product's unit; below zero where it should count more
        :rtype: float
        """
        total = 0.0
        for goods in self:
            is_off = goods.line_id.kind == "refund"
            if is_off != goods.move_id.to_refund:
                total += goods.quantity if is_off else -goods.quantity
        return total
