import base64
import zlib

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.customer_complaint_base.tools.file_name import (
    MAX_FILE_NAME_BYTES,
    clean_file_name,
)

from ..tools.pdf import has_active_content
from .history_common import FileCase


@tagged("post_install", "-at_install")
class TestFiles(FileCase, HttpCase):
    """Files of papers: names, sizes, what they are, how long they stay."""

    def test_bad_names_become_harmless(self):
        for name, clean in (
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\..\\x.exe", "_.._x.exe"),
            ("病历\x00\r\n.pdf", "病历_.pdf"),
            ("photo\u202egpj.exe", "photo_gpj.exe"),
            ("  ", "file"),
            ("..", "file"),
            ("nul", "_nul"),
            ("Console.txt", "Console.txt"),
            ("a.tar.gz ", "a.tar.gz"),
            ("诊断证明.pdf", "诊断证明.pdf"),
        ):
            self.assertEqual(clean_file_name(name), clean)
        for name in ("病" * 300 + ".pdf", "x" * 300, "a." + "b" * 300):
            clean = clean_file_name(name)
            self.assertLessEqual(len(clean.encode()), MAX_FILE_NAME_BYTES)
            self.assertEqual(clean.endswith(".pdf"), name.endswith(".pdf"))
        paper = self._file_with(self._new(), ("../../x\x01.txt", b"text"))
        self.assertEqual(paper.attachment_ids.name, "_.._x_.txt")

    def test_upload_by_the_web_client(self):
        complaint = self._new()
        paper = self._create_document(complaint)
        self.authenticate(self.agent.login, self.agent.login)
        response = self.url_open(
            "/web/binary/upload_attachment",
            data={
                "model": paper._name,
                "id": 0,
                "csrf_token": Request.csrf_token(self),
            },
            files=[
                ("ufile", ("../../a.txt", b"one", "text/plain")),
                ("ufile", ("b.txt", b"two", "text/plain")),
            ],
        )
        files = response.json()
        self.assertEqual(len(files), 2)
        paper.write({"attachment_ids": [Command.link(file["id"]) for file in files]})
        self.assertEqual(
            set(paper.attachment_ids.mapped("name")), {"_.._a.txt", "b.txt"}
        )
        self.assertFalse(any(paper.attachment_ids.mapped("index_content")))

    def test_what_claims_to_be_a_picture(self):
        upload = self._upload("照片.jpg", raw=b"<html><script>alert(1)</script>")
        self.assertEqual(upload.mimetype, "text/plain")
        upload = self._upload("照片.jpg", raw=b"\xff\xd8\xff\xe0 JFIF")
        self.assertEqual(upload.mimetype, "image/jpeg")
        upload = self._upload("证明.pdf", raw=base64.b64decode("JVBERi0xLjQK"))
        self.assertEqual(upload.mimetype, "application/pdf")

    def _pdf(self, *objects):
        body = b"".join(
            b"%d 0 obj\n%s\nendobj\n" % item for item in enumerate(objects, 1)
        )
        return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R>>\n%%EOF"

    def _packed(self, data, length=None):
        packed = zlib.compress(data)[:length]
        return b"<</Type /ObjStm /N 1 /First 4>>\nstream\n%s\nendstream" % packed

    def test_pdf_that_runs_something_is_saved_only(self):
        script = b"<</S /JavaScript /JS (app.alert(1))>>"
        plain = b"<</Type /Catalog /OpenAction [3 0 R /FitH null]>>"
        for content, is_shown in (
            (self._pdf(plain), True),
            (self._pdf(plain, self._packed(b"1 0 <</Type /Page>>")), True),
            (self._pdf(plain, b"<</Title (/JavaScripting)>>"), True),
            (self._pdf(b"<</OpenAction 2 0 R>>", script), False),
            (self._pdf(script.replace(b"/Java", b"/#4aav#61")), False),
            (self._pdf(plain, self._packed(b"1 0 " + script)), False),
            (self._pdf(plain, self._packed(b"1 0 " + plain, 9)), False),
            (self._pdf(plain, self._packed(b"\x00" * (1 << 25))), False),
            (self._pdf(b"<</S /Launch /F (cmd.exe)>>"), False),
            (self._pdf(plain, b"<</Encrypt 3 0 R>>"), False),
        ):
            with self.subTest(content=content[:120]):
                self.assertEqual(has_active_content(content), not is_shown)
        complaint = self._new()
        dangerous = self._pdf(b"<</OpenAction 2 0 R>>", script)
        paper = self._file_with(
            complaint, ("证明.pdf", dangerous), paper_type="medical"
        )
        # Filed as it is: it may be evidence.
        self.assertEqual(paper.attachment_ids.raw, dangerous)
        linked = self._create_document(
            complaint,
            attachment_ids=[
                Command.link(self._upload("另.pdf", raw=dangerous, res_model=False).id)
            ],
        )
        files = paper.attachment_ids | linked.attachment_ids
        for file in files:
            file.with_user(self.agent).write({"mimetype": "application/pdf"})
            self.assertEqual(file.mimetype, "application/octet-stream")
        self.env.flush_all()
        self.authenticate(self.agent.login, self.agent.login)
        for file in files:
            response = self.url_open(f"/web/content/{file.id}")
            self.assertEqual(response.status_code, 200)
            self.assertEqual(
                response.headers["Content-Type"], "application/octet-stream"
            )
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response.content, dangerous)

    def test_upload_beyond_the_limit_is_not_even_read(self):
        paper = self._create_document(self._new())
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "1000")
        self.authenticate(self.agent.login, self.agent.login)
        response = self.url_open(
            "/web/binary/upload_attachment",
            data={
                "model": paper._name,
                "id": paper.id,
                "csrf_token": Request.csrf_token(self),
            },
            files=[("ufile", ("大.txt", b"x" * 100_000, "text/plain"))],
        )
        self.assertEqual(response.status_code, 413)
        self.assertFalse(paper.attachment_ids)

    def test_no_public_file_by_any_default(self):
        paper = self._create_document(self._new(), "identity")
        File = self.env["ir.attachment"].with_user(self.agent)
        for values, context in (
            ({"public": True, "access_token": "x"}, {}),
            ({}, {"default_public": True, "default_access_token": "x"}),
        ):
            file = File.with_context(**context).create(
                {
                    "name": "x.txt",
                    "raw": b"secret words",
                    "res_model": paper._name,
                    "res_id": paper.id,
                    **values,
                }
            )
            self.assertFalse(file.public)
            self.assertFalse(file.sudo().access_token)
            self.assertFalse(file.index_content)
        file = File.with_context(
            default_res_model=paper._name, default_res_id=paper.id, default_public=True
        ).create({"name": "x.txt", "raw": b"secret words"})
        self.assertFalse(file.public or file.index_content)
        file.raw = b"other secret words"
        self.assertFalse(file.index_content)

    def test_files_become_confidential_later(self):
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"words to be found"}
        )
        token = file.generate_access_token()[0]
        self.assertTrue(file.index_content)
        paper = self._create_document(
            self._new(), user=self.env.user, attachment_ids=[Command.link(file.id)]
        )
        self.assertFalse(file.index_content)
        paper.write({"confidentiality": "confidential"})
        self.assertFalse(file.access_token)
        self.env.flush_all()
        response = self.url_open(f"/web/content/{file.id}?access_token={token}")
        self.assertEqual(response.status_code, 404)

    def test_a_form_with_several_files(self):
        complaint = self._new()
        form = Form(complaint)
        with form.document_ids.new() as line:
            line.type_id = self.quick_ref("customer_complaint.document_type_photo")
            line.attachment_ids.add(self._upload("一.jpg"))
            line.attachment_ids.add(self._upload("二.jpg"))
        form.save()
        self.assertEqual(len(complaint.document_ids.attachment_ids), 2)

    def test_files_of_an_ended_complaint_do_not_change(self):
        complaint = self._new(event_place="店内")
        file = self._upload()
        paper = self._create_document(complaint, attachment_ids=[Command.link(file.id)])
        self._take_to(complaint, "closed")
        for refused in (
            lambda: file.write({"raw": "换了一份".encode()}),
            lambda: file.write({"name": "改名.jpg"}),
            lambda: file.write({"res_model": "res.partner", "res_id": 1}),
            file.unlink,
            lambda: self._upload(res_id=paper.id),
        ):
            with self.assertRaises(UserError):
                refused()
            self.env.invalidate_all()
        self.assertEqual(file.raw, "收据.jpg".encode())
        self.assertEqual(paper.attachment_ids, file)

    def test_filed_file_stays_with_its_paper(self):
        """Moved away it would escape the rules of the paper, and its seal."""
        file = self._upload()
        paper = self._create_document(
            self._new(), "medical", attachment_ids=[Command.link(file.id)]
        )
        for vals in (
            {"res_model": "res.partner", "res_id": self.customer.id},
            {"res_id": 0},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                file.write(vals)
        self.env.invalidate_all()
        self.assertRecordValues(file, [{"res_model": paper._name, "res_id": paper.id}])

    def test_filed_file_is_not_shared(self):
        """Papers never open by a mere link, not even when their handler wants it."""
        file = self._upload()
        self._create_document(
            self._new(), "identity", attachment_ids=[Command.link(file.id)]
        )
        for share in (
            lambda: file.write({"public": True}),
            lambda: file.write({"access_token": "0123456789"}),
            file.generate_access_token,
        ):
            with self.assertRaises(UserError):
                share()
            self.env.invalidate_all()
        self.assertRecordValues(file, [{"public": False, "access_token": False}])
