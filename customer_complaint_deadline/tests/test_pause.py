from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .clock_common import PauseCase, at

NOW = "2026-03-06 16:00"  # a Friday in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestPause(PauseCase):
    """Time that does not count, once the complainant was told."""

    # ------------------------------------------------------------------
    # WHAT IT DOES
    # ------------------------------------------------------------------

    def test_a_pause_makes_good_no_missed_limit_but_by_a_supervisor(self):
        complaint = self._receive("2026-03-05 10:00", self.retail)  # within 24 hours
        self.assertTrue(complaint.is_late)
        values = {
            "complaint_id": complaint.id,
            "kind": "testing",
            "reason": "留样送市质检院检测。",
            "date_from": at("2026-03-05 11:00"),
        }
        Pause = self.env["customer.complaint.pause"]
        Pause.with_user(self.agent).create(values)
        with self._refused("Ask a supervisor", AccessError):
            self._record_notice(complaint, "pause", date=at("2026-03-05 11:30"))
        self._record_notice(
            complaint, "pause", self.supervisor, date=at("2026-03-05 11:30")
        )
        self.assertFalse(complaint.is_late)

    def test_a_pause_by_the_dialog_holds_the_clock(self):
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        pause = self._pause(self.complaint)
        self.assertRecordValues(
            pause,
            [
                {
                    "kind": "testing",
                    "date_from": at(NOW),
                    "date_to": False,
                    "is_effective": True,
                    "state": "running",
                    "user_id": self.agent.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            pause.notice_id,
            [{"kind": "pause", "way": "phone", "state": "succeeded"}],
        )
        self.assertIn("留样送市质检院检测。", pause.notice_id.content)
        self.assertEqual((self.answer.state, self.answer.date_due), ("paused", False))
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "is_paused": True,
                    "pause_count": 1,
                    "date_deadline": False,
                    "due_state": "paused",
                    "time_left": "Paused",
                    "is_late": False,
                }
            ],
        )
        self.assertIn("Paused since", self.answer.explanation)

    def test_the_clock_goes_on_by_as_much_as_it_stood(self):
        pause = self._pause(self.complaint)
        with freeze_time(at("2026-03-10 16:00")):
            self._resume(pause)
        # 6 to 9 March ended in the pause.
        self.assertEqual(self.answer.date_due, at("2026-03-20 23:59:59"))
        self.assertEqual(self.answer.state, "running")
        self.assertRecordValues(
            pause,
            [
                {
                    "state": "ended",
                    "date_to": at("2026-03-10 16:00"),
                    "resumed_by_id": self.agent.id,
                    "date_resumed": at("2026-03-10 16:00"),
                }
            ],
        )
        self.assertFalse(self.complaint.is_paused)
        self.assertEqual(self.complaint.date_deadline, at("2026-03-20 23:59:59"))

    def test_resuming_at_once_changes_nothing(self):
        before = self.answer.date_due
        pause = self._pause(self.complaint)
        self._resume(pause)
        self.assertEqual((self.answer.date_due, self.answer.state), (before, "running"))

    def test_a_pause_known_later_counts_as_well(self):
        self._enter_told("2026-03-02 09:00", "2026-03-04 09:00")
        self.assertEqual(self.answer.date_due, at("2026-03-18 23:59:59"))
        self.assertFalse(self.complaint.is_paused)

    def test_overlapping_pauses_count_once(self):
        self._enter_told("2026-03-02 09:00", "2026-03-05 09:00")
        self._enter_told("2026-03-03 09:00", "2026-03-06 09:00", kind="appraisal")
        self.assertEqual(self.answer.date_due, at("2026-03-20 23:59:59"))
        self.assertEqual(self.answer.explanation.count("Paused from"), 1)

    def test_of_two_open_pauses_the_last_to_end_lets_the_clock_go(self):
        first = self._pause(self.complaint)
        second = self._pause(self.complaint, pause_kind="mediation")
        self.assertEqual(self.complaint.pause_count, 2)
        self._resume(first)
        self.assertTrue(self.complaint.is_paused)
        self.assertEqual(self.answer.state, "paused")
        self._resume(second)
        self.assertFalse(self.complaint.is_paused)

    def test_a_limit_that_passed_before_stays_late(self):
        with freeze_time(at("2026-03-18 10:00")):
            self._pause(self.complaint)
            self.assertRecordValues(
                self.complaint,
                [{"is_late": True, "due_state": "late", "is_paused": True}],
            )
            self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))

    def test_waiting_for_the_customer_holds_only_where_the_policy_says_so(self):
        self._pause(self.complaint, pause_kind="customer", reason="等待顾客寄回样品。")
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        self.assertFalse(self.complaint.is_paused)
        self.answer.milestone_id.pauses_for_customer = True
        other = self._receive("2026-03-01 10:00", self.cbirc)
        self._pause(other, pause_kind="customer", reason="等待顾客寄回样品。")
        self.assertTrue(other.is_paused)
        self.assertEqual(
            self._get_deadline(other, "cbirc_answer_general").state, "paused"
        )

    def test_the_dialog_says_when_nothing_waits_for_the_customer(self):
        Dialog = self.env["customer.complaint.start.pause"].with_user(self.agent)
        dialog = Dialog.new(
            {"complaint_id": self.complaint.id, "pause_kind": "customer"}
        )
        self.assertTrue(dialog.holds_nothing)
        dialog.pause_kind = "mediation"
        self.assertFalse(dialog.holds_nothing)

    def test_the_complainant_reads_why_since_when_and_the_old_date(self):
        pause = self._pause(self.complaint)
        for text in (self.complaint.name, "Testing", "03/16/2026", "03/06/2026"):
            self.assertIn(text, pause.notice_id.content)

    # ------------------------------------------------------------------
    # TOLD OR NOT
    # ------------------------------------------------------------------

    def test_untold_the_time_counts(self):
        pause = self._pause(self.complaint, told="not_yet")
        self.assertEqual((pause.state, pause.is_effective), ("untold", False))
        self.assertIn("was not told", pause.effect_note)
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        self.assertFalse(self.complaint.is_paused)

    def test_told_later_the_pause_holds_from_its_start(self):
        pause = self._pause(self.complaint, told="not_yet")
        with freeze_time(at("2026-03-08 10:00")):
            self._tell(self.complaint.with_user(self.agent), "pause")
            self.assertEqual(pause.notice_id.kind, "pause")
            self.assertEqual(self.answer.state, "paused")
        with freeze_time(at("2026-03-10 16:00")):
            self._resume(pause)
        self.assertEqual(self.answer.date_due, at("2026-03-20 23:59:59"))

    def test_a_letter_on_its_way_holds_and_one_that_came_back_does_not(self):
        pause = self._pause(
            self.complaint, way="post", outcome="pending", proof_ref="EMS 1234567890123"
        )
        self.assertEqual(self.answer.state, "paused")
        pause.notice_id._settle("failed", failure_reason="收件人拒收,退回")
        self.assertEqual((self.answer.state, pause.state), ("running", "untold"))
        self.assertIn("did not reach", pause.effect_note)
        self._tell(self.complaint.with_user(self.agent), "pause")
        self.assertEqual((self.answer.state, pause.state), ("paused", "running"))

    def test_a_void_notice_no_longer_carries_the_pause(self):
        pause = self._pause(self.complaint)
        pause.notice_id.with_user(self.supervisor)._void("打错电话。")
        self.assertEqual((self.answer.state, pause.state), ("running", "untold"))

    def test_an_unreachable_complainant_is_as_good_as_told(self):
        self.company.complaint_unreachable_attempts = 3
        failed = {"state": "failed", "failure_reason": "无人接听"}
        pause = self._pause(self.complaint, outcome="failed", failure_reason="无人接听")
        self._record_notice(self.complaint, "progress", self.agent, **failed)
        self.assertEqual(pause.state, "untold")
        last = self._record_notice(self.complaint, "progress", self.agent, **failed)
        self.assertEqual((self.answer.state, pause.state), ("paused", "running"))
        # Reached again, the attempts stay on record.
        with freeze_time(at("2026-03-07 10:00")):
            self._record_notice(self.complaint, "progress", self.agent)
        self.assertFalse(self.complaint.is_unreachable)
        self.assertEqual(pause.state, "running")
        last.with_user(self.supervisor)._void("未曾拨打。")
        self.assertEqual(pause.state, "untold")

    def test_a_notice_on_record_is_chosen(self):
        notice = self._notice()
        pause = self._pause(self.complaint, told="known", known_notice_id=notice)
        self.assertEqual((pause.notice_id, pause.state), (notice, "running"))

    def test_a_notice_tells_of_one_pause_only(self):
        notice = self._notice()
        self._pause(self.complaint, told="known", known_notice_id=notice)
        with self._refused("told of another pause"):
            self._enter(notice_id=notice.id, kind="mediation")

    def test_only_notices_of_a_pause_of_this_complaint_prove_it(self):
        other = self._receive("2026-03-01 10:00")
        foreign = self._notice(other)
        progress = self._record_notice(self.complaint, "progress", self.agent)
        for notice in (foreign, progress):
            with self._refused("choose a notice of this complaint", ValidationError):
                self._enter(notice_id=notice.id)

    def test_a_new_pause_is_no_notice_for_an_older_one(self):
        older = self._pause(self.complaint, told="not_yet")
        self._pause(self.complaint, pause_kind="mediation")
        self.assertEqual(older.state, "untold")

    def test_a_notice_of_an_earlier_day_did_not_tell_of_it(self):
        pause = self._pause(self.complaint, told="not_yet")
        self._notice(date=at("2026-03-05 10:00"))
        self.assertEqual((pause.state, pause.notice_id.ids), ("untold", []))
        self._notice(date=at("2026-03-06 09:00"))
        self.assertEqual(pause.state, "running")

    def test_the_email_of_the_dialog_is_the_notice(self):
        self.customer.email = "lina@example.com"
        action = self.complaint.with_user(self.agent).action_pause()
        dialog = Form(self._follow(action))
        dialog.way = "email"
        dialog.reason = "留样送市质检院检测。"
        record = dialog.save()
        action = record.action_start_and_write_email()
        self.assertEqual(record.pause_id.state, "untold")
        composer = Form(self._follow(action)).save()
        composer._action_send_mail()
        self.assertEqual(record.pause_id.notice_id.way, "email")
        self.assertEqual(record.pause_id.state, "running")
        with self._refused("entered already"):
            record.action_start()

    def test_a_second_press_makes_no_second_pause(self):
        record = self._ask("pause", self.complaint, told="not_yet", reason="留样送检。")
        record.action_start()
        with self._refused("entered already"):
            record.action_start()
        self.assertEqual(self.complaint.pause_count, 1)

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_impossible_dates_are_refused(self):
        cases = {
            "cannot begin in the future": {"date_from": at("2026-03-06 16:01")},
            "before the complaint was received": {"date_from": at("2026-02-28 10:00")},
            "cannot end before it began": {
                "date_from": at("2026-03-05 10:00"),
                "date_to": at("2026-03-05 09:59"),
            },
            "cannot have ended in the future": {
                "date_from": at("2026-03-05 10:00"),
                "date_to": at("2026-03-07 10:00"),
            },
        }
        for text, values in cases.items():
            with self.subTest(text), self._refused(text, ValidationError):
                self._enter(**values)

    def test_it_cannot_be_resumed_at_an_impossible_time(self):
        pause = self._pause(self.complaint)
        with self._refused("cannot end before it began", ValidationError):
            self._resume(pause, date_to=at("2026-03-06 15:00"))
        with self._refused("ended in the future", ValidationError):
            self._resume(pause, date_to=at("2026-03-06 17:00"))
        self.assertEqual(pause.state, "running")

    def test_what_ended_is_not_resumed_again(self):
        pause = self._pause(self.complaint)
        self._resume(pause)
        with self._refused("ended on .* already"):
            self._resume(pause)
        with self._refused("no pause lasts"):
            self.complaint.action_resume()

    def test_it_needs_a_reason(self):
        with self._refused("say why the clock stands still", ValidationError):
            self._enter(reason="  \n")

    def test_a_complaint_that_has_ended_is_not_paused(self):
        pause = self._pause(self.complaint)
        self._withdraw(self.complaint)
        with self._refused("has ended"):
            self.complaint.with_user(self.agent).action_pause()
        with self._refused("has ended"):
            self._enter()
        with self._refused("has ended"):
            pause._resume(at(NOW))
        with self._refused("has ended"):
            self._void_pause(pause)

    def test_script_stays_text(self):
        pause = self._pause(self.complaint, reason="<script>alert(1)</script>送检")
        log = "".join(self.complaint.sudo().message_ids.mapped("body"))
        self.assertIn("送检", log)
        self.assertNotIn("<script>", log)
        self.assertIn("<script>", pause.reason)

    # ------------------------------------------------------------------
    # END OF THE COMPLAINT
    # ------------------------------------------------------------------

    def test_open_pauses_end_with_the_complaint(self):
        pause = self._pause(self.complaint)
        with freeze_time(at("2026-03-20 10:00")):
            self._withdraw(self.complaint)
        self.assertEqual(pause.date_to, at("2026-03-20 10:00"))
        self.assertEqual(pause.state, "ended")
        self.assertFalse(self.complaint.is_paused)
        # It stood still on 16 March: nothing was late.
        self.assertEqual((self.answer.state, self.answer.late_by), ("dropped", 0))
        self.assertFalse(self.complaint.was_late)

    def test_a_withdrawal_known_later_ends_the_pause_on_its_day(self):
        pause = self._pause(self.complaint)
        with freeze_time(at("2026-03-20 10:00")):
            self._withdraw(self.complaint, date_withdrawn=datetime(2026, 3, 10))
        self.assertEqual(pause.date_to, at("2026-03-10 23:59:59"))

    def test_a_pause_begun_after_the_withdrawal_is_empty(self):
        pause = self._pause(self.complaint)
        self._withdraw(self.complaint, date_withdrawn=datetime(2026, 3, 4))
        self.assertEqual(pause.date_to, pause.date_from)

    def test_it_ends_with_the_complaint_although_no_clock_runs(self):
        complaint = self._receive("2026-03-06 10:00", self.retail)
        self._take_to(complaint, "followup")
        pause = self._pause(complaint)
        self.assertFalse(complaint.is_paused)
        complaint.action_close()
        self.assertEqual(pause.date_to, at(NOW))

    def test_closing_ends_it_too_and_reopening_does_not_pause_again(self):
        pause = self._pause(self.complaint)
        with freeze_time(at("2026-03-12 10:00")):
            self._take_to(self.complaint, "closed")
        self.assertEqual(pause.date_to, at("2026-03-12 10:00"))
        with freeze_time(at("2026-03-20 10:00")):
            self._reopen(self.complaint)
            self.assertFalse(self.complaint.is_paused)
            anew = self._get_deadline(self.complaint, "cbirc_answer_general", round=2)
            self.assertEqual(anew.date_due, at("2026-04-04 23:59:59"))

    def test_another_policy_keeps_the_pauses(self):
        pause = self._enter_told("2026-03-02 09:00", "2026-03-04 09:00")
        self.complaint._write_unguarded({"complexity": "complex"})
        complex_answer = self._get_deadline(self.complaint, "cbirc_answer_complex")
        self.assertEqual(complex_answer.date_due, at("2026-04-02 23:59:59"))
        self.assertEqual(pause.state, "ended")

    # ------------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------------

    def test_it_never_changes(self):
        pause = self._pause(self.complaint)
        for user in (self.agent, self.supervisor, self.manager, self.env.user):
            own = pause.with_user(user)
            for values in (
                {"date_from": at("2026-03-01 10:00")},
                {"date_to": at(NOW)},
                {"reason": "改"},
                {"kind": "customer"},
                {"is_effective": True},
                {"notice_id": False},
                {"complaint_id": self._receive("2026-03-01 10:00").id},
                {"date_void": False},
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self._refused("stays as it was entered"),
                ):
                    own.write(values)
            with self.subTest(user.login), self.assertRaises(UserError):
                own.unlink()
        with self._refused("never deleted"):
            pause.sudo().unlink()

    def test_the_complaint_does_not_change_it(self):
        pause = self._pause(self.complaint)
        for values in (
            {"pause_ids": [Command.delete(pause.id)]},
            {"pause_ids": [Command.update(pause.id, {"reason": "改"})]},
            {"pause_count": 0},
            {"is_paused": False},
        ):
            with self.subTest(values), self._refused("The system sets"):
                self.complaint.with_user(self.manager).write(values)
        with self._refused("The system sets"):
            self._create_complaint(is_paused=True)

    def test_what_the_system_sets_is_not_taken_from_the_caller(self):
        pause = self._enter(
            is_effective=True,
            state="running",
            user_id=self.manager.id,
            void_reason="x",
            resumed_by_id=self.manager.id,
        )
        self.assertRecordValues(
            pause,
            [
                {
                    "is_effective": False,
                    "state": "untold",
                    "user_id": self.agent.id,
                    "void_reason": False,
                    "resumed_by_id": False,
                }
            ],
        )
        pause = (
            self.env["customer.complaint.pause"]
            .with_user(self.agent)
            .with_context(default_is_effective=True, default_user_id=self.manager.id)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "kind": "mediation",
                    "reason": "市场监管所调解。",
                }
            )
        )
        self.assertEqual((pause.is_effective, pause.user_id), (False, self.agent))

    def test_an_import_obeys_the_same_rules(self):
        pause = self._pause(self.complaint)
        Pause = self.env["customer.complaint.pause"].with_user(self.agent)
        names = ["complaint_id/.id", "kind", "reason", "date_from", "date_to"]
        row = [str(self.complaint.id), "testing", "送检", "2026-03-02 01:00:00"]
        good = Pause.load(names, [[*row, "2026-03-03 01:00:00"]])
        self.assertTrue(good["ids"])
        self.assertEqual(Pause.browse(good["ids"]).resumed_by_id, self.agent)
        bad = Pause.load(names, [[*row, "2026-03-01 01:00:00"]])
        self.assertFalse(bad["ids"])
        changed = Pause.load([".id", "reason"], [[str(pause.id), "改"]])
        self.assertFalse(changed["ids"])

    # ------------------------------------------------------------------
    # VOIDING
    # ------------------------------------------------------------------

    def test_a_supervisor_voids_an_erroneous_pause(self):
        pause = self._pause(self.complaint)
        with self._refused("A supervisor voids", AccessError):
            pause.with_user(self.agent)._void("x")
        with self._refused("Say what was wrong"):
            pause.with_user(self.supervisor)._void("  ")
        self._void_pause(pause)
        self.assertRecordValues(
            pause,
            [
                {
                    "state": "void",
                    "is_effective": False,
                    "void_by_id": self.supervisor.id,
                    "date_to": False,
                }
            ],
        )
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        self.assertFalse(self.complaint.is_paused)
        with self._refused("is void"):
            self._void_pause(pause)
        with self._refused("is void"):
            self._resume(pause)
        # The notice may tell of the right one.
        self._pause(self.complaint, told="known", known_notice_id=pause.notice_id)

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_those_who_work_on_the_case_pause_it(self):
        for user in (self.agent, self.colleague, self.supervisor, self.manager):
            with self.subTest(user.login):
                self.assertEqual(self._enter(user=user).user_id, user)
        # Foreign matter in a cream is a matter of the quality department.
        self.assertEqual(self._enter(user=self.quality_user).user_id, self.quality_user)

    def test_strangers_neither_see_nor_pause(self):
        pause = self._pause(self.complaint)
        self.env.invalidate_all()
        for user in (self.stranger, self.employee):
            own = pause.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.read(["reason"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._enter(user=user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own._resume(at(NOW))
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.complaint.with_user(user).action_pause()
        for user in (self.auditor, self.archivist):
            own = pause.with_user(user)
            self.assertTrue(own.reason)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._enter(user=user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own._resume(at(NOW))
            with self.subTest(user.login), self.assertRaises(AccessError):
                own._void("x")

    def test_other_companies_see_nothing(self):
        pause = self._pause(self.complaint)
        abroad = self._new_outsider("manager")
        with self.assertRaises(AccessError):
            pause.with_user(abroad).read(["reason"])
        with self.assertRaises(AccessError):
            self._enter(user=abroad)

    def test_a_supervisor_of_another_team_voids_nothing(self):
        pause = self._pause(self.complaint)
        other = self._new_user("complaint_other_supervisor", "supervisor")
        self.other_team.leader_id = other
        with self.assertRaises(AccessError):
            pause.with_user(other)._void("x")

    def test_recused_people_pause_nothing(self):
        pause = self._pause(self.complaint)
        self._recuse(self.complaint, self.colleague | self.manager)
        for user in (self.colleague, self.manager):
            with self._refused("recused", AccessError):
                self._enter(user=user)
            with self._refused("recused", AccessError):
                pause.with_user(user)._resume(at(NOW))
        with self._refused("recused", AccessError):
            pause.with_user(self.manager)._void("x")

    def test_a_dialog_shows_no_pause_that_its_user_may_not_see(self):
        pause = self._enter(reason="送检单位:市质检院。")
        Dialog = self.env["customer.complaint.end.pause"].with_user(self.stranger)
        shown = ["pause_id", "pause_reason", "pause_kind", "date_from"]
        dialog = Dialog.create({"pause_id": pause.id})
        self.env.invalidate_all()
        self.assertFalse(any(dialog.read(shown)[0][name] for name in shown[1:]))
        values = Dialog.with_context(default_pause_id=pause.id).onchange(
            {}, [], {"pause_id": {"fields": {"display_name": {}}}, "pause_reason": {}}
        )["value"]
        self.assertFalse(values["pause_reason"])

    def test_dialogs_are_those_of_their_user(self):
        record = self._ask("pause", self.complaint, told="not_yet", reason="送检")
        for user in (self.colleague, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                record.with_user(user).read(["reason"])

    # ------------------------------------------------------------------
    # OUTSIDE TESTS
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # LISTS AND COST
    # ------------------------------------------------------------------

    def test_paused_complaints_are_found(self):
        self._pause(self.complaint)
        running = self._receive("2026-03-01 10:00")
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        ours = [("id", "in", (self.complaint | running).ids)]
        self.assertEqual(
            Complaint.search([*ours, ("is_paused", "=", True)]), self.complaint
        )

    def test_without_pauses_nothing_is_looked_up(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.complaint.mapped("pause_count")
        with self.assertQueryCount(0):
            self.assertEqual(self.complaint._get_pause_intervals(True), [])

    def test_pauses_of_many_complaints_are_read_at_once(self):
        complaints = self.complaint
        for _i in range(5):
            complaints |= self._receive("2026-03-01 10:00")
        for complaint in complaints:
            self._pause(complaint)
        complaints = complaints.sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        complaints.mapped("pause_count")
        with self.assertQueryCount(2):
            for complaint in complaints:
                self.assertEqual(len(complaint._get_pause_intervals(True)), 1)

    def test_the_form_shows_the_pauses(self):
        self._pause(self.complaint)
        form = Form(self.complaint.with_user(self.agent))
        self.assertEqual(form.time_left, "Paused")
        self.assertEqual(len(form.pause_ids), 1)

    def test_a_second_later_counts_for_hours(self):
        """The clock of hours stands still to the second."""
        complaint = self._receive("2026-03-06 12:00", self.retail)
        pause = self._pause(complaint, date_from=at("2026-03-06 13:00"))
        self._resume(pause, date_to=at("2026-03-06 15:30"))
        self.assertEqual(
            complaint.date_deadline,
            at("2026-03-07 12:00") + timedelta(hours=2, minutes=30),
        )
        self.assertLess(fields.Datetime.now(), complaint.date_deadline)
