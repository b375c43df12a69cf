from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .clock_common import ClockCase, at

# A batch may cost this many queries more for each complaint (issue: at most one).
QUERIES_PER_COMPLAINT = 1


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 08:00:00")  # a Friday, 16:00 in Shanghai
class TestDeadline(ClockCase):
    """The clocks of a complaint start, run, are met and stop by themselves."""

    # ------------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------------

    def test_the_clock_starts_when_the_complaint_is_received(self):
        complaint = self._receive("2026-03-06 15:20")
        self.assertEqual(complaint.date_deadline, at("2026-03-07 15:20"))
        self.assertEqual(
            complaint.deadline_milestone_id.name, "Answer to a general complaint"
        )
        self.assertEqual(complaint.due_state, "soon")
        self.assertEqual(complaint.time_left, "23 h 20 min left")
        self.assertFalse(complaint.is_late)

    def test_correcting_when_it_was_received_moves_the_clock(self):
        complaint = self._receive("2026-03-06 15:20")
        complaint.date_received = at("2026-03-05 15:20")
        self.assertEqual(complaint.date_deadline, at("2026-03-06 15:20"))
        self.assertTrue(complaint.is_late)
        self.assertEqual(complaint.time_left, "40 min late")

    def test_nobody_dates_themselves_out_of_a_missed_limit(self):
        complaint = self._receive("2026-03-05 15:20")
        self.assertTrue(complaint.is_late)
        with self._refused("Ask a supervisor", AccessError):
            complaint.date_received = at("2026-03-06 10:00")
        complaint.with_user(self.supervisor).date_received = at("2026-03-06 10:00")
        self.assertFalse(complaint.is_late)

    def test_told_in_time_it_is_met(self):
        complaint = self._receive("2026-03-06 15:20")
        self._take_to(complaint, "followup")
        answer = self._get_deadline(complaint, "retail_answer_general")
        self.assertRecordValues(
            answer,
            [
                {
                    "state": "met",
                    "date_done": fields.Datetime.now(),
                    "late_by": 0,
                    "is_late": False,
                }
            ],
        )
        self.assertFalse(complaint.date_deadline)
        self.assertFalse(complaint.was_late)

    def test_told_late_it_stays_late_in_its_own_unit(self):
        complaint = self._receive("2026-03-06 10:00", complexity="complex")
        with freeze_time(at("2026-03-19 10:00")):
            self.assertTrue(complaint.is_late)
            self.assertEqual(
                self._get_deadline(complaint, "retail_answer_complex").late_text,
                "2 working days",
            )
            self._take_to(complaint, "closed")
        answer = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual((answer.state, answer.late_by), ("missed", 2))
        self.assertTrue(complaint.was_late)
        with freeze_time(at("2026-03-20 10:00")):
            self._reopen(complaint, date_new_facts=at("2026-03-20 09:00"))
        self.assertEqual((answer.state, answer.late_by), ("missed", 2))
        self.assertTrue(complaint.was_late)
        anew = self._get_deadline(complaint, "retail_answer_complex", round=2)
        self.assertEqual(anew.date_start, at("2026-03-20 09:00"))
        self.assertEqual(anew.date_due, at("2026-03-31 23:59:59"))
        # Before that the new limit is to be told.
        self.assertEqual(complaint.date_deadline, at("2026-03-21 09:00"))

    def test_on_new_facts_what_was_done_before_is_not_asked_for_again(self):
        policy = self.env["customer.complaint.policy"].create(
            {
                "name": "受理与答复",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": f"{start}-{done}",
                            "start_event": start,
                            "done_event": done,
                            "length": 3,
                        }
                    )
                    for start, done in (
                        ("received", "accepted"),
                        ("accepted", "answered"),
                    )
                ],
            }
        )
        complaint = self._receive("2026-03-02 10:00", policy)
        self._take_to(complaint, "closed")
        with freeze_time(at("2026-03-09 10:00")):
            self._reopen(complaint)
        complaint._update_from_notices()
        self.assertFalse(complaint.date_first_answer)
        self.assertRecordValues(
            complaint.sudo().deadline_ids.filtered(lambda d: d.round == 2),
            [
                {
                    "name": "accepted-answered",
                    "date_start": at("2026-03-09 10:00"),
                    "state": "running",
                }
            ],
        )

    def test_new_facts_cannot_lie_in_the_future(self):
        complaint = self._receive("2026-03-06 10:00")
        self._withdraw(complaint)
        with self._refused("not in the future", ValidationError):
            self._reopen(complaint, date_new_facts=at("2026-03-08 10:00"))

    def test_taking_the_decision_back_lets_the_clock_run_again(self):
        complaint = self._receive("2026-03-06 10:00", self.gsp)
        self._take_to(complaint, "remediation")
        self.assertEqual(
            self._get_deadline(complaint, "gsp_carried_out").state, "running"
        )
        complaint.action_investigate()
        carried_out = self._get_deadline(complaint, "gsp_carried_out")
        self.assertEqual((carried_out.state, carried_out.date_due), ("waiting", False))

    def test_the_end_stops_all_clocks(self):
        cases = {
            "withdrawn": self._withdraw,
            "refused": self._refuse,
        }
        for state, end in cases.items():
            complaint = self._receive("2026-03-06 10:00")
            end(complaint)
            with self.subTest(state):
                self.assertEqual(complaint.state, state)
                self.assertFalse(complaint.date_deadline)
                self.assertEqual(
                    self._get_deadline(complaint, "retail_answer_general").state,
                    "dropped",
                )
                self.assertEqual(
                    complaint.shown_deadline_ids.mapped("state"), ["dropped"]
                )
                self.assertFalse(complaint.was_late)

    def test_a_withdrawal_ends_the_procedure_the_day_it_arrived(self):
        complaint = self._receive("2026-02-19 10:00", self.cbirc)
        with freeze_time(at("2026-03-10 09:00")):
            self._withdraw(complaint, date_withdrawn=fields.Date.to_date("2026-03-06"))
        self.assertEqual(
            self._get_deadline(complaint, "cbirc_answer_general").late_by, 0
        )
        self.assertFalse(complaint.was_late)

    def test_a_limit_missed_before_the_withdrawal_stays_known(self):
        complaint = self._receive("2026-02-17 10:00", self.cbirc)
        self._withdraw(complaint, date_withdrawn=fields.Date.to_date("2026-03-06"))
        answer = self._get_deadline(complaint, "cbirc_answer_general")
        self.assertEqual((answer.state, answer.late_by), ("dropped", 2))
        self.assertTrue(complaint.was_late)

    def test_an_unreachable_complainant_is_not_the_handler_s_fault(self):
        complaint = self._receive("2026-03-06 15:20")
        self._take_to(complaint, "remediation")
        self._write_decision(complaint)
        for _attempt in range(self.company.complaint_unreachable_attempts):
            self._record_notice(
                complaint,
                state="failed",
                failure_reason="电话无人接听",
                proof_ref=False,
            )
        self.assertTrue(complaint.is_unreachable)
        answer = self._get_deadline(complaint, "retail_answer_general")
        self.assertEqual(answer.state, "met")

    # ------------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------------

    def test_acknowledged_the_same_day(self):
        complaint = self._receive("2026-03-06 15:20", self.cbirc)
        self.assertEqual(
            self._get_deadline(complaint, "cbirc_acknowledged").state, "waiting"
        )
        complaint.action_accept()
        acknowledged = self._get_deadline(complaint, "cbirc_acknowledged")
        self.assertEqual(acknowledged.date_due, at("2026-03-06 23:59:59"))
        self.assertEqual(complaint.date_deadline, acknowledged.date_due)
        self._tell(complaint, "receipt")
        self.assertEqual(acknowledged.state, "met")
        self.assertEqual(complaint.date_deadline, at("2026-03-21 23:59:59"))

    def test_the_receipt_says_until_when(self):
        complaint = self._receive("2026-03-06 15:20", self.cbirc)
        complaint.action_accept()
        self.assertIn("until 03/21/2026.", complaint._get_notice_content("receipt"))

    def test_goods_that_came_back_are_refunded_within_seven_days(self):
        complaint = self._receive("2026-03-05 10:00")
        self._take_to(complaint, "remediation")
        complaint.date_goods_returned = at("2026-03-06 15:00")
        refund = self._get_deadline(complaint, "retail_refund")
        self.assertEqual(refund.date_due, at("2026-03-13 23:59:59"))
        with freeze_time(at("2026-03-14 08:00")):
            self._tell_decision(complaint)
        self.assertEqual((refund.state, refund.late_by), ("missed", 1))

    def test_goods_cannot_have_come_back_before_or_in_the_future(self):
        complaint = self._receive("2026-03-05 10:00")
        for moment in ("2026-03-05 09:00", "2026-03-07 09:00"):
            with self.subTest(moment), self._refused("lies between", ValidationError):
                complaint.date_goods_returned = at(moment)

    def test_passing_to_quality_meets_its_limit_and_asks_quality(self):
        complaint = self._receive("2026-03-06 10:00", self.gsp)
        passed = self._get_deadline(complaint, "gsp_passed")
        self.assertEqual(passed.date_due, at("2026-03-10 23:59:59"))
        complaint.action_pass_to_quality()
        self.assertEqual(passed.state, "met")
        self.assertIn(self.quality_user, complaint.sudo().activity_ids.user_id)
        with self._refused("already"):
            complaint.action_pass_to_quality()

    def test_a_handler_from_quality_counts_as_passed_to_quality(self):
        complaint = self._receive("2026-03-06 10:00", self.gsp)
        complaint.with_user(self.supervisor).user_id = self.quality_user
        self.assertEqual(self._get_deadline(complaint, "gsp_passed").state, "met")
        at_once = self._receive(
            "2026-03-06 10:00", self.gsp, user_id=self.quality_user.id
        )
        self.assertEqual(self._get_deadline(at_once, "gsp_passed").state, "met")

    def test_refused_after_it_was_accepted_nothing_runs_on(self):
        complaint = self._receive("2026-03-06 10:00")
        self._take_to(complaint, "investigating")
        self.assertIn("running", complaint.deadline_ids.mapped("state"))
        self._refuse(
            complaint,
            self.supervisor,
            refusal_ground_id=self.quick_ref(
                "customer_complaint.refusal_ground_not_entitled"
            ),
            refusal_note="经核实，投诉人并非消费者本人，也未受其委托。",
        )
        left = {"waiting", "running", "paused"}
        self.assertFalse(left.intersection(complaint.deadline_ids.mapped("state")))

    # ------------------------------------------------------------------
    # RECURRING
    # ------------------------------------------------------------------

    def test_keeping_informed_begins_again_until_it_is_decided(self):
        complaint = self._receive("2026-03-02 10:00", complexity="complex")
        complaint.action_accept()  # on Friday
        first = self._get_deadline(complaint, "retail_informed_complex")
        self.assertEqual(first.date_due, at("2026-03-13 23:59:59"))
        with freeze_time(at("2026-03-11 10:00")):
            self._record_notice(complaint, "progress", date=at("2026-03-11 10:00"))
        self.assertEqual(first.state, "met")
        second = self._get_deadline(complaint, "retail_informed_complex", turn=2)
        self.assertEqual(second.date_due, at("2026-03-18 23:59:59"))
        with freeze_time(at("2026-03-20 10:00")):
            # An earlier call becomes known later.
            self._record_notice(complaint, "progress", date=at("2026-03-09 10:00"))
            self.assertEqual(first.date_done, at("2026-03-09 10:00"))
            self.assertEqual(second.date_done, at("2026-03-11 10:00"))
            third = self._get_deadline(complaint, "retail_informed_complex", turn=3)
            self.assertEqual(third.date_due, at("2026-03-18 23:59:59"))
            self.assertTrue(third.is_late)
            self._take_to(complaint, "remediation")
        self.assertEqual(third.state, "dropped")

    def test_a_notice_that_is_void_informed_nobody(self):
        complaint = self._receive("2026-03-02 10:00", complexity="complex")
        complaint.action_accept()
        with freeze_time(at("2026-03-11 10:00")):
            notice = self._record_notice(
                complaint, "progress", date=at("2026-03-11 10:00")
            )
            notice.with_user(self.supervisor)._void("记错了投诉")
        first = self._get_deadline(complaint, "retail_informed_complex")
        self.assertEqual(first.mapped("turn"), [1])
        self.assertEqual(first.state, "running")

    # ------------------------------------------------------------------
    # EXPLANATION
    # ------------------------------------------------------------------

    def test_the_deadline_says_why_then(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "清明节",
                "company_id": self.company.id,
                "calendar_id": self.calendar.id,
                "date_from": at("2026-03-10 00:00:00"),
                "date_to": at("2026-03-10 23:59:59"),
            }
        )
        complaint = self._receive("2026-03-06 10:30", complexity="complex")
        deadline = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(
            deadline.explanation.replace("\u202f", " ").splitlines(),
            [
                "7 working days from “Complaint Received” to “Decision Told”",
                "Started: 03/06/2026 10:30 AM (Asia/Shanghai)",
                "Not counted, day of the event: 03/06/2026",
                "Not counted, no working day: 03/07/2026 – 03/08/2026, "
                "03/14/2026 – 03/15/2026",
                "Not counted, public holiday: 03/10/2026",
                "Due: 03/18/2026 11:59 PM (Asia/Shanghai)",
            ],
        )
        self.assertIn("<td>day 2 – 4</td>", deadline.explanation_table)
        self.assertIn("<td>public holiday</td>", deadline.explanation_table)

    def test_what_has_not_started_says_so(self):
        complaint = self._receive("2026-03-06 10:30")
        self.assertIn(
            "has not happened",
            self._get_deadline(complaint, "retail_refund").explanation,
        )

    # ------------------------------------------------------------------
    # LISTS
    # ------------------------------------------------------------------

    def test_late_complaints_are_found(self):
        late = self._receive("2026-03-05 10:00")
        soon = self._receive("2026-03-06 10:00")
        far = self._receive("2026-03-06 10:00", complexity="complex")
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        ours = [("id", "in", (late | soon | far).ids)]
        self.assertEqual(Complaint.search([*ours, ("is_late", "=", True)]), late)
        self.assertEqual(Complaint.search([*ours, ("is_late", "=", False)]), soon | far)
        self.assertEqual(
            (late | soon | far).mapped("due_state"), ["late", "soon", "running"]
        )
        Deadline = self.env["customer.complaint.deadline"]
        self.assertEqual(
            Deadline.search(
                [
                    ("complaint_id", "in", (late | soon | far).ids),
                    ("is_late", "=", True),
                ]
            ).complaint_id,
            late,
        )

    def test_the_form_shows_the_clocks(self):
        complaint = self._receive("2026-03-06 10:00")
        shown = complaint.shown_deadline_ids
        self.assertEqual(
            shown.mapped("name"),
            [
                "Answer to a general complaint",
                "Acknowledge with limit and contact",
                "Refund after the goods came back",
            ],
        )
        with Form(complaint) as form:
            self.assertEqual(form.complexity, "general")
        complaint._write_unguarded({"complexity": "complex"})
        self.assertIn(
            "Answer to a complex complaint",
            complaint.shown_deadline_ids.mapped("name"),
        )

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_nobody_writes_deadlines(self):
        complaint = self._receive("2026-03-06 10:00")
        deadline = self._get_deadline(complaint, "retail_answer_general")
        for user in (self.agent, self.supervisor, self.manager, self.quality_user):
            own = deadline.with_user(user)
            self.assertTrue(own.length_text)
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.date_due = at("2027-01-01 10:00")
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.unlink()
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.copy()
        with self._refused("Deadlines are kept"):
            deadline.unlink()

    def test_nobody_sets_the_due_date_of_a_complaint(self):
        complaint = self._receive("2026-03-06 10:00").with_user(self.manager)
        deadline = self._get_deadline(complaint, "retail_answer_general")
        for values in (
            {"date_deadline": at("2027-01-01 10:00")},
            {"was_late": False},
            {"clock_round": 7},
            {"date_restarted": at("2026-03-06 12:00")},
            {"deadline_ids": [Command.update(deadline.id, {"length": 99})]},
            {"date_acknowledged": at("2026-03-06 12:00")},
        ):
            with self.subTest(values), self._refused("The system sets"):
                complaint.write(values)
        with self._refused("The system sets"):
            self._create_complaint(date_deadline=at("2027-01-01 10:00"))

    def test_strangers_see_no_deadlines(self):
        complaint = self._receive("2026-03-06 10:00")
        deadline = self._get_deadline(complaint, "retail_answer_general")
        for user in (self.stranger, self.employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                deadline.with_user(user).read(["date_due"])
        for user in (self.auditor, self.archivist):
            self.assertTrue(deadline.with_user(user).date_due)
        abroad = self._new_outsider("manager")
        with self.assertRaises(AccessError):
            deadline.with_user(abroad).read(["date_due"])

    def test_strangers_do_not_pass_it_to_quality(self):
        complaint = self._receive("2026-03-06 10:00")
        for user in (self.stranger, self.auditor, self.employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                complaint.with_user(user).action_pass_to_quality()

    # ------------------------------------------------------------------
    # COST
    # ------------------------------------------------------------------

    def _count_creation(self, count):
        """Return the queries of creating so many complaints at once."""
        vals_list = [
            {
                "partner_id": self.customer.id,
                "category_id": self.category.id,
                "channel_id": self.channel.id,
                "team_id": self.team.id,
                "description": "打开后发现面霜里有头发。",
            }
            for _i in range(count)
        ]
        Complaint = self.env["customer.complaint"].with_context(tracking_disable=True)
        Complaint.create(vals_list[:1])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        Complaint.create(vals_list)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_a_batch_costs_at_most_one_query_more_for_each(self):
        few, many = self._count_creation(2), self._count_creation(52)
        self.assertLessEqual(many - few, 50 * QUERIES_PER_COMPLAINT)

    def test_five_milestones_add_at_most_six_queries(self):
        five = self.env["customer.complaint.policy"].create(
            {
                "name": "五个时限",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": f"时限{number}",
                            "start_event": "received",
                            "done_event": "told",
                            "length": number,
                            "clock": "working_days",
                        }
                    )
                    for number in range(1, 6)
                ],
            }
        )
        self.company.complaint_policy_id = False
        without = self._count_creation(1)
        self.company.complaint_policy_id = five
        self.assertLessEqual(self._count_creation(1), without + 6)
