from odoo import fields, models

from ..const import ENQUIRY_READERS


class SaleOrder(models.Model):
    """Enquiries about an order."""

    _inherit = "sale.order"

    complaint_enquiry_count = fields.Integer(
        string="Number of Enquiries",
        compute="_compute_complaint_enquiry_count",
        groups=ENQUIRY_READERS,
    )

    def _compute_complaint_enquiry_count(self):
        counts = self.env["customer.complaint.enquiry"]._count_by("sale_order_id", self)
        for order in self:
            order.complaint_enquiry_count = counts.get(order._origin, 0)

    def action_open_complaint_enquiry(self):
        """Open the form that records an enquiry about the order.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enquiry"),
            "res_model": "customer.complaint.enquiry",
            "views": [(False, "form")],
            "context": {
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
                "default_sale_order_id": self.id,
            },
        }

    def action_view_complaint_enquiries(self):
        """List the enquiries about the order.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint.enquiry"]._action_list_for(
            [("sale_order_id", "=", self.id)],
            company_id=self.company_id.id,
            partner_id=self.partner_id.id,
            sale_order_id=self.id,
        )
