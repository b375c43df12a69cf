import base64
import io
from contextlib import contextmanager
from unittest.mock import patch

from PIL import Image, ImageDraw

from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.mail.tests.common import MailCommon


def draw(color="navy", size=(40, 20)):
    """Return a picture as a form sends it."""
    picture = io.BytesIO()
    image = Image.new("RGB", size, "white")
    width, height = size
    ImageDraw.Draw(image).line((2, 2, width - 3, height - 3), fill=color, width=3)
    image.save(picture, "PNG")
    return base64.b64encode(picture.getvalue())


class HistoryCase(CustomerComplaintCommon):
    """What was written on a case, and people who would rather it were not."""

    def _post(self, record, user=None, text="已致电顾客，约定周五答复。", **values):
        return record.with_user(user or self.agent).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_note", **values
        )

    def _track(self, record):
        """Return the record as in a browser: what changes of it is noted."""
        self.cr.flush()
        return record.with_context(tracking_disable=False, mail_notrack=False)

    def _get_messages(self, record):
        self.flush_tracking()
        return self.env["mail.message"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )

    @contextmanager
    def _stays(self, message):
        """Expect a refusal, and that the message says what it said."""
        before = message.sudo().read(["body", "author_id", "date", "model", "res_id"])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            yield
        message.invalidate_recordset()
        self.assertTrue(message.exists())
        after = message.sudo().read(["body", "author_id", "date", "model", "res_id"])
        self.assertEqual(after, before)


class FileCase(CustomerComplaintCommon):
    """Complaints that papers with files are filed with."""

    def _new(self, **values):
        complaint = self._create_complaint(
            **{"sale_order_id": False, "line_ids": [], **values}
        )
        complaint.action_accept()
        return complaint

    def _file_with(self, complaint, *contents, **values):
        """File a paper with files of these names and contents."""
        return self._create_document(
            complaint,
            attachment_ids=[
                Command.create({"name": name, "raw": content})
                for name, content in contents
            ],
            **values,
        )


class MailServerCase(CustomerComplaintCommon, MailCommon):
    """A mail server that may be down."""

    def _make_mail(self, record):
        return self.env["mail.mail"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "subject": "答复",
                "body_html": "<p>您好</p>",
                "email_from": "service@example.com",
                "email_to": "lina@example.com",
                "auto_delete": False,
            }
        )

    def _run_queue(self, is_down):
        refused = patch.object(
            IrMail_Server, "_connect__", side_effect=OSError("Connection refused")
        )
        with refused if is_down else self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()
