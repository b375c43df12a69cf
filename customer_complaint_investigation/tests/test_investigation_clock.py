from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.customer_complaint_deadline.tests.clock_common import (
    ClockCase,
    PauseCase,
    at,
)
from odoo.addons.customer_complaint_deadline.tests.test_escalation import EscalationCase

NOW = "2026-03-06 16:00"  # a Friday in Shanghai
LATE = "2026-03-20 10:00"  # a Friday, four days after the limit of 16 March


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 08:00:00")  # a Friday, 16:00 in Shanghai
class TestMemoClock(ClockCase):
    """Memos and visits have a clock of their own each."""

    def _create_memo(self, complaint, **values):
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "请仓库核对批次",
                    "recipient_id": self.employee.id,
                    "question": "该批次是否有退货?",
                    "date_due": at("2026-03-09 12:00"),
                    **values,
                }
            )
        )
        self._set_created(memo, "2026-03-06 17:00")
        return memo

    def _set_created(self, record, moment):
        """Set when a record was made, which the database's own clock says."""
        self.env.flush_all()
        self.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id = %s",
                SQL.identifier(record._table),
                at(moment),
                record.id,
            )
        )
        record.invalidate_recordset()
        record.sudo()._sync_clocks()

    def test_the_result_is_due_after_the_findings_are_confirmed(self):
        complaint = self._receive("2026-03-06 10:00", self.gsp)
        self._take_to(complaint, "investigating")
        complaint.write({"conclusion": "established", "conclusion_note": "属实。"})
        self._confirm(complaint)
        result = self._get_deadline(complaint, "gsp_result")
        self.assertEqual(result.date_due, at("2026-03-11 23:59:59"))
        complaint.conclusion_note = "部分属实。"
        self.assertEqual((result.state, result.date_due), ("waiting", False))

    def test_a_memo_does_not_meet_a_limit_of_the_case(self):
        milestone = self.quick_ref(
            "customer_complaint_deadline.milestone_retail_answer_general"
        )
        with self._refused("belongs to another record", ValidationError):
            milestone.done_event = "memo_answered"

    def test_each_memo_has_its_own_clocks(self):
        complaint = self._receive("2026-03-06 15:20", self.opinion)
        with freeze_time(at("2026-03-06 17:10")):
            first, second = (self._create_memo(complaint) for _i in range(2))
        passed_on = self._get_deadline(complaint, "opinion_memo_sent", res_id=first.id)
        self.assertEqual(passed_on.date_due, at("2026-03-09 10:00"))
        with freeze_time(at("2026-03-06 17:30")):
            first.action_send()
        self.assertEqual(passed_on.state, "met")
        answer = self._get_deadline(complaint, "opinion_memo_answered", res_id=first.id)
        self.assertEqual(answer.date_due, at("2026-03-07 17:30"))
        self.assertEqual(
            self._get_deadline(complaint, "opinion_memo_sent", res_id=second.id).state,
            "running",
        )
        self.assertEqual(complaint.date_deadline, answer.date_due)

    def test_the_complainant_is_told_an_hour_after_the_answer(self):
        complaint = self._receive("2026-03-06 15:20", self.opinion)
        memo = self._create_memo(complaint)
        with freeze_time(at("2026-03-06 17:10")):
            memo.action_send()
        with freeze_time(at("2026-03-06 17:30")):
            memo.with_user(self.employee).answer = "已核对,无退货。"
            memo.with_user(self.employee).action_answer()
        told = self._get_deadline(complaint, "opinion_informed", res_id=memo.id)
        self.assertEqual(told.date_due, at("2026-03-09 09:30"))
        with freeze_time(at("2026-03-09 10:00")):
            self._record_notice(complaint, "progress", date=at("2026-03-09 10:00"))
        self.assertEqual((told.state, told.late_by), ("missed", 0.5))

    def test_a_memo_is_due_when_it_says_so(self):
        complaint = self._receive("2026-03-06 15:20")
        memo = self._create_memo(complaint)
        memo.action_send()
        answer = self._get_deadline(complaint, "retail_memo_answered", res_id=memo.id)
        self.assertEqual(answer.date_due, at("2026-03-09 12:00"))
        self.assertEqual(answer.length_text, "the day named")

    def test_a_cancelled_memo_is_no_longer_due(self):
        complaint = self._receive("2026-03-06 15:20", self.opinion)
        memo = self._create_memo(complaint)
        with freeze_time(at("2026-03-06 17:10")):
            memo.action_send()
            memo.action_cancel()
        answer = self._get_deadline(complaint, "opinion_memo_answered", res_id=memo.id)
        self.assertEqual(answer.state, "dropped")
        self.assertFalse(complaint.date_deadline)

    def test_a_draft_that_is_deleted_takes_its_clock_along(self):
        complaint = self._receive("2026-03-06 15:20", self.opinion)
        memo = self._create_memo(complaint)
        self.assertTrue(complaint.date_deadline)
        memo.sudo().unlink()
        self.assertFalse(complaint.date_deadline)

    def test_a_site_visit_within_two_working_days(self):
        complaint = self._receive("2026-03-06 15:20", self.opinion)
        visit = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "site_visit",
                    "name": "查看电缆敷设现场",
                }
            )
        )
        self._set_created(visit, "2026-03-06 15:30")
        deadline = self._get_deadline(complaint, "opinion_visited", res_id=visit.id)
        self.assertEqual(deadline.date_due, at("2026-03-10 23:59:59"))
        with freeze_time(at("2026-03-09 15:30")):
            visit.date_visited = at("2026-03-09 15:00")
        self.assertEqual(deadline.state, "met")

    def test_a_policy_change_takes_open_memos_along(self):
        complaint = self._receive("2026-03-06 15:20")
        memo = self._create_memo(complaint)
        memo.action_send()
        complaint.with_user(self.supervisor).policy_id = self.opinion
        answer = self._get_deadline(complaint, "opinion_memo_answered", res_id=memo.id)
        self.assertEqual(answer.date_due, fields.Datetime.now() + timedelta(hours=24))
        self.assertEqual(
            self._get_deadline(
                complaint, "retail_memo_answered", res_id=memo.id, state="replaced"
            ).date_due,
            at("2026-03-09 12:00"),
        )


