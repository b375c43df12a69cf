import hashlib
import json
import tracemalloc
import zipfile
from datetime import datetime
from io import BytesIO
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_text

from ..tools.bundle import CHUNK, Member, Paths, stream_zip

SCRIPT = "<script>alert('张三')</script>"
MIB = 1024 * 1024


class BundleCase(CustomerComplaintCommon):
    def _prepare_case(self):
        """Prepare a closed case with an open and two confidential papers."""
        # As in the browser: what changes is noted.
        complaint = self._create_complaint().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.cr.flush()  # what changed is noted when the transaction ends
        self._create_document(
            complaint, "receipt", attachment_ids=[self._upload("收据.jpg").id]
        )
        self._create_document(
            complaint,
            "identity",
            name="李娜 110105199003070021",
            attachment_ids=[self._upload("身份证.jpg").id],
        )
        complaint.message_post(body="顾客来电催办", message_type="comment")
        self._take_to(complaint, "closed")
        self.cr.flush()
        complaint.message_post(body=f"已电话回访{SCRIPT}", message_type="comment")
        return complaint

    def _make(self, complaint, user, recipient="北京市朝阳区人民法院", **values):
        """Return the bundle that a user makes, and the ZIP."""
        complaint = complaint.with_user(user)
        with self.allow_pdf_render():
            bundle = complaint.with_context(
                force_report_rendering=True, lang="en_US"
            )._make_bundle(recipient, "(2026)京0105民初1234号 调取证据")
        content = b"".join(complaint._stream_bundle(bundle))
        archive = zipfile.ZipFile(BytesIO(content))
        self.assertIsNone(archive.testzip())
        return bundle, archive

    def _read(self, archive, name):
        return archive.read(name).decode("utf-8-sig")


