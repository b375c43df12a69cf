from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from odoo.addons.customer_complaint_base.tools.download import (
    PRIVATE_HEADERS,
    get_own_dialog,
    make_xlsx_response,
)


class ArchiveController(http.Controller):
    """Files of the archive that are made while they are downloaded."""

    @http.route(
        "/customer_complaint/bundle/<int:dialog_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def bundle(self, dialog_id):
        """Send the case bundle that the user asked for in the dialog.

        What leads here from elsewhere changes nothing: the dialog was filled in by the
        user, and all that a call leaves behind is the note that the bundle was made.
        """
        dialog = get_own_dialog("customer.complaint.make.bundle", dialog_id)
        complaint = dialog.complaint_id
        bundle = complaint._make_bundle(dialog.recipient, dialog.purpose)
        return send_zip(bundle.name, complaint._stream_bundle(bundle))

    @http.route(
        "/customer_complaint/archive",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def archive(self):
        """Send all sealed cards that the user may see, with their files and chains."""
        Card = request.env["customer.complaint.archive.card"]
        try:
            Card._check_may_export()
        except AccessError:
            raise NotFound from None
        name = request.env._("Archive") + ".zip"
        return send_zip(name, Card._stream_archive())

    @http.route(
        "/customer_complaint/catalogue/<int:dialog_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def catalogue(self, dialog_id):
        """Send the archive catalogue that the user asked for in the dialog, as XLSX.

        Though it only reads, it is not for a replica: the dialog was filled in a moment
        ago, and is not there or as it was before where the replica lags.
        """
        dialog = get_own_dialog("customer.complaint.archive.catalogue", dialog_id)
        content = dialog._get_cards()._make_catalogue_xlsx()
        return make_xlsx_response(request.env._("Archive Catalogue"), content)


def send_zip(name, chunks):
    """Return the response that sends a ZIP while it is written.

    :param str name: of the file
    :param chunks: its content, in pieces
    """
    response = request.make_response(
        chunks,
        [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", content_disposition(name)),
            *PRIVATE_HEADERS,
        ],
    )
    response.direct_passthrough = True
    return response