@tagged("post_install", "-at_install")
@freeze_time(at(LATE))
class TestMemoLateness(PauseCase):
    """What was late stays late."""

    def _check_late(self, deadline, late_by):
        """Check that a limit is known to have been late by so much, for good."""
        self.complaint._sync_deadlines()
        self.assertEqual(deadline.late_by, late_by)
        self.assertTrue(deadline.is_late)
        self.assertTrue(self.complaint.was_late)
        self.assertIn(deadline, self.complaint.shown_deadline_ids)

    def test_a_memo_that_is_cancelled(self):
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "name": "批号",
                    "recipient_id": self.colleague.id,
                    "question": "请查批号。",
                    "date_due": at("2026-03-21 18:00"),
                }
            )
        )
        memo.action_send()
        clock = self._get_deadline(
            self.complaint, "cbirc_memo_answered", res_id=memo.id
        )
        with freeze_time(at("2026-03-24 10:00")):
            memo.action_cancel()
            self.assertEqual((clock.state, clock.late_by), ("dropped", 3))
            self.assertTrue(self.complaint.was_late)


@tagged("post_install", "-at_install")
class TestMemoEscalation(EscalationCase):
    """The day that a memo names is escalated, too."""

    def test_the_day_that_somebody_named(self):
        self._create_policy(
            kind="demanded",
            start_event="memo_sent",
            done_event="memo_answered",
            length=0,
        )
        complaint = self._new()
        with freeze_time(at("2026-03-02 11:00")):
            memo = self.env["customer.complaint.memo"].create(
                {
                    "complaint_id": complaint.id,
                    "name": "请仓库核对批次",
                    "recipient_id": self.employee.id,
                    "question": "该批次是否有退货?",
                    "date_due": at("2026-03-06 12:00"),
                }
            )
            memo.action_send()
        deadline = complaint.deadline_ids.filtered("res_id")
        self.assertEqual(deadline.date_due, at("2026-03-06 12:00"))
        self.assertEqual(deadline.date_next_escalation, at("2026-03-05 23:59:59"))
        self._escalate("2026-03-20 09:00")
        self.assertEqual(self._done(complaint), [1, 2, 3])
        self.assertEqual(set(complaint.escalation_ids.mapped("res_id")), {memo.id})


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestTestPause(PauseCase):
    """A test that is out may hold the clock; a day that was named does not move."""

    def test_a_day_that_was_named_is_not_held(self):
        memo = self.env["customer.complaint.memo"].create(
            {
                "complaint_id": self.complaint.id,
                "name": "请仓库核对批次",
                "recipient_id": self.employee.id,
                "question": "该批次是否有退货?",
                "date_due": at("2026-03-09 12:00"),
            }
        )
        memo.action_send()
        self._pause(self.complaint)
        self.assertEqual(self.complaint.date_deadline, at("2026-03-09 12:00"))
        # A limit that runs is never hidden behind the pause.
        self.assertIn("left", self.complaint.time_left)
        self.assertTrue(self.complaint.is_paused)

    def test_a_test_that_is_out_proposes_a_pause_and_its_result_the_end(self):
        lab = self.env["res.partner"].create({"name": "北京市质检院"})
        evidence = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "kind": "outside_test",
                    "name": "面霜异物检测",
                    "lab_id": lab.id,
                }
            )
        )
        self.assertFalse(evidence.clock_hint)
        evidence.date_test_sent = "2026-03-04"
        self.assertEqual(evidence.clock_hint, "pause")
        context = evidence.action_pause()["context"]
        self.assertEqual(context["default_date_from"], "2026-03-03 16:00:00")
        self.assertIn("北京市质检院", context["default_reason"])
        pause = self._pause(
            self.complaint,
            context={
                name: value
                for name, value in context.items()
                if "complaint" not in name
            },
            date_from=at("2026-03-04 00:00"),
        )
        evidence.invalidate_recordset(["clock_hint"])
        self.assertFalse(evidence.clock_hint)
        evidence.date_test_back = "2026-03-06"
        self.assertEqual(evidence.clock_hint, "resume")
        self.assertEqual(
            evidence.action_resume()["context"]["default_pause_id"], pause.id
        )
        self._resume(pause)
        evidence.invalidate_recordset(["clock_hint"])
        self.assertFalse(evidence.clock_hint)

    def test_a_confidential_test_is_not_named_in_the_pause(self):
        evidence = self.env["customer.complaint.evidence"].create(
            {
                "complaint_id": self.complaint.id,
                "kind": "outside_test",
                "name": "李娜过敏原检测",
                "is_confidential": True,
                "date_test_sent": "2026-03-04",
            }
        )
        self.assertNotIn("李娜", evidence.action_pause()["context"]["default_reason"])
