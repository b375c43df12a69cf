from odoo import fields, models

from ..const import READER_GROUPS


class ProductProduct(models.Model):
    _inherit = "product.product"

    complaint_count = fields.Integer(
        compute="_compute_complaint_count", groups=READER_GROUPS
    )

    def _compute_complaint_count(self):
        counts = dict(
            self.env["customer.complaint.line"]._read_group(
                [("product_id", "in", self.ids)],
                ["product_id"],
                ["complaint_id:count_distinct"],
            )
        )
        for product in self:
            product.complaint_count = counts.get(product._origin, 0)

    def action_view_complaints(self):
        """List the complaints about the product.

        :rtype: dict
        """
        return self._action_view_complaints()

    def _action_view_complaints(self):
        lines = [(0, 0, {"product_id": self.id})] if len(self) == 1 else []
        return self.env["customer.complaint"]._action_list_for(
            [("line_ids.product_id", "in", self.ids)], line_ids=lines
        )
