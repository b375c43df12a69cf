import base64
import zlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tools.file_name import (
    MAX_FILE_NAME_BYTES,
    clean_file_name,
)
from odoo.addons.customer_complaint.tools.pdf import has_active_content


class ArchivePaperCase(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allergy = cls.quick_ref("customer_complaint.category_allergy")
        cls.receipt = cls.quick_ref("customer_complaint.document_type_receipt")
        cls.medical = cls.quick_ref("customer_complaint.document_type_medical")

    def _new(self, **values):
        complaint = self._create_complaint(
            **{"sale_order_id": False, "line_ids": [], **values}
        )
        complaint.action_accept()
        return complaint

    def _paid(self, complaint):
        complaint._write_unguarded({"has_compensation": True, "compensation_total": 80})
        return complaint

    def _missing(self, complaint):
        missing = complaint.archive_card_id._get_missing_papers()
        return missing.get(complaint.archive_card_id, self.receipt.browse())

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


@tagged("post_install", "-at_install")
class TestRequiredPapers(ArchivePaperCase):
    """Papers that the archive card needs: missing, filed, waived."""

    def test_a_receipt_when_money_was_paid(self):
        complaint = self._new()
        self.assertFalse(self._missing(complaint))
        self._paid(complaint)
        self.assertEqual(self._missing(complaint), self.receipt)
        self.assertEqual(complaint.missing_sealing_note, self.receipt.name)
        self.assertEqual(
            complaint.archive_card_id.missing_sealing_note, self.receipt.name
        )
        reasons = complaint.archive_card_id._get_cannot_seal_reasons()
        self.assertIn(self.receipt.name, " ".join(reasons))
        self._create_document(complaint, "receipt")
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint))
        self.assertNotIn(
            self.receipt.name,
            " ".join(complaint.archive_card_id._get_cannot_seal_reasons()),
        )

    def test_a_diagnosis_for_an_allergy_and_what_lies_below(self):
        below = self.env["customer.complaint.category"].create(
            {"name": "皮肤过敏", "parent_id": self.allergy.id, "card_box": "allergy"}
        )
        self.assertEqual(self._missing(self._new(category_id=below.id)), self.medical)
        # The tree is looked at anew when it changes.
        below.parent_id = False
        self.assertFalse(self._missing(self._new(category_id=below.id)))

    def test_confidential_papers_count_though_not_seen(self):
        complaint = self._new(category_id=self.allergy.id, received_by_id=self.agent.id)
        self._create_document(complaint, "medical")
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint.with_user(self.colleague)))

    def test_conditions_add_up(self):
        self.env["customer.complaint.paper.requirement"].create(
            {
                "needed_for": "sealing",
                "representation": "agent",
                "category_id": self.allergy.id,
                "measure": "has_travel",
                "type_id": self.quick_ref(
                    "customer_complaint.document_type_other_written"
                ).id,
            }
        )
        complaint = self._new(category_id=self.allergy.id)
        self.assertEqual(self._missing(complaint), self.medical)
        complaint._write_unguarded({"has_travel": True})
        self.assertEqual(self._missing(complaint), self.medical)
        complaint._write_unguarded({"representation": "agent"})
        self.assertIn("Other written material", self._missing(complaint).mapped("name"))

    def test_requirements_that_make_no_sense(self):
        Requirement = self.env["customer.complaint.paper.requirement"].with_user(
            self.manager
        )
        vals = {"type_id": self.receipt.id}
        for values, text in (
            ({}, "depend on who acts"),
            ({"representation": "heir", "measure": "money"}, "counts for sealing only"),
            (
                {"representation": "heir", "category_id": self.allergy.id},
                "counts for sealing only",
            ),
        ):
            with self._refused(text, ValidationError):
                Requirement.create({**vals, **values})
        with self._refused("", AccessError):
            Requirement.with_user(self.agent).create({**vals, "needed_for": "sealing"})

    def test_withdrawn_cases_need_no_more_papers(self):
        complaint = self._paid(self._new(category_id=self.allergy.id))
        self._withdraw(complaint)
        self.assertFalse(self._missing(complaint))

    def test_an_earlier_waiver_before_the_acceptance_counts(self):
        complaint = self._new()
        complaint._write_unguarded({"representation": "heir"})
        self.assertEqual(len(self._missing(complaint)), 2)
        complaint._write_unguarded({"papers_waived_by_id": self.agent.id})
        self.assertFalse(self._missing(complaint))

    def test_waiving_with_a_reason_and_a_person(self):
        complaint = self._paid(self._new(category_id=self.allergy.id))
        dialog = self._ask(
            "waive_sealing_papers",
            complaint,
            self.supervisor,
            reason="顾客已出国。<script>alert(1)</script>",
        )
        self.assertEqual(dialog.type_ids, self.receipt | self.medical)
        dialog.type_ids = self.receipt
        dialog.action_waive()
        self.assertEqual(self._missing(complaint), self.medical)
        waiver = complaint.paper_waiver_ids
        self.assertRecordValues(
            waiver,
            [{"type_id": self.receipt.id, "waived_by_id": self.supervisor.id}],
        )
        self.assertTrue(waiver.date_waived)
        self.assertIn("&lt;script&gt;", complaint.message_ids[:1].body)
        with self._refused("not missing"):
            dialog.action_waive()

    def test_who_may_waive(self):
        complaint = self._paid(self._new())
        vals = {
            "complaint_id": complaint.id,
            "type_id": self.receipt.id,
            "reason": "顾客已出国。",
        }
        Waiver = self.env["customer.complaint.paper.waiver"]
        for user in (
            self.agent,
            self.stranger,
            self.quality_user,
            self.auditor,
            self.employee,
            self._new_user("other_supervisor", "supervisor"),
        ):
            with self.subTest(user=user.login), self._refused("", AccessError):
                Waiver.with_user(user).create(vals)
        with self._refused("say why", ValidationError):
            Waiver.with_user(self.archivist).create({**vals, "reason": " "})
        waiver = Waiver.with_user(self.archivist).create(
            {**vals, "waived_by_id": self.manager.id}
        )
        self.assertEqual(waiver.waived_by_id, self.archivist)
        for user in (self.archivist, self.supervisor, self.env.user):
            with self._refused("", (AccessError, UserError)):
                waiver.with_user(user).write({"reason": "x"})
            with self._refused("", (AccessError, UserError)):
                waiver.with_user(user).unlink()
        with self._refused("", (AccessError, UserError)):
            complaint.with_user(self.supervisor).write(
                {"paper_waiver_ids": [Command.delete(waiver.id)]}
            )

    def test_no_waiver_once_sealed(self):
        complaint = self._paid(self._new())
        complaint.archive_card_id._write_unguarded({"state": "sealed"})
        with self._refused("no longer changes"):
            self.env["customer.complaint.paper.waiver"].with_user(
                self.archivist
            ).create(
                {
                    "complaint_id": complaint.id,
                    "type_id": self.receipt.id,
                    "reason": "迟了。",
                }
            )

    def test_the_archivist_files_late_papers_while_the_card_is_open(self):
        complaint = self._paid(self._new())
        complaint._write_unguarded({"state": "closed"})
        # Who neither handles the case nor leads its team does not.
        with self._refused("has ended"):
            self._create_document(complaint, "receipt", user=self.colleague)
        self._file_with(
            complaint,
            ("收条.txt", b"receipt"),
            paper_type="receipt",
            user=self.archivist,
        )
        self.env.invalidate_all()
        self.assertFalse(self._missing(complaint))
        complaint.archive_card_id._write_unguarded({"state": "sealed"})
        with self._refused("has ended"):
            self._create_document(complaint, "receipt", user=self.archivist)


