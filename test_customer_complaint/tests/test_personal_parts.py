import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint_privacy.tests.erasure_common import ErasureCase
from odoo.addons.customer_complaint_privacy.tests.test_person_export import (
    PersonExportCase,
)
from odoo.addons.customer_complaint_privacy.tests.test_person_request import (
    PersonRequestCase,
)


@tagged("post_install", "-at_install", "slow")
class TestErasedParts(ErasureCase):
    """What other addons keep of a case goes with it."""

    def _add_secrets(self, complaint):
        self.env["customer.complaint.evidence"].with_user(self.agent).create(
            {
                "complaint_id": complaint.id,
                "kind": "document",
                "name": "李娜的证言",
                "note": "绝密",
            }
        )
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "李娜投诉核实",
                    "question": "李娜说的是否属实?绝密",
                    "recipient_id": self.colleague.id,
                    "date_due": "2020-01-20",
                }
            )
        )
        memo.message_post(body="绝密:李娜")
        enquiry = self.env["customer.complaint.enquiry"].create(
            {"kind": "grumble", "customer_name": "李娜", "description": "绝密"}
        )
        enquiry._write_unguarded({"state": "turned", "complaint_id": complaint.id})
        self._tell(complaint, "other")

    def test_nothing_is_left_after_the_disposal(self):
        case = self.old.complaint_id
        found = {place[0] for place in self._find_secrets(case)}
        self.assertLessEqual(
            {
                "customer_complaint_enquiry",
                "customer_complaint_evidence",
                "customer_complaint_memo",
                "customer_complaint_notice",
            },
            found,
        )
        self._dispose(self.old)
        self.assertEqual(self._find_secrets(case), [])


@tagged("post_install", "-at_install", "slow")
class TestExportedParts(PersonExportCase):
    """A copy of what is kept of a person holds letters, and nothing of colleagues."""

    def test_copy_holds_letters_and_no_questions_to_colleagues(self):
        case = self._new()
        self.env["customer.complaint.memo"].with_user(self.agent).create(
            {
                "complaint_id": case.id,
                "name": "核实",
                "question": "内部:张某怎么说?",
                "recipient_id": self.colleague.id,
                "date_due": case.date_received.date(),
            }
        )
        self._tell(case, "other")
        self._close(case)
        archive = self._unzip(self._grant("export"))
        text = archive.read("data.json").decode()
        models = {section["model"] for section in json.loads(text)["sections"]}
        self.assertIn("customer.complaint.notice", models)
        for name in ("data.json", "index.html"):
            self.assertNotIn("张某", archive.read(name).decode())

    def test_it_is_logged(self):
        request = self._grant("export")
        Log = self.env["customer.complaint.archive.access.log"]
        before = Log.search([])
        self._unzip(request)
        entries = Log.search([]) - before
        self.assertEqual(set(entries.mapped("kind")), {"person"})
        self.assertEqual(entries.user_id, self.archivist)
        self.assertEqual(entries.complaint_id, self.case)
        self.assertIn("病历.txt", entries.mapped("file_name"))
        for record in (request, self.case):
            bodies = " ".join(record.sudo().message_ids.mapped("body"))
            self.assertIn("Copy of personal data", bodies)


@tagged("post_install", "-at_install", "slow")
class TestRestrictedParts(PersonRequestCase):
    """What hangs on a restricted case hides with it."""

    def test_who_was_asked_by_a_memo_no_longer_sees_it(self):
        """What is granted past the rights on the case hides with it."""
        case = self._new()
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": case.id,
                    "name": "核实货架",
                    "question": "货架多高?",
                    "recipient_id": self.employee.id,
                    "date_due": "2030-01-20",
                }
            )
        )
        memo.action_send()
        asked = memo.with_user(self.employee)
        mine = [("id", "=", memo.id)]
        self.assertEqual(asked.search(mine), memo)
        self._sql(
            "UPDATE customer_complaint SET is_restricted = TRUE WHERE id = %s", case.id
        )
        self.env.registry.clear_cache()
        self.assertFalse(asked.search(mine))
        self.assertFalse(asked.has_access("read"))

    def test_what_it_was_turned_from_hides(self):
        enquiry = (
            self.env["customer.complaint.enquiry"]
            .with_user(self.agent)
            .create({"description": "病历在你们那里吗?"})
        )
        enquiry._write_unguarded({"state": "turned", "complaint_id": self.case.id})
        self._grant()
        self.assertFalse(enquiry.has_access("read"))
        self.assertFalse(enquiry.search([("id", "=", enquiry.id)]))
        self.assertTrue(enquiry.with_user(self.auditor).has_access("read"))

    def test_notices_hide_and_nobody_is_told(self):
        notice = self.case.notice_ids[:1]
        self.assertTrue(notice)
        self._grant()
        self.assertFalse(notice.with_user(self.agent).has_access("read"))
        with self.assertRaises(UserError):
            self._tell(self.case, "other", self.manager)

    def test_no_list_of_persons_by_way_of_what_hangs_on_the_case(self):
        env = self.env(user=self.manager)
        for model, groupby in (
            ("customer.complaint.notice", "complaint_id.complainant_name"),
            ("customer.complaint.notice", "address"),
            ("customer.complaint.memo", "question"),
        ):
            with self.assertRaisesRegex(UserError, "may tell of a person"):
                env[model].formatted_read_group([], [groupby], ["__count"])
