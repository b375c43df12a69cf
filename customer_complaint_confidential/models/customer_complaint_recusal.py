from odoo import models


class CustomerComplaintRecusal(models.Model):
    _inherit = "customer.complaint.recusal"

    def _apply(self):
        result = super()._apply()
        # What was opened to them, whoever enters the recusal.
        accesses_sudo = (
            self.env["customer.complaint.archive.access"]
            .sudo()
            .search([("complaint_id", "=", self.complaint_id.id)])
        )
        accesses_sudo._drop_for(self.partner_id)
        return result
