"""What must hold for every order of events, tried on random ones."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.customer_complaint_base.tools import clock

from .test_clock import make_calendar

CALENDARS = {
    name: make_calendar(name) for name in ("china", "newyork", "lima", "shop", "night")
}
YEAR_START = datetime(2026, 1, 1)
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)

moments = st.integers(0, 300 * 24 * 60).map(
    lambda minutes: YEAR_START + timedelta(minutes=minutes)
)
closed_pauses = st.tuples(moments, st.integers(0, 20 * 24 * 60)).map(
    lambda pause: (pause[0], pause[0] + timedelta(minutes=pause[1]))
)
pause_lists = st.lists(closed_pauses, max_size=4)
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.get)
kinds = st.sampled_from(clock.CLOCKS)
lengths = st.integers(0, 40)


@tagged("post_install", "-at_install")
class TestClockProperties(BaseCase):
    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists, closed_pauses)
    def test_a_pause_never_makes_it_earlier(
        self, start, length, kind, calendar, pauses, more
    ):
        before = clock.get_deadline(start, length, kind, calendar, pauses)
        after = clock.get_deadline(start, length, kind, calendar, [*pauses, more])
        self.assertGreaterEqual(after, before)

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists, moments)
    def test_resuming_at_once_changes_nothing(
        self, start, length, kind, calendar, pauses, moment
    ):
        before = clock.get_deadline(start, length, kind, calendar, pauses)
        pauses = [*pauses, (moment, moment)]
        self.assertEqual(
            clock.get_deadline(start, length, kind, calendar, pauses), before
        )

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists, st.randoms())
    def test_the_order_of_pauses_does_not_matter(
        self, start, length, kind, calendar, pauses, random
    ):
        before = clock.get_deadline(start, length, kind, calendar, pauses)
        random.shuffle(pauses)
        self.assertEqual(
            clock.get_deadline(start, length, kind, calendar, pauses), before
        )

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, closed_pauses)
    def test_overlapping_pauses_count_once(self, start, length, kind, calendar, pause):
        once = clock.get_deadline(start, length, kind, calendar, [pause])
        middle = pause[0] + (pause[1] - pause[0]) / 2
        for pauses in (
            [pause, pause],
            [pause, (pause[0], middle)],
            [(pause[0], middle), (middle, pause[1])],
        ):
            self.assertEqual(
                clock.get_deadline(start, length, kind, calendar, pauses), once
            )

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists)
    def test_it_never_passes_in_a_pause_nor_before_the_event(
        self, start, length, kind, calendar, pauses
    ):
        due = clock.get_deadline(start, length, kind, calendar, pauses)
        self.assertGreaterEqual(due, start)
        inside = [(begin, end) for begin, end in pauses if begin < due < end]
        self.assertFalse(inside)

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists, st.integers(1, 20))
    def test_a_longer_limit_is_later(self, start, length, kind, calendar, pauses, more):
        short = clock.get_deadline(start, length, kind, calendar, pauses)
        long = clock.get_deadline(start, length + more, kind, calendar, pauses)
        # The first working day after an event on a day off is both day 0 and day 1.
        if length:
            self.assertGreater(long, short)
        else:
            self.assertGreaterEqual(long, short)

    @EXAMPLES
    @given(moments, lengths, kinds, calendars, pause_lists, moments)
    def test_a_pause_that_goes_on_holds_it_up(
        self, start, length, kind, calendar, pauses, begin
    ):
        before = clock.get_deadline(start, length, kind, calendar, pauses)
        held = clock.get_deadline(
            start, length, kind, calendar, [*pauses, (begin, None)]
        )
        if begin < before:
            self.assertIsNone(held)
        elif begin > before:
            self.assertEqual(held, before)

    @EXAMPLES
    @given(moments, moments, kinds, calendars, pause_lists)
    def test_lateness_is_none_in_time_and_grows(
        self, due, done, kind, calendar, pauses
    ):
        late = clock.get_lateness(due, done, kind, calendar, pauses)
        later = clock.get_lateness(
            due, done + timedelta(days=1), kind, calendar, pauses
        )
        self.assertGreaterEqual(late, 0)
        self.assertGreaterEqual(later, late)
        if done <= due:
            self.assertEqual(late, 0)
