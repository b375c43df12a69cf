from odoo import models
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_quantity_sold(self):
        """Return how many were sold, in the unit of the line.

        The larger of ordered and delivered: what was ordered and never came can be
        complained of, and so can what was delivered beyond the order.

        :rtype: float
        """
        self.ensure_one()
        return max(self.product_uom_qty, self.qty_delivered)

    def _is_complaint_deduction(self):
        """Return whether the line only takes money off others: nobody bought it.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.is_downpayment
            or self.price_total < 0
            or self.product_uom_qty < 0
            or self._is_global_discount()
            or (self._is_discount_line() and self.price_total <= 0)
        )

    def _lock_for_complaints(self):
        """Keep others from using up what was sold meanwhile.

        For whatever counts what is left of these lines: complaints, returns, refunds,
        goods that come back. Writes the rows before what is left is read: a
        transaction that began before fails and starts anew with what the other one
        took. A lock alone would let it go on with what it had read.
        """
        if self.ids:
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    "UPDATE sale_order_line SET write_date = write_date"
                    " WHERE id IN (SELECT id FROM sale_order_line"
                    " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
                    " RETURNING id",
                    self.ids,
                )
            )

    def _get_complained_quantities(self):
        """Return how much of each line is in a complaint, in the unit of the line.

        Complaints of every team count, whoever asks: what another team recorded is
        not shown, only summed up.

        :rtype: dict[sale.order.line, float]
        """
        totals = self.env["customer.complaint.line"].sudo()._sum_by_order_line(self)
        return {line: totals.get(line, 0.0) for line in self}
