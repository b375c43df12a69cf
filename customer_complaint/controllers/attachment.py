from odoo.addons.mail.controllers.attachment import AttachmentController


class ComplaintAttachmentController(AttachmentController):
    """The first page of a confidential PDF is a sight of it, too."""

    def _get_pdf_first_page_response(self, attachment):
        is_confidential = attachment._note_request()
        response = super()._get_pdf_first_page_response(attachment)
        if is_confidential:
            response.cache_control.no_store = True
        return response