@tagged("post_install", "-at_install")
class TestFiles(ArchivePaperCase, HttpCase):
    """Files of papers: names, sizes, what they are, filed twice."""

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

    def test_empty_files_links_and_too_large_ones_are_not_filed(self):
        complaint = self._new()
        with self._refused("it is empty"):
            self._file_with(complaint, ("空.pdf", b""))
        with self._refused("it is a link"):
            self._create_document(
                complaint,
                attachment_ids=[
                    Command.create(
                        {"name": "x", "type": "url", "url": "https://example.com/x"}
                    )
                ],
            )
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "10")
        with self._refused("larger than"):
            self._file_with(complaint, ("大.txt", b"x" * 11))
        paper = self._file_with(complaint, ("小.txt", b"x" * 10))
        with self._refused("larger than"):
            paper.write(
                {"attachment_ids": [Command.create({"name": "y", "raw": b"y" * 11})]}
            )
        # What was filed before the limit was lowered stays.
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "5")
        paper.write({"attachment_ids": [Command.create({"name": "z", "raw": b"z"})]})

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

    def test_the_same_file_twice_is_noticed(self):
        complaint = self._new()
        first = self._file_with(complaint, ("a.txt", b"same"), name="照片一")
        self.assertFalse(first.has_duplicate_file or complaint.duplicate_note)
        second = self._file_with(complaint, ("b.txt", b"same"), name="照片二")
        self.assertTrue(first.has_duplicate_file and second.has_duplicate_file)
        self.env.invalidate_all()
        self.assertIn("照片二", complaint.duplicate_note)
        self.assertEqual(
            complaint.archive_card_id.duplicate_note, complaint.duplicate_note
        )
        # Another case may hold the same bytes.
        other = self._file_with(self._new(), ("c.txt", b"same"))
        self.assertFalse(other.has_duplicate_file)
        # A call does not take the mark away.
        second.write({"has_duplicate_file": False})
        self.assertTrue(second.has_duplicate_file)
        second.unlink()
        self.assertFalse(first.has_duplicate_file)

    def test_a_form_with_several_files(self):
        complaint = self._new()
        form = Form(complaint)
        with form.document_ids.new() as line:
            line.type_id = self.quick_ref("customer_complaint.document_type_photo")
            line.attachment_ids.add(self._upload("一.jpg"))
            line.attachment_ids.add(self._upload("二.jpg"))
        form.save()
        self.assertEqual(len(complaint.document_ids.attachment_ids), 2)
