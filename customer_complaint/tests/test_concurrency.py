from contextlib import ExitStack

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import freeze_time, tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

SEQUENCE = "customer.complaint.test.concurrency"


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Two people at the same time, in transactions of their own.

    What is committed here is a sequence made for the purpose, removed at the end.
    The server replays a transaction that ends with one of these errors; it then
    finds what the first one wrote.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._remove_sequence)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            vals = env.company._prepare_complaint_sequence_vals("customer.complaint")
            env["ir.sequence"].create({**vals, "code": SEQUENCE})

    @classmethod
    def _remove_sequence(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["ir.sequence"].search([("code", "=", SEQUENCE)]).unlink()

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.first, self.second = (
            stack.enter_context(self.registry.cursor()) for _n in range(2)
        )
        # Closed without commit: a cursor that leaves its context commits.
        for cr in (self.first, self.second):
            stack.callback(cr.rollback)
            # Nobody waits for the other for long, least of all the test itself.
            cr.execute("SET LOCAL lock_timeout = '2s'")
            # The snapshot of the transaction begins with its first query on data.
            cr.execute("SELECT count(*) FROM ir_sequence")

    def _draw(self, cr, count=1):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        return env.company._complaint_next_numbers(SEQUENCE, count)

    def _restart(self, cr):
        """Begin the transaction again, as the server does."""
        cr.rollback()
        cr.execute("SET LOCAL lock_timeout = '2s'")

    @mute_logger("odoo.sql_db")
    def test_later_draw_is_replayed_and_gets_the_next_number(self):
        with freeze_time("2041-06-01 04:00:00"):
            self._draw(self.first)
            self.first.commit()
            self._restart(self.second)
            self.second.execute("SELECT count(*) FROM ir_sequence")
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
