from typing import NamedTuple

from odoo import models

from .sale_order_line_credit import BilledShare


class Claim(NamedTuple):
    """What somebody was promised of an order line, and is not credited yet."""

    # In the unit of the order line; zero where the customer keeps the goods
    quantity: float
    # With taxes, in the currency of the order
    amount: float


class SaleOrderLine(models.Model):
    """What a customer can still be promised of what was sold."""

    _inherit = "sale.order.line"

    def _get_complaint_refundable(self, besides=None):
        """Return what can still be granted of these lines, invoiced or not yet.

        What was credited is taken off, and so is what is promised elsewhere.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :return: what is left, the latest invoice first
        :rtype: dict[sale.order.line, list[BilledShare]]
        """
        shares = self._get_billed_shares()
        claims = self._get_open_complaint_claims(besides)
        for line in self:
            line_sudo = line.sudo()  # figures, compared only
            shares[line] += line_sudo._get_shares_to_invoice()
            for claim in claims.get(line, ()):
                line._take_claim(shares[line], claim)
        return shares

    def _get_shares_to_invoice(self):
        """Return what was sold and is on no posted invoice, as one more share.

        :rtype: list[BilledShare]
        """
        self.ensure_one()
        billed, _credited = self._sort_invoice_lines()
        sold = self._get_quantity_sold()
        left = sold - sum(self._get_invoice_line_quantity(line) for line in billed)
        if self.product_uom_id.compare(left, 0) <= 0:
            return []
        ordered = self.product_uom_qty
        price = self.price_total / ordered if ordered else self.price_unit
        return [BilledShare(self, left, price * left)]

    @staticmethod
    def _take_claim(shares, claim):
        quantity, amount = claim
        for share in shares:
            quantity = share.take_quantity(quantity)
            amount = share.take_amount(amount)

    def _get_open_complaint_claims(self, besides=None):
        """Return what was promised of these lines and is not drafted yet.

        Hook: whatever else promises a refund of order lines adds its claims.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :rtype: dict[sale.order.line, list[Claim]]
        """
        return self.env["customer.complaint.remediation.line"]._get_credit_claims(
            self, besides
        )
