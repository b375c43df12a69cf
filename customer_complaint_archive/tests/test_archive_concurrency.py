import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

from psycopg2 import OperationalError

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from ..tools.seal import GENESIS

PEOPLE = 20
# More than the server's five: here twenty share one process, and each takes longer.
MAX_TRIES = 40


@tagged("post_install", "-at_install", "slow")
class TestArchiveConcurrency(BaseCase):
    """Twenty people close their cases in the same instant, each in a transaction.

    What is committed is a company with its cases, removed at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
            cls.company_id, cls.ids = cls._create_cases(env)
        cls.addClassCleanup(cls._remove_cases)

    @classmethod
    def _create_cases(cls, env):
        company = env["res.company"].create({"name": f"并发测试公司 {time.time_ns()}"})
        partner = env["res.partner"].create({"name": "并发"})
        complaints = env["customer.complaint"].create(
            [
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "category_id": env.ref(
                        "customer_complaint.category_service_attitude"
                    ).id,
                    "channel_id": env.ref("customer_complaint.channel_counter").id,
                    "description": "等待超过一小时。",
                }
                for _n in range(PEOPLE)
            ]
        )
        complaints.action_accept()
        return company.id, complaints.ids

    @classmethod
    def _remove_cases(cls):
        with cls.registry.cursor() as cr:
            cr.execute("SET session_replication_role = replica")
            # Whatever other addons hang on cases, too.
            cr.execute(
                "SELECT table_name FROM information_schema.columns"
                " WHERE column_name = 'complaint_id'"
                " AND table_name LIKE 'customer_complaint_%%'"
            )
            for [table] in cr.fetchall():
                cr.execute(
                    f"DELETE FROM {table} WHERE complaint_id IN %s", (tuple(cls.ids),)
                )
            for table in ("archive_entry", "archive_chain"):
                cr.execute(
                    f"DELETE FROM customer_complaint_{table} WHERE company_id = %s",
                    (cls.company_id,),
                )
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'customer.complaint'"
                " AND res_id IN %s",
                (tuple(cls.ids),),
            )
            cr.execute(
                "DELETE FROM customer_complaint WHERE id IN %s", (tuple(cls.ids),)
            )
            cr.execute("SET session_replication_role = DEFAULT")
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].browse(cls.company_id)
            team = env["customer.complaint.team"].search(
                [("company_id", "=", company.id)]
            )
            company.complaint_team_id = False
            team.unlink()
            company.active = False

    def _open_transactions(self):
        """Return an environment for each, made here: threads cannot make registries."""
        stack = ExitStack()
        self.addCleanup(stack.close)
        envs = []
        for _n in range(PEOPLE):
            cr = self.registry.cursor()
            stack.callback(cr.close)
            envs.append(api.Environment(cr, api.SUPERUSER_ID, {}))
        return envs

    def _withdraw(self, env, complaint_id, barrier):
        """Close one case as the server does: replayed when another was quicker.

        Not by core's own loop, which asks for the registry, that tests hold locked.
        """
        barrier.wait(timeout=60)
        for attempt in range(1, MAX_TRIES + 1):
            try:
                complaint = env["customer.complaint"].browse(complaint_id)
                complaint.write(
                    {
                        "state": "withdrawn",
                        "date_withdrawn": complaint.company_id._complaint_today(),
                        "withdrawal_reason": "已和解",
                    }
                )
                env.cr.commit()
                return attempt
            except OperationalError:
                env.cr.rollback()
                env.transaction.clear()
                time.sleep(random.uniform(0, 0.2))
        raise AssertionError("given up")

    @mute_logger("odoo.sql_db")
    def test_chain_and_numbers_have_no_gap(self):
        barrier = Barrier(PEOPLE)
        envs = self._open_transactions()
        with ThreadPoolExecutor(PEOPLE) as pool:
            futures = [
                pool.submit(self._withdraw, env, complaint_id, barrier)
                for env, complaint_id in zip(envs, self.ids, strict=True)
            ]
            errors = [future.exception() for future in futures]
        self.assertEqual(list(filter(None, errors)), [])
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT entry.position, entry.previous_digest, entry.digest,"
                " card.archive_serial FROM customer_complaint_archive_entry entry"
                " JOIN customer_complaint_archive_card card ON card.id = entry.card_id"
                " WHERE entry.company_id = %s ORDER BY entry.position",
                (self.company_id,),
            )
            rows = cr.fetchall()
            self.assertEqual([row[0] for row in rows], list(range(1, PEOPLE + 1)))
            self.assertEqual([row[3] for row in rows], list(range(1, PEOPLE + 1)))
            previous = [GENESIS, *(row[2] for row in rows[:-1])]
            self.assertEqual([row[1] for row in rows], previous)
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            check = env["customer.complaint.archive.check"]._start(
                env["res.company"].browse(self.company_id)
            )
            check._run_batch()
            self.assertEqual(check.state, "passed")
            cr.rollback()
