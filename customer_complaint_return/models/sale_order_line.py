from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from odoo.addons.customer_complaint.const import COUNTED_LINES
from odoo.addons.customer_complaint_account.models.sale_order_line import Claim

from .customer_complaint_return import RETURN_COUNTED_STATES

RETURN_READERS = (
    "customer_complaint.group_complaint_agent,"
    "customer_complaint.group_complaint_auditor"
)


class SaleOrderLine(models.Model):
    """How many of what was sold can still come back."""

    _inherit = "sale.order.line"

    def _get_returnable_quantities(self, besides=None):
        """Return how many of each line can still come back, in the unit of the line.

        What was sold, less what is in returns, in refunds of complaints and on credit
        notes. Those of every team count, whoever asks: only the sum is told. Hook for
        addons that know what else can no longer come back.

        :param customer.complaint.return besides: returns that are left out
        :return: below zero when more is taken than was sold
        :rtype: dict[sale.order.line, float]
        """
        lines_sudo = self.sudo()
        returned = lines_sudo._get_quantities_in_returns(besides)
        refunded = lines_sudo._get_quantities_in_remediations()
        return {
            line: line_sudo._get_quantity_sold()
            - returned.get(line_sudo, 0.0)
            - refunded.get(line_sudo, 0.0)
            - line_sudo._get_quantity_credited_alone()
            for line, line_sudo in zip(self, lines_sudo, strict=True)
        }

    def _get_quantities_in_returns(self, besides=None):
        """Return how many of each line are in no-reason returns.

        Those that were refused or cancelled do not count.

        :param customer.complaint.return besides: returns that are left out
        :rtype: dict[sale.order.line, float]
        """
        domain = [
            ("sale_order_line_id", "in", self.ids),
            ("return_id.state", "in", RETURN_COUNTED_STATES),
        ]
        if besides:
            domain.append(("return_id", "not in", besides.ids))
        # Returns of every team, for their sum.
        return dict(
            self.env["customer.complaint.return.line"]
            .sudo()
            ._read_group(domain, ["sale_order_line_id"], ["quantity:sum"])
        )

    def _get_quantities_in_remediations(self):
        """Return how many of each line complaints refund without a credit note yet.

        :rtype: dict[sale.order.line, float]
        """
        refunds_sudo = (
            self.env["customer.complaint.remediation.line"]
            .sudo()
            .search(
                COUNTED_LINES
                & Domain("complaint_line_id.sale_order_line_id", "in", self.ids)
                & Domain("kind", "=", "refund")
            )
            .filtered(lambda refund: not refund._get_live_documents())
        )
        totals = {}
        for refund_sudo in refunds_sudo:
            line_sudo = refund_sudo.complaint_line_id.sale_order_line_id
            uom = refund_sudo.product_uom_id or line_sudo.product_uom_id
            quantity = uom._compute_quantity(
                refund_sudo.quantity, line_sudo.product_uom_id, round=False
            )
            totals[line_sudo] = totals.get(line_sudo, 0.0) + quantity
        return totals

    def _get_quantity_credited_alone(self):
        """Return how many are on credit notes that no no-reason return asked for.

        :rtype: float
        """
        self.ensure_one()
        # Of returns: they are counted as such.
        returned = self.invoice_lines.move_id._get_refunded_returns().credit_note_ids
        credited = self.invoice_lines.filtered(
            lambda line: (
                line.move_type == "out_refund"
                and line.parent_state != "cancel"
                and not line.is_complaint_price_reduction
                and line.move_id not in returned
            )
        )
        return sum(self._get_invoice_line_quantity(line) for line in credited)

    def _get_open_complaint_claims(self, besides=None, besides_documents=None):
        claims = super()._get_open_complaint_claims(besides, besides_documents)
        for line, own in self._get_return_claims(besides_documents).items():
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
                    ("return_id.state", "in", RETURN_COUNTED_STATES),
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
