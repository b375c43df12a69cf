from odoo.http import request, route

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.web.controllers.binary import Binary

# What the routes take a file's number from.
NUMBER_NAMES = ("id", "attachment_id")
FILE_MODEL = "ir.attachment"


def reads_only(controller, rule, args):
    """Return whether a request for a file may be answered by a replica.

    The sight of a confidential file is recorded, which a copy of the database kept for
    reading cannot do; and whether a paper is confidential by now, and for whom, one
    that lags does not know. Without a replica nothing is looked up.

    :param controller: whose route it is
    :param rule: the route
    :param dict args: what stands in the path
    :rtype: bool
    """
    if not request.env.cr.readonly:
        return True
    asked = {**request.httprequest.args, **args}
    number = next((asked[name] for name in NUMBER_NAMES if name in asked), "")
    if asked.get("model", FILE_MODEL) != FILE_MODEL or not str(number).isdigit():
        return True
    # What it belongs to, nothing of what is in it. What the copy does not know may have
    # been added a moment ago.
    file_sudo = request.env[FILE_MODEL].sudo().browse(int(number)).exists()
    models = request.env["customer.complaint.kept"]._get_confidential_models()
    # A picture of a file belongs to the file.
    return bool(file_sudo) and file_sudo.res_model not in (FILE_MODEL, *models)


class ComplaintBinary(Binary):
    """Confidential files are recorded when they are seen: no reading only."""

    @route(readonly=reads_only)
    def content_common(self, *args, **kwargs):
        return super().content_common(*args, **kwargs)

    @route(readonly=reads_only)
    def content_image(self, *args, **kwargs):
        return super().content_image(*args, **kwargs)


class ComplaintAttachmentController(AttachmentController):
    """The first page of a confidential PDF is a sight of it, too."""

    @route(readonly=reads_only)
    def mail_attachment_pdf_first_page(self, *args, **kwargs):
        return super().mail_attachment_pdf_first_page(*args, **kwargs)

    def _get_pdf_first_page_response(self, attachment):
        is_confidential = attachment._note_request()
        response = super()._get_pdf_first_page_response(attachment)
        if is_confidential:
            response.cache_control.no_store = True
        return response
