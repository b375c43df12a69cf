from odoo import models


class StockMove(models.Model):
    """Goods that come back, told to the no-reason returns that wait for them."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        (self | moves).exists()._note_no_reason_goods_returned()
        return moves

    def _note_no_reason_goods_returned(self):
        """Tell the no-reason returns that wait for these goods that they are back."""
        sold = self.filtered(
            lambda move: (
                move.state == "done"
                and move.origin_returned_move_id
                and not move.complaint_remediation_line_id
                and move.location_id._is_outgoing()
            )
        ).sale_line_id
        if not sold:
            return
        # Whoever works in the stock need not see the returns.
        waiting_sudo = (
            (sold | sold.linked_line_id)._get_no_reason_returns_sudo().return_id
        )
        waiting_sudo._note_goods_in_stock()
