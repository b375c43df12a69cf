from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from odoo.addons.customer_complaint_base.tools import clock
from odoo.addons.customer_complaint_base.tools.clock import Calendar, NoWorkingTime

from .clock_cases import CALENDARS, CASES


def to_utc(text, tz):
    """Return a local time, as written in the cases, in naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


def to_local(moment, tz):
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)


def make_calendar(name):
    """Return the calendar of a case."""
    spec = CALENDARS[name]
    tz = spec["tz"]
    return Calendar(
        tz=tz,
        week=spec["week"],
        closures=tuple(
            (to_utc(start, tz), to_utc(end, tz))
            for start, end in spec.get("closures", ())
        ),
        makeup={
            date.fromisoformat(day): weekday
            for day, weekday in spec.get("makeup", {}).items()
        },
    )


def read_case(case):
    """Return calendar, clock, length, event, pauses and expected deadline of a case."""
    name, kind, length, event, pauses, due = case
    calendar = make_calendar(name)
    tz = calendar.tz
    pauses = [(to_utc(start, tz), end and to_utc(end, tz)) for start, end in pauses]
    if due is not None:
        due = datetime.fromisoformat(due if " " in due else f"{due} 23:59:59")
    return calendar, kind, length, to_utc(event, tz), pauses, due


@tagged("post_install", "-at_install")
class TestClock(BaseCase):
    """Limits against cases worked out by hand."""

    def test_there_are_enough_cases(self):
        self.assertGreaterEqual(len({str(case) for case in CASES}), 120)

    def test_cases(self):
        for case in CASES:
            calendar, kind, length, event, pauses, expected = read_case(case)
            with self.subTest(case=case):
                due = clock.get_deadline(event, length, kind, calendar, pauses)
                self.assertEqual(due and to_local(due, calendar.tz), expected)

    def test_explanation_counts_the_days(self):
        for case in CASES:
            calendar, kind, length, event, pauses, expected = read_case(case)
            rows = clock.explain(event, length, kind, calendar, pauses)
            if kind not in clock.DAY_CLOCKS:
                self.assertEqual(rows, [])
                continue
            with self.subTest(case=case):
                numbers = [number for _day, number, _reason in rows if number]
                self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
                if expected is None:
                    self.assertEqual(len(rows), 1)
                    continue
                self.assertEqual(rows[-1][0], expected.date())
                self.assertEqual(len(numbers), max(length, numbers and 1 or 0))
                days = [day for day, _number, _reason in rows]
                self.assertEqual(
                    days,
                    [days[0] + timedelta(days=n) for n in range(len(days))],
                )
                for _day, number, reason in rows:
                    self.assertEqual(not number, bool(reason))

    def test_explanation_names_the_days_left_out(self):
        calendar = make_calendar("china")
        rows = clock.explain(
            to_utc("2026-02-13 10:00", calendar.tz), 2, clock.WORKING_DAYS, calendar
        )
        reasons = {day.isoformat(): reason for day, _number, reason in rows}
        self.assertEqual(reasons["2026-02-13"], clock.EVENT)
        self.assertIsNone(reasons["2026-02-14"])
        self.assertEqual(reasons["2026-02-15"], clock.OFF)
        self.assertEqual(reasons["2026-02-16"], clock.CLOSED)
        self.assertIsNone(reasons["2026-02-24"])

    def test_lateness_is_in_the_unit_of_the_clock(self):
        calendar = make_calendar("china")

        def late(kind, due, done, pauses=()):
            return clock.get_lateness(
                to_utc(due, calendar.tz),
                to_utc(done, calendar.tz),
                kind,
                calendar,
                [tuple(to_utc(end, calendar.tz) for end in pause) for pause in pauses],
            )

        due = "2026-03-06 23:59:59"  # a Friday
        self.assertEqual(late(clock.NATURAL_DAYS, due, "2026-03-06 23:59:59"), 0)
        self.assertEqual(late(clock.NATURAL_DAYS, due, "2026-03-07 00:00:00"), 1)
        self.assertEqual(late(clock.NATURAL_DAYS, due, "2026-03-09 08:00:00"), 3)
        self.assertEqual(late(clock.WORKING_DAYS, due, "2026-03-08 08:00:00"), 0)
        self.assertEqual(late(clock.WORKING_DAYS, due, "2026-03-10 08:00:00"), 2)
        self.assertEqual(
            late(
                clock.WORKING_DAYS,
                due,
                "2026-03-10 08:00:00",
                [("2026-03-09 10:00", "2026-03-10 07:00")],
            ),
            1,
        )
        due = "2026-03-06 17:00:00"
        self.assertEqual(late(clock.ELAPSED_HOURS, due, "2026-03-06 19:30:00"), 2.5)
        self.assertEqual(late(clock.WORKING_HOURS, due, "2026-03-06 19:30:00"), 1)
        self.assertEqual(late(clock.WORKING_HOURS, due, "2026-03-09 10:30:00"), 2.5)
        self.assertEqual(late(clock.WORKING_HOURS, due, "2026-03-06 16:00:00"), 0)

    def test_weeks_that_alternate(self):
        week = {(0, day): ((9, 17),) for day in range(6)}
        week |= {(1, day): ((9, 17),) for day in range(5)}
        calendar = Calendar(tz="Asia/Shanghai", week=week, alternates=True)
        saturdays = [date(2026, 3, 7) + timedelta(days=7 * n) for n in range(4)]
        worked = [calendar.is_working_day(day) for day in saturdays]
        self.assertEqual(sorted(worked), [False, False, True, True])
        self.assertNotEqual(worked[0], worked[1])

    def test_calendar_without_working_hours(self):
        event = datetime(2026, 3, 2, 2)
        for kind in clock.WORKING_CLOCKS:
            with self.assertRaises(NoWorkingTime):
                clock.get_deadline(event, 1, kind, Calendar(tz="Asia/Shanghai"))

    def test_calendar_closed_for_ever(self):
        week = {(0, day): ((9, 17),) for day in range(5)}
        closures = ((datetime(2026, 1, 1), datetime(2126, 1, 1)),)
        calendar = Calendar(tz="Asia/Shanghai", week=week, closures=closures)
        with self.assertRaises(NoWorkingTime):
            clock.get_deadline(datetime(2026, 3, 2), 1, clock.WORKING_DAYS, calendar)

    def test_lengths_that_are_none(self):
        calendar = make_calendar("china")
        event = datetime(2026, 3, 2)
        for length, kind in ((-1, "natural_days"), (1.5, "working_days"), (1, "weeks")):
            with self.assertRaises(ValueError):
                clock.get_deadline(event, length, kind, calendar)
