from odoo import models

from .billed import BilledPart, BilledShare, BilledSum


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_complaint_shares_to_invoice(self):
        """Return what was sold and is on no posted invoice, by order line.

        :rtype: dict[sale.order.line, BilledShare]
        """
        self.ensure_one()
        to_bill, quantities = BilledSum(self.currency_id), {}
        is_billed = False
        for line in self.order_line:
            if line.display_type or line.is_downpayment:
                continue
            billed = line.invoice_lines.filtered(
                lambda row: (
                    row.parent_state == "posted"
                    and row.move_type == "out_invoice"
                    and row.move_id.reversed_entry_id.move_type != "out_refund"
                    and row.display_type == "product"
                )
            )
            is_billed = is_billed or bool(billed)
            if line._is_complaint_deduction():
                amount = line.price_total - sum(billed.mapped("price_total"))
                if line.currency_id.compare_amounts(amount, 0) < 0:
                    to_bill.lowering.append(BilledPart(line, line, amount))
                continue
            left = line._get_quantity_sold() - sum(
                line._get_invoice_line_quantity(row) for row in billed
            )
            if line.product_uom_id.compare(left, 0) <= 0:
                continue
            ordered = line.product_uom_qty
            price = line.price_total / ordered if ordered else line.price_unit
            amount = self.currency_id.round(price * left)
            to_bill.sold.append(BilledPart(line, line, amount))
            quantities[line] = left
        is_whole = not is_billed and all(
            quantity == line.product_uom_qty for line, quantity in quantities.items()
        )
        to_bill.settle(self.amount_total if is_whole else None)
        return {
            part.line: BilledShare(part, quantities[part.line]) for part in to_bill.sold
        }
