from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .clock_common import PauseCase, at


@tagged("post_install", "-at_install")
class TestMainlandHolidays(PauseCase):
    """Holidays and make-up days of this and next year, added by a button."""

    def _add(self, calendar=None):
        return (calendar or self.calendar).action_add_mainland_holidays()

    def _get_holidays(self, calendar=None):
        return self.env["resource.calendar.leaves"].search(
            [
                ("calendar_id", "=", (calendar or self.calendar).id),
                ("resource_id", "=", False),
            ],
            order="date_from",
        )

    def test_they_are_those_that_were_announced(self):
        self._add()
        clock = self.calendar._get_complaint_clock(self.company)
        days = [date(2026, 1, 1).fromordinal(n) for n in range(739617, 739617 + 365)]
        self.assertEqual((days[0], days[-1]), (date(2026, 1, 1), date(2026, 12, 31)))
        off = {
            (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (2, 23),
            (1, 1), (1, 2), (4, 6), (5, 1), (5, 4), (5, 5), (6, 19), (9, 25),
            (10, 1), (10, 2), (10, 5), (10, 6), (10, 7),
        }  # fmt: skip
        worked = {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}
        for day in days:
            key = (day.month, day.day)
            expected = (day.weekday() < 5 and key not in off) or key in worked
            self.assertEqual(clock.is_working_day(day), expected, day)

    def test_the_next_year_is_provisional_and_without_make_up_days(self):
        self._add()
        names = [
            holiday.name
            for holiday in self._get_holidays()
            if holiday.date_from >= at("2027-01-01 00:00")
        ]
        self.assertEqual(len(names), 7)
        self.assertTrue(all("provisional" in name for name in names))
        self.assertNotIn(
            2027, {day.date.year for day in self.calendar.complaint_makeup_day_ids}
        )
        clock = self.calendar._get_complaint_clock(self.company)
        for day in ((1, 1), (2, 5), (2, 8), (4, 5), (6, 9), (9, 15), (10, 1)):
            self.assertFalse(clock.is_working_day(date(2027, *day)), day)
        for day in ((1, 4), (2, 4), (2, 9), (5, 3), (10, 4)):
            self.assertTrue(clock.is_working_day(date(2027, *day)), day)

    def test_a_second_press_adds_nothing_and_keeps_what_was_edited(self):
        message = self._add()["params"]["message"]
        self.assertIn("14 holidays and 6 make-up days", message)
        self.assertIn("2027", message)
        holidays = self._get_holidays()
        spring = holidays.filtered(lambda holiday: "Spring" in holiday.name)[1]
        spring.write({"date_to": at("2027-02-11 23:59:59"), "name": "春节 2027"})
        message = self._add()["params"]["message"]
        self.assertIn("0 holidays and 0 make-up days", message)
        self.assertEqual(self._get_holidays(), holidays)
        self.assertEqual(spring.name, "春节 2027")

    def test_what_is_there_is_not_added_twice(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "国庆",
                "calendar_id": self.calendar.id,
                "date_from": at("2026-10-01 00:00"),
                "date_to": at("2026-10-07 23:59:59"),
            }
        )
        message = self._add()["params"]["message"]
        self.assertIn("13 holidays", message)

    @freeze_time(at("2026-02-12 10:00"))
    def test_limits_follow_them(self):
        complaint = self._receive("2026-02-12 09:30", self.retail, complexity="complex")
        answer = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(answer.date_due, at("2026-02-23 23:59:59"))
        self._add()
        self._run_updates()
        # 13, 14 (make-up), 24, 25, 26, 27, 28 (make-up) February.
        self.assertEqual(answer.date_due, at("2026-02-28 23:59:59"))

    def test_only_who_may_change_working_hours(self):
        for user in (self.agent, self.supervisor, self.employee):
            with self._refused("", AccessError):
                self._add(self.calendar.with_user(user))
        admin = new_test_user(
            self.env, "holiday_admin", "base.group_user,base.group_system"
        )
        self._add(self.calendar.with_user(admin))
        self.assertEqual(len(self.calendar.complaint_makeup_day_ids), 6)

    def test_a_day_off_takes_the_next_working_day_for_day_0(self):
        """0 working days from a day off: the next working day is no day 1."""
        milestone = self.quick_ref("customer_complaint_deadline.milestone_gsp_passed")
        milestone.length = 0
        complaint = self._receive("2026-03-07 10:00", self.gsp)  # a Saturday
        deadline = self._get_deadline(complaint, "gsp_passed")
        self.assertEqual(deadline.date_due, at("2026-03-09 23:59:59"))
        self.assertNotIn("day 1", deadline.explanation_table)
        self.assertIn("counts as the day of the event", deadline.explanation_table)
        milestone.length = 1
        deadline = self._get_deadline(
            self._receive("2026-03-07 10:00", self.gsp), "gsp_passed"
        )
        self.assertEqual(deadline.date_due, at("2026-03-09 23:59:59"))
        self.assertIn("day 1", deadline.explanation_table)


