"""Time limits: when is it due, by which clock, and how late is it.

Pure functions over plain values; nothing here knows of records. All moments are naive
UTC, as Odoo stores them; days begin and end in the company's time zone, working hours
are read in the team's.

The rules:

- "Within N days" runs to the end of the Nth day; the day of the event itself is not
  counted. With N = 0 it is the end of that day.
- A working day is one on which work is done at all. Closures (public holidays) take
  working time away, make-up days (调休) give a day the hours of another weekday.
- While the clock is paused it stands still: hours do not run, and a day at whose end
  the clock stands still is not counted, the event's own day included. A limit thus
  never passes in a pause; overlapping pauses count once.
"""

import logging
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

_logger = logging.getLogger(__name__)

ELAPSED_HOURS = "elapsed_hours"
NATURAL_DAYS = "natural_days"
WORKING_HOURS = "working_hours"
WORKING_DAYS = "working_days"
CLOCKS = (ELAPSED_HOURS, NATURAL_DAYS, WORKING_HOURS, WORKING_DAYS)
DAY_CLOCKS = (NATURAL_DAYS, WORKING_DAYS)
WORKING_CLOCKS = (WORKING_HOURS, WORKING_DAYS)
# Why a day is not counted.
EVENT = "event"
FIRST = "first"
OFF = "off"
CLOSED = "closed"
PAUSED = "paused"

# Names of the past that newer systems leave out, and Odoo's own list does not know.
OLD_ZONES = {
    "Asia/Chongqing": "Asia/Shanghai",
    "Asia/Chungking": "Asia/Shanghai",
    "Asia/Harbin": "Asia/Shanghai",
    "Asia/Kashgar": "Asia/Urumqi",
}

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
# A technical bound: beyond it there is no working time to be found.
HORIZON_DAYS = 366 * 40


class NoWorkingTime(ValueError):
    """The calendar has no working time in which the limit could pass."""


@cache
def get_zone(name):
    """Return a time zone as Odoo resolves it, whatever the system's own data lack.

    :param str name: e.g. ``Asia/Shanghai``; nothing is UTC
    :return: UTC where nobody knows the name, as in all of Odoo
    :rtype: datetime.tzinfo
    """
    for candidate in (name or "UTC", OLD_ZONES.get(name)):
        try:
            # Odoo's zones, which know where names have moved to.
            known = pytz.timezone(candidate).zone
        except (pytz.UnknownTimeZoneError, AttributeError):
            continue
        try:
            return ZoneInfo(known)
        except ZoneInfoNotFoundError:
            with pytz.open_resource(known) as data:
                return ZoneInfo.from_file(data, key=known)
    _logger.warning("Unknown time zone %r: days are those of UTC.", name)
    return UTC


@dataclass(frozen=True)
class Calendar:
    """The days and working hours of a team.

    :param str tz: name of the time zone of the working hours
    :param dict week: ``{(week type, weekday): ((from, to), …)}`` in hours of the day,
        Monday being 0; week types are 0 and 1 where weeks alternate, else all 0
    :param tuple closures: ``((from, to), …)`` in naive UTC
    :param dict makeup: ``{date: weekday}``, days worked like another weekday
    :param bool alternates: whether odd and even weeks differ
    :param str day_tz: name of the time zone in which days begin and end, the company's;
        the same when empty
    """

    tz: str = "UTC"
    week: dict = field(default_factory=dict)
    closures: tuple = ()
    makeup: dict = field(default_factory=dict)
    alternates: bool = False
    day_tz: str = ""

    def get_day(self, moment):
        """Return the day of a moment.

        :param datetime moment: naive UTC
        :rtype: date
        """
        zone = get_zone(self.day_tz or self.tz)
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def get_day_start(self, day):
        """Return the first moment of a day, in naive UTC."""
        return get_moment(day, 0.0, self.day_tz or self.tz)

    def get_day_end(self, day):
        """Return the last second of a day, in naive UTC."""
        return self.get_day_start(day + ONE_DAY) - ONE_SECOND

    def get_shifts(self, day):
        """Return the working hours of a day before closures.

        :return: ``((from, to), …)`` in hours of the day
        """
        weekday = self.makeup.get(day, day.weekday())
        week_type = (day.toordinal() - 1) // 7 % 2 if self.alternates else 0
        return self.week.get((week_type, weekday), ())

    def get_working_time(self, day):
        """Return when work is done on a day, without the closures.

        :return: list of ``(from, to)`` in naive UTC, in order
        """
        shifts = merge(
            (get_moment(day, start, self.tz), get_moment(day, end, self.tz))
            for start, end in self.get_shifts(day)
        )
        return subtract(shifts, self.closures)

    def is_working_day(self, day):
        """Return whether any work is done on a day."""
        return bool(self.get_working_time(day))

    def has_working_time(self):
        """Return whether the calendar has any working hours at all."""
        return any(
            end > start for shifts in self.week.values() for start, end in shifts
        )


