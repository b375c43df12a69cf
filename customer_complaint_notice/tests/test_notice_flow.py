from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint.tests.test_flow import DECISION, FlowCase


@tagged("post_install", "-at_install")
class TestNoticeFlow(FlowCase):
    """The steps ask whether the complainant was told, and when."""

    def test_date_of_telling_is_that_of_the_notice(self):
        with freeze_time("2031-05-09 02:00:00"):
            complaint = self._take_to(self._new(), "remediation")
        told = datetime(2031, 5, 9, 6)
        with freeze_time("2031-05-10 02:00:00"):
            self._tell_decision(complaint, date=told)
        self.assertRecordValues(
            complaint, [{"state": "followup", "date_notified": told}]
        )

    def test_new_decision_is_told_anew(self):
        """The customer cannot have been told before it was decided."""
        complaint = self._take_to(self._new(), "investigating")
        complaint.write(DECISION)
        with freeze_time("2031-05-09 02:00:00"):
            self._confirm(complaint).action_remediate()
            self._tell_decision(complaint)
        self._verify(complaint).action_investigate()
        self.assertFalse(complaint.date_notified)
        complaint.write({"conclusion": "partly", "conclusion_note": "部分属实"})
        with freeze_time("2031-05-12 02:00:00"):
            self._confirm(complaint).action_remediate()
            with self.assertRaisesRegex(UserError, "first tell the complainant"):
                complaint.action_follow_up()
            self._tell_decision(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "date_decided": datetime(2031, 5, 12, 2),
                    "date_notified": datetime(2031, 5, 12, 2),
                }
            ],
        )

    def test_closing_asks_whether_the_customer_was_told(self):
        complaint = self._take_to(self._new(), "followup")
        complaint.notice_ids.with_user(self.supervisor)._void("张冠李戴")
        with self.assertRaisesRegex(UserError, "first tell the complainant"):
            complaint.action_close()
        self.assertEqual(complaint.state, "followup")

    @freeze_time("2031-05-10 02:00:00")
    def test_nobody_was_told_before_the_complaint_or_in_the_future(self):
        complaint = self._new(date_received="2031-05-08 02:00:00")
        for moment, text in (
            ("2031-05-08 01:59:59", "told before the complaint was received"),
            ("2031-05-10 02:00:01", "told in the future"),
        ):
            with self.subTest(moment=moment), self._refused(text, ValidationError):
                self._record_notice(complaint, "progress", date=moment)
        with self._refused("system sets these"):
            complaint.write({"date_notified": "2031-05-09 00:00:00"})
        self.assertFalse(complaint.notice_ids)
