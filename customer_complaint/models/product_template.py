from odoo import fields, models

from ..const import READER_GROUPS


class ProductTemplate(models.Model):
    _inherit = "product.template"

    complaint_count = fields.Integer(
        compute="_compute_complaint_count", groups=READER_GROUPS
    )

    def _compute_complaint_count(self):
        variants = self.with_context(active_test=False).product_variant_ids
        groups = self.env["customer.complaint.line"]._read_group(
            [("product_id", "in", variants.ids)],
            ["product_id"],
            ["complaint_id:array_agg"],
        )
        complaints = {}
        for product, complaint_ids in groups:
            complaints.setdefault(product.product_tmpl_id, set()).update(complaint_ids)
        for template in self:
            template.complaint_count = len(complaints.get(template._origin, ()))

    def action_view_complaints(self):
        """List the complaints about any variant of the product.

        :rtype: dict
        """
        self.ensure_one()
        variants = self.with_context(active_test=False).product_variant_ids
        return variants._action_view_complaints()
