from odoo import models

from odoo.addons.customer_complaint_return.models.customer_complaint_return import (
    RETURN_COUNTED_STATES,
)


class SaleOrderLine(models.Model):
    """Goods that no-reason returns wait for or brought back, beside complaints'."""

    _inherit = "sale.order.line"

    def _get_promised_quantities(self, besides, besides_documents=None):
        promised, noted = super()._get_promised_quantities(besides, besides_documents)
        for part_sudo in self._get_no_reason_returns_sudo(besides_documents):
            sold = part_sudo.sale_order_line_id
            # Once the goods are back, a transfer may say so as well.
            is_waiting = part_sudo.return_id.state == "registered"
            sums = promised if is_waiting else noted
            sums[sold.id] += sold._get_quantity_in_product_unit(part_sudo.quantity)
        return promised, noted

    def _get_no_reason_returns_sudo(self, besides=None):
        """Return what of the lines is in no-reason returns, of every team.

        :param customer.complaint.return besides: returns that are left out
        :rtype: customer.complaint.return.line
        """
        domain = [
            ("sale_order_line_id", "in", self.ids),
            ("return_id.state", "in", RETURN_COUNTED_STATES),
        ]
        if besides:
            domain.append(("return_id", "not in", besides.ids))
        return self.env["customer.complaint.return.line"].sudo().search(domain)

    def _get_returnable_quantities(self, besides=None):
        """Count for no-reason returns what came back for something else, too."""
        left = super()._get_returnable_quantities(besides)
        # Transfers and returns of every team count, whoever asks.
        back = self.sudo()._get_complaint_goods_back(besides_documents=besides)
        for line_sudo, components in back.items():
            if not components:
                continue
            sold = line_sudo._get_quantity_sold()
            pieces = line_sudo._get_quantity_in_product_unit(sold)
            gone = max(component.get_gone(pieces) for component in components)
            gone_sold = line_sudo.product_id.uom_id._compute_quantity(
                gone, line_sudo.product_uom_id, round=False
            )
            left[line_sudo] = min(left[line_sudo], sold - gone_sold)
        return left
