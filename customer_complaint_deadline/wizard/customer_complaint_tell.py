from odoo import models


class CustomerComplaintTell(models.TransientModel):
    _inherit = "customer.complaint.tell"

    def _get_agreed_way(self):
        return self.complaint_id.agreed_way or super()._get_agreed_way()
