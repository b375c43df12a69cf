from contextlib import ExitStack

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import new_test_user
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL

CONFLICTS = (SerializationFailure, LockNotAvailable)


class TwoAtOnceCase(BaseCase):
    """Two people at the same time, each in a transaction of their own.

    The server replays a transaction that ends with one of ``CONFLICTS``; it then finds
    what the first one wrote. What is committed here is removed at the end.
    """

    # The snapshot of a transaction begins with its first query on data: on these.
    seen_model = "customer.complaint.remediation"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            cls._set_up_case(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"}))

    @classmethod
    def _set_up_case(cls, env):
        """Commit what both work on."""

    @classmethod
    def _clean_up(cls):
        """Remove what was committed."""

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
            self._restart(cr)

    def _restart(self, cr):
        """Begin a transaction (again, as the server does), and see what is there."""
        cr.rollback()
        # Nobody waits for the other for long, least of all the test itself.
        cr.execute("SET LOCAL lock_timeout = '2s'")
        table = SQL.identifier(self.registry[self.seen_model]._table)
        cr.execute(SQL("SELECT count(*) FROM %s", table))


class RaceCase(TwoAtOnceCase):
    """Two people work on one remediation in the same second."""

    @classmethod
    def _set_up_case(cls, env):
        company = env.ref("base.main_company")
        users = {
            name: new_test_user(
                env,
                login=f"race_{name}",
                groups=f"base.group_user,customer_complaint.group_complaint_{role}",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
                lang="en_US",
            )
            for name, role in (
                ("agent", "agent"),
                ("first", "manager"),
                ("second", "manager"),
            )
        }
        cls.user_ids = {name: user.id for name, user in users.items()}
        # The transactions of one test must not wait for the tiers of the database.
        cls.category_id = env["customer.complaint.category"].create({"name": "R"}).id
        Tier = env["customer.complaint.approval.tier"]
        cls.tier_ids = Tier.create(
            [
                {
                    "name": name,
                    "company_id": False,
                    "category_id": cls.category_id,
                    "role": "manager",
                    "amount_from": amount,
                }
                for name, amount in (("Low", 0), ("High", 500.01))
            ]
        ).ids
        cls.complaint_id = (
            env["customer.complaint"]
            .with_user(users["agent"])
            .create(
                {
                    "description": "两人同时审批。",
                    "category_id": cls.category_id,
                    "team_id": False,
                }
            )
            .id
        )

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._remove_remediations(cr)
            for query in (
                "DELETE FROM customer_complaint_deadline WHERE complaint_id = %s",
                "DELETE FROM mail_message WHERE model = 'customer.complaint'"
                " AND res_id = %s",
                "DELETE FROM customer_complaint WHERE id = %s",
            ):
                cr.execute(query, [cls.complaint_id])
            env.invalidate_all(flush=False)
            env["customer.complaint.approval.tier"].browse(cls.tier_ids).unlink()
            env["customer.complaint.category"].browse(cls.category_id).unlink()
            users = env["res.users"].browse(cls.user_ids.values())
            users.write({"active": False})
            for user in users:
                user.login = f"gone_{user.id}"

    def _env(self, cr, name):
        return api.Environment(cr, self.user_ids[name], {"lang": "en_US"})

    def _commit_remediation(self, amount=300, ask=True):
        with self.registry.cursor() as cr:
            remediation = self._env(cr, "agent")[
                "customer.complaint.remediation"
            ].create(
                {
                    "complaint_id": self.complaint_id,
                    "note": "单据齐全。",
                    "line_ids": [
                        Command.create({"kind": "compensation", "amount": amount})
                    ],
                }
            )
            if ask:
                remediation.action_ask()
            self.addCleanup(self._commit_removed)
            return remediation.id

    def _commit_removed(self):
        """Leave no sums for the next test."""
        for cr in (self.first, self.second):
            cr.rollback()
        with self.registry.cursor() as cr:
            self._remove_remediations(cr)

    @classmethod
    def _remove_remediations(cls, cr):
        for query in (
            "DELETE FROM customer_complaint_approval WHERE complaint_id = %s",
            "DELETE FROM customer_complaint_remediation_line WHERE complaint_id = %s",
            "DELETE FROM mail_activity WHERE res_model ="
            " 'customer.complaint.remediation' AND res_id IN (SELECT id FROM"
            " customer_complaint_remediation WHERE complaint_id = %s)",
            "DELETE FROM customer_complaint_remediation WHERE complaint_id = %s",
        ):
            cr.execute(query, [cls.complaint_id])

    def _browse(self, cr, name, remediation_id):
        return self._env(cr, name)["customer.complaint.remediation"].browse(
            remediation_id
        )

    def _read(self, remediation_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            remediation = env["customer.complaint.remediation"].browse(remediation_id)
            approvals = remediation.approval_ids.filtered(
                lambda approval: approval.decision == "approved"
            )
            return remediation.state, len(approvals), remediation.amount_total

    @staticmethod
    def env_flush(records):
        records.env.flush_all()
