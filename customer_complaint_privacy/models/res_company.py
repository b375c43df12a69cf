from odoo import api, models

from .customer_complaint_person_request import PERSON_REQUEST_SEQUENCE


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            PERSON_REQUEST_SEQUENCE: (
                self.env._("Requests About Personal Data"),
                "GR/%(range_year)s/",
            ),
        }
