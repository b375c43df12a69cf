from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_deadline.tests.clock_common import (
    ClockCase,
    PauseCase,
    at,
)

NOW = "2026-03-06 16:00"  # a Friday in Shanghai
LATE = "2026-03-20 10:00"  # a Friday, four days after the limit of 16 March


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 08:00:00")  # a Friday, 16:00 in Shanghai
class TestProceedingClock(ClockCase):
    """An authority is answered by the day it names."""

    def test_an_authority_is_answered_as_it_demands(self):
        complaint = self._receive("2026-03-05 15:20")
        proceeding = (
            self.env["customer.complaint.proceeding"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "transfer",
                    "body": "朝阳区市场监督管理局",
                    "date_started": "2026-03-05",
                    "date_due": "2026-03-12",
                }
            )
        )
        answer = self._get_deadline(complaint, "retail_body", res_id=proceeding.id)
        self.assertEqual(answer.date_due, at("2026-03-12 23:59:59"))
        proceeding.date_due = "2026-03-10"
        self.assertEqual(answer.date_due, at("2026-03-10 23:59:59"))


@tagged("post_install", "-at_install")
@freeze_time(at(LATE))
class TestProceedingLateness(PauseCase):
    """What was late stays late, whatever is changed afterwards."""

    def _check_late(self, deadline, late_by):
        """Check that a limit is known to have been late by so much, for good."""
        self.complaint._sync_deadlines()
        self.assertEqual(deadline.late_by, late_by)
        self.assertTrue(deadline.is_late)
        self.assertTrue(self.complaint.was_late)
        self.assertIn(deadline, self.complaint.shown_deadline_ids)

    def _transfer(self, **values):
        return (
            self.env["customer.complaint.proceeding"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "kind": "transfer",
                    "body": "市消费者协会",
                    "date_started": "2026-03-02",
                    "date_due": "2026-03-10",
                    **values,
                }
            )
        )

    def test_the_day_an_authority_named(self):
        transfer = self._transfer()
        clock = self._get_deadline(self.complaint, "cbirc_body", res_id=transfer.id)
        self.assertEqual(clock.date_due, at("2026-03-10 23:59:59"))
        transfer.date_due = "2026-04-10"
        self.assertEqual(clock.date_due, at("2026-04-10 23:59:59"))
        self._check_late(clock, 10)
        transfer.outcome = "已撤回"
        transfer.action_end()
        self.assertEqual(clock.state, "dropped")
        self._check_late(clock, 10)


