from odoo import models


class CustomerComplaintCategory(models.Model):
    _inherit = "customer.complaint.category"

    def write(self, vals):
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)
