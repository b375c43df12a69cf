from odoo import api, models
from odoo.fields import Domain

from .customer_complaint_hidden import ENTITLED_GROUPS


class CustomerComplaintBelonging(models.AbstractModel):
    """What is granted past a restricted case hides with it all the same."""

    _inherit = "customer.complaint.belonging"

    @api.model
    def _get_open_domain(self, operation):
        granted = super()._get_open_domain(operation)
        if (
            granted.is_false()
            or not self.env["customer.complaint"]._is_any_restricted()
            or self.env.user.has_groups(ENTITLED_GROUPS)
        ):
            return granted
        # Which cases they are, whatever of them the user may read.
        restricted = Domain(self._belongs_to, "any", [("is_restricted", "=", True)])
        return granted & ~Domain("id", "in", self.sudo()._search(restricted))
