from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_settle_complaint(self):
        """Settle on the spot what is complained of the order that was invoiced.

        :rtype: dict
        :raise UserError: if this is not the posted invoice of one order
        """
        self.ensure_one()
        action = self.action_open_complaint()
        if action["res_model"] != "customer.complaint.open":
            # Of several orders, or of none: what is to be said is entered by hand.
            return action
        order = self.env["sale.order"].browse(
            action["context"]["default_sale_order_id"]
        )
        return order._action_settle_complaint(invoice_id=self.id)
