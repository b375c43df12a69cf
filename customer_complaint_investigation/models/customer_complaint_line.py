from odoo import api, models


class CustomerComplaintLine(models.Model):
    _inherit = "customer.complaint.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._reopen_verifications()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"sequence"}:
            self._reopen_verifications()
        return result

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        for complaint in complaints.exists():
            complaint._reopen_verifications({"line_ids"})
        return result

    def _reopen_verifications(self):
        """Open the verifications again that cover the products."""
        for complaint in self.complaint_id:
            complaint._reopen_verifications({"line_ids"})
