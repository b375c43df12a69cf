from base64 import b64decode

from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.remediation_common import SIGNATURE

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalFacts(ApprovalCase):
    """Whoever approves sees on one page what it rests on, and nothing they may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.neighbour = cls.env["res.partner"].create(
            {"name": "周敏", "phone": "13900139000"}
        )

    def _file(self, complaint, name, **values):
        """File a photograph with a case, as its agent."""
        file = self._upload(name, **{"raw": b64decode(SIGNATURE), **values})
        self._create_document(complaint, attachment_ids=[Command.set(file.ids)])
        return file

    def test_facts_reasons_and_photographs_on_one_page(self):
        complaint = self._decided()
        photo = self._file(complaint, "面部红疹.png")
        self._file(complaint, "说明.txt", raw="红疹两天未退。".encode())
        remediation = self._asked(300, complaint=complaint)
        page = Form(remediation.with_user(self.supervisor))
        self.assertTrue(page.can_approve)
        self.assertEqual(page.case_description, complaint.description)
        self.assertEqual(page.case_conclusion_note, complaint.conclusion_note)
        self.assertEqual(page.note, "顾客过敏就医，单据齐全。")
        self.assertEqual(page.photo_ids.ids, photo.ids)

    def test_who_is_asked_by_name_sees_the_pictures_of_the_lines_alone(self):
        stranger = self._new_user("complaint_guest", "agent")
        self.tiers["director"].user_ids = stranger
        self.tiers["director"].skips_lower = True
        complaint = self._decided()
        self._file(complaint, "面部红疹.png")
        bill = self._upload("票据.png", raw=b64decode(SIGNATURE), res_model=False)
        remediation = self._asked(
            complaint=complaint,
            lines=[
                {
                    "kind": "medical",
                    "amount": 50000,
                    "attachment_ids": [Command.set(bill.ids)],
                }
            ],
        )
        seen = remediation.with_user(stranger)
        self.assertFalse(complaint.with_user(stranger).has_access("read"))
        self.assertTrue(seen.can_approve)
        self.assertEqual(seen.photo_ids, bill)

    def test_granted_before_is_listed_latest_first(self):
        first = self._approved(80)
        self.assertFalse(first.earlier_ids)
        cancelled = self._asked(70)
        cancelled.with_user(self.agent)._cancel("顾客改变主意。")
        other = self._asked(60, complaint=self._decided(partner_id=self.neighbour.id))
        second = self._asked(50, complaint=first.complaint_id)
        latest = self._asked(40)
        seen = latest.with_user(self.supervisor)
        self.assertEqual(seen.earlier_ids, second | first)
        self.assertEqual(seen.earlier_ids.ids, (second | first).ids)
        self.assertNotIn(other, seen.earlier_ids)
        self.assertEqual(seen.amount_customer_before, 130)

    def test_long_ago_counts_only_on_the_same_case(self):
        old = self._approved(80)
        old._write_unguarded({"date_requested": "2020-01-01 08:00:00"})
        self.assertFalse(self._asked(50).earlier_ids)
        self.assertEqual(
            self._asked(40, complaint=old.complaint_id).earlier_ids[-1], old
        )

    def test_what_other_teams_granted_is_summed_and_not_shown(self):
        elsewhere = self._decided()
        elsewhere.team_id = self.other_team
        hidden = self._asked(80, complaint=elsewhere, user=self.manager)
        remediation = self._asked(50)
        seen = remediation.with_user(self.supervisor)
        self.assertEqual(seen.amount_customer_before, 80)
        self.assertNotIn(hidden, seen.earlier_ids)
        self.assertIn(hidden, remediation.with_user(self.manager).earlier_ids)
