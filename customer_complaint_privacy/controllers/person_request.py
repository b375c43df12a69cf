from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.customer_complaint_archive.controllers.archive import send_zip


class PersonRequestController(http.Controller):
    """The copy of a person's data, made while it is downloaded."""

    @http.route(
        "/customer_complaint/person_export/<int:request_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def person_export(self, request_id):
        """Send the copy of a person's data that a manager has granted.

        All that a call leaves behind is the note that the copy was made.
        """
        record = request.env["customer.complaint.person.request"].browse(request_id)
        try:
            record.check_access("read")
            if not record.exists():
                raise NotFound
        except (AccessError, MissingError):
            raise NotFound from None
        bundle = record._make_export()
        return send_zip(bundle.name, record._stream_export(bundle))
