from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_settle_complaint(self):
        """Settle on the spot what is complained of the order.

        :rtype: dict
        :raise UserError: if the order is not confirmed
        """
        self.ensure_one()
        reason = self._get_cannot_complain_reason()
        if reason:
            raise UserError(reason)
        return self._action_settle_complaint()

    def _action_settle_complaint(self, **defaults):
        """Return the dialog of the settlement.

        :param defaults: what it is about besides the order
        :rtype: dict
        """
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.settle",
            self.env._("Settle on the Spot"),
            sale_order_id=self.id,
            **defaults,
        )
