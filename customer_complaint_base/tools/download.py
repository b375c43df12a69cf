"""Files that are made while they are downloaded, for whoever filled in a dialog."""

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Nobody keeps a copy on the way.
PRIVATE_HEADERS = [
    ("Cache-Control", "no-store, private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
]


def get_own_dialog(model, dialog_id):
    """Return a dialog of the user, or nothing is there.

    :param str model: the dialog
    :param int dialog_id: which
    :raise NotFound: if there is none, or it is another person's
    """
    dialog = request.env[model].browse(dialog_id)
    try:
        dialog.check_access("read")
        if not dialog.exists() or dialog.create_uid != request.env.user:
            raise NotFound
    except (AccessError, MissingError):
        raise NotFound from None
    return dialog


def make_xlsx_response(title, content):
    """Return the response that sends a workbook.

    :param str title: of the file, in the reader's language
    :param bytes content: the workbook
    """
    return request.make_response(
        content,
        [
            ("Content-Type", XLSX_TYPE),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(f"{title}.xlsx")),
            *PRIVATE_HEADERS,
        ],
    )
