from odoo import api, fields, models

from .sale_order_line import RETURN_READERS


class SaleOrder(models.Model):
    """No-reason returns of an order."""

    _inherit = "sale.order"

    complaint_return_ids = fields.One2many(
        "customer.complaint.return",
        "sale_order_id",
        string="No-reason Returns",
        groups=RETURN_READERS,
    )
    complaint_return_count = fields.Integer(
        string="Number of No-reason Returns",
        compute="_compute_complaint_return_count",
        groups=RETURN_READERS,
    )

    @api.depends("complaint_return_ids")
    def _compute_complaint_return_count(self):
        counts = self.env["customer.complaint.return"]._count_by("sale_order_id", self)
        for order in self:
            order.complaint_return_count = counts.get(order._origin, 0)

    def _get_complaint_delivery_day(self):
        """Return the day the customer received the goods of the order, if known.

        Hook: the bridge to the stock knows it.

        :rtype: datetime.date or bool
        """
        return False

    def action_open_complaint_return(self):
        """Open the form that registers a no-reason return of the order.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("No-reason Return"),
            "res_model": "customer.complaint.return",
            "views": [(False, "form")],
            "context": {"default_sale_order_id": self.id},
        }

    def action_view_complaint_returns(self):
        """List the no-reason returns of the order.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint.return"]._action_list_for(
            [("sale_order_id", "=", self.id)], sale_order_id=self.id
        )
