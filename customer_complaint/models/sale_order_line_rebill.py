from odoo import models


class SaleOrderLine(models.Model):
    """What was refunded for a complaint or a return is not invoiced again.

    A credit note makes fewer count as invoiced, and Odoo would offer to invoice the
    difference; as a rule that is right, as a wrong invoice is credited to write it
    anew.
    """

    _inherit = "sale.order.line"

    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda line: line.qty_to_invoice > 0):
            refunded = line._get_quantity_refunded_for_good()
            if refunded > 0:
                line.qty_to_invoice = max(line.qty_to_invoice - refunded, 0.0)
        return result

    def _get_quantity_refunded_for_good(self):
        """Return how many were refunded and are to be invoiced all the same.

        What came back through the stock counts as not delivered; where the order
        invoices what was delivered, it is taken off there already.

        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        refunded, credited = 0.0, 0.0
        for line in self._get_invoice_lines():
            move = line.move_id
            if move.state == "cancel" or line.is_complaint_price_reduction:
                continue
            # A reversed credit note is an invoice that carries the same mark.
            sign = 1 if line.move_type == "out_refund" else -1
            quantity = sign * self._get_invoice_line_quantity(line, is_rounded=True)
            if line.is_complaint_refund:
                refunded += quantity
                credited += quantity
            elif sign > 0:
                credited += quantity
        if self.product_id.invoice_policy == "delivery" and refunded > 0:
            back = self._get_quantity_no_longer_delivered()
            refunded = min(refunded, max(credited - back, 0.0))
        return refunded

    def _get_quantity_no_longer_delivered(self):
        """Return how many count as not delivered, as they came back. Hook.

        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        return 0.0
