from odoo import models

from odoo.addons.customer_complaint_base.tools.quantity import format_quantity


class CustomerComplaintLine(models.Model):
    _inherit = "customer.complaint.line"

    def _get_printed_quantity(self):
        """Return the quantity with its unit.

        :rtype: str
        """
        self.ensure_one()
        quantity = format_quantity(self.env, self.quantity)
        return f"{quantity} {self.product_uom_id.name or ''}".strip()
