import json
from functools import partial
from statistics import median

from lxml import etree

from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.customer_complaint.tests.view_common import ViewReading

from .crowd import get_phone, make_crowd
from .test_filters import FilterCase

TEAMS = 100
CUSTOMERS = 2000
PRODUCTS = 200
# As in a company after some years: nearly all of its cases are closed.
OPEN_COPIES = 200
CLOSED_COPIES = 20_000
# A table with more rows is never read whole.
LARGE = 2000
LIST_LIMIT = 80
COUNT_LIMIT = 10001
# How much longer the statements of one request may take than the same number of plain
# reads by key, in the same run.
TIMES_A_PLAIN_READ = 250


@tagged("post_install", "-at_install", "slow")
class TestScale(ViewReading, FilterCase):
    """20,000 complaints with their parts: what people open reads no table whole.

    The plans are looked at, and the time beside that of a plain read by key: the
    queries alone are counted in test_performance.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lone = cls._new_user("complaint_of_one_team", "agent")
        teams = cls.env["customer.complaint.team"].create(
            [
                {
                    "name": f"Shop {number}",
                    "company_id": cls.company.id,
                    "leader_id": cls.supervisor.id if number else cls.lone.id,
                    "member_ids": [
                        Command.link((cls.agent if number else cls.lone).id)
                    ],
                }
                for number in range(TEAMS)
            ]
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"顾客{number}", "phone": get_phone(number)}
                for number in range(CUSTOMERS)
            ]
        )
        states = ("accepted", "investigating", "remediation", "followup", "closed")
        complaints = cls._create_complaint(sale_order_id=False, line_ids=[])
        for state in states:
            complaint = cls._create_complaint(
                sale_order_id=False,
                line_ids=[Command.create({"product_id": cls.cream.id, "quantity": 2})],
            )
            cls._create_document(complaint)
            complaints += cls._take_to(complaint, state)
        # What else hangs on a case.
        decided = complaints[3]
        cls._grant(decided, {"kind": "travel", "amount": 30})
        decided.message_post(body="来电催办。")
        decided.activity_schedule("mail.mail_activity_data_todo", user_id=cls.agent.id)
        copies = {
            complaint: CLOSED_COPIES if complaint.is_closed else OPEN_COPIES
            for complaint in complaints
        }
        products = cls.env["product.product"].create(
            [{"name": f"商品{number}"} for number in range(PRODUCTS)]
        )
        make_crowd(cls.env, copies, teams, cls.partners, products, is_kept=False)
        # As on the disks of today: at this size the planner has to mind what it reads.
        cls.env.cr.execute("SET LOCAL random_page_cost = 1.1")
        cls.large = cls._get_large_tables()

    @classmethod
    def _get_large_tables(cls):
        cls.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s",
            [LARGE],
        )
        return {name for (name,) in cls.env.cr.fetchall()}

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _record(self, operation):
        """Return the reading statements of an operation, with cold record caches."""
        statements = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def recorded(cr, query, params=None, log_exceptions=True):
            code = getattr(query, "code", query)
            values = getattr(query, "params", params)
            if isinstance(code, str) and code.lstrip().startswith(("SELECT", "WITH")):
                statements.append((code, values))
            return execute(cr, query, params, log_exceptions)

        self.env.flush_all()
        self.env.invalidate_all()
        self.patch(cursor, "execute", recorded)
        try:
            operation()
        finally:
            self.patch(cursor, "execute", execute)
        return statements

    def _explain(self, code, params):
        self.env.cr.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {code}", params)
        [(plan,)] = self.env.cr.fetchall()
        return (plan if isinstance(plan, list) else json.loads(plan))[0]

    def _get_whole_reads(self, node):
        """Yield the large tables that a plan reads whole, mostly in vain.

        To read a table as it lies is quick as long as most rows are wanted.
        """
        if (
            node["Node Type"] == "Seq Scan"
            and node["Relation Name"] in self.large
            and (
                node.get("Rows Removed by Filter", 0) > LARGE
                or node["Actual Rows"] > 3 * COUNT_LIMIT
            )
        ):
            yield node["Relation Name"]
        for child in node.get("Plans", ()):
            yield from self._get_whole_reads(child)

    def _get_plain_time(self):
        """Return the milliseconds of a plain read by key."""
        code = "SELECT * FROM customer_complaint WHERE id = %s"
        self.env.cr.execute("SELECT MAX(id) FROM customer_complaint")
        [(last,)] = self.env.cr.fetchall()
        plans = [self._explain(code, [last]) for _i in range(9)]
        return median(plan["Planning Time"] + plan["Execution Time"] for plan in plans)

    def _check(self, operation, allowed=()):
        """Check plans and time of what an operation reads.

        :param allowed: tables that it has to read whole
        """
        operation()  # caches of the configuration
        statements = self._record(operation)
        self.assertTrue(statements)
        plain = self._get_plain_time()
        spent = 0
        for code, params in statements:
            plan = self._explain(code, params)
            whole = set(self._get_whole_reads(plan["Plan"])) - set(allowed)
            self.assertFalse(whole, f"read whole by {code % tuple(params or ())}")
            spent += plan["Planning Time"] + plan["Execution Time"]
        self.assertLess(spent, TIMES_A_PLAIN_READ * plain * max(len(statements), 4))

    # ------------------------------------------------------------------
    # LISTS AND FORMS
    # ------------------------------------------------------------------

    def test_lists_of_the_menus(self):
        for user in (self.lone, self.agent, self.quality_user, self.auditor):
            for action in self._get_actions(user):
                with self.subTest(user=user.login, action=action.name):
                    self._check(
                        lambda action=action, user=user: self._list(action, user)
                    )

    def _list(self, action, user):
        records = self.env[action.res_model].with_user(user)
        values = self._get_values(user)
        domain = Domain(safe_eval(action.domain or "[]", values))
        domain &= self._get_default_filters(records, action, values)
        specification = self._get_read_specification("list", action.res_model)
        view = records.get_view(False, "list")
        records.web_search_read(
            list(domain),
            specification,
            limit=LIST_LIMIT,
            order=etree.fromstring(view["arch"]).get("default_order"),
            count_limit=COUNT_LIMIT,
        )

    def _get_default_filters(self, records, action, values):
        """Return the domain of the filters that an action opens with."""
        context = safe_eval(action.context or "{}", values)
        view = records.get_view(action.search_view_id.id, "search")
        domain = Domain.TRUE
        for node in etree.fromstring(view["arch"]).iter("filter"):
            if context.get(f"search_default_{node.get('name')}"):
                domain &= Domain(safe_eval(node.get("domain") or "[]", values))
        return domain

    def test_form(self):
        newest = self.env["customer.complaint"].search(
            [("state", "=", "remediation"), ("team_id.leader_id", "=", self.lone.id)],
            limit=1,
        )
        for user in (self.lone, self.auditor):
            complaint = newest.with_user(user)
            specification = self._get_read_specification("form")
            with self.subTest(user=user.login):
                self._check(
                    lambda complaint=complaint, specification=specification: (
                        complaint.web_read(specification)
                    )
                )

    def test_kanban(self):
        specification = self._get_read_specification("kanban")
        for user in (self.lone, self.agent):
            records = self.env["customer.complaint"].with_user(user)
            with self.subTest(user=user.login):
                self._check(
                    lambda records=records: records.web_read_group(
                        [("is_closed", "=", False)],
                        ["state"],
                        auto_unfold=True,
                        opening_info=[],
                        unfold_read_specification=specification,
                        unfold_read_default_limit=LIST_LIMIT,
                        groupby_read_specification={},
                    )
                )

    def test_overview(self):
        teams = self.env["customer.complaint.team"]
        view_id = self.env.ref(
            "customer_complaint_overview.customer_complaint_team_view_kanban_overview"
        ).id
        specification = self._get_read_specification("kanban", teams._name, view_id)

        def look(user):
            seen = teams.with_user(user)
            seen.get_overview()
            seen.web_search_read(
                [("is_on_overview", "=", True)], specification, limit=LIST_LIMIT
            )

        for user in (self.lone, self.agent, self.supervisor, self.auditor):
            with self.subTest(user=user.login):
                self._check(partial(look, user))

    def test_search(self):
        records = self.env["customer.complaint"].with_user(self.lone)
        partner = self.partners[7]
        for domain in (
            [("name", "ilike", records.search([], limit=1).name)],
            [("phone", "ilike", partner.phone)],
            [("partner_id", "=", partner.id)],
            [("user_id", "=", self.lone.id), ("is_closed", "=", False)],
        ):
            with self.subTest(domain=domain):
                self._check(
                    lambda domain=domain: records.web_search_read(
                        domain, {"name": {}}, limit=LIST_LIMIT
                    )
                )

    # ------------------------------------------------------------------
    # WHAT IS DONE
    # ------------------------------------------------------------------

    def test_opening_and_steps(self):
        def walk():
            complaint = self._create_complaint(
                self.lone,
                partner_id=self.partners[9].id,
                sale_order_id=False,
                line_ids=[Command.create({"product_name": "面霜", "quantity": 1})],
            )
            self._take_to(complaint, "closed")
            self.assertEqual(complaint.archive_card_id.state, "sealed")
            self.env.flush_all()

        self._check(walk)

    def test_the_last_archive_number_is_found_by_its_index(self):
        complaint = self._create_complaint(
            self.lone,
            partner_id=self.partners[9].id,
            sale_order_id=False,
            line_ids=[Command.create({"product_name": "面霜", "quantity": 1})],
        )
        self._take_to(complaint, "followup")
        statements = self._record(complaint.action_close)
        [plan] = [
            self._explain(code, params)
            for code, params in statements
            if "max(archive_serial)" in code
        ]
        self.assertIn("archive_card_serial_uniq", json.dumps(plan))

    def test_files_are_read_without_looking_at_all_there_are(self):
        """Core reads all files there are to filter those of a field, unless told."""
        self.assertFalse(
            [
                str(field)
                for name, model in self.env.registry.items()
                if name.startswith("customer.complaint")
                for field in model._fields.values()
                if field.type == "many2many"
                and field.store
                and field.comodel_name == "ir.attachment"
                and not field.bypass_search_access
            ]
        )
