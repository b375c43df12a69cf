from odoo import api, models


class CustomerComplaintArchiveSupplement(models.Model):
    _inherit = "customer.complaint.archive.supplement"

    @api.model
    def _check_may_add(self, cards):
        result = super()._check_may_add(cards)
        cards.complaint_id._check_not_restricted()
        return result
