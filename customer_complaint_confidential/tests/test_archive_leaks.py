import base64
import io
import json
from datetime import timedelta

from PIL import Image

from odoo import fields
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileWriter

from .archive_access_common import SECRET, ArchiveAccessCase

RED = (201, 0, 17)
MARK = b"MARK-OF-THE-SECRET-4711"


def make_picture():
    """Return a picture whose color tells it from any placeholder."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), RED).save(buffer, "PNG")
    return buffer.getvalue()


def make_pdf():
    """Return a PDF of one page that a viewer opens."""
    writer = PdfFileWriter()
    writer.add_blank_page(100, 100)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue() + b"\n%" + MARK


@tagged("post_install", "-at_install", "slow")
class TestArchiveLeaks(ArchiveAccessCase, HttpCase):
    """Each way to a file in Odoo, for each role, around the time of a consultation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paper = cls._file("medical", SECRET, f"{SECRET}.pdf", make_pdf())
        cls.pdf = cls.paper.attachment_ids
        cls.text = cls._attach(f"{SECRET}.txt", MARK)
        cls.picture = cls._attach(f"{SECRET}.png", make_picture())
        cls.pdf.sudo().thumbnail = base64.b64encode(make_picture())
        cls.administrator = cls._new_user("complaint_admin", "manager")
        cls.administrator.group_ids |= cls.env.ref("base.group_system")
        cls.people = (
            cls.agent
            | cls.colleague
            | cls.stranger
            | cls.supervisor
            | cls.manager
            | cls.quality_user
            | cls.archivist
            | cls.auditor
            | cls.employee
            | cls.portal
            | cls.administrator
        )
        cls.env.flush_all()

    @classmethod
    def _attach(cls, name, content):
        """Add a further file to the paper."""
        upload = (
            cls.env["ir.attachment"]
            .with_user(cls.agent)
            .create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": "customer.complaint.archive.document",
                    "res_id": 0,
                }
            )
        )
        cls.paper.with_user(cls.agent).write(
            {"attachment_ids": [Command.link(upload.id)]}
        )
        return upload.sudo(False).with_env(cls.env)

    # ------------------------------------------------------------------
    # WAYS
    # ------------------------------------------------------------------

    def _get_routes(self):
        """Return addresses that may show a file, by name."""
        pdf, text, picture = self.pdf, self.text, self.picture
        thumbnail = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "ir.attachment"),
                    ("res_id", "=", pdf.id),
                    ("res_field", "=", "thumbnail"),
                ]
            )
        )
        routes = {
            "content": f"/web/content/{text.id}",
            "content named": f"/web/content/{text.id}/x.txt",
            "download": f"/web/content/{text.id}?download=true",
            "unique": f"/web/content/{text.id}?unique=1",
            "model raw": f"/web/content/ir.attachment/{text.id}/raw",
            "model datas": f"/web/content/ir.attachment/{text.id}/datas",
            "query": f"/web/content?model=ir.attachment&id={text.id}&field=raw",
            "db_datas": f"/web/content/ir.attachment/{text.id}/db_datas",
            "raw token": f"/web/content/{text.id}"
            f"?access_token={text._get_raw_access_token()}",
            "wrong token": f"/web/content/{text.id}?access_token=x",
            "image": f"/web/image/{picture.id}",
            "image sized": f"/web/image/{picture.id}/32x32",
            "image unique": f"/web/image/{picture.id}-abc/32x32",
            "image token": f"/web/image/{picture.id}"
            f"?access_token={picture._get_raw_access_token()}",
            "image model": f"/web/image/ir.attachment/{picture.id}/raw",
            "image as content": f"/web/content/{picture.id}",
            "thumbnail": f"/web/image/ir.attachment/{pdf.id}/thumbnail",
            "thumbnail token": f"/web/image/ir.attachment/{pdf.id}/thumbnail"
            f"?access_token={pdf._get_thumbnail_token()}",
            "thumbnail itself": f"/web/image/{thumbnail.id}",
            "first page": f"/mail/attachment/pdf_first_page/{pdf.id}",
            "first page token": f"/mail/attachment/pdf_first_page/{pdf.id}"
            f"?access_token={pdf._get_ownership_token()}",
            "report": "/report/html/customer_complaint.report_archive_card_document/"
            f"{self.card.id}",
        }
        return routes

    def _has_leaked(self, response):
        content = response.content
        if MARK in content or SECRET.encode() in content:
            return True
        if SECRET in response.text or json.dumps(SECRET)[1:-1] in response.text:
            return True
        if content.startswith(b"%PDF"):
            return True
        if content.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF")):
            pixel = Image.open(io.BytesIO(content)).convert("RGB").getpixel((1, 1))
            return all(abs(a - b) < 12 for a, b in zip(pixel, RED, strict=True))
        return False

    def _open_routes(self):
        """Return the names of the addresses that show the file to who is logged in."""
        leaked = set()
        for name, url in self._get_routes().items():
            response = self.url_open(url)
            if self._has_leaked(response):
                leaked.add(name)
        response = self.url_open(
            "/mail/attachment/zip",
            data={
                "file_ids": str(self.text.id),
                "zip_name": "x.zip",
                "csrf_token": Request.csrf_token(self),
            },
        )
        if response.ok and b"PK" in response.content:
            leaked.add("zip")
        return leaked

    def _call(self, model, method, *args, **kwargs):
        """Return what the web client gets for a call, as text."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "params": {
                        "model": model,
                        "method": method,
                        "args": list(args),
                        "kwargs": kwargs,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        return response

    def _call_all(self, user):
        """Return the names of the calls that show the file, or its name."""
        text, pdf = self.text, self.pdf
        File, Paper = "ir.attachment", "customer.complaint.archive.document"
        partner = user.partner_id
        calls = {
            "read": (File, "read", [text.id], ["raw", "datas", "name", "db_datas"]),
            "web_read": (File, "web_read", [text.id], {"datas": {}, "name": {}}),
            "search name": (File, "search_count", [("name", "like", SECRET)]),
            "search index": (
                File,
                "search_count",
                [("index_content", "like", MARK.decode())],
            ),
            "search model": (
                File,
                "search_count",
                [("res_model", "=", Paper), ("res_id", "=", self.paper.id)],
            ),
            "search id": (
                File,
                "search_count",
                [("id", "in", [text.id, pdf.id]), ("checksum", "!=", False)],
            ),
            "search read": (File, "search_read", [("id", "=", text.id)], ["datas"]),
            "export": (File, "export_data", [text.id], ["name", "datas"]),
            "group": (
                File,
                "formatted_read_group",
                [("id", "=", text.id)],
                ["name"],
                ["__count"],
            ),
            "paper": (Paper, "read", [self.paper.id], ["name", "attachment_ids"]),
            "paper export": (
                Paper,
                "export_data",
                [self.paper.id],
                ["name", "attachment_ids/name", "attachment_ids/datas"],
            ),
            "paper search": (Paper, "search_count", [("name", "=", SECRET)]),
            "paper files": (
                Paper,
                "search_count",
                [("attachment_ids.name", "like", SECRET)],
            ),
            "case papers": (
                "customer.complaint",
                "search_count",
                [("document_ids.name", "=", SECRET)],
            ),
            "name_search": (Paper, "name_search", SECRET),
            "copy": (File, "copy", [text.id]),
            "copy elsewhere": (
                File,
                "copy",
                [text.id],
                {"res_model": "res.partner", "res_id": partner.id},
            ),
            "link elsewhere": (
                File,
                "write",
                [text.id],
                {"res_model": "res.partner", "res_id": partner.id},
            ),
            "make public": (File, "write", [text.id], {"public": True}),
            "make token": (File, "generate_access_token", [text.id]),
            "set token": (File, "write", [text.id], {"access_token": "x"}),
            "make url": (File, "write", [text.id], {"url": "/secret.txt"}),
            "message": (
                "res.partner",
                "message_post",
                [partner.id],
            ),
            "same bytes": (
                File,
                "create_unique",
                [
                    {
                        "name": "x.txt",
                        "mimetype": "text/plain",
                        "datas": base64.b64encode(MARK).decode(),
                    }
                ],
            ),
        }
        leaked = set()
        for name, (model, method, *args) in calls.items():
            kwargs = {"attachment_ids": [text.id]} if name == "message" else {}
            response = self._call(model, method, *args, **kwargs)
            result = response.json().get("result") if response.ok else None
            if name == "same bytes":
                # Whoever has the bytes learns at most that they are filed.
                continue
            if result and result not in ([], {"datas": []}):
                leaked.add(name)
        main = self._call(
            "res.partner",
            "write",
            [partner.id],
            {"message_main_attachment_id": text.id},
        )
        if main.json().get("result"):
            read = self._call(
                "res.partner", "read", [partner.id], ["message_main_attachment_id"]
            )
            if self._has_leaked(read):
                leaked.add("pointer")
        thread = self.url_open(
            "/mail/thread/data",
            data=json.dumps(
                {
                    "params": {
                        "thread_model": "customer.complaint",
                        "thread_id": self.complaint.id,
                        "request_list": ["attachments", "messages"],
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        if self._has_leaked(thread):
            leaked.add("chatter")
        return leaked

    def _try(self, user):
        """Return by which ways a user gets at the file; sights are taken back."""
        login = user.login if user else None
        self.authenticate(login, login)
        with mute_logger(
            "odoo.http",
            "odoo.addons.base.models.ir_rule",
            "odoo.addons.base.models.ir_model",
        ):
            return self._open_routes(), self._call_all(user) if user else set()

    # ------------------------------------------------------------------
    # WHO GETS WHAT
    # ------------------------------------------------------------------

    ALL_ROUTES = frozenset(
        {
            "content",
            "content named",
            "download",
            "unique",
            "model raw",
            "model datas",
            "query",
            "raw token",
            "image",
            "image sized",
            "image unique",
            "image token",
            "image model",
            "image as content",
            "thumbnail",
            "thumbnail token",
            "thumbnail itself",
            "first page",
            "first page token",
            "zip",
        }
    )
    READING_CALLS = frozenset(
        {
            "read",
            "web_read",
            "search name",
            "search model",
            "search id",
            "search read",
            "group",
            "paper",
            "paper search",
            "paper files",
            "case papers",
            "name_search",
        }
    )

    def _assert_closed(self, users):
        for user in users:
            with self.subTest(user=user.login or "public"):
                routes, calls = self._try(user)
                self.assertFalse(routes)
                self.assertFalse(calls)

    def _assert_open(self, users):
        for user in users:
            with self.subTest(user=user.login):
                routes, calls = self._try(user)
                # Where a file is not kept in the database, that field is empty.
                self.assertEqual(routes - {"db_datas"}, self.ALL_ROUTES)
                self.assertEqual(calls - {"export", "paper export"}, self.READING_CALLS)

    def test_strangers_find_no_way(self):
        entitled = self.agent | self.supervisor | self.archivist
        self._assert_closed([*(self.people - entitled), self.env["res.users"]])

    def test_who_handles_reads_but_leads_nothing_out(self):
        self._assert_open(self.agent | self.supervisor | self.archivist)

    def test_around_the_period(self):
        askers = self.colleague | self.auditor
        now = fields.Datetime.now()
        for asker in askers:
            self._grant(
                asker,
                self.paper,
                date_from=self.today + timedelta(days=1),
                date_to=self.today + timedelta(days=1),
            )
        self._assert_closed(askers)
        with freeze_time(now + timedelta(days=1)):
            self._assert_open(askers)
            # Nobody else goes in with them.
            self._assert_closed([self.manager, self.portal, self.env["res.users"]])
        with freeze_time(now + timedelta(days=2)):
            self._assert_closed(askers)

    def test_records_that_point_to_it_find_nothing(self):
        """Activities search their files without looking at rights."""
        todo = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("customer.complaint"),
                "res_id": self.complaint.id,
                "user_id": self.colleague.id,
                "attachment_ids": [Command.link(self.text.id)],
            }
        )
        domain = [("id", "=", todo.id), ("attachment_ids.name", "like", SECRET)]
        for user, found in ((self.colleague, 0), (self.agent, 1)):
            self.env.invalidate_all()
            search = self.env["mail.activity"].with_user(user).search_count
            self.assertEqual(search(domain[:1]), 1)
            self.assertEqual(search(domain), found)
            seen = todo.with_user(user).attachment_ids
            self.assertEqual(seen, self.text if found else seen.browse())

    # ------------------------------------------------------------------
    # HEADERS AND LOG
    # ------------------------------------------------------------------

    def test_no_cache_keeps_it(self):
        self.authenticate(self.agent.login, self.agent.login)
        for url in (
            f"/web/content/{self.text.id}?unique=1",
            f"/web/image/{self.picture.id}-abc",
            f"/web/content/{self.pdf.id}"
            f"?access_token={self.pdf._get_raw_access_token()}",
            f"/mail/attachment/pdf_first_page/{self.pdf.id}",
        ):
            response = self.url_open(url)
            with self.subTest(url=url):
                self.assertEqual(response.status_code, 200)
                control = response.headers["Cache-Control"]
                self.assertIn("no-store", control)
                self.assertNotIn("public", control)
                self.assertNotIn("immutable", control)
                self.assertNotIn("max-age=31536000", control)
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_a_page_is_never_run(self):
        script = b"<html><script>alert(document.cookie)</script></html>"
        page = self._attach("page.html", script)
        # Stored as what it is, as an administrator would.
        page.sudo().with_user(self.env.ref("base.user_root")).write(
            {"mimetype": "text/html"}
        )
        drawing = self._attach("x.svg", b"<svg onload='alert(1)'/>")
        self.env.flush_all()
        self.authenticate(self.agent.login, self.agent.login)
        for file in (page, drawing):
            response = self.url_open(f"/web/content/{file.id}")
            self.assertIn(
                "default-src 'none'", response.headers["Content-Security-Policy"]
            )
            if file == page:
                self.assertIn("attachment", response.headers["Content-Disposition"])
            self.assertNotIn("svg", response.headers["Content-Type"])
        response = self.url_open(f"/web/content/{self.pdf.id}")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)

    def test_each_sight_is_recorded(self):
        access = self._grant(self.colleague, self.paper)
        for user, reason in (
            (self.agent, "handler"),
            (self.archivist, "archivist"),
            (self.colleague, "consultation"),
        ):
            self.authenticate(user.login, user.login)
            for url, kind, file in (
                (f"/web/content/{self.text.id}", "view", self.text),
                (f"/web/content/{self.text.id}?download=true", "download", self.text),
                (f"/web/image/{self.picture.id}/32x32", "preview", self.picture),
                (f"/mail/attachment/pdf_first_page/{self.pdf.id}", "preview", self.pdf),
            ):
                with self.subTest(user=user.login, url=url):
                    before = self._sights()
                    self.assertEqual(self.url_open(url).status_code, 200)
                    entry = self._sights() - before
                    self.assertRecordValues(
                        entry,
                        [
                            {
                                "user_id": user.id,
                                "kind": kind,
                                "reason": reason,
                                "attachment_number": file.id,
                                "complaint_id": self.complaint.id,
                                "ip_address": "127.0.0.1",
                                "access_id": access.id
                                if reason == "consultation"
                                else False,
                            }
                        ],
                    )

    def test_parts_of_a_file_are_one_sight(self):
        self.authenticate(self.agent.login, self.agent.login)
        url = f"/web/content/{self.pdf.id}"
        before = len(self._sights())
        for wanted, sights in (
            ("bytes=10-20", 1),
            ("bytes=0-9", 2),
            ("bytes=21-40", 2),
            ("bytes=41-60", 2),
        ):
            response = self.url_open(url, headers={"Range": wanted})
            self.assertIn(response.status_code, (200, 206))
            self.assertEqual(len(self._sights()) - before, sights, wanted)

    def test_refused_sights_leave_no_entry_and_no_file(self):
        before = len(self._sights())
        self.authenticate(self.manager.login, self.manager.login)
        with mute_logger("odoo.http"):
            response = self.url_open(f"/web/content/{self.text.id}")
        self.assertEqual(response.status_code, 404)
        self.assertEqual(len(self._sights()), before)

    def test_a_view_costs_a_bounded_number_of_queries(self):
        """Against the same request for a paper that is not confidential."""
        plain = self.photo.attachment_ids
        self._grant(self.colleague, self.paper)
        counts = {}
        for user in (self.agent, self.colleague):
            self.authenticate(user.login, user.login)
            for file in (plain, self.text, plain, self.text):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.assertEqual(
                    self.url_open(f"/web/content/{file.id}").status_code, 200
                )
                counts[user, file] = self.cr.sql_log_count - before
            extra = counts[user, self.text] - counts[user, plain]
            self.assertLessEqual(extra, 14, counts)
