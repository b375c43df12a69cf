from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .customer_complaint_enquiry import ENQUIRY_SEQUENCE


class ResCompany(models.Model):
    """When a grumble proposes a complaint (OPINION-FORM), and how enquiries count."""

    _inherit = "res.company"

    complaint_grumble_hours = fields.Integer(
        string="Hours Between Grumbles",
        default=48,
        required=True,
        help="The second grumble of a customer within so many hours proposes a "
        "complaint (OPINION-FORM). With 0 none does for being the second.",
    )
    complaint_key_customer_tag_id = fields.Many2one(
        "res.partner.category",
        string="Tag of Key Customers",
        help="Each grumble of a customer with this tag proposes a complaint.",
    )

    @api.constrains("complaint_grumble_hours")
    def _check_complaint_grumble_hours(self):
        for company in self:
            if company.complaint_grumble_hours < 0:
                raise ValidationError(
                    self.env._("The hours between grumbles cannot be negative.")
                )

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            ENQUIRY_SEQUENCE: (self.env._("Enquiries"), "ZX/%(range_year)s/"),
        }
