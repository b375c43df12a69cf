import logging

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

_logger = logging.getLogger(__name__)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Nobody keeps a copy on the way.
PRIVATE_HEADERS = [
    ("Cache-Control", "no-store, private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
]


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
        """
        dialog = self._get_own(dialog_id)
        complaints = dialog._get_complaints()
        content = complaints._make_register_xlsx()
        _logger.info(
            "User %d exported the register of %d complaints. Domain: %s",
            *(request.env.uid, len(complaints), dialog.domain),
        )
        name = request.env._("Complaint Register") + ".xlsx"
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX_TYPE),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                *PRIVATE_HEADERS,
            ],
        )

    @staticmethod
    def _get_own(dialog_id):
        """Return what the user asked for, or nothing is there.

        :raise NotFound: if there is none, it is another person's, or the user has no
            role any more
        """
        dialog = request.env["customer.complaint.make.register"].browse(dialog_id)
        try:
            dialog.check_access("read")
            if not dialog.exists():
                raise NotFound
            request.env["customer.complaint"]._check_may_export_register()
        except (AccessError, MissingError):
            raise NotFound from None
        return dialog
