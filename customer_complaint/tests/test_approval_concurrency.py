from contextlib import ExitStack

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

CONFLICTS = (SerializationFailure, LockNotAvailable)


@tagged("post_install", "-at_install")
class TestApprovalConcurrency(BaseCase):
    """Two people decide, or change and decide, in the same second.

    Each has a transaction of their own. The server replays a transaction that ends
    with one of these errors; it then finds what the first one wrote. What is committed
    here is removed at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            cls._set_up_case(env)

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
        cr.execute("SET LOCAL lock_timeout = '2s'")
        cr.execute("SELECT count(*) FROM customer_complaint_remediation")

    def _env(self, cr, name):
        return api.Environment(cr, self.user_ids[name], {"lang": "en_US"})

    def _commit_remediation(self, amount=300, ask=True):
        with self.registry.cursor() as cr:
            remediation = self._env(cr, "agent")[
                "customer.complaint.remediation"
            ].create(
                {
                    "complaint_id": self.complaint_id,
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

    @mute_logger("odoo.sql_db")
    def test_two_approve_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual((mine.state, other.state), ("to_approve", "to_approve"))
        mine.action_approve()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id), ("approved", 1, 300))

    @mute_logger("odoo.sql_db")
    def test_one_waits_while_the_other_decides(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        self._browse(self.first, "first", remediation_id).action_approve()
        self.second.execute("SET LOCAL lock_timeout = '100ms'")
        with self.assertRaises(CONFLICTS):
            self._browse(self.second, "second", remediation_id).action_approve()

    @mute_logger("odoo.sql_db")
    def test_two_of_one_complaint_do_not_slip_below_the_tier(self):
        """300 and 300, each below 500.01, approved by two people at once."""
        ids = [self._commit_remediation(), self._commit_remediation()]
        # As if neither had counted yet when they were asked for.
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", ids[0])
        other = self._browse(self.second, "second", ids[1])
        self.assertEqual(other.amount_counted, 600)
        mine.action_approve()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()

    @mute_logger("odoo.sql_db")
    def test_two_asked_for_in_the_same_second(self):
        """Neither knows of the other: the later one starts anew, and waits higher."""
        ids = [self._commit_remediation(ask=False) for _i in range(2)]
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", ids[0])
        other = self._browse(self.second, "agent", ids[1])
        self.assertEqual(other.amount_counted, 300)
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_ask()
        self._restart(self.second)
        other = self._browse(self.second, "agent", ids[1])
        other.action_ask()
        self.env_flush(other)
        self.assertEqual(other.amount_counted, 600)
        self.assertIn("High", other.route_text)

    @mute_logger("odoo.sql_db")
    def test_approved_while_another_is_asked_for(self):
        """What is granted at the same moment is not overlooked by who approves."""
        waiting_id = self._commit_remediation()
        draft_id = self._commit_remediation(ask=False)
        for cr in (self.first, self.second):
            self._restart(cr)
        other = self._browse(self.second, "first", waiting_id)
        self.assertEqual(other.amount_counted, 300)
        mine = self._browse(self.first, "agent", draft_id)
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        other = self._browse(self.second, "first", waiting_id)
        other.action_approve()
        self.assertEqual(other.state, "to_approve")
        self.assertEqual(other.approval_ids.amount, 600)

    @mute_logger("odoo.sql_db")
    def test_refused_and_approved_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual(other.state, "to_approve")
        mine._refuse("单据不全。")
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id)[:2], ("refused", 0))

    @mute_logger("odoo.sql_db")
    def test_approved_while_the_proposer_takes_it_back(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual(other.state, "to_approve")
        mine.action_take_back()
        mine.line_ids.amount = 499
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
            self.env_flush(other)
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "does not wait"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id), ("draft", 0, 499))

    @mute_logger("odoo.sql_db")
    def test_changed_while_it_is_asked_for(self):
        """A change that does not change the total is noticed, too."""
        remediation_id = self._commit_remediation(ask=False)
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", remediation_id)
        other = self._browse(self.second, "first", remediation_id)
        self.assertEqual(other.line_ids.kind, "compensation")
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.line_ids.kind = "travel"
            self.env_flush(other)
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "Take it back first"):
            line = self._browse(self.second, "first", remediation_id).line_ids
            line.kind = "travel"

    @mute_logger("odoo.sql_db")
    def test_carried_out_twice_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        with self.registry.cursor() as cr:
            self._browse(cr, "first", remediation_id).action_approve()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id).line_ids
        other = self._browse(self.second, "second", remediation_id).line_ids
        self.assertEqual(other.state, "open")
        mine._sign_done("已付")
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other._sign_done("已付")
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "carried out already"):
            self._browse(self.second, "second", remediation_id).line_ids._sign_done("x")
        self.second.rollback()
        self.assertEqual(self._read(remediation_id)[0], "done")

    @staticmethod
    def env_flush(records):
        records.env.flush_all()
