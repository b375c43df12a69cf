from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_complaint_overview.tests.overview_common import OverviewCase


@tagged("post_install", "-at_install")
class TestOverviewFigures(OverviewCase):
    """What the addons of time limits and of the investigation add to the overview."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late, cls.today, cls.waiting, cls.asked = (
            cls._create_complaint(sale_order_id=False, line_ids=[]) for _i in range(4)
        )
        now = fields.Datetime.now()
        today = cls.company._complaint_today()
        for complaint, due in (
            (cls.late, now - timedelta(days=2)),
            (cls.today, cls.company._complaint_day_end(today)),
            (cls.waiting, now + timedelta(days=9)),
            (cls.asked, now + timedelta(days=9)),
        ):
            complaint._write_unguarded({"date_deadline": due})
        cls.env["customer.complaint.pause"].with_user(cls.agent).create(
            {
                "complaint_id": cls.waiting.id,
                "kind": "customer",
                "reason": "等顾客寄回样品。",
            }
        )
        cls.waiting._write_unguarded({"date_deadline": now + timedelta(days=9)})
        memo = (
            cls.env["customer.complaint.memo"]
            .with_user(cls.agent)
            .create(
                {
                    "complaint_id": cls.asked.id,
                    "name": "核对留样",
                    "recipient_id": cls.colleague.id,
                    "question": "留样是否有异物？",
                    "date_due": now + timedelta(hours=24),
                }
            )
        )
        memo.action_send()

    def test_a_card_counts_what_all_addons_name(self):
        expected = {
            "new": 4,
            "mine": 4,
            "late": 1,
            "due_today": 1,
            "waiting_for_customer": 1,
            "memos": 1,
        }
        self.assertEqual(self._get_card(self.team, self.agent), expected)
        del expected["mine"]
        self.assertEqual(self._get_card(self.team, self.auditor), expected)
        self.assertFalse(self._get_card(self.other_team, self.auditor))

    def test_what_waits_for_the_user(self):
        waiting = self._get_waiting(self.agent)
        self.assertEqual(
            {name: waiting[name] for name in ("my_late", "my_due_today")},
            {"my_late": 1, "my_due_today": 1},
        )
        self.assertNotIn("my_memos", waiting)
        self.assertEqual(self._get_waiting(self.colleague)["my_memos"], 1)

    def test_each_figure_opens_what_it_counts(self):
        for user in (self.agent, self.colleague, self.supervisor, self.auditor):
            self._check_clicks(user)
