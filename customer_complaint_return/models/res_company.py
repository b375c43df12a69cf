from odoo import api, models

from .customer_complaint_return import RETURN_SEQUENCE


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            RETURN_SEQUENCE: (self.env._("No-reason Returns"), "TH/%(range_year)s/"),
        }
