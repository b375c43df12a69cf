from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_complaint_counts(self, field_name):
        counts = self.env["customer.complaint"]._read_group(
            [(field_name, "in", self.ids), ("is_restricted", "=", False)],
            [field_name],
            ["__count"],
        )
        return dict(counts)
