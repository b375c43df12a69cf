from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .clock_common import PauseCase, at

NOW = "2026-03-20 10:00"  # a Friday, four days after the limit of 16 March


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestLateness(PauseCase):
    """What was late stays late, whatever is changed afterwards, and whoever does it."""

    def _check_late(self, deadline, late_by, complaint=None):
        """Check that a limit is known to have been late by so much, for good."""
        complaint = complaint or self.complaint
        complaint._sync_deadlines()
        self.assertEqual(deadline.late_by, late_by)
        self.assertTrue(deadline.is_late)
        self.assertTrue(complaint.was_late)
        self.assertIn(deadline, complaint.shown_deadline_ids)

    # ------------------------------------------------------------------
    # THE DAY OF RECEIPT
    # ------------------------------------------------------------------

    def test_the_receipt_is_fixed_once_accepted(self):
        self.complaint.with_user(self.agent).action_accept()
        for user in (self.agent, self.supervisor, self.manager):
            with self._refused("fixed once it is accepted"):
                self.complaint.with_user(user).date_received = at("2026-03-18 10:00")
        with self._refused("fixed once it is accepted"):
            self.complaint.sudo().date_received = at("2026-03-18 10:00")
        # By import, too, and along with other values.
        result = (
            self.env["customer.complaint"]
            .with_user(self.manager)
            .load(
                [".id", "demand", "date_received"],
                [[str(self.complaint.id), "退款", "2026-03-18 10:00:00"]],
            )
        )
        self.assertIn("fixed once it is accepted", result["messages"][0]["message"])
        self.complaint.invalidate_recordset()
        self.assertEqual(self.complaint.date_received, at("2026-03-01 10:00"))
        # The same day is no change: a form sends it along.
        self.complaint.with_user(self.agent).write(
            {"date_received": at("2026-03-01 10:00"), "demand": "退款"}
        )
        # Nor is it moved after the decision.
        self._take_to(self.complaint.with_user(self.agent), "remediation")
        with self._refused("fixed once it is accepted"):
            self.complaint.with_user(self.manager).date_received = at(NOW)

    def test_before_acceptance_a_supervisor_hides_no_lateness(self):
        with self._refused("Ask a supervisor", AccessError):
            self.complaint.with_user(self.agent).date_received = at("2026-03-18 10:00")
        tracked = self.complaint.with_context(
            tracking_disable=False, mail_notrack=False
        )
        tracked.with_user(self.supervisor).date_received = at("2026-03-18 10:00")
        self.assertEqual(self.answer.date_due, at("2026-04-02 23:59:59"))
        self.assertEqual(self.answer.date_passed, at("2026-03-16 23:59:59"))
        self._check_late(self.answer, 4)
        self.assertEqual(self.answer.late_text, "4 natural days")
        self.assertIn("had passed before it moved", self.answer.explanation)
        self.env.flush_all()
        self.env.cr.precommit.run()
        values = self.complaint.message_ids.sudo().tracking_value_ids
        self.assertIn("date_received", values.mapped("field_id.name"))

    # ------------------------------------------------------------------
    # WHAT THE LIMIT FOLLOWS FROM
    # ------------------------------------------------------------------

    def test_another_policy_category_or_severity(self):
        fifteen_more = self.env["customer.complaint.policy"].create(
            {
                "name": "服务投诉",
                "category_ids": [Command.set(self.category_service.ids)],
                "milestone_ids": [
                    Command.create({"name": "答复", "done_event": "told", "length": 60})
                ],
            }
        )
        self.complaint.with_user(self.agent).category_id = self.category_service
        self.assertEqual(self.complaint.policy_id, fifteen_more)
        self.assertEqual(self.answer.state, "replaced")
        self._check_late(self.answer, 4)
        # Back and forth changes nothing of it.
        self.complaint.with_user(self.agent).category_id = self.category
        self._check_late(self.answer, 4)
        self.complaint.with_user(self.supervisor).policy_id = self.retail
        self._check_late(self.answer, 4)

    def test_a_milestone_that_is_edited(self):
        self.answer.milestone_id.length = 60
        self.cbirc.with_user(self.manager).action_apply_to_running()
        self._run_updates()
        self.assertEqual(self.complaint.date_deadline, at("2026-04-30 23:59:59"))
        replaced = self._get_deadline(
            self.complaint, "cbirc_answer_general", state="replaced"
        )
        self._check_late(replaced, 4)

    def test_another_team_with_other_working_hours(self):
        complaint = self._receive("2026-03-05 10:00", self.retail, complexity="complex")
        answer = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(answer.date_due, at("2026-03-16 23:59:59"))
        self.other_team.resource_calendar_id = self._create_calendar("周末店", (5, 6))
        self.other_team.member_ids = [Command.link(self.agent.id)]
        complaint.with_user(self.agent).team_id = self.other_team
        self.assertGreater(answer.date_due, fields.Datetime.now())
        # By the working days that were counted until then.
        self._check_late(answer, 4, complaint)

    def test_a_holiday_that_is_entered_afterwards(self):
        complaint = self._receive("2026-03-05 10:00", self.retail, complexity="complex")
        answer = self._get_deadline(complaint, "retail_answer_complex")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "补录假期",
                "calendar_id": self.calendar.id,
                "date_from": at("2026-03-09 00:00"),
                "date_to": at("2026-03-21 00:00"),
            }
        )
        self.assertTrue(complaint.was_late)
        self._run_updates()
        self.assertGreater(answer.date_due, fields.Datetime.now())
        self._check_late(answer, 4, complaint)

    def test_a_make_up_day_and_working_hours_of_the_team(self):
        complaint = self._receive("2026-03-05 10:00", self.retail, complexity="complex")
        answer = self._get_deadline(complaint, "retail_answer_complex")
        self.team.resource_calendar_id = self._create_calendar("周末店", (5, 6))
        self._run_updates()
        self._check_late(answer, 4, complaint)

    def test_the_time_zone_of_the_company(self):
        self.company.complaint_tz = "America/Los_Angeles"
        self._run_updates()
        self._check_late(self.answer, 4)

    def test_a_pause_that_is_entered_afterwards(self):
        notice = self._notice(date=at("2026-03-10 10:00"))
        values = {"date_from": at("2026-03-10 10:00"), "notice_id": notice.id}
        with self._refused("Ask a supervisor", AccessError):
            self._enter(**values)
        self._enter(user=self.supervisor, **values)
        self.assertEqual(self.answer.state, "paused")
        self._check_late(self.answer, 4)

    def test_the_day_the_goods_came_back(self):
        complaint = self._receive("2026-03-05 10:00", self.retail)
        complaint.with_user(self.agent).date_goods_returned = at("2026-03-09 10:00")
        refund = self._get_deadline(complaint, "retail_refund")
        self.assertEqual(refund.date_due, at("2026-03-16 23:59:59"))
        complaint.with_user(self.agent).date_goods_returned = at("2026-03-18 10:00")
        self.assertEqual(refund.date_due, at("2026-03-25 23:59:59"))
        self._check_late(refund, 4, complaint)
        complaint.with_user(self.agent).date_goods_returned = False
        self._check_late(refund, 4, complaint)

    # ------------------------------------------------------------------
    # RECORDS WITH A CLOCK OF THEIR OWN
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # AFTER THE END
    # ------------------------------------------------------------------

    def test_it_stays_when_the_case_is_reopened(self):
        self._withdraw(self.complaint.with_user(self.agent))
        self._check_late(self.answer, 4)
        self._reopen(self.complaint)
        self.assertEqual(self.complaint.clock_round, 2)
        self.assertEqual(self.answer.late_by, 4)
        self.assertTrue(self.complaint.was_late)

    # ------------------------------------------------------------------
    # WHAT WAS IN TIME
    # ------------------------------------------------------------------

    def test_what_was_told_in_time_and_recorded_late_was_in_time(self):
        with freeze_time(at("2026-03-10 10:00")):
            complaint = self.complaint.with_user(self.agent)
            complaint.category_id = self.category_service
            self._take_to(complaint, "remediation")
            self._tell(complaint, "receipt")
            self._write_decision(complaint)
            notice = self._record_notice(
                complaint, way="post", state="pending", proof_ref="RR 1"
            )
        # The limit passes while the letter is under way; then something moves it.
        self.complaint._keep_lateness()
        self.assertTrue(self.answer.late_by)
        notice._settle("succeeded", date_told=at("2026-03-12 10:00"))
        self.assertEqual((self.answer.state, self.answer.late_by), ("met", 0))
        self.assertFalse(self.complaint.was_late)
