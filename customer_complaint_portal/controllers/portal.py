from odoo import http
from odoo.http import request


class ComplaintPortal(http.Controller):
    """What customers decide on their own complaints."""

    @http.route(
        "/my/complaints/<int:complaint_id>/remediations/<int:remediation_id>/agreement",
        type="jsonrpc",
        auth="user",
        readonly=True,
    )
    def get_agreement(self, complaint_id, remediation_id):
        """Return the agreement to be signed, with its version and total.

        :return: ``text``, ``version`` and ``total``; the last two go with the signature
        :rtype: dict
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it is not approved
        """
        return self._get_own(complaint_id, remediation_id)._get_agreement_to_sign()

    @http.route(
        "/my/complaints/<int:complaint_id>/remediations/<int:remediation_id>/accept",
        type="jsonrpc",
        auth="user",
    )
    def accept_remediation(
        self,
        complaint_id,
        remediation_id,
        name=None,
        signature=None,
        version=None,
        total=None,
    ):
        """Accept what was approved, with a signature drawn on the screen.

        :param str name: who signs
        :param str signature: the picture, base64
        :param str version: of the agreement that was shown
        :param float total: the total that was shown
        :return: the state it is in now
        :rtype: dict
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it cannot be accepted now, nothing was drawn, or it is not
            what was shown
        """
        remediation = self._get_own(complaint_id, remediation_id)
        remediation._agree_as_customer(name, signature, version, total)
        return {"state": remediation.sudo().state}  # what they did themselves

    @http.route(
        "/my/complaints/<int:complaint_id>/remediations/<int:remediation_id>/decline",
        type="jsonrpc",
        auth="user",
    )
    def decline_remediation(self, complaint_id, remediation_id, reason=None):
        """Decline what was approved: it is the handler's turn again.

        :param str reason: why, in the customer's words
        :return: the state it is in now
        :rtype: dict
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: without a reason, or if it cannot be declined now
        """
        remediation = self._get_own(complaint_id, remediation_id)
        remediation._decline_as_customer(reason)
        return {"state": remediation.sudo().state}  # what they did themselves

    def _get_own(self, complaint_id, remediation_id):
        return request.env["customer.complaint.remediation"]._get_own_of_customer(
            complaint_id, remediation_id
        )
