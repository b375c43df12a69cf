from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase

# Asking and two approvals.
ASK_AND_TWO_APPROVALS = 35
# Each asks the complaint anew who may see what hangs on it.
IN_THREE_REQUESTS = 72
LIST_LIMIT = 80
# Of a whole selection, however many it has.
LIST_QUERIES = 22
APPROVE_QUERIES = 34
ASK_QUERIES = 35


@tagged("post_install", "-at_install", "slow")
class TestApprovalCost(RemediationCase):
    """Bound the queries of the approval, with chatter and to-dos on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US", "tz": "Asia/Shanghai"})

    @contextmanager
    def _counted(self, counts, name, cold=True):
        if cold:
            self._start_cold()
        before = self.cr.sql_log_count
        yield
        self.env.flush_all()
        self.cr.flush()
        counts[name] = self.cr.sql_log_count - before

    def _start_cold(self):
        self.env.flush_all()
        self.cr.flush()
        self.env.invalidate_all()

    def _run(self, cold):
        remediation = self._propose(5000)
        self.env.flush_all()
        self.cr.flush()
        counts = {}
        with self._counted(counts, "ask", cold):
            remediation.action_ask()
        for user in (self.supervisor, self.manager):
            with self._counted(counts, user.login, cold):
                remediation.with_user(user).action_approve()
        self.assertEqual(remediation.state, "approved")
        return counts

    def test_asking_and_two_approvals(self):
        """In one transaction, and each in a request of its own with cold caches."""
        self._run(cold=True)  # caches of the configuration
        for cold, limit in ((False, ASK_AND_TWO_APPROVALS), (True, IN_THREE_REQUESTS)):
            with self.subTest(cold=cold):
                counts = self._run(cold)
                self.assertLessEqual(sum(counts.values()), limit, counts)

    def _ask_many(self, number, amount):
        complaints = self.env["customer.complaint"].union(
            *(self._decided() for _i in range(2))
        )
        remediations = self.env["customer.complaint.remediation"].with_user(self.agent)
        remediations = remediations.create(
            [
                {
                    "complaint_id": complaints[i % 2].id,
                    "note": "单据齐全。",
                    "line_ids": [Command.create({"kind": "travel", "amount": amount})],
                }
                for i in range(number)
            ]
        )
        remediations.action_ask()
        return remediations

    def test_list_and_approval_of_many(self):
        """As many queries for 80 as for two: by the last tier, and by the first."""
        names = ["name", "amount_total", "amount_counted", "can_approve", "state"]
        for amount, state in ((1, "approved"), (5000, "to_approve")):
            for number in (2, LIST_LIMIT):
                counts = {}
                remediations = self._ask_many(number, amount).with_user(self.supervisor)
                remediations.read(names)  # caches of the configuration
                with self._counted(counts, "list"):
                    remediations.read(names)
                with self._counted(counts, "approve"):
                    remediations.action_approve()
                with self.subTest(amount=amount, number=number):
                    self.assertEqual(set(remediations.mapped("state")), {state})
                    self.assertLessEqual(counts["list"], LIST_QUERIES, counts)
                    self.assertLessEqual(counts["approve"], APPROVE_QUERIES, counts)

    def test_asking_for_many(self):
        self._run(cold=False)  # rules and names of fields are known from here on
        for number in (2, LIST_LIMIT):
            counts = {}
            remediations = self._ask_many(number, 1)
            remediations.action_take_back()
            with self._counted(counts, "ask"):
                remediations.action_ask()
            with self.subTest(number=number):
                self.assertLessEqual(counts["ask"], ASK_QUERIES, counts)