@tagged("post_install", "-at_install")
@freeze_time(at("2026-03-10 10:00"))
class TestAnswerToAuthority(PauseCase):
    """An authority waits for its answer, whatever became of the complaint."""

    def setUp(self):
        super().setUp()
        self.transfer = (
            self.env["customer.complaint.proceeding"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "kind": "transfer",
                    "body": "市消费者协会",
                    "date_started": "2026-03-02",
                    "date_due": "2026-03-13",
                    "reply": "已处理。",
                }
            )
        )
        self.clock = self._get_deadline(
            self.complaint, "cbirc_body", res_id=self.transfer.id
        )

    def test_its_clock_goes_on_when_the_complaint_ends(self):
        self._withdraw(self.complaint.with_user(self.agent))
        self.assertEqual(self.answer.state, "dropped")
        self.assertEqual(self.clock.state, "running")
        self.assertEqual(self.complaint.date_deadline, at("2026-03-13 23:59:59"))
        with freeze_time(at("2026-03-15 10:00")):
            self.assertTrue(self.complaint.is_late)
            rules, _later = self.clock._get_due_rules(fields.Datetime.now())
            self.assertTrue(rules)
            self.transfer.action_answer()
        self.assertEqual((self.clock.state, self.clock.late_by), ("missed", 2))
        self.assertFalse(self.complaint.date_deadline)

    def test_its_clock_goes_on_when_the_complaint_is_reopened(self):
        self._withdraw(self.complaint.with_user(self.agent))
        self._reopen(self.complaint)
        self.transfer.action_answer()
        self.assertEqual(self.clock.state, "met")

    def test_a_transfer_that_arrives_after_the_end_has_a_clock(self):
        self._withdraw(self.complaint.with_user(self.agent))
        later = self.transfer.copy(
            {"complaint_id": self.complaint.id, "date_due": "2026-03-12"}
        )
        clock = self._get_deadline(self.complaint, "cbirc_body", res_id=later.id)
        self.assertEqual(clock.state, "running")
        self.assertEqual(self.complaint.date_deadline, at("2026-03-12 23:59:59"))


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestMediation(PauseCase):
    """A mediation that both agreed to pauses by itself, and has an agreement."""

    def _mediate(self, user=None, **values):
        return (
            self.env["customer.complaint.proceeding"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "kind": "mediation",
                    "body": "朝阳区调解委员会",
                    "date_started": "2026-03-04",
                    "date_consent": "2026-03-05",
                    "consent_ref": "双方签字的调解申请书",
                    **values,
                }
            )
        )

    def test_it_pauses_from_the_consent_until_it_ends(self):
        mediation = self._mediate()
        pause = mediation.pause_ids
        self.assertRecordValues(
            pause,
            [
                {
                    "kind": "mediation",
                    "state": "running",
                    "date_from": at("2026-03-05 00:00"),
                    "user_id": self.agent.id,
                }
            ],
        )
        self.assertEqual(self.answer.state, "paused")
        self.assertTrue(self.complaint.is_paused)
        with self._refused("ends with its mediation"):
            pause._resume(fields.Datetime.now())
        with freeze_time(at("2026-03-12 10:00")):
            mediation.write({"outcome": "达成协议", "date_ended": "2026-03-10"})
            mediation.action_end()
            self.assertEqual(pause.date_to, at("2026-03-11 00:00"))
            self.assertEqual(pause.state, "ended")
            # Six days, from the 5th to the 10th, are not counted.
            self.assertEqual(self.answer.date_due, at("2026-03-22 23:59:59"))
        with freeze_time(at("2026-03-13 10:00")):
            mediation.action_reopen()
            again = mediation.pause_ids - pause
            self.assertEqual(again.date_from, at("2026-03-13 10:00"))
            self.assertEqual(self.answer.state, "paused")

    def test_without_the_consent_of_both_the_time_counts(self):
        mediation = self._mediate(date_consent=False, consent_ref=False)
        self.assertFalse(mediation.pause_ids)
        self.assertEqual(self.answer.state, "running")
        with self._refused("say what shows that both agreed"):
            mediation.date_consent = "2026-03-06"
        mediation.write({"date_consent": "2026-03-06", "consent_ref": "录音"})
        self.assertEqual(self.answer.state, "paused")
        with self._refused("which stays"):
            mediation.date_consent = "2026-03-04"
        with self._refused("which stays"):
            mediation.kind = "court"
        arbitration = self._mediate(
            kind="arbitration", date_consent=False, consent_ref=False
        )
        self.assertFalse(arbitration.pause_ids)

    def test_consent_entered_after_the_limit_hides_no_lateness(self):
        with freeze_time(at("2026-03-19 10:00")):
            with self._refused("Ask a supervisor", AccessError):
                self._mediate()
            self._mediate(user=self.supervisor)
            self.assertEqual(self.answer.late_by, 3)
            self.assertTrue(self.complaint.was_late)

    def test_the_agreement_has_terms_dates_and_performance(self):
        mediation = self._mediate()
        for values, text in (
            ({"date_agreement": "2026-03-06"}, "has terms and a day"),
            ({"date_agreement": "2026-03-01"}, "after the mediation was opened"),
            ({"date_performed": "2026-03-06"}, "when the agreement was signed"),
            ({"date_agreement": "2026-03-07"}, "in the future"),
        ):
            with self.subTest(text), self._refused(text):
                mediation.write(values)
        mediation.write(
            {
                "date_agreement": "2026-03-06",
                "agreement_terms": "退货退款,另付200元。",
                "date_perform_until": "2026-03-13",
                "outcome": "达成协议",
            }
        )
        mediation.action_end()
        self.assertTrue(mediation.is_unperformed)
        todo = mediation.sudo().activity_ids
        self.assertEqual(str(todo.date_deadline), "2026-03-13")
        self.assertEqual(todo.user_id, self.agent)
        with self._refused("how it was performed"):
            mediation.date_performed = "2026-03-06"
        # Performed after the mediation has ended.
        mediation.write(
            {"date_performed": "2026-03-06", "performance_note": "转账回单 8812"}
        )
        self.assertFalse(mediation.is_unperformed)
        self.assertFalse(mediation.sudo().activity_ids)

    def test_consent_belongs_to_a_mediation(self):
        with self._refused("belong to a mediation"):
            self._mediate(kind="court")
        with self._refused("in the future"):
            self._mediate(date_consent="2026-03-07")
        with self._refused("before the complaint was received"):
            self._mediate(date_consent="2026-02-27")
