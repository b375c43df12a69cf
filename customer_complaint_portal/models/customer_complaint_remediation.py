from odoo import api, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    IDLE_DIFFERENCE,
)


class CustomerComplaintRemediation(models.Model):
    """What the customer decides, without any right on complaints."""

    _inherit = "customer.complaint.remediation"

    @api.model
    def _get_own_of_customer(self, complaint_id, remediation_id):
        """Return a remediation of the user's own complaint.

        :param int complaint_id: the complaint it is of
        :param int remediation_id: its id
        :rtype: customer.complaint.remediation
        :raise AccessError: if there is none; of others it is not said whether there is
        """
        remediation = self.browse(remediation_id)
        # Looked up to see whether it is theirs, before anything of it is told.
        found_sudo = remediation.sudo().exists()
        complaint_sudo = found_sudo.complaint_id
        if (
            not complaint_sudo
            or complaint_sudo.id != complaint_id
            or not found_sudo._is_of_customer()
        ):
            raise AccessError(
                self.env._(
                    "You have no such complaint. Sign in as the customer it is of."
                )
            )
        return remediation

    def _is_of_customer(self):
        """Return whether the user is the customer of the complaint.

        Colleagues of the customer's company are not: they may not know of it.

        :rtype: bool
        """
        self.ensure_one()
        return self.env.user.partner_id == self.complaint_id.partner_id

    def _get_agreement_to_sign(self):
        """Return the agreement as the customer is shown it before they sign.

        :return: the text, and the version and total that go with the signature
        :rtype: dict
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it is not approved
        """
        self.ensure_one()
        self._check_is_of_customer()
        own_sudo = self.sudo()  # they read what they are asked to sign
        own_sudo._raise_reasons(
            lambda rem: (
                rem.state != "approved"
                and rem.env._("there is nothing to sign now. Reload the page.")
            )
        )
        return {
            "text": own_sudo._get_agreement_text(),
            "version": own_sudo._get_agreement_version(),
            "total": own_sudo.amount_total,
        }

    def _agree_as_customer(self, signer, signature, version, total):
        """Record that the customer accepts, signed on the screen.

        :param str signer: who signs
        :param str signature: the picture, base64
        :param str version: of the agreement they were shown
        :param float total: the total they were shown
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it cannot be accepted now, nothing was drawn, or it is not
            what they were shown
        """
        self.ensure_one()
        self._check_is_of_customer()
        # They decide on their own complaint and need no other right on it.
        own_sudo = self.sudo()
        is_shown = isinstance(total, int | float) and (
            abs(total - own_sudo.amount_total) < IDLE_DIFFERENCE
        )
        if own_sudo.state == "approved" and not is_shown:
            raise UserError(own_sudo._name_reason(own_sudo._get_other_version_reason()))
        own_sudo._agree(signer, version, signature=signature)

    def _decline_as_customer(self, reason):
        """Record that the customer declines.

        :param str reason: why, in the customer's words
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: without a reason, or if it cannot be declined now
        """
        self._check_is_of_customer()
        # They decide on their own complaint and need no other right on it.
        self.sudo()._decline(reason)

    def _check_is_of_customer(self):
        for remediation_sudo in self.sudo():  # only whether it is theirs
            self._get_own_of_customer(
                remediation_sudo.complaint_id.id, remediation_sudo.id
            )
