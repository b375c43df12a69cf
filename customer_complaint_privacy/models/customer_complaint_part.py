from odoo import api, models


class CustomerComplaintPart(models.AbstractModel):
    _inherit = "customer.complaint.part"

    @api.model
    def _check_may_add(self, complaints):
        complaints._check_not_restricted()
        return super()._check_may_add(complaints)
