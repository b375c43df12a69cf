from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_deadline_escalated as run,
)

from .clock_common import ClockCase, at

MANAGER = "customer_complaint.group_complaint_manager"
RUN_LOGGER = run.__name__
# The issue: less than this many queries for each escalation on average.
QUERIES_PER_ESCALATION = 5


class EscalationCase(ClockCase):
    """A ladder of own rules on own policies; one manager in the company."""

    @classmethod
    def default_env_context(cls):
        # With chatter, as for everybody.
        return {"lang": "en_US"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The administrator and users of demo data are managers as well.
        cls.second_manager = cls._new_user("complaint_second_manager", "manager")
        group = cls.quick_ref(MANAGER)
        (group.all_user_ids - cls.manager).active = False
        cls.env["customer.complaint.deadline"].search(
            [("date_next_escalation", "!=", False)]
        ).date_next_escalation = False
        cls.shipped = cls.env["customer.complaint.escalation.rule"].search([])
        cls.shipped.active = False
        cls.remind, cls.due, cls.late = cls.env[
            "customer.complaint.escalation.rule"
        ].create(
            [
                {
                    "name": "提前一天提醒处理人",
                    "moment": "before",
                    "distance": 1,
                    "level": 1,
                    "target": "handler",
                },
                {
                    "name": "到期告知主管",
                    "moment": "at",
                    "level": 2,
                    "target": "leader",
                    "has_mail": True,
                },
                {
                    "name": "逾期两天告知负责人",
                    "moment": "after",
                    "distance": 2,
                    "level": 3,
                    "target": "manager",
                    "has_mail": True,
                    "priority": "2",
                },
            ]
        )
        cls.rules = cls.remind | cls.due | cls.late
        cls.policy = cls._create_policy(length=15)
        cls.env["customer.complaint.clock.update"].search([]).unlink()

    @classmethod
    def _create_policy(cls, **values):
        """Create a policy with one limit, and make it the default."""
        policy = cls.env["customer.complaint.policy"].create(
            {
                "name": "十五日内答复",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": "答复消费者",
                            "start_event": "received",
                            "done_event": "told",
                            "clock": "natural_days",
                            **values,
                        }
                    )
                ],
            }
        )
        cls.company.complaint_policy_id = policy
        return policy

    def _new(self, moment="2026-03-02 10:00", user=None, **values):
        """Create a complaint that the agent handles, received at a moment."""
        with freeze_time(at(moment)):
            return self._create_complaint(
                user,
                **{
                    "category_id": self.category_service.id,
                    "sale_order_id": False,
                    "line_ids": [],
                    "event_date": at(moment),
                    "event_place": "三号收银台",
                    "user_id": self.agent.id,
                    "date_received": at(moment),
                    **values,
                },
            ).sudo()

    def _escalate(self, moment):
        """Let the job run at a moment on the wall in Shanghai."""
        self.env.flush_all()
        with freeze_time(at(moment)), self.enter_registry_test_mode():
            self.quick_ref(
                "customer_complaint_deadline.cron_escalate_deadlines"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _done(self, complaint):
        """Return the levels that were done, in order."""
        return complaint.escalation_ids.sorted("id").mapped("level")

    def _todos(self, complaint, user):
        return complaint.activity_ids.filtered(lambda todo: todo.user_id == user)

    def _mails(self, complaint):
        return self.env["mail.mail"].search(
            [("model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )

    def _notes(self, complaint):
        return "\n".join(
            complaint.message_ids.filtered(
                lambda message: message.message_type == "notification"
            ).mapped("body")
        )


@tagged("post_install", "-at_install")
class TestEscalation(EscalationCase):
    """What becomes late climbs the ladder by itself, once per step."""

    # ------------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------------

    def test_days_are_counted_by_the_clock_of_the_limit(self):
        complaint = self._new()
        deadline = complaint.deadline_ids
        self.assertEqual(deadline.date_due, at("2026-03-17 23:59:59"))
        # The end of day 14.
        self.assertEqual(deadline.date_next_escalation, at("2026-03-16 23:59:59"))
        self._escalate("2026-03-16 23:58")
        self.assertFalse(complaint.escalation_ids)
        self._escalate("2026-03-17 00:00")
        self.assertEqual(self._done(complaint), [1])
        self.assertEqual(deadline.date_next_escalation, deadline.date_due)
        self._escalate("2026-03-18 00:01")
        self.assertEqual(self._done(complaint), [1, 2])
        self.assertEqual(deadline.date_next_escalation, at("2026-03-19 23:59:59"))
        self._escalate("2026-03-20 00:01")
        self.assertEqual(self._done(complaint), [1, 2, 3])
        self.assertFalse(deadline.date_next_escalation)

    def test_working_days_leave_out_the_weekend(self):
        self._create_policy(length=7, clock="working_days")
        complaint = self._new("2026-03-06 10:00")  # a Friday
        deadline = complaint.deadline_ids
        self.assertEqual(deadline.date_due, at("2026-03-17 23:59:59"))
        self.assertEqual(deadline.date_next_escalation, at("2026-03-16 23:59:59"))
        self._escalate("2026-03-18 09:00")
        self.assertEqual(deadline.date_next_escalation, at("2026-03-19 23:59:59"))

    def test_hours_have_rules_of_their_own(self):
        self.rules.copy({"clock_unit": "hours"})
        self._create_policy(length=24, clock="elapsed_hours")
        complaint = self._new("2026-03-06 10:00")
        deadline = complaint.deadline_ids
        self.assertEqual(deadline.date_next_escalation, at("2026-03-07 09:00"))
        self._escalate("2026-03-07 10:00")
        self.assertEqual(self._done(complaint), [1, 2])
        self.assertEqual(deadline.date_next_escalation, at("2026-03-07 12:00"))

    def test_working_hours_go_on_the_next_day(self):
        self.late.copy({"clock_unit": "hours", "distance": 4})
        self._create_policy(length=2, clock="working_hours")
        complaint = self._new("2026-03-05 14:00")
        self.assertEqual(
            complaint.deadline_ids.date_next_escalation, at("2026-03-06 11:00")
        )

    def test_a_limit_shorter_than_the_distance_is_not_reminded_of(self):
        self.remind.distance = 3
        self._create_policy(length=2)
        complaint = self._new()
        self.assertEqual(
            complaint.deadline_ids.date_next_escalation,
            complaint.deadline_ids.date_due,
        )

    def test_only_the_milestones_of_the_rule(self):
        other = self._create_policy(length=5)
        self.rules.milestone_ids = other.milestone_ids
        self.assertTrue(self._new().deadline_ids.date_next_escalation)
        self.company.complaint_policy_id = self.policy
        self.assertFalse(self._new().deadline_ids.date_next_escalation)

    def test_rules_of_another_company_are_theirs(self):
        self.rules.company_id = self.env["res.company"].create({"name": "分店"})
        self.assertFalse(self._new().deadline_ids.date_next_escalation)

    def test_reminders_wait_for_working_hours(self):
        self.remind.only_working_hours = True
        self.late.active = False
        complaint = self._new("2026-03-06 10:00")
        deadline = complaint.deadline_ids
        # Day 14 is a Friday: the reminder comes on Monday morning.
        self.assertEqual(deadline.date_due, at("2026-03-21 23:59:59"))
        self.assertEqual(deadline.date_next_escalation, deadline.date_due)
        self._escalate("2026-03-22 00:10")
        self.assertEqual(self._done(complaint), [2])
        self.assertEqual(deadline.date_next_escalation, at("2026-03-23 09:00"))
        # Not in the middle of the night either when the run was missed.
        self._escalate("2026-03-23 21:00")
        self.assertEqual(self._done(complaint), [2])
        self.assertEqual(deadline.date_next_escalation, at("2026-03-24 09:00"))
        self._escalate("2026-03-24 09:00")
        self.assertEqual(self._done(complaint), [2, 1])

    def test_what_the_law_requires_goes_out_at_once(self):
        self.remind.only_working_hours = True
        self._create_policy(length=15, is_statutory=True)
        complaint = self._new("2026-03-06 10:00")
        self._escalate("2026-03-21 00:10")
        self.assertEqual(self._done(complaint), [1])

    def test_reminders_go_out_where_nobody_has_working_hours(self):
        self.remind.only_working_hours = True
        self.calendar.attendance_ids.unlink()
        complaint = self._new("2026-03-06 10:00")
        self._escalate("2026-03-21 00:10")
        self.assertEqual(self._done(complaint), [1])

    # ------------------------------------------------------------------
    # ONCE
    # ------------------------------------------------------------------

    def test_once_however_often_it_runs(self):
        complaint = self._new()
        for _again in range(3):
            self._escalate("2026-03-18 09:00")
        self.assertEqual(self._done(complaint), [1, 2])
        self.assertEqual(len(self._todos(complaint, self.supervisor)), 1)
        self.assertEqual(len(self._mails(complaint)), 1)
        # Not even when the clock is worked out anew, or forgotten.
        complaint._sync_deadlines()
        complaint.deadline_ids.date_next_escalation = at("2026-03-17 09:00")
        self._escalate("2026-03-18 09:00")
        self.assertEqual(self._done(complaint), [1, 2])

    def test_the_database_refuses_a_second_time(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        escalation = complaint.escalation_ids
        vals = {
            name: escalation[name].id
            if escalation._fields[name].type == "many2one"
            else escalation[name]
            for name in (
                "complaint_id",
                "deadline_id",
                "milestone_id",
                "rule_id",
                "round",
                "turn",
                "res_id",
                "extended_by",
                "date",
            )
        }
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            escalation.create(vals)

    def test_missed_runs_are_caught_up(self):
        complaint = self._new()
        self._escalate("2026-04-20 09:00")
        self.assertEqual(self._done(complaint), [1, 2, 3])
        self.assertEqual(complaint.escalation_level, 3)
        self.assertEqual(complaint.escalation_count, 3)
        self.assertEqual(complaint.date_escalated, at("2026-04-20 09:00"))

    def test_each_turn_of_what_recurs(self):
        self._create_policy(
            kind="recurring", start_event="received", done_event="informed", length=5
        )
        complaint = self._new()
        self._escalate("2026-03-07 09:00")
        self.assertEqual(self._done(complaint), [1])
        with freeze_time(at("2026-03-07 10:00")):
            self._take_to(complaint, "accepted")
            self._record_notice(complaint, "progress", date=at("2026-03-07 10:00"))
        current = complaint.deadline_ids.filtered(lambda d: d.state == "running")
        self.assertEqual(current.turn, 2)
        self.assertEqual(current.date_next_escalation, at("2026-03-11 23:59:59"))
        self._escalate("2026-03-12 09:00")
        self.assertEqual(complaint.escalation_ids.sorted("id").mapped("turn"), [1, 2])

    def test_reopened_on_new_facts_it_climbs_anew(self):
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        with freeze_time(at("2026-03-18 10:00")):
            self._withdraw(complaint)
        self.assertFalse(any(complaint.deadline_ids.mapped("date_next_escalation")))
        with freeze_time(at("2026-03-20 10:00")):
            self._reopen(complaint, date_new_facts=at("2026-03-20 09:00"))
        self.assertEqual(complaint.escalation_level, 0)
        self._escalate("2026-04-04 09:00")
        self.assertEqual(self._done(complaint), [1, 2, 1])
        self.assertEqual(complaint.escalation_level, 1)

    def test_a_newly_granted_limit_is_reminded_of_again(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        deadline = complaint.deadline_ids
        deadline.extended_by = 10
        complaint._sync_deadlines()
        self.assertEqual(deadline.date_due, at("2026-03-27 23:59:59"))
        self.assertEqual(deadline.date_next_escalation, at("2026-03-26 23:59:59"))
        self._escalate("2026-03-27 09:00")
        self.assertEqual(self._done(complaint), [1, 1])

    def test_a_pause_moves_it_and_repeats_nothing(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        deadline = complaint.deadline_ids
        pauses = [(at("2026-03-17 10:00"), None)]
        with patch.object(
            type(complaint), "_get_pause_intervals", lambda *_args: pauses
        ):
            complaint._sync_deadlines()
            self.assertEqual(deadline.state, "paused")
            self.assertFalse(deadline.date_next_escalation)
            self._escalate("2026-03-30 09:00")
            self.assertEqual(self._done(complaint), [1])
            pauses[0] = (at("2026-03-17 10:00"), at("2026-03-30 10:00"))
            complaint._sync_deadlines()
            self.assertEqual(deadline.date_due, at("2026-03-30 23:59:59"))
            self.assertEqual(deadline.date_next_escalation, deadline.date_due)
            self._escalate("2026-03-31 09:00")
        self.assertEqual(self._done(complaint), [1, 2])

    def test_a_replaced_limit_and_its_successor_are_one(self):
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        self.policy.milestone_ids.length = 10
        complaint._apply_policy()
        old, new = complaint.deadline_ids.sorted("id")
        self.assertEqual((old.state, new.state), ("replaced", "running"))
        self.assertFalse(old.date_next_escalation)
        self._escalate("2026-03-18 10:00")
        self.assertEqual(self._done(complaint), [1, 2, 3])

    def test_what_was_done_in_time_is_not_escalated(self):
        complaint = self._new()
        with freeze_time(at("2026-03-03 10:00")):
            self._take_to(complaint, "closed")
        self.assertFalse(complaint.deadline_ids.date_next_escalation)
        self._escalate("2026-04-20 09:00")
        self.assertFalse(complaint.escalation_ids)

    def test_a_changed_rule_is_followed_in_the_background(self):
        complaint = self._new()
        self.remind.distance = 3
        self._run_updates()
        self.assertEqual(
            complaint.deadline_ids.date_next_escalation, at("2026-03-14 23:59:59")
        )
        self.remind.active = False
        self._run_updates()
        self.assertEqual(
            complaint.deadline_ids.date_next_escalation, complaint.deadline_ids.date_due
        )
        self.remind.unlink()
        self.assertTrue(self.env["customer.complaint.clock.update"].search([]))

    # ------------------------------------------------------------------
    # WHO AND WHAT
    # ------------------------------------------------------------------

    def test_todo_note_and_mail(self):
        self.due.todo_days = 2
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        [todo] = self._todos(complaint, self.supervisor)
        self.assertEqual(todo.summary, "Late: 答复消费者")
        self.assertEqual(todo.date_deadline, fields.Date.to_date("2026-03-20"))
        self.assertEqual(self._todos(complaint, self.agent).summary, "Late: 答复消费者")
        notes = self._notes(complaint)
        self.assertIn("Escalated to level 2", notes)
        self.assertIn("1 natural day late", notes)
        self.assertIn("Told: Complaint Supervisor", notes)
        [mail] = self._mails(complaint)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(self.supervisor.email, mail.email_to)
        self.assertEqual(mail.subject, f"Late: 答复消费者 (complaint {complaint.name})")
        self.assertIn(complaint.name, mail.body_html)
        self.assertIn(f"res_id={complaint.id}", mail.body_html)
        for secret in (self.customer.name, self.customer.phone, complaint.description):
            self.assertNotIn(secret, mail.body_html)
        self.assertRecordValues(
            complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due),
            [
                {
                    "user_ids": self.supervisor.ids,
                    "did_todo": True,
                    "did_message": True,
                    "did_mail": True,
                    "did_priority": False,
                    "did_reassign": False,
                    "note": False,
                    "date_due": at("2026-03-17 23:59:59"),
                }
            ],
        )

    def test_what_was_asked_for_is_done_once_the_limit_is_met(self):
        complaint = self._new()
        complaint.activity_schedule("mail.mail_activity_data_todo", summary="回电")
        self._escalate("2026-03-18 09:00")
        self.assertTrue(self._todos(complaint, self.supervisor))
        with freeze_time(at("2026-03-18 10:00")):
            complaint._write_unguarded({"date_notified": at("2026-03-18 09:30")})
        self.assertEqual(complaint.activity_ids.mapped("summary"), ["回电"])

    def test_before_the_limit_it_is_called_due_soon(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        self.assertEqual(
            self._todos(complaint, self.agent).summary, "Due soon: 答复消费者"
        )
        self.assertIn("14 h 59 min left", self._notes(complaint))

    def test_script_in_the_subject_stays_text(self):
        complaint = self._new(subject="<script>alert(1)</script>")
        self.policy.milestone_ids.name = "<script>alert(2)</script>"
        self._escalate("2026-03-18 09:00")
        self.assertNotIn("<script>", self._mails(complaint).body_html)
        self.assertNotIn("<script>", self._notes(complaint))

    def test_each_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.policy.milestone_ids.with_context(lang="zh_CN").name = "答复"
        self.policy.milestone_ids.with_context(lang="en_US").name = "Answer"
        self.supervisor.lang = "zh_CN"
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        self.assertIn("答复", self._todos(complaint, self.supervisor).summary)
        self.assertEqual(self._todos(complaint, self.agent).summary, "Late: Answer")

    def test_priority_is_raised_and_never_lowered(self):
        self.due.priority = "1"
        complaint, urgent = self._new(), self._new(priority="2")
        self._escalate("2026-03-18 09:00")
        self.assertEqual((complaint.priority, urgent.priority), ("1", "2"))
        self._escalate("2026-03-20 09:00")
        self.assertEqual((complaint.priority, urgent.priority), ("2", "2"))
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.late)
        self.assertTrue(last.did_priority)
        self.assertFalse(any(urgent.escalation_ids.mapped("did_priority")))

    def test_the_leader_becomes_the_handler(self):
        self.due.is_reassigned = True
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        self.assertEqual(complaint.user_id, self.supervisor)
        done = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertTrue(done.did_reassign)

    def test_the_handler_stays_where_several_were_told(self):
        self.late.is_reassigned = True
        self.second_manager.active = True
        complaint = self._new()
        self._escalate("2026-03-20 09:00")
        self.assertEqual(complaint.user_id, self.agent)
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.late)
        self.assertEqual(last.user_ids, self.manager | self.second_manager)
        self.assertIn("several people", last.note)

    def test_without_handler_the_leader_is_told(self):
        complaint = self._new()
        complaint._write_unguarded({"user_id": False})
        self._escalate("2026-03-17 09:00")
        self.assertEqual(complaint.escalation_ids.user_ids, self.supervisor)
        self.assertIn("the next above", complaint.escalation_ids.note)

    def test_a_handler_who_left_is_not_told(self):
        complaint = self._new()
        self.agent.sudo().active = False
        self._escalate("2026-03-17 09:00")
        self.assertEqual(complaint.escalation_ids.user_ids, self.supervisor)

    def test_without_leader_the_managers_are_told(self):
        self.team.leader_id = False
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertEqual(last.user_ids, self.manager)

    def test_who_only_reads_does_not_become_the_handler(self):
        group = self.env["res.groups"].create(
            {"name": "监察", "user_ids": [Command.set(self.auditor.ids)]}
        )
        self.due.write({"target": "group", "group_id": group.id, "is_reassigned": True})
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        done = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertEqual(done.user_ids, self.auditor)
        self.assertEqual(complaint.user_id, self.agent)
        self.assertIn("no role in complaint handling", done.note)

    def test_those_who_lost_their_role_are_not_told(self):
        complaint = self._new()
        self.team.leader_id = self.employee
        self.quick_ref("customer_complaint.group_complaint_agent").user_ids = [
            Command.unlink(self.agent.id)
        ]
        self._escalate("2026-03-17 09:00")
        self.assertEqual(complaint.escalation_ids.user_ids, self.manager)
        self.assertNotIn(self.employee.email, self._mails(complaint).mapped("email_to"))
        self.assertFalse(self._todos(complaint, self.employee | self.agent))

    def test_nobody_gets_the_right_to_see_a_case_by_a_rule(self):
        """Who leads a team with a role that does not see the case stays out of it."""
        self.due.is_reassigned = True
        complaint = self._new()
        self.team.leader_id = self.quality_user
        self._escalate("2026-03-18 09:00")
        done = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertEqual(done.user_ids, self.manager)
        self.assertNotEqual(complaint.user_id, self.quality_user)

    def test_recused_people_are_not_told(self):
        complaint = self._new()
        for person in (self.supervisor, self.manager):
            self._recuse(complaint, person)
        with self.assertLogs(RUN_LOGGER, "WARNING") as log:
            self._escalate("2026-03-18 09:00")
        self.assertIn(complaint.name, log.output[0])
        first, second = complaint.escalation_ids.sorted("level")
        self.assertEqual(first.user_ids, self.agent)
        self.assertFalse(second.user_ids)
        self.assertIn("Nobody could be told", second.note)
        # Recorded, so it is not tried for ever.
        self.assertEqual(
            complaint.deadline_ids.date_next_escalation, at("2026-03-19 23:59:59")
        )

    def test_members_of_a_group_who_see_the_complaint(self):
        people = (self.colleague, self.stranger, self.employee, self.auditor)
        group = self.env["res.groups"].create(
            {
                "name": "值班小组",
                "user_ids": [Command.set([user.id for user in people])],
            }
        )
        self.due.write({"target": "group", "group_id": group.id})
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertEqual(last.user_ids, self.colleague | self.auditor)

    def test_a_group_of_nobody_falls_to_the_managers(self):
        group = self.env["res.groups"].create({"name": "空组"})
        self.due.write({"target": "group", "group_id": group.id})
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertEqual(last.user_ids, self.manager)

    def test_without_address_the_rest_is_done(self):
        self.supervisor.partner_id.email = False
        complaint = self._new()
        self._escalate("2026-03-18 09:00")
        last = complaint.escalation_ids.filtered(lambda e: e.rule_id == self.due)
        self.assertFalse(self._mails(complaint))
        self.assertFalse(last.did_mail)
        self.assertIn("Complaint Supervisor has no e-mail address", last.note)
        self.assertTrue(self._todos(complaint, self.supervisor))
        self.assertIn("no e-mail address", self._notes(complaint))

    def test_the_shipped_ladder(self):
        self.rules.active = False
        self.shipped.active = True
        complaint = self._new()
        self._escalate("2026-03-30 10:00")
        self.assertEqual(self._done(complaint), [1, 2, 3, 4])
        self.assertEqual(complaint.priority, "2")
        self._create_policy(length=4, clock="elapsed_hours")
        hours = self._new()
        self._escalate("2026-03-30 10:00")
        self.assertEqual(self._done(hours), [1, 2, 3])

    # ------------------------------------------------------------------
    # BAD RECORDS
    # ------------------------------------------------------------------

    def _break(self, broken, error):
        """Make the escalation of one complaint fail."""
        original = run.CustomerComplaintDeadlineEscalated._make_todos

        def fail(model, steps):
            if any(step.complaint == broken for step in steps):
                raise error
            return original(model, steps)

        Deadline = self.env.registry["customer.complaint.deadline"]
        return patch.object(Deadline, "_make_todos", fail)

    def test_one_that_fails_does_not_stop_the_others(self):
        before, broken, after = (self._new() for _n in range(3))
        with self._break(broken, UserError("资料不完整。")), mute_logger(RUN_LOGGER):
            self._escalate("2026-03-18 09:00")
            self.assertEqual(self._done(before), [1, 2])
            self.assertEqual(self._done(after), [1, 2])
            self.assertFalse(broken.escalation_ids)
            self.assertFalse(self._todos(broken, self.agent))
            self.assertFalse(self._mails(broken))
            deadline = broken.deadline_ids
            self.assertEqual(deadline.escalation_error, "资料不完整。")
            self.assertEqual(broken.escalation_error, "资料不完整。")
            self.assertEqual(
                deadline.date_next_escalation,
                at("2026-03-18 09:00") + run.RETRY_DELAY,
            )
            # Said once, tried again when its time has come.
            self._escalate("2026-03-18 09:05")
            self._escalate("2026-03-18 10:05")
            self._escalate("2026-03-18 11:10")
        self.assertEqual(self._notes(broken).count("could not be escalated"), 1)
        self._escalate("2026-03-18 12:15")
        self.assertEqual(self._done(broken), [1, 2])
        self.assertFalse(broken.deadline_ids.escalation_error)

    def test_what_is_no_message_for_users_is_named_only(self):
        broken = self._new()
        with (
            self._break(broken, ValueError("password=secret")),
            mute_logger(RUN_LOGGER),
        ):
            self._escalate("2026-03-18 09:00")
        self.assertNotIn("secret", broken.deadline_ids.escalation_error)
        self.assertIn("ValueError", broken.deadline_ids.escalation_error)

    def test_conflicts_with_others_end_the_run_and_are_no_error(self):
        complaint = self._new()
        tries = []

        def fail(model, steps):
            tries.append(len(steps))
            raise psycopg2.errors.SerializationFailure

        Deadline = self.env.registry["customer.complaint.deadline"]
        with patch.object(Deadline, "_make_todos", fail):
            self._escalate("2026-03-18 09:00")
        self.assertEqual(len(tries), run.MAX_CONFLICTS)
        self.assertFalse(complaint.deadline_ids.escalation_error)
        self._escalate("2026-03-18 09:05")
        self.assertEqual(self._done(complaint), [1, 2])

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_who_reads_escalations(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        escalation = complaint.escalation_ids
        for user in (self.agent, self.supervisor, self.manager, self.auditor):
            self.assertTrue(escalation.with_user(user).has_access("read"), user.login)
        for user in (self.stranger, self.employee, self.quality_user):
            self.assertFalse(escalation.with_user(user).has_access("read"), user.login)

    def test_nobody_writes_escalations(self):
        complaint = self._new()
        self._escalate("2026-03-17 09:00")
        escalation = complaint.escalation_ids
        self.manager.group_ids += self.env.ref("base.group_system")
        for user in (self.agent, self.manager):
            own = escalation.with_user(user)
            for change in (
                lambda own=own: own.create({"complaint_id": complaint.id}),
                lambda own=own: own.write({"note": "没有提醒过"}),
                lambda own=own: own.unlink(),
            ):
                with self._refused("", (AccessError, UserError)):
                    change()
        with self._refused("stays on record"):
            escalation.note = "没有提醒过"
        with self._refused("are kept"):
            escalation.unlink()

    def test_nobody_sets_what_the_job_sets(self):
        complaint = self._new().with_user(self.manager)
        for name, value in (("escalation_level", 0), ("escalation_count", 9)):
            with self._refused("sets these by itself"):
                complaint.write({name: value})
        with self._refused("", AccessError):
            complaint.deadline_ids.write({"date_next_escalation": False})

    def test_managers_only_edit_rules(self):
        self._give_all_companies(self.manager)
        for user in (self.agent, self.supervisor, self.auditor, self.quality_user):
            with self._refused("", AccessError):
                self.due.with_user(user).level = 5
        self.due.with_user(self.manager).level = 5

    def test_a_rule_that_was_carried_out_stays(self):
        self._new()
        self._escalate("2026-03-17 09:00")
        self._give_all_companies(self.manager)
        with self._refused("Archive them instead"):
            self.remind.with_user(self.manager).unlink()
        self.late.with_user(self.manager).unlink()

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_rules_that_make_no_sense(self):
        self._give_all_companies(self.manager)
        group = self.env["res.groups"].create(
            {
                "name": "两人小组",
                "user_ids": [Command.set((self.agent | self.colleague).ids)],
            }
        )
        for text, vals in (
            ("cannot be negative", {"distance": -1}),
            ("cannot be right", {"distance": 10000}),
            ("counted whole", {"distance": 1.5}),
            ("how long before or after", {"distance": 0}),
            ("levels start at 1", {"level": 0}),
            ("0 to 366 days", {"todo_days": -1}),
            ("choose the group", {"target": "group", "group_id": False}),
            (
                "does nothing",
                {"has_todo": False, "has_message": False, "has_mail": False},
            ),
            ("has the case already", {"is_reassigned": True}),
            (
                "2 people would be told",
                {"target": "group", "group_id": group.id, "is_reassigned": True},
            ),
        ):
            with self.subTest(text=text), self._refused(text, ValidationError):
                self.remind.with_user(self.manager).write(vals)

    # ------------------------------------------------------------------
    # COST
    # ------------------------------------------------------------------

    def test_queries_per_escalation(self):
        with freeze_time(at("2026-03-02 10:00")):
            self.env["customer.complaint"].with_context(tracking_disable=True).create(
                [
                    {
                        "category_id": self.category_service.id,
                        "channel_id": self.channel.id,
                        "team_id": self.team.id,
                        "user_id": (self.agent | self.colleague)[n % 2].id,
                        "description": "等待超过一小时。",
                    }
                    for n in range(200)
                ]
            )
        self.env.flush_all()
        self.env.invalidate_all()
        Escalation = self.env["customer.complaint.escalation"]
        count = Escalation.search_count([])
        for moment in ("2026-03-17 09:00", "2026-03-20 09:00"):
            before = self.cr.sql_log_count
            self._escalate(moment)
            queries = self.cr.sql_log_count - before
            done = Escalation.search_count([]) - count
            count += done
            self.assertGreaterEqual(done, 200)
            self.assertLess(queries / done, QUERIES_PER_ESCALATION, (queries, done))

    def test_pages_of_a_few(self):
        complaints = [self._new() for _n in range(7)]
        sizes = []
        original = run.CustomerComplaintDeadlineEscalated._escalate

        def note_size(deadlines, now):
            sizes.append(len(deadlines))
            return original(deadlines, now)

        Deadline = self.env.registry["customer.complaint.deadline"]
        with (
            patch.object(run, "BATCH_SIZE", 3),
            patch.object(Deadline, "_escalate", note_size),
        ):
            self._escalate("2026-03-17 09:00")
        self.assertEqual(sizes, [3, 3, 1])
        self.assertEqual([self._done(c) for c in complaints], [[1]] * 7)

    def test_found_by_the_filters(self):
        complaint, quiet = self._new(), self._new("2026-03-10 10:00")
        self._escalate("2026-03-17 09:00")
        found = self.env["customer.complaint"].search([("escalation_level", ">", 0)])
        self.assertIn(complaint, found)
        self.assertNotIn(quiet, found)
        action = complaint.action_open_escalations()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]),
            complaint.escalation_ids,
        )
        self.assertEqual(complaint.date_escalated - at("2026-03-17 09:00"), timedelta())
