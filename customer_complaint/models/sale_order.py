from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import READER_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    complaint_ids = fields.One2many(
        "customer.complaint",
        "sale_order_id",
        string="Complaints",
        groups=READER_GROUPS,
    )
    complaint_count = fields.Integer(
        compute="_compute_complaint_count",
        groups=READER_GROUPS,
    )

    @api.depends("complaint_ids")
    def _compute_complaint_count(self):
        counts = dict(
            self.env["customer.complaint"]._read_group(
                [("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]
            )
        )
        for order in self:
            order.complaint_count = counts.get(order._origin, 0)

    def _get_complaint_customers(self):
        """Return the customers, as commercial entities, who may complain of the order.

        Who ordered, who was invoiced and who received the goods.

        :rtype: res.partner
        """
        partners = self.partner_id | self.partner_invoice_id | self.partner_shipping_id
        return partners.commercial_partner_id

    def _get_complaint_lines(self):
        """Return the lines of the order that can be complained of.

        Neither what only takes money off, nor the heading of a combo: what is in it
        was sold.

        :rtype: sale.order.line
        """
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.product_id.type != "combo"
                and line._get_quantity_sold() > 0
                and not line._is_complaint_deduction()
            )
        )

    def _get_cannot_complain_reason(self):
        """Return why no complaint can be opened about the order, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state == "cancel":
            return self.env._(
                "Order %(order)s was cancelled, so nothing was sold with it. Choose "
                "another order, or open a complaint without one.",
                order=self.name,
            )
        if self.state != "sale":
            return self.env._(
                "Order %(order)s is still a quotation. Confirm it first, or open a "
                "complaint without an order.",
                order=self.name,
            )
        return False

    def action_open_complaint(self):
        """Ask what of the order is complained of, and why.

        :rtype: dict
        :raise UserError: if the order is not confirmed
        """
        self.ensure_one()
        reason = self._get_cannot_complain_reason()
        if reason:
            raise UserError(reason)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open a Complaint"),
            "res_model": "customer.complaint.open",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_sale_order_id": self.id},
        }

    def action_view_complaints(self):
        """List the complaints about the order.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_list_for(
            [("sale_order_id", "=", self.id)],
            sale_order_id=self.id,
            partner_id=self.partner_id.id,
        )
