from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.customer_complaint_base.tools import clock
from odoo.addons.customer_complaint_base.tools.clock import Calendar

WEEK = {(0, weekday): ((9, 17),) for weekday in range(5)}


def at(text):
    return datetime.fromisoformat(text)


@tagged("at_install")
class TestClockEdges(BaseCase):
    """The last second of a pause, and teams that work while the company sleeps.

    Moments are in UTC, 2026-03-02 is a Monday.
    """

    def test_the_day_on_which_a_pause_ends_counts(self):
        """Also when it ends in the very last second of the day, and not before."""
        calendar = Calendar(tz="Asia/Shanghai", week=WEEK)
        event = at("2026-03-02 02:00")
        for end, due in (
            # 2 March is the day of the event; 3 and 4 March would be the two days.
            ("2026-03-03 15:59:58", "2026-03-04 15:59:59"),
            ("2026-03-03 15:59:59", "2026-03-04 15:59:59"),
            ("2026-03-03 16:00:00", "2026-03-05 15:59:59"),
        ):
            for kind in (clock.NATURAL_DAYS, clock.WORKING_DAYS):
                with self.subTest(end=end, kind=kind):
                    pauses = [(at("2026-03-03 01:00"), at(end))]
                    self.assertEqual(
                        clock.get_deadline(event, 2, kind, calendar, pauses), at(due)
                    )

    def test_hours_go_on_from_the_end_of_a_pause(self):
        calendar = Calendar(tz="Asia/Shanghai", week=WEEK)
        event = at("2026-03-02 02:00")
        pauses = [(at("2026-03-02 03:00"), at("2026-03-02 04:30"))]
        for kind in (clock.ELAPSED_HOURS, clock.WORKING_HOURS):
            self.assertEqual(
                clock.get_deadline(event, 3, kind, calendar, pauses),
                at("2026-03-02 06:30"),
            )
        # One that ends where the next begins is one pause.
        pauses.append((at("2026-03-02 04:30"), at("2026-03-02 05:00")))
        self.assertEqual(
            clock.get_deadline(event, 3, clock.ELAPSED_HOURS, calendar, pauses),
            at("2026-03-02 07:00"),
        )

    def test_the_pause_that_lasts_has_no_deadline_and_an_ended_one_has(self):
        calendar = Calendar(tz="Asia/Shanghai", week=WEEK)
        event = at("2026-03-02 02:00")
        for end, is_held in ((None, True), (at("2026-03-02 09:00"), False)):
            for kind in clock.CLOCKS:
                due = clock.get_deadline(
                    event, 1, kind, calendar, [(at("2026-03-02 02:10"), end)]
                )
                self.assertEqual(due is None, is_held, (kind, end))

    def test_working_hours_are_the_team_s_and_days_the_company_s(self):
        """A company at one end of the day's line, its team at the other."""
        calendar = Calendar(
            tz="Pacific/Honolulu", week=WEEK, day_tz="Pacific/Kiritimati"
        )
        # Monday 10:00 in Honolulu, Tuesday 10:00 for the company.
        event = at("2026-03-02 20:00")
        self.assertEqual(
            clock.get_deadline(event, 2, clock.WORKING_HOURS, calendar),
            at("2026-03-02 22:00"),
        )
        # What is left of the team's day is used up before its next one.
        self.assertEqual(
            clock.get_deadline(event, 8, clock.WORKING_HOURS, calendar),
            at("2026-03-03 20:00"),
        )
        # Days end where the company is: the day after Tuesday is over at midnight.
        self.assertEqual(
            clock.get_deadline(event, 1, clock.NATURAL_DAYS, calendar),
            at("2026-03-04 09:59:59"),
        )

    def test_the_event_s_day_is_the_company_s(self):
        """Sunday evening for the company is Monday morning for its team."""
        calendar = Calendar(tz="Pacific/Auckland", week=WEEK, day_tz="America/New_York")
        event = at("2026-03-01 21:00")
        self.assertEqual(calendar.get_day(event).isoformat(), "2026-03-01")
        self.assertEqual(
            clock.get_deadline(event, 1, clock.NATURAL_DAYS, calendar),
            at("2026-03-03 04:59:59"),
        )
        # In Auckland it is Monday 10:00.
        self.assertEqual(
            clock.get_deadline(event, 1, clock.WORKING_HOURS, calendar),
            at("2026-03-01 22:00"),
        )