@tagged("post_install", "-at_install")
@freeze_time(at("2026-03-06 16:00"))
class TestAcknowledgement(PauseCase):
    """Every shipped policy acknowledges, and every receipt names the day."""

    def _get_policies(self):
        names = ("retail", "gsp", "cbirc", "cbrc", "opinion", "service")
        return [
            self.quick_ref(f"customer_complaint_deadline.policy_{name}")
            for name in names
        ]

    def test_every_shipped_policy_has_it_within_a_day(self):
        for policy in self._get_policies():
            milestone = policy.milestone_ids.filtered(
                lambda milestone: milestone.done_event == "acknowledged"
            )
            self.assertEqual(len(milestone), 1, policy.code)
            self.assertIn(
                (milestone.length, milestone.clock),
                [(0, "natural_days"), (24, "elapsed_hours")],
            )

    def test_every_receipt_names_the_day(self):
        policies = self._get_policies()
        own = self.env["customer.complaint.policy"].create(
            {
                "name": "自定",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": "移交",
                            "done_event": "passed_to_quality",
                            "length": 2,
                        }
                    )
                ],
            }
        )
        for policy in (*policies, own):
            with self.subTest(policy.code):
                policy.active = True
                complaint = self._receive("2026-03-06 09:00", policy)
                complaint.with_user(self.agent).action_accept()
                self.assertRegex(complaint._get_limit_text(), r"until .*\d\d/\d\d/2026")
                receipt = complaint._get_notice_content("receipt")
                self.assertRegex(receipt, r"until .*\d\d/\d\d/2026")
                self.assertIn(complaint.name, receipt)

    def test_the_days_of_the_company_are_named_where_no_limit_is(self):
        self.company.complaint_answer_days = 20
        policy = self.env["customer.complaint.policy"].create(
            {
                "name": "自定",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": "移交",
                            "done_event": "passed_to_quality",
                            "length": 2,
                        }
                    )
                ],
            }
        )
        complaint = self._receive("2026-03-06 09:00", policy)
        complaint.with_user(self.agent).action_accept()
        self.assertIn("03/26/2026", complaint._get_limit_text())
        with self._refused("within 1 to"):
            self.company.complaint_answer_days = 0

    def test_a_later_telling_acknowledges(self):
        for kind, told in (("progress", self._tell), ("receipt", self._tell)):
            with self.subTest(kind):
                complaint = self._receive("2026-03-06 09:00", self.cbirc)
                complaint = complaint.with_user(self.agent)
                complaint.action_accept()
                told(complaint, kind)
                clock = self._get_deadline(complaint, "cbirc_acknowledged")
                self.assertEqual(clock.state, "met")

    def test_the_decision_told_is_an_acknowledgement(self):
        for policy, word in ((self.cbirc, "cbirc"), (self.gsp, "gsp")):
            complaint = self._receive(
                "2026-03-06 09:00", policy, category_id=self.category_service.id
            ).with_user(self.agent)
            self._take_to(complaint, "remediation")
            clock = self._get_deadline(complaint, f"{word}_acknowledged")
            self.assertEqual(clock.state, "running")
            self._tell_decision(complaint)
            self.assertEqual(clock.state, "met")

    def test_asking_for_papers_before_acceptance_does_not(self):
        complaint = self._receive("2026-03-06 09:00", self.cbirc).with_user(self.agent)
        self._tell(complaint, "papers")
        complaint.action_accept()
        clock = self._get_deadline(complaint, "cbirc_acknowledged")
        self.assertEqual(clock.state, "running")
