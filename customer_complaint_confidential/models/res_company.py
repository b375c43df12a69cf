from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_access_max_days = fields.Integer(
        string="Longest Consultation",
        default=30,
        required=True,
        help="Days for which confidential papers are open at most after one request.",
    )

    @api.constrains("complaint_access_max_days")
    def _check_complaint_access_max_days(self):
        for company in self:
            if company.complaint_access_max_days < 1:
                raise ValidationError(
                    self.env._("Let papers be consulted for at least one day.")
                )
