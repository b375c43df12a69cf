from odoo import models


class CustomerComplaintReturn(models.Model):
    """Goods of a no-reason return that the warehouse takes back."""

    _inherit = "customer.complaint.return"

    def _note_goods_in_stock(self):
        """Note the goods as back where the warehouse has taken all of them back.

        What it took back for a complaint, or another return, does not count.
        """
        # What the stock did counts, whoever registers the return.
        for record_sudo in self.sudo():
            if record_sudo.state != "registered" or not record_sudo.has_goods:
                continue
            moves_sudo = record_sudo._get_moves_that_cover()
            if not moves_sudo:
                continue
            record_sudo._note_goods_received(max(moves_sudo.mapped("date")))
            record_sudo._message_log(
                body=self.env._(
                    "The goods are back by %(transfers)s.",
                    transfers=moves_sudo.picking_id._get_html_links(),
                )
            )
        return super()._note_goods_in_stock()

    def _get_moves_that_cover(self):
        """Return the returns in the stock that bring all goods of this one back.

        :return: none where some are still with the customer
        :rtype: stock.move
        """
        self.ensure_one()
        moves = self.env["stock.move"]
        backs = self.line_ids.sale_order_line_id._get_complaint_goods_back(
            besides_documents=self
        )
        for line in self.line_ids:
            sold = line.sale_order_line_id
            if sold.product_id.type == "service":
                continue
            wanted = sold.product_uom_id._compute_quantity(
                line.quantity, sold.product_id.uom_id
            )
            back = backs[sold]
            if not back or any(
                component.product.uom_id.compare(
                    sum(component.back.values()), wanted * component.ratio
                )
                < 0
                for component in back
            ):
                return self.env["stock.move"]
            for component in back:
                moves |= component.pick_back(wanted * component.ratio)
        return moves
