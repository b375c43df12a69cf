import io
import json
from zipfile import ZipFile

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .test_person_request import SCRIPT, PersonRequestCase


class PersonExportCase(PersonRequestCase):
    """Copies of what is kept of a person, opened."""

    def _unzip(self, request, user=None):
        request = request.with_user(user or self.archivist).with_company(self.company)
        bundle = request._make_export()
        content = b"".join(request._stream_export(bundle))
        return ZipFile(io.BytesIO(content))


@tagged("post_install", "-at_install", "slow")
class TestPersonExport(HttpCase, PersonExportCase):
    def _make_case(self):
        """Return a closed case with what the person may have, and what they may not."""
        case = self._new(
            description=f"面霜里有头发 {SCRIPT}", people_involved="店员张某态度差"
        )
        case.message_post(body="内部:此人多次投诉", subtype_xmlid="mail.mt_note")
        self._log_mail(case, "您好,已收到您的投诉。")
        return self._close(case).complaint_id

    def _log_mail(self, case, body):
        case.sudo().message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def test_copy_holds_what_is_theirs(self):
        case = self._make_case()
        request = self._grant("export")
        archive = self._unzip(request)
        names = archive.namelist()
        self.assertLessEqual({"index.html", "data.json", "manifest.json"}, {*names})
        data = json.loads(archive.read("data.json"))
        self.assertEqual(data["person"], "李娜")
        text = archive.read("data.json").decode()
        page = archive.read("index.html").decode()
        for told in ("lina@example.com", "面霜里有头发", "已收到您的投诉", case.name):
            self.assertIn(told, text)
            self.assertIn(told, page)
        for kept in ("此人多次投诉", "张某"):
            self.assertNotIn(kept, text)
            self.assertNotIn(kept, page)
        self.assertNotIn("<script>", page)
        self.assertIn("&lt;script&gt;", page)
        [folder] = [name for name in names if "病历" in name and "00002" in name]
        self.assertIn("病历".encode(), archive.read(folder))
        models = {section["model"] for section in data["sections"]}
        self.assertLessEqual(
            {
                "res.partner",
                "customer.complaint",
                "customer.complaint.line",
                "customer.complaint.archive.card",
                "customer.complaint.archive.document",
                "mail.message",
            },
            models,
        )

    def test_manager_gets_no_confidential_papers(self):
        """They see them no better by way of a copy; what is left out is named."""
        request = self._grant("export")
        archive = self._unzip(request, self.manager)
        self.assertFalse([name for name in archive.namelist() if "病历.txt" in name])
        manifest = json.loads(archive.read("manifest.json"))
        self.assertTrue(manifest["left_out"])

    def test_restricted_cases_are_copied_as_well(self):
        self._grant()
        request = self._grant("export")
        data = json.loads(self._unzip(request).read("data.json"))
        self.assertIn(self.case.name, {section["case"] for section in data["sections"]})

    def test_only_when_granted(self):
        registered = self._register("export")
        restriction = self._grant()
        for request in (registered, restriction):
            with self.assertRaises(UserError):
                request.with_user(self.archivist)._make_export()
        request = self._grant("export")
        request.with_user(self.archivist).action_done()
        self.assertEqual(request.state, "done")
        with self.assertRaises(UserError):
            request.with_user(self.archivist).action_export()

    def test_strangers(self):
        request = self._grant("export")
        for user in (self.agent, self.supervisor, self.auditor, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                request.with_user(user)._make_export()

    def test_download(self):
        request = self._grant("export")
        url = f"/customer_complaint/person_export/{request.id}"
        for user in (self.agent, self.supervisor, self.portal):
            self.authenticate(user.login, user.login)
            with self.subTest(user=user.login):
                self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertIn(answer.status_code, (303, 404))
        self.authenticate(self.archivist.login, self.archivist.login)
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertIn("index.html", ZipFile(io.BytesIO(answer.content)).namelist())

    def test_nothing_held(self):
        request = self._grant("export", find=False, partner_id=False, person_name="无")
        archive = self._unzip(request)
        self.assertIn("We hold no data", archive.read("index.html").decode())

    def test_other_people_are_not_in_it(self):
        other = self.env["res.partner"].create({"name": "王强", "phone": "137"})
        foreign = self._close(self._new(partner_id=other.id)).complaint_id
        text = self._unzip(self._grant("export")).read("data.json").decode()
        self.assertNotIn(foreign.name, text)
        self.assertNotIn("王强", text)