@tagged("post_install", "-at_install", "slow")
class TestBundle(BundleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.leader_id = cls.supervisor

    # ------------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------------

    def test_archivist_hands_over_the_whole_case(self):
        complaint = self._prepare_case()
        bundle, archive = self._make(complaint, self.archivist)
        self.assertEqual(bundle.name, f"Case {complaint.name.replace('/', '-')}.zip")
        self.assertEqual(
            # Other addons add their prints.
            [name for name in archive.namelist() if name != "Decision.pdf"],
            [
                "Index.pdf",
                "Archive card.pdf",
                "Case.txt",
                "Notices.txt",
                "Approvals.txt",
                "History.txt",
                "Seal.json",
                "Archive Document/01 Copy of receipt/收据.jpg",
                "Archive Document/02 Copy of identity card 李娜 110105199003070021/"
                "身份证.jpg",
                "manifest.json",
                "manifest.txt",
            ],
        )
        self.assertEqual(
            archive.read("Archive Document/01 Copy of receipt/收据.jpg"),
            "收据.jpg".encode(),
        )
        self.assertIn("留样检查确认有异物", self._read(archive, "Case.txt"))
        history = self._read(archive, "History.txt")
        self.assertIn("已电话回访<script>", history)
        self.assertIn("State: Registered → Closed", history)
        self.assertLess(history.index("催办"), history.index("已电话回访"))

    def test_digests_are_those_of_the_files(self):
        _bundle, archive = self._make(self._prepare_case(), self.archivist)
        manifest = json.loads(archive.read("manifest.json"))
        self.assertEqual(manifest["recipient"], "北京市朝阳区人民法院")
        self.assertEqual(manifest["made_by"], self.archivist.name)
        names = [file["path"] for file in manifest["files"]]
        self.assertEqual(names, archive.namelist()[:-2])
        lines = archive.read("manifest.txt").decode().splitlines()
        self.assertEqual(len(lines), len(names) + 1)
        for line in lines:
            digest, _space, name = line.partition("  ")
            content = archive.read(name)
            self.assertEqual(digest, hashlib.sha256(content).hexdigest(), name)
        self.assertEqual(
            [file["size"] for file in manifest["files"]],
            [archive.getinfo(name).file_size for name in names],
        )

    def test_confidential_papers_are_left_out_and_named(self):
        complaint = self._prepare_case()
        bundle, archive = self._make(complaint, self.auditor)
        self.assertEqual(
            bundle.left_out,
            [
                ("Seal", "Only an archivist hands it out."),
                ("Copy of identity card", "You may not see this paper."),
            ],
        )
        everything = "\n".join(archive.namelist())
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".pdf"):
                everything += read_text(content)
            else:
                everything += content.decode("utf-8", errors="ignore")
        self.assertNotIn("110105199003070021", everything)
        self.assertNotIn("身份证", everything)
        index = read_text(archive.read("Index.pdf"))
        self.assertIn("Copy of identity card", index)
        self.assertIn("You may not see this paper", index)
        manifest = json.loads(archive.read("manifest.json"))
        self.assertEqual(len(manifest["left_out"]), 2)

    def test_index_names_files_and_purpose(self):
        _bundle, archive = self._make(
            self._prepare_case(), self.archivist, recipient=SCRIPT
        )
        index = read_text(archive.read("Index.pdf"))
        self.assertIn("(2026)京0105", index)
        self.assertIn("收据.jpg", index)
        self.assertIn("<script>", index)

    def test_case_refused_before_acceptance_has_no_card(self):
        complaint = self._create_complaint()
        self._refuse(complaint)
        _bundle, archive = self._make(complaint, self.archivist)
        self.assertNotIn("Archive card.pdf", archive.namelist())
        self.assertIn("该商品并非我店出售", self._read(archive, "Case.txt"))

    def test_file_that_is_gone_is_named(self):
        complaint = self._prepare_case()
        bundle, _archive = self._make(complaint, self.archivist)
        with patch("builtins.open", side_effect=FileNotFoundError):
            content = b"".join(complaint._stream_bundle(bundle))
        archive = zipfile.ZipFile(BytesIO(content))
        manifest = json.loads(archive.read("manifest.json"))
        self.assertEqual(len(manifest["unreadable"]), 2)
        self.assertNotIn(manifest["unreadable"][0], archive.namelist())

    def test_files_kept_in_the_database(self):
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        complaint = self._create_complaint()
        content = b"x" * (2 * CHUNK + 7)
        file = self._upload("大文件.bin", raw=content)
        self.assertFalse(file.sudo().store_fname)
        self._create_document(complaint, "receipt", attachment_ids=[file.id])
        self.env.flush_all()
        with patch(
            "odoo.addons.customer_complaint_archive.models.customer_complaint_bundled.Registry",
            lambda dbname: _OneCursor(self.env.cr),
        ):
            _bundle, archive = self._make(complaint, self.archivist)
        [name] = [name for name in archive.namelist() if name.endswith(".bin")]
        self.assertEqual(archive.read(name), content)

    def test_script_and_paths_in_file_names(self):
        complaint = self._create_complaint()
        names = [
            "../../etc/passwd",
            "..\\..\\x.exe",
            "a\r\nb\x01.pdf",
            "证" * 300 + ".pdf",
            "收据.jpg",
            "收据.JPG",
            "CON.txt",
            "photo\u202egpj.exe",
            ". .",
            SCRIPT,
        ]
        files = [self._upload(name) for name in names]
        self._create_document(
            complaint, "receipt", attachment_ids=[file.id for file in files]
        )
        _bundle, archive = self._make(complaint, self.archivist)
        found = [
            name for name in archive.namelist() if name.startswith("Archive Document/")
        ]
        self.assertEqual(len(found), len(names))
        self.assertEqual(len({name.casefold() for name in found}), len(names))
        for name in found:
            parts = name.split("/")
            self.assertEqual(len(parts), 3, name)
            self.assertFalse({"", ".", ".."} & set(parts), name)
            self.assertLessEqual(max(len(part.encode()) for part in parts), 130)
            self.assertNotRegex(name, r'[\x00-\x1f\\:*?"<>|\u202e]')
        self.assertTrue(any(name.endswith("证.pdf") for name in found))

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_each_making_is_noted(self):
        complaint = self._prepare_case()
        self._make(complaint, self.auditor)
        note = complaint.message_ids[0]
        self.assertIn("北京市朝阳区人民法院", note.body)
        self.assertIn("民初1234号", note.body)
        self.assertEqual(note.author_id, self.auditor.partner_id)

    def test_strangers_get_none(self):
        complaint = self._prepare_case()
        other = self.env["res.company"].create({"name": "另一公司"})
        outsider = self._new_user(
            "complaint_outsider",
            "manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        for user in (
            self.agent,
            self.stranger,
            self.quality_user,
            self.employee,
            outsider,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                complaint.with_user(user).action_make_bundle()
        for user in (self.supervisor, self.manager, self.archivist, self.auditor):
            with self.subTest(user=user.login):
                action = complaint.with_user(user).action_make_bundle()
                self.assertEqual(action["res_model"], "customer.complaint.make.bundle")


class _OneCursor:
    """A registry whose cursor is that of the test."""

    def __init__(self, cr):
        self._cr = cr

    def cursor(self, readonly=False):
        return self

    def __enter__(self):
        return self._cr

    def __exit__(self, *args):
        return False


@tagged("post_install", "-at_install")
class TestBundleRoute(BundleCase, HttpCase):
    def _dialog(self, complaint, user):
        return (
            self.env["customer.complaint.make.bundle"]
            .with_user(user)
            .create(
                {
                    "complaint_id": complaint.id,
                    "recipient": "市场监督管理局",
                    "purpose": "举报核查",
                }
            )
        )

    def test_download(self):
        complaint = self._prepare_case()
        dialog = self._dialog(complaint, self.archivist)
        action = dialog.action_make_bundle()
        self.authenticate("complaint_archivist", "complaint_archivist")
        response = self.url_open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertIn("no-store", response.headers["Cache-Control"])
        archive = zipfile.ZipFile(BytesIO(response.content))
        self.assertIsNone(archive.testzip())
        self.assertIn("manifest.txt", archive.namelist())

    @mute_logger("odoo.http")
    def test_the_address_is_of_no_use_to_others(self):
        complaint = self._prepare_case()
        dialog = self._dialog(complaint, self.archivist)
        url = dialog.action_make_bundle()["url"]
        for login in ("complaint_manager", "complaint_agent", "complaint_nobody"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404, login)
        self.authenticate(None, None)
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    @mute_logger("odoo.http")
    def test_who_lost_the_right_gets_nothing(self):
        complaint = self._prepare_case()
        dialog = self._dialog(complaint, self.archivist)
        url = dialog.action_make_bundle()["url"]
        self.archivist.group_ids = self.env.ref("base.group_user")
        self.authenticate("complaint_archivist", "complaint_archivist")
        self.assertIn(self.url_open(url).status_code, (403, 404))


@tagged("post_install", "-at_install")
class TestZipStream(CustomerComplaintCommon):
    def test_memory_stays_bounded(self):
        """Hundreds of megabytes pass through a few."""
        count, piece = 400, b"\x00" * CHUNK

        def read():
            for _number in range(count):
                yield piece

        members = [
            Member("a.jpg", read, count * CHUNK, "image/jpeg"),
            Member("b.txt", read, count * CHUNK, "text/plain"),
        ]
        tracemalloc.start()
        try:
            size = 0
            for data in stream_zip(members, datetime(2026, 3, 5), lambda written: []):
                size += len(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertGreater(size, count * CHUNK)
        self.assertLess(peak, 8 * MIB)

    def test_large_files_use_the_large_format(self):
        member = Member("a.bin", lambda: iter([b"x"]), 5 << 30, "image/png")
        content = b"".join(
            stream_zip([member], datetime(2026, 3, 5), lambda written: [])
        )
        self.assertEqual(zipfile.ZipFile(BytesIO(content)).read("a.bin"), b"x")

    def test_parts(self):
        paths = Paths()
        self.assertEqual(paths.take("A", "x.pdf"), "A/x.pdf")
        self.assertEqual(paths.take("a", "X.PDF"), "a/X (2).PDF")
        self.assertEqual(paths.take("a", "X.PDF"), "a/X (3).PDF")
        self.assertEqual(paths.take("..", "../../x"), "file/_.._x")
        self.assertLess(len(paths.take("病" * 300, "历" * 300 + ".pdf")), 255)
