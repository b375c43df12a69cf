from odoo import api, models
from odoo.fields import Domain


class CustomerComplaintRemediationLine(models.Model):
    _inherit = "customer.complaint.remediation.line"

    @api.model
    def _get_granted_domain(self, operation):
        granted = super()._get_granted_domain(operation)
        # As the remediation they are lines of.
        if operation == "read":
            asked = Domain("guest_approver_ids", "in", self.env.uid)
            granted |= Domain("remediation_id", "any!", asked)
        return granted
