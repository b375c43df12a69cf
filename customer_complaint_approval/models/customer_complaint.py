from odoo import api, models


class CustomerComplaint(models.Model):
    """A complaint whose remediations climb the ladder of approvals.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    approve up to 1,000             - - S M - - - - -
    approve above                   - - - M - - - - -
    ==============================  =================

    Who approves what follows from the ladder, here the shipped one; people it names
    approve with any of these roles.
    """

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
        deciders = approvals_sudo.user_id | approvals_sudo.on_behalf_of_id
        return approvers_sudo | deciders

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["approvals"]["customer.complaint.approval"] = (
            "remediation_id",
            "round",
            "decision",
            "tier_name",
            "user_id",
            "on_behalf_of_id",
            "date",
            "amount_total",
            "reason",
            "snapshot_text",
        )
        return sections
