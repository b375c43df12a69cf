from collections import defaultdict
from typing import NamedTuple

from odoo import models

from .customer_complaint_return import COUNTED_STATES


class Claim(NamedTuple):
    """What somebody was promised of an order line, and is not credited yet."""

    # In the unit of the order line; zero where the customer keeps the goods
    quantity: float
    # With taxes, in the currency of the order
    amount: float


class SaleOrderLine(models.Model):
    """What a customer can still be promised of what was sold."""

    _inherit = "sale.order.line"

    def _get_complaint_refundable(self, besides=None, besides_returns=None):
        """Return what can still be granted of these lines, invoiced or not yet.

        What was credited is taken off, and so is what is promised elsewhere.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :param customer.complaint.return besides_returns: nor those of these
        :return: what is left, the latest invoice first
        :rtype: dict[sale.order.line, list[BilledShare]]
        """
        shares = self._get_billed_shares()
        claims = self._get_open_complaint_claims(besides, besides_returns)
        to_invoice = self.sudo()._get_shares_to_invoice()  # figures, compared only
        for line in self:
            if line in to_invoice:
                shares[line].append(to_invoice[line])
            for claim in claims.get(line, ()):
                line._take_claim(shares[line], claim)
        return shares

    @staticmethod
    def _take_claim(shares, claim):
        quantity, amount = claim
        for share in shares:
            quantity = share.take_quantity(quantity)
            amount = share.take_amount(amount)

    def _get_open_complaint_claims(self, besides=None, besides_returns=None):
        """Return what was promised of these lines and is not drafted yet.

        Hook: whatever else promises a refund of order lines adds its claims.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :param customer.complaint.return besides_returns: nor those of these
        :rtype: dict[sale.order.line, list[Claim]]
        """
        claims = self.env["customer.complaint.remediation.line"]._get_credit_claims(
            self, besides
        )
        for line, own in self._get_return_claims(besides_returns).items():
            claims[line] += own
        return claims

    def _get_return_claims(self, besides=None):
        """Return what no-reason returns give of these lines without a credit note.

        :param customer.complaint.return besides: those that do not count
        :rtype: dict[sale.order.line, list[Claim]]
        """
        # Sums only, of returns of every team.
        returned_sudo = (
            self.env["customer.complaint.return.line"]
            .sudo()
            .search(
                [
                    ("sale_order_line_id", "in", self.ids),
                    ("return_id.state", "in", COUNTED_STATES),
                    ("return_id", "not in", besides.ids if besides else []),
                ]
            )
        )
        claims = defaultdict(list)
        for line_sudo in returned_sudo:
            notes = line_sudo.return_id.credit_note_ids
            if all(note.state == "cancel" for note in notes):
                sold = self.browse(line_sudo.sale_order_line_id.id)
                claims[sold].append(Claim(line_sudo.quantity, line_sudo.amount_total))
        return claims
