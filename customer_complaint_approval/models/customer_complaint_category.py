from odoo import models


class CustomerComplaintCategory(models.Model):
    _inherit = "customer.complaint.category"

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            # The ladder of a category depends on those above it.
            self.env.registry.clear_cache()
        return result
