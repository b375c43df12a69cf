import base64
import binascii

from odoo import api, models
from odoo.exceptions import AccessError, UserError


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
        if complaint_sudo.id != complaint_id or not found_sudo._is_of_customer():
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

    def _agree_as_customer(self, signer, signature):
        """Record that the customer accepts, signed on the screen.

        :param str signer: who signs
        :param str signature: the picture, base64
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it cannot be accepted now, or nothing was drawn
        """
        self._check_is_of_customer()
        try:
            base64.b64decode(signature or "", validate=True)
        except (ValueError, TypeError, binascii.Error) as error:
            raise UserError(
                self.env._("The signature cannot be read. Draw it again.")
            ) from error
        # They decide on their own complaint and need no other right on it.
        self.sudo()._agree(signer, signature=signature)

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