def get_moment(day, hours, tz):
    """Return the moment of a time of the day.

    :param date day: day in the time zone
    :param float hours: hours since midnight by the clock on the wall, up to 24
    :param str tz: name of the time zone
    :return: naive UTC
    :rtype: datetime
    """
    wall = datetime.combine(day, time.min) + timedelta(seconds=round(hours * 3600))
    local = wall.replace(tzinfo=get_zone(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


# ----------------------------------------------------------------------
# INTERVALS
# ----------------------------------------------------------------------


def merge(intervals):
    """Return intervals in order, those that touch or overlap made one.

    :param intervals: ``(from, to)``; ``to`` may be None for one that has not ended
    :rtype: list
    """
    merged = []
    for start, end in sorted(intervals, key=lambda interval: interval[0]):
        if end is not None and end <= start:
            continue
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            last_start, last_end = merged[-1]
            ends = (last_end, end)
            merged[-1] = (last_start, None if None in ends else max(ends))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals, holes):
    """Return what is left of intervals without the holes.

    :param intervals: closed intervals in order
    :param holes: intervals in any order; an open one goes on for ever
    :rtype: list
    """
    left = list(intervals)
    for hole_start, hole_end in merge(holes):
        kept = []
        for start, end in left:
            if hole_start >= end or (hole_end is not None and hole_end <= start):
                kept.append((start, end))
                continue
            if start < hole_start:
                kept.append((start, hole_start))
            if hole_end is not None and hole_end < end:
                kept.append((hole_end, end))
        left = kept
    return left


def is_paused_at(moment, pauses):
    """Return whether the clock stands still at a moment.

    :param pauses: intervals, an open one goes on
    """
    return any(
        start <= moment and (end is None or moment < end) for start, end in pauses
    )


def is_held_up_at(moment, pauses):
    """Return whether a pause that has not ended lasts at a moment."""
    return any(start <= moment and end is None for start, end in pauses)


# ----------------------------------------------------------------------
# LIMITS
# ----------------------------------------------------------------------


def get_deadline(start, length, clock, calendar, pauses=()):
    """Return the last moment within a time limit.

    :param datetime start: the event that starts the clock, naive UTC
    :param float length: hours, or whole days for the clocks that count days
    :param str clock: one of ``CLOCKS``
    :param Calendar calendar: days, and working time where the clock asks for it
    :param pauses: ``(from, to)`` in naive UTC, ``to`` None while it lasts
    :return: naive UTC; None while a pause that has not ended holds it up
    :rtype: datetime or None
    :raise NoWorkingTime: if the calendar never gets there
    :raise ValueError: if the length is negative or the clock unknown
    """
    check_length(length, clock)
    if clock in WORKING_CLOCKS and not calendar.has_working_time():
        raise NoWorkingTime
    pauses = merge(pauses)
    if clock in DAY_CLOCKS:
        for day, counted in iterate_days(start, clock, calendar, pauses):
            if counted is None:
                return None
            if counted >= length:
                return calendar.get_day_end(day)
    else:
        left = timedelta(hours=length)
        for piece_start, piece_end in iterate_time(start, clock, calendar, pauses):
            if piece_end is None or piece_end - piece_start >= left:
                return piece_start + left
            left -= piece_end - piece_start
        if pauses and pauses[-1][1] is None:
            return None
    raise NoWorkingTime


def check_length(length, clock):
    """Check the length of a limit.

    :raise ValueError: if it is negative, or no whole number of days
    """
    if clock not in CLOCKS:
        raise ValueError(f"unknown clock {clock!r}")
    if length < 0 or (clock in DAY_CLOCKS and length != math.floor(length)):
        raise ValueError(f"no length of a limit: {length!r}")


def iterate_days(start, clock, calendar, pauses):
    """Yield the days from the event on, with how many of them were counted so far.

    The event's own day, or the first after it at whose end the clock runs, is day 0.

    :return: ``(day, count)``; the count is None on a day that an open pause holds up.
        Days that are not counted are left out.
    """
    own_day = calendar.get_day(start)
    count = -1 if clock == NATURAL_DAYS or calendar.is_working_day(own_day) else 0
    for offset in range(HORIZON_DAYS):
        day = own_day + timedelta(days=offset)
        day_end = calendar.get_day_end(day)
        reason = get_skip_reason(day, day_end, clock, calendar, pauses)
        if reason == PAUSED and is_held_up_at(day_end, pauses):
            yield day, None
            return
        if not reason:
            count += 1
            yield day, count


def get_skip_reason(day, moment, clock, calendar, pauses):
    """Return why a day is not counted at a moment of it, or None.

    :return: ``closed`` for a working day of the week that a closure takes, ``off`` for
        one without working hours, ``paused``
    """
    if clock == WORKING_DAYS and not calendar.is_working_day(day):
        return CLOSED if calendar.get_shifts(day) else OFF
    return PAUSED if is_paused_at(moment, pauses) else None


def iterate_time(start, clock, calendar, pauses):
    """Yield the pieces of time that run, from the event on.

    :return: ``(from, to)`` in naive UTC; ``to`` is None for the last piece that never
        ends
    """
    if clock == ELAPSED_HOURS:
        yield from iterate_elapsed(start, pauses)
        return
    own_day = calendar.get_day(start)
    last_day = None
    if pauses and pauses[-1][1] is None:
        last_day = max(calendar.get_day(pauses[-1][0]), own_day) + ONE_DAY
    # From two days before: a shift may end after midnight of the event's day, and the
    # team may work in another time zone.
    for offset in range(-2, HORIZON_DAYS):
        day = own_day + timedelta(days=offset)
        if last_day and day > last_day:
            return
        for begin, end in subtract(calendar.get_working_time(day), pauses):
            if end > start:
                yield max(begin, start), end


def iterate_elapsed(start, pauses):
    """Yield the time outside the pauses, the last piece without an end."""
    for pause_start, pause_end in pauses:
        if pause_end is not None and pause_end <= start:
            continue
        if pause_start > start:
            yield start, pause_start
        if pause_end is None:
            return
        start = max(start, pause_end)
    yield start, None


# ----------------------------------------------------------------------
# LATENESS
# ----------------------------------------------------------------------


def get_lateness(due, done, clock, calendar, pauses=()):
    """Return by how much a limit was passed, in the clock's own unit.

    :param datetime due: the deadline, naive UTC
    :param datetime done: when it was done, or now, naive UTC
    :return: hours, or days begun after the day of the deadline; 0 when in time
    :rtype: float
    """
    if done <= due:
        return 0.0
    if clock in DAY_CLOCKS:
        return float(count_days(due, done, clock, calendar, pauses))
    running = timedelta()
    pauses = merge(pauses)
    for start, end in iterate_time(due, clock, calendar, pauses):
        if start >= done:
            break
        running += (done if end is None else min(end, done)) - start
    return running / timedelta(hours=1)


def count_days(start, end, clock, calendar, pauses=()):
    """Return how many days are counted after that of ``start`` up to that of ``end``.

    :rtype: int
    """
    first, last = calendar.get_day(start), calendar.get_day(end)
    pauses = merge(pauses)
    count = 0
    for offset in range(1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        moment = min(calendar.get_day_end(day), end)
        count += not get_skip_reason(day, moment, clock, calendar, pauses)
    return count


def explain(start, length, clock, calendar, pauses=()):
    """Return how a limit in days comes about, one row for each day.

    :return: ``(day, number, reason)``: the number of the day when it is counted, else
        0 and why not; the event's own day comes first with the reason ``event``, and a
        later day that takes its place has the reason ``first``. Empty for the clocks
        that count hours, and after day 0 when a pause holds it up.
    :rtype: list
    """
    if clock not in DAY_CLOCKS:
        return []
    due = get_deadline(start, length, clock, calendar, pauses)
    own_day = calendar.get_day(start)
    rows = [(own_day, 0, EVENT)]
    if due is None:
        return rows
    pauses = merge(pauses)
    numbers = {
        day: number
        for day, number in takewhile_due(
            iterate_days(start, clock, calendar, pauses), length
        )
    }
    for offset in range(1, (calendar.get_day(due) - own_day).days + 1):
        day = own_day + timedelta(days=offset)
        day_end = calendar.get_day_end(day)
        reason = get_skip_reason(day, day_end, clock, calendar, pauses)
        number = numbers.get(day, 0)
        # Day 0 when the event's own day ended in a pause, or was no working day.
        if not reason and not 0 < number <= length:
            number, reason = 0, FIRST
        rows.append((day, number, reason))
    return rows


def takewhile_due(days, length):
    """Yield counted days up to the one on which the limit passes."""
    for day, number in days:
        yield day, number
        if number >= length:
            return
