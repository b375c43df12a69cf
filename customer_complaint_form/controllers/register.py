import logging

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.customer_complaint_base.tools.download import (
    get_own_dialog,
    make_xlsx_response,
)

_logger = logging.getLogger(__name__)


class RegisterController(http.Controller):
    """The register, made while it is downloaded."""

    @http.route(
        "/customer_complaint/register/<int:dialog_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def register(self, dialog_id):
        """Send the register (投诉台账) that the user asked for, as XLSX.

        Though it only reads, it is not for a replica: what was asked for was written a
        moment ago, and is not there where the replica lags.

        :raise NotFound: if it is another person's, or the user has no role any more
        """
        dialog = get_own_dialog("customer.complaint.make.register", dialog_id)
        try:
            request.env["customer.complaint"]._check_may_export_register()
        except AccessError:
            raise NotFound from None
        complaints = dialog._get_complaints()
        content = complaints._make_register_xlsx()
        _logger.info(
            "User %d exported the register of %d complaints. Domain: %s",
            *(request.env.uid, len(complaints), dialog.domain),
        )
        return make_xlsx_response(request.env._("Complaint Register"), content)
