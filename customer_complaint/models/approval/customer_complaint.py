from odoo import models


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    def _get_money_approvers(self):
        approvers_sudo = super()._get_money_approvers()
        # Who decided is compared; of what they decided on nothing is shown.
        approvals_sudo = (
            self.sudo()
            ._get_family()
            .remediation_ids.approval_ids.filtered(
                lambda approval: approval.decision == "approved"
            )
        )
        return approvers_sudo | approvals_sudo.user_id | approvals_sudo.on_behalf_of_id
