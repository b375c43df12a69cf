from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .race_common import TwoAtOnceCase

SEQUENCE = "customer.complaint.test.concurrency"


@tagged("post_install", "-at_install", "slow")
class TestConcurrency(TwoAtOnceCase):
    """Two people draw numbers of a sequence made for the purpose."""

    seen_model = "ir.sequence"

    @classmethod
    def _set_up_case(cls, env):
        vals = env.company._prepare_complaint_sequence_vals("customer.complaint")
        env["ir.sequence"].create({**vals, "code": SEQUENCE})

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["ir.sequence"].search([("code", "=", SEQUENCE)]).unlink()

    def _draw(self, cr, count=1):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        return env.company._complaint_next_numbers(SEQUENCE, count)

    @mute_logger("odoo.sql_db")
    def test_later_draw_is_replayed_and_gets_the_next_number(self):
        with freeze_time("2041-06-01 04:00:00"):
            self._draw(self.first)
            self.first.commit()
            self._restart(self.second)
            [number] = self._draw(self.first)
            self.first.commit()
            with self.assertRaises(SerializationFailure):
                self._draw(self.second)
            self._restart(self.second)
            [following] = self._draw(self.second)
        self.assertEqual(
            [name.rpartition("/")[2] for name in (number, following)],
            ["00002", "00003"],
        )

    @mute_logger("odoo.sql_db")
    def test_draw_waits_for_the_one_before(self):
        """No number is given out while the one before may still be rolled back."""
        with freeze_time("2042-06-01 04:00:00"):
            self._draw(self.first)
            self.first.commit()
            self._restart(self.second)
            self._draw(self.first)
            self.second.execute("SET LOCAL lock_timeout = '100ms'")
            with self.assertRaises(LockNotAvailable):
                self._draw(self.second)
            # The first one gives up: its number goes to the next.
            self.first.rollback()
            self._restart(self.second)
            [number] = self._draw(self.second)
        self.assertTrue(number.endswith("/2042/00002"), number)

    @mute_logger("odoo.sql_db")
    def test_first_number_of_a_year_is_given_once(self):
        with freeze_time("2043-01-01 04:00:00"):
            [number] = self._draw(self.first)
            self.first.commit()
            with self.assertRaises(SerializationFailure):
                self._draw(self.second)
            self._restart(self.second)
            [following] = self._draw(self.second)
        self.assertTrue(number.endswith("/2043/00001"), number)
        self.assertTrue(following.endswith("/2043/00002"), following)
