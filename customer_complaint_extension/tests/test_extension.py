from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_deadline.tests.clock_common import at

from ..models.customer_complaint_extension import DECIDE_TODO, TELL_TODO
from .extension_common import MoreTimeCase

NOW = "2026-03-06 16:00"  # a Friday in Shanghai


class ExtensionCase(MoreTimeCase):
    """A special complaint under CBIRC-2020: 30 days, 30 more with a manager."""

    def setUp(self):
        super().setUp()
        self.complaint = self._receive(
            "2026-03-01 10:00", self.cbirc, complexity="special"
        )
        self.answer = self._get_deadline(self.complaint, "cbirc_answer_special")

    def _receive_retail(self, **values):
        """Receive one of 7 working days, of which a supervisor adds 3."""
        return self._receive(
            "2026-03-05 10:00", self.retail, **{"complexity": "complex", **values}
        )

    def _ask_for(self, deadline, user=None, **values):
        """Ask for more time as a call by RPC would."""
        return (
            self.env["customer.complaint.extension"]
            .with_user(user or self.agent)
            .create(
                {
                    "deadline_id": deadline.id,
                    "length": 3,
                    "reason": "供应商检验报告下周才到。",
                    **values,
                }
            )
        )

    def _get_todos(self, extension):
        """Return the kind of each to-do, and whose it is."""
        todos = extension.sudo().activity_ids
        names = todos.activity_type_id.get_external_id()
        return {(names[todo.activity_type_id.id], todo.user_id) for todo in todos}


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestExtension(ExtensionCase):
    """More time: asked for before the limit, approved by another, told."""

    # ------------------------------------------------------------------
    # THE WAY OF A REQUEST
    # ------------------------------------------------------------------

    def test_asked_approved_and_told_the_limit_moves(self):
        self.assertEqual(self.answer.date_due, at("2026-03-31 23:59:59"))
        extension = self._request(self.answer, length=20)
        self.assertRecordValues(
            extension,
            [
                {
                    "state": "requested",
                    "complaint_id": self.complaint.id,
                    "milestone_id": self.answer.milestone_id.id,
                    "date_due_before": at("2026-03-31 23:59:59"),
                    "date_due_after": at("2026-04-20 23:59:59"),
                    "requested_by_id": self.agent.id,
                    "date_requested": at(NOW),
                    "length_text": "20 natural days",
                }
            ],
        )
        self.assertEqual(self.answer.date_due, at("2026-03-31 23:59:59"))
        with freeze_time(at("2026-03-09 10:00")):
            extension.with_user(self.manager).action_approve()
        self.assertRecordValues(
            extension,
            [
                {
                    "state": "approved",
                    "decided_by_id": self.manager.id,
                    "date_decided": at("2026-03-09 10:00"),
                }
            ],
        )
        self.assertEqual(self.answer.date_due, at("2026-03-31 23:59:59"))
        with freeze_time(at("2026-03-09 11:00")):
            notice = self._tell(self.complaint.with_user(self.agent), "extension")
        self.assertEqual((extension.state, extension.notice_id), ("in_effect", notice))
        self.assertEqual(self.answer.date_due, at("2026-04-20 23:59:59"))
        self.assertEqual(self.answer.extended_by, 20)
        self.assertEqual(self.complaint.date_deadline, at("2026-04-20 23:59:59"))
        self.assertIn("Extended by 20 natural days", self.answer.explanation)
        for text in ("03/31/2026", "04/20/2026", "供应商检验报告下周才到。"):
            self.assertIn(text, notice.content)

    def test_the_dialog_proposes_what_the_policy_adds(self):
        action = self.complaint.with_user(self.agent).action_request_extension()
        dialog = Form(self._follow(action))
        self.assertEqual(dialog.deadline_id, self.answer)
        self.assertEqual(dialog.length, 30)
        self.assertEqual(dialog.date_due_before, at("2026-03-31 23:59:59"))
        self.assertEqual(dialog.date_due_after, at("2026-04-30 23:59:59"))
        dialog.length = 31
        self.assertIn("at most 30 natural days", dialog.cannot_reason)
        dialog.length = 10
        self.assertFalse(dialog.cannot_reason)
        dialog.reason = "案情复杂。"
        record = dialog.save()
        record.action_request()
        with self._refused("asked for already"):
            record.action_request()

    def test_the_dialog_says_when_there_is_nothing_to_extend(self):
        general = self._receive("2026-03-01 10:00")
        action = general.with_user(self.agent).action_request_extension()
        dialog = self._follow(action).create({"reason": "案情复杂。"})
        self.assertIn("no limit of this complaint", dialog.cannot_reason)
        with self._refused("no limit of this complaint"):
            dialog.action_request()

    def test_a_supervisor_refuses_with_a_reason(self):
        complaint = self._receive_retail()
        extension = self._request(
            self._get_deadline(complaint, "retail_answer_complex")
        )
        action = extension.with_user(self.supervisor).action_refuse()
        dialog = Form(self._follow(action, self.supervisor))
        dialog.reason = "报告可先口头取得。"
        dialog.save().action_confirm()
        self.assertRecordValues(
            extension,
            [
                {
                    "state": "refused",
                    "decided_by_id": self.supervisor.id,
                    "decision_note": "报告可先口头取得。",
                }
            ],
        )
        with self._refused("no extension is approved"):
            self._record_notice(complaint, "extension", self.agent)
        # Refused, more time may be asked for once more.
        self._request(extension.deadline_id, length=1)

    def test_refusing_needs_a_reason(self):
        extension = self._request(self.answer)
        with self._refused("Say why there is no more time"):
            extension.with_user(self.manager)._refuse(" ")

    def test_many_are_approved_at_once(self):
        extensions = self.env["customer.complaint.extension"]
        for _i in range(3):
            complaint = self._receive_retail()
            extensions |= self._request(
                self._get_deadline(complaint, "retail_answer_complex")
            )
        extensions.with_user(self.supervisor).action_approve()
        self.assertEqual(set(extensions.mapped("state")), {"approved"})

    def test_a_request_is_taken_back(self):
        extension = self._request(self.answer)
        extension.with_user(self.colleague).action_take_back()
        self.assertEqual(extension.state, "dropped")
        self.assertIn("Complaint Colleague", extension.decision_note)
        with self._refused("not possible now"):
            extension.with_user(self.agent).action_take_back()
        with self._refused("not possible now"):
            extension.with_user(self.manager).action_approve()

    def test_what_is_decided_is_not_decided_again(self):
        extension = self._request(self.answer)
        extension.with_user(self.manager).action_approve()
        with self._refused("not possible now"):
            extension.with_user(self.manager).action_approve()
        with self._refused("not possible now"):
            extension.with_user(self.manager)._refuse("x")

    # ------------------------------------------------------------------
    # TOLD OR NOT
    # ------------------------------------------------------------------

    def test_a_letter_on_its_way_extends_and_one_that_came_back_does_not(self):
        extension = self._request(self.answer, length=10)
        extension.with_user(self.manager).action_approve()
        notice = self._tell(
            self.complaint.with_user(self.agent),
            "extension",
            way="post",
            outcome="pending",
            proof_ref="EMS 1234567890123",
        )
        self.assertEqual((extension.state, self.answer.extended_by), ("in_effect", 10))
        notice._settle("failed", failure_reason="退回")
        self.assertEqual((extension.state, self.answer.extended_by), ("approved", 0))
        self.assertEqual(self.answer.date_due, at("2026-03-31 23:59:59"))
        self._tell(self.complaint.with_user(self.agent), "extension")
        self.assertEqual((extension.state, self.answer.extended_by), ("in_effect", 10))

    def test_a_void_notice_takes_the_time_away_again(self):
        extension = self._extend(self.answer, length=10)
        extension.notice_id.with_user(self.supervisor)._void("打错电话。")
        self.assertEqual((extension.state, self.answer.extended_by), ("approved", 0))
        self.assertEqual(self._get_todos(extension), {(TELL_TODO, self.agent)})

    def test_an_unreachable_complainant_is_as_good_as_told(self):
        self.company.complaint_unreachable_attempts = 2
        extension = self._request(self.answer, length=10)
        extension.with_user(self.manager).action_approve()
        failed = {"state": "failed", "failure_reason": "无人接听"}
        for state in ("approved", "in_effect"):
            self._record_notice(self.complaint, "extension", self.agent, **failed)
            self.assertEqual(extension.state, state)

    def test_nobody_is_told_before_it_is_approved(self):
        extension = self._request(self.answer)
        with self._refused("no extension is approved"):
            self._record_notice(self.complaint, "extension", self.agent)
        extension.with_user(self.manager).action_approve()
        with self._refused("told before", ValidationError):
            self._record_notice(
                self.complaint, "extension", self.agent, date=at("2026-03-06 15:00")
            )

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_after_the_limit_it_is_too_late(self):
        with freeze_time(at("2026-03-31 23:59:59")):
            self._ask_for(self.answer).with_user(self.agent).action_take_back()
        with (
            freeze_time(at("2026-04-01 00:00:00")),
            self._refused("asked for before the limit"),
        ):
            self._ask_for(self.answer)

    def test_asked_in_time_it_may_be_approved_later(self):
        extension = self._request(self.answer, length=10)
        with freeze_time(at("2026-04-02 10:00")):
            self.assertTrue(self.complaint.is_late)
            extension.with_user(self.manager).action_approve()
            self._tell(self.complaint.with_user(self.agent), "extension")
            self.assertFalse(self.complaint.is_late)

    def test_told_late_the_limit_stays_late(self):
        complaint = self._receive_retail()
        answer = self._get_deadline(complaint, "retail_answer_complex")
        extension = self._request(answer, length=3)
        extension.with_user(self.supervisor).action_approve()
        with freeze_time(at("2026-03-18 16:00")):
            self._tell(complaint.with_user(self.agent), "extension")
        with freeze_time(at("2026-03-20 10:00")):
            complaint._sync_deadlines()
            self.assertEqual(answer.date_due, at("2026-03-19 23:59:59"))
            self.assertEqual((answer.late_by, answer.is_late), (2, True))
            self.assertTrue(complaint.was_late)
            self.assertIn(answer, complaint.shown_deadline_ids)

    def test_wrong_lengths_are_refused(self):
        for length, text in (
            (0, "enter how much more time"),
            (-5, "enter how much more time"),
            (2.5, "whole number"),
            (31, "at most 30 natural days"),
            (10000, "at most 30 natural days"),
        ):
            with self.subTest(length), self._refused(text, ValidationError):
                self._ask_for(self.answer, length=length)

    def test_several_extensions_add_up_to_the_longest_time(self):
        first = self._extend(self.answer, length=20)
        second = self._extend(self.answer, length=10)
        self.assertEqual((first.state, second.state), ("in_effect", "in_effect"))
        self.assertEqual(self.answer.extended_by, 30)
        self.assertEqual(self.answer.date_due, at("2026-04-30 23:59:59"))
        self.assertEqual(second.date_due_before, at("2026-04-20 23:59:59"))
        with self._refused("cannot be longer than 60 natural days"):
            self._ask_for(self.answer, length=1)

    def test_beyond_the_longest_time_is_refused(self):
        self._extend(self.answer, length=25)
        with self._refused("at most 5 natural days", ValidationError):
            self._ask_for(self.answer, length=6)

    def test_it_needs_a_reason(self):
        with self._refused("say why the limit cannot be kept", ValidationError):
            self._ask_for(self.answer, reason=" \n ")

    def test_one_request_at_a_time(self):
        extension = self._ask_for(self.answer)
        with self._refused("asked for already"):
            self._ask_for(self.answer)
        extension.with_user(self.manager).action_approve()
        with self._refused("approved already"):
            self._ask_for(self.answer)

    def test_the_database_keeps_a_second_request_out(self):
        extension = self._ask_for(self.answer)
        other = self._ask_for(
            self._get_deadline(self._receive_retail(), "retail_answer_complex")
        )
        with (
            mute_logger("odoo.sql_db"),
            self._refused("extension_request_uniq", IntegrityError),
        ):
            other._write_unguarded({"deadline_id": extension.deadline_id.id})
            other.flush_recordset()

    def test_limits_that_cannot_be_extended(self):
        general = self._receive("2026-03-01 10:00", self.cbirc)
        with self._refused("allows no more time"):
            self._ask_for(self._get_deadline(general, "cbirc_answer_general"))
        waiting = self._get_deadline(self.complaint, "cbirc_acknowledged")
        waiting.sudo().extending_role = "manager"
        with self._refused("has not started"):
            self._ask_for(waiting)
        waiting.sudo().kind = "demanded"
        with self._refused("named by who asked"):
            self._ask_for(waiting)
        self._take_to(self.complaint, "followup")
        with self._refused("does not run any more"):
            self._ask_for(self.answer)

    def test_a_day_that_was_agreed_on_moves_by_another_agreement(self):
        paper = self._create_document(
            self.complaint, "agreement", name="处理期限约定书"
        )
        self.env["customer.complaint.agreed.terms"].with_user(self.agent).create(
            {
                "complaint_id": self.complaint.id,
                "date": "2026-03-06",
                "date_due": "2026-03-25",
                "document_id": paper.id,
            }
        )
        with self._refused("Agree on another day"):
            self._ask_for(self.answer)

    def test_a_complaint_that_has_ended_gets_no_more_time(self):
        self._withdraw(self.complaint)
        with self._refused("has ended"):
            self._ask_for(self.answer)
        with self._refused("has ended"):
            self.complaint.with_user(self.agent).action_request_extension()

    def test_while_paused_the_dates_are_open(self):
        self._pause(self.complaint)
        extension = self._request(self.answer, length=10)
        self.assertFalse(extension.date_due_before)
        extension.with_user(self.manager).action_approve()
        notice = self._tell(self.complaint.with_user(self.agent), "extension")
        self.assertIn("once the pause ends", notice.content)
        with freeze_time(at("2026-03-08 10:00")):
            self._resume(self.complaint.pause_ids)
        self.assertEqual(self.answer.date_due, at("2026-04-12 23:59:59"))

    def test_script_stays_text(self):
        self._ask_for(self.answer, reason="<script>alert(1)</script>延期")
        log = "".join(self.complaint.sudo().message_ids.mapped("body"))
        self.assertIn("延期", log)
        self.assertNotIn("<script>", log)

    # ------------------------------------------------------------------
    # WHO DECIDES
    # ------------------------------------------------------------------

    def test_nobody_decides_on_their_own_request(self):
        for user in (self.manager, self.env.ref("base.user_admin")):
            extension = self._ask_for(self.answer, user)
            with self._refused("asked for more time yourself", AccessError):
                extension.with_user(user).action_approve()
            with self._refused("asked for more time yourself", AccessError):
                extension.with_user(user).sudo().action_approve()
            with self._refused("asked for more time yourself", AccessError):
                extension.with_user(user)._refuse("x")
            self.assertFalse(extension.with_user(user).can_decide)
            extension.with_user(self.agent).action_take_back()

    def test_the_role_of_the_milestone_decides(self):
        extension = self._request(self.answer)
        self.assertFalse(extension.with_user(self.supervisor).can_decide)
        for user in (self.colleague, self.supervisor, self.quality_user):
            with (
                self.subTest(user.login),
                self._refused("a manager decides", AccessError),
            ):
                extension.with_user(user).action_approve()
        self.assertTrue(extension.with_user(self.manager).can_decide)
        complaint = self._receive_retail()
        extension = self._request(
            self._get_deadline(complaint, "retail_answer_complex")
        )
        with self._refused("a supervisor of the team decides", AccessError):
            extension.with_user(self.colleague).action_approve()
        extension.with_user(self.supervisor).action_approve()

    def test_a_supervisor_of_another_team_does_not_decide(self):
        other = self._new_user("complaint_other_supervisor", "supervisor")
        self.other_team.leader_id = other
        extension = self._request(
            self._get_deadline(self._receive_retail(), "retail_answer_complex")
        )
        with self.assertRaises(AccessError):
            extension.with_user(other).action_approve()
        with self.assertRaises(AccessError):
            extension.with_user(other)._refuse("x")

    def test_recused_people_neither_ask_nor_decide(self):
        extension = self._request(self.answer)
        self._recuse(self.complaint, self.colleague | self.manager)
        with self._refused("recused", AccessError):
            extension.with_user(self.manager).action_approve()
        with self._refused("recused", AccessError):
            extension.with_user(self.colleague).action_take_back()
        with self._refused("recused", AccessError):
            self._ask_for(self.answer, self.colleague)

    def test_strangers_neither_see_nor_ask(self):
        extension = self._request(self.answer)
        self.env.invalidate_all()
        for user in (self.stranger, self.employee):
            own = extension.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.read(["reason"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._ask_for(self.answer, user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.action_approve()
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.action_take_back()
        for user in (self.auditor, self.archivist):
            own = extension.with_user(user)
            self.assertTrue(own.reason)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._ask_for(self.answer, user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.action_approve()
            with self.subTest(user.login), self.assertRaises(AccessError):
                own._refuse("x")
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.action_take_back()

    def test_the_dialog_shows_strangers_no_limit(self):
        dialog = (
            self.env["customer.complaint.request.extension"]
            .with_user(self.stranger)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "deadline_id": self.answer.id,
                    "length": 1,
                    "reason": "我想看看。",
                }
            )
        )
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["deadline_id", "clock", "date_due_before", "date_due_after"]
        shown = dialog.read(names)[0]
        self.assertFalse(any(shown[name] for name in names[1:]))
        with self._refused("no limit of this complaint|read", (UserError, AccessError)):
            dialog.action_request()

    def test_other_companies_see_and_decide_nothing(self):
        extension = self._request(self.answer)
        abroad = self._new_outsider("manager")
        own = extension.with_user(abroad)
        with self.assertRaises(AccessError):
            own.read(["reason"])
        with self.assertRaises(AccessError):
            own.action_approve()

    # ------------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------------

    def test_the_leader_is_asked_and_the_handler_tells(self):
        complaint = self._receive_retail(user_id=self.colleague.id)
        extension = self._request(
            self._get_deadline(complaint, "retail_answer_complex")
        )
        self.assertEqual(self._get_todos(extension), {(DECIDE_TODO, self.supervisor)})
        extension.with_user(self.supervisor).action_approve()
        self.assertEqual(self._get_todos(extension), {(TELL_TODO, self.colleague)})
        self._tell(complaint.with_user(self.agent), "extension")
        self.assertFalse(self._get_todos(extension))

    def test_a_leader_who_left_is_not_asked(self):
        self.supervisor.sudo().active = False
        complaint = self._receive_retail()
        extension = self._ask_for(
            self._get_deadline(complaint, "retail_answer_complex")
        )
        asked = extension.sudo().activity_ids.user_id
        self.assertIn(self.manager, asked)
        self.assertNotIn(self.supervisor, asked)

    def test_without_a_fit_leader_the_managers_are_asked(self):
        def get_asked(**values):
            complaint = self._receive_retail()
            extension = self._ask_for(
                self._get_deadline(complaint, "retail_answer_complex"), **values
            )
            return extension.sudo().activity_ids.user_id

        managers = self.company._get_complaint_managers()
        self.assertIn(self.manager, managers)
        self.assertEqual(get_asked(user=self.supervisor), managers)
        self.team.leader_id = False
        self.assertEqual(get_asked(), managers)
        self.assertEqual(get_asked(user=self.manager), managers - self.manager)

    def test_refused_or_taken_back_nothing_is_to_do(self):
        extension = self._request(self.answer)
        self.assertIn((DECIDE_TODO, self.manager), self._get_todos(extension))
        extension.with_user(self.manager)._refuse("无须延期。")
        self.assertFalse(self._get_todos(extension))

    def test_nobody_to_ask_is_said_so(self):
        self.company._get_complaint_managers().write({"active": False})
        extension = self._ask_for(self.answer)
        self.assertFalse(extension.sudo().activity_ids)
        log = "".join(self.complaint.sudo().message_ids.mapped("body"))
        self.assertIn("Nobody can decide on more time", log)

    # ------------------------------------------------------------------
    # THE LIMIT GOES ITS OWN WAY
    # ------------------------------------------------------------------

    def test_the_end_of_the_complaint_closes_the_request(self):
        extension = self._request(self.answer)
        self._withdraw(self.complaint)
        self.assertEqual(extension.state, "dropped")
        self.assertIn("has ended", extension.decision_note)
        self.assertFalse(self._get_todos(extension))

    def test_what_the_policy_allows_by_now_is_approved_only(self):
        extension = self._request(self.answer, length=20)
        self.answer.milestone_id.extension_length = 10
        self.cbirc.action_apply_to_running()
        self._run_updates()
        self.assertEqual(extension.state, "requested")
        with self._refused("at most 10 natural days"):
            extension.with_user(self.manager).action_approve()

    def test_the_dates_approved_are_those_told(self):
        extension = self._request(self.answer, length=20)
        self.assertEqual(extension.date_due_after, at("2026-04-20 23:59:59"))
        with freeze_time(at("2026-03-09 10:00")):
            self._enter_told("2026-03-02 09:00", "2026-03-04 09:00")
            extension.with_user(self.manager).action_approve()
        self.assertEqual(extension.date_due_before, at("2026-04-02 23:59:59"))
        self.assertEqual(extension.date_due_after, at("2026-04-22 23:59:59"))

    def test_a_limit_that_was_met_closes_the_request(self):
        extension = self._request(self.answer)
        self._take_to(self.complaint, "followup")
        self.assertEqual((self.answer.state, extension.state), ("met", "dropped"))

    def test_another_limit_closes_the_request_and_keeps_the_past(self):
        done = self._extend(self.answer, length=10)
        request = self._request(self.answer, length=5)
        self.complaint._write_unguarded({"complexity": "general"})
        self.assertEqual((done.state, request.state), ("in_effect", "dropped"))
        self.assertIn("took the place", request.decision_note)
        general = self._get_deadline(self.complaint, "cbirc_answer_general")
        self.assertEqual(general.extended_by, 0)
        # Back to the old limit: what was granted counts again.
        self.complaint._write_unguarded({"complexity": "special"})
        again = self._get_deadline(self.complaint, "cbirc_answer_special")
        self.assertNotEqual(again, self.answer)
        self.assertEqual((done.deadline_id, again.extended_by), (again, 10))
        self.assertEqual(again.date_due, at("2026-04-10 23:59:59"))

    def test_an_edited_policy_keeps_extensions_and_requests(self):
        done = self._extend(self.answer, length=10)
        request = self._request(self.answer, length=5)
        self.answer.milestone_id.length = 40
        self.complaint._apply_policy()
        heir = self._get_deadline(self.complaint, "cbirc_answer_special")
        self.assertNotEqual(heir, self.answer)
        self.assertEqual(self.answer.state, "replaced")
        self.assertEqual((done | request).deadline_id, heir)
        self.assertEqual(request.state, "requested")
        self.assertEqual((heir.extended_by, heir.length), (10, 40))
        self.assertEqual(heir.date_due, at("2026-04-20 23:59:59"))

    def test_time_in_another_unit_is_not_taken_over(self):
        self._extend(self.answer, length=10)
        self.answer.milestone_id.clock = "working_days"
        self.complaint._apply_policy()
        heir = self._get_deadline(self.complaint, "cbirc_answer_special")
        self.assertEqual((heir.clock, heir.extended_by), ("working_days", 0))

    def test_new_facts_start_without_the_extension(self):
        done = self._extend(self.answer, length=10)
        self._withdraw(self.complaint)
        with freeze_time(at("2026-03-20 10:00")):
            self._reopen(self.complaint)
            anew = self._get_deadline(self.complaint, "cbirc_answer_special", round=2)
            self.assertEqual(anew.extended_by, 0)
            self.assertEqual(anew.date_due, at("2026-04-19 23:59:59"))
            self.assertEqual((done.state, self.answer.extended_by), ("in_effect", 10))

    # ------------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------------

    def test_it_never_changes(self):
        extension = self._request(self.answer)
        other = self._get_deadline(self._receive_retail(), "retail_answer_complex")
        for user in (self.agent, self.supervisor, self.manager, self.env.user):
            for values in (
                {"state": "in_effect"},
                {"length": 30},
                {"reason": "改"},
                {"deadline_id": other.id},
                {"requested_by_id": self.colleague.id},
                {"date_due_after": at("2027-01-01 10:00")},
                {"notice_id": False},
                {"decided_by_id": user.id},
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self._refused("stays as it was made|The steps set"),
                ):
                    extension.with_user(user).write(values)
            with self.subTest(user.login), self.assertRaises(UserError):
                extension.with_user(user).unlink()
        with self._refused("never deleted"):
            extension.sudo().unlink()

    def test_the_complaint_does_not_change_it(self):
        extension = self._request(self.answer)
        for values in (
            {"extension_ids": [Command.delete(extension.id)]},
            {"extension_ids": [Command.update(extension.id, {"length": 30})]},
            {"extension_count": 0},
        ):
            with self.subTest(values), self._refused("The system sets"):
                self.complaint.with_user(self.manager).write(values)

    def test_what_the_system_sets_is_not_taken_from_the_caller(self):
        values = {
            "state": "in_effect",
            "requested_by_id": self.manager.id,
            "decided_by_id": self.manager.id,
            "date_due_after": at("2027-01-01 10:00"),
            "date_requested": at("2026-03-01 10:00"),
        }
        expected = {
            "state": "requested",
            "requested_by_id": self.agent.id,
            "decided_by_id": False,
            "date_due_after": at("2026-04-03 23:59:59"),
            "date_requested": at(NOW),
        }
        extension = self._ask_for(self.answer, **values)
        self.assertRecordValues(extension, [expected])
        extension.with_user(self.agent).action_take_back()
        context = {f"default_{name}": value for name, value in values.items()}
        extension = (
            self.env["customer.complaint.extension"]
            .with_user(self.agent)
            .with_context(**context)
            .create({"deadline_id": self.answer.id, "length": 3, "reason": "x"})
        )
        self.assertRecordValues(extension, [expected])

    def test_an_import_obeys_the_same_rules(self):
        Extension = self.env["customer.complaint.extension"].with_user(self.agent)
        names = ["deadline_id/.id", "length", "reason"]
        self.assertFalse(
            Extension.load(names, [[str(self.answer.id), "99", "延期"]])["ids"]
        )
        good = Extension.load(names, [[str(self.answer.id), "9", "延期"]])
        self.assertEqual(Extension.browse(good["ids"]).state, "requested")
        changed = Extension.load([".id", "state"], [[str(good["ids"][0]), "in_effect"]])
        self.assertFalse(changed["ids"])

    # ------------------------------------------------------------------
    # FORM
    # ------------------------------------------------------------------

    def test_the_form_shows_the_extensions(self):
        self._request(self.answer)
        form = Form(self.complaint.with_user(self.agent))
        self.assertEqual(len(form.extension_ids), 1)
