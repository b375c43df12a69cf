from contextlib import closing
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged, users, warmup

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.view_common import ViewReading

LIST_LIMIT = 80
# The form of a case with much that hangs on it.
BIG_FORM_QUERIES = 36
# For each record of a selection: the message that core posts for what is tracked, and
# that it excludes sealing meanwhile.
STEP_QUERIES_PER_RECORD = 9
STEP_QUERIES = 20
# With the seal: all of the case is read, named and chained.
CLOSE_QUERIES = 28


@tagged("post_install", "-at_install", "slow")
class TestPerformance(ViewReading, CustomerComplaintCommon):
    """Bound the queries of what people do all day.

    The budgets are those of the specification; they hold with chatter and tracking
    on, with the flush included and with cold caches.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The common classes switch chatter and tracking off.
        cls.env = cls.env(context={"lang": "en_US", "tz": "Asia/Shanghai"})
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {i}", "phone": f"+86 {i:08}"} for i in range(8)]
        )
        cls.tags = cls.env["customer.complaint.tag"].create(
            [{"name": f"Tag {i}", "color": i} for i in range(4)]
        )
        # Those that make a complaint major alert the managers, which is no daily work.
        cls.channels = cls.env["customer.complaint.channel"].search(
            [("is_public_attention", "=", False)]
        )
        cls.document_type = cls.quick_ref("customer_complaint.document_type_photo")
        cls.categories = cls.category | cls.category_service
        # The first numbers of a year cost more, once.
        vals = cls._prepare_complaint_vals()
        cls.env["customer.complaint"].create(vals).action_accept()

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _count_queries(self, operation):
        """Return the queries of ``operation`` with cold record caches.

        What it does is rolled back.
        """
        for _warm in (False, True):
            self._start_cold()
            with closing(self.cr.savepoint(flush=False)):
                before = self.cr.sql_log_count
                operation()
                self.flush_tracking()
                count = self.cr.sql_log_count - before
        self.env.invalidate_all()
        return count

    def _start_cold(self):
        """Write what is pending and forget all records, as in a new request."""
        self.flush_tracking()
        self.env.invalidate_all()

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def _create_many(self, count):
        """Create open complaints that differ in all that lists show."""
        handlers = self.agent | self.colleague | self.supervisor
        complaints = (
            self.env["customer.complaint"]
            .sudo()
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        **self._prepare_walk_in_vals(),
                        "partner_id": self.customers[i % len(self.customers)].id,
                        "category_id": self.categories[i % 2].id,
                        "channel_id": self.channels[i % len(self.channels)].id,
                        "user_id": handlers[i % 3].id,
                        "tag_ids": [Command.set(self.tags[i % 4].ids)],
                        "date_received": fields.Datetime.now() - timedelta(hours=i),
                        "conclusion": "established",
                        "conclusion_note": "留样检查确认有异物。",
                    }
                    for i in range(count)
                ]
            )
        )
        steps = ("accept", "investigate", "remediate", "follow_up")
        for number, step in enumerate(steps, start=1):
            further = complaints.filtered(
                lambda c, number=number: complaints.ids.index(c.id) % 5 >= number
            )
            if step == "investigate":
                self._verify(further)
            if step == "follow_up":
                further._write_unguarded({"date_notified": fields.Datetime.now()})
            if step == "remediate":
                self._confirm(further)
            getattr(further, f"action_{step}")()
        for complaint in complaints[::3]:
            complaint.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.agent.id
            )
        self.flush_tracking()
        return self.env["customer.complaint"].browse(complaints.ids)

    def _prepare_walk_in_vals(self):
        """Return the values of a complaint without an order: any number may exist."""
        return {
            "team_id": self.team.id,
            "description": "打开后发现面霜里有头发。",
            "line_ids": [Command.create({"product_id": self.cream.id})],
        }

    def _create_full_complaint(self):
        """Create a decided complaint with all that its form shows."""
        complaint = self.env["customer.complaint"].create(
            self._prepare_order_vals(2) | {"tag_ids": [Command.set(self.tags.ids)]}
        )
        # Earlier complaints of the same customer are shown as well.
        self.env["customer.complaint"].create(
            [self._prepare_order_vals() for _i in range(3)]
        )
        return self._take_to(complaint, "followup")

    def _file_photo(self, complaint):
        self.env["customer.complaint.archive.document"].create(
            {
                "complaint_id": complaint.id,
                "type_id": self.document_type.id,
                "attachment_ids": [
                    Command.create({"name": "photo.txt", "raw": b"photograph"})
                ],
            }
        )

    def _prepare_order_vals(self, lines=1):
        """Return the values of a complaint about an order of many lines."""
        # Agents read orders only.
        order = self.env(su=True)["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.cream.id}) for _i in range(lines)
                ],
            }
        )
        order.action_confirm()
        return self._prepare_complaint_vals(
            sale_order_id=order.id,
            line_ids=[
                Command.create({"sale_order_line_id": line.id, "quantity": 1})
                for line in order.order_line
            ],
        )

    def _read_list(self, specification):
        return self.env["customer.complaint"].web_search_read(
            [("is_closed", "=", False)],
            specification,
            limit=LIST_LIMIT,
            count_limit=10001,
        )

    def _read_kanban(self, specification):
        Complaint = self.env["customer.complaint"]
        return Complaint.with_context(read_group_expand=True).web_read_group(
            [("is_closed", "=", False)],
            ["state"],
            auto_unfold=True,
            opening_info=[],
            unfold_read_specification=specification,
            unfold_read_default_limit=LIST_LIMIT,
            groupby_read_specification={},
        )

    def _assert_does_not_grow(self, operation, allowed=0):
        """Check that ``operation`` costs the same with 2, 24 and 224 complaints.

        :param int allowed: queries that a full page may cost more
        """
        counts = []
        for added in (2, 22, 200):
            self._create_many(added)
            counts.append(self._count_queries(operation))
        self.assertLessEqual(
            counts[-1], counts[0] + allowed, f"queries with 2, 24, 224 rows: {counts}"
        )
        self.assertLessEqual(counts[1], counts[0] + allowed)

    # ------------------------------------------------------------------
    # OPENING
    # ------------------------------------------------------------------

    @users("complaint_agent")
    @warmup
    def test_opening_a_complaint(self):
        vals = self._prepare_order_vals()
        del vals["team_id"]  # the dialog of the order does not ask for it
        self._start_cold()
        with self.assertQueryCount(complaint_agent=35):
            self.env["customer.complaint"].create(vals)
            self.flush_tracking()

    @users("complaint_agent")
    def test_further_lines_cost_one_query_each(self):
        Complaint = self.env["customer.complaint"]
        one, eleven = (self._prepare_order_vals(lines) for lines in (1, 11))
        count_one = self._count_queries(lambda: Complaint.create(one))
        count_eleven = self._count_queries(lambda: Complaint.create(eleven))
        self.assertLessEqual(count_eleven, count_one + 10)

    @users("complaint_agent")
    @warmup
    def test_batch_create(self):
        vals_list = [
            {
                **self._prepare_walk_in_vals(),
                "partner_id": self.customers[i % len(self.customers)].id,
                "category_id": self.category.id,
                "channel_id": self.channel.id,
            }
            for i in range(500)
        ]
        self._start_cold()
        with self.assertQueryCount(complaint_agent=500):
            complaints = self.env["customer.complaint"].create(vals_list)
            self.flush_tracking()
        self.assertEqual(len(set(complaints.mapped("name"))), 500)

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    @users("complaint_agent")
    @warmup
    def test_each_step_of_the_main_road(self):
        complaint = self.env["customer.complaint"].create(self._prepare_order_vals())
        for step in ("accept", "investigate", "remediate", "follow_up", "close"):
            if step == "investigate":
                self._verify(complaint)
            if step == "remediate":
                complaint.write(
                    {"conclusion": "established", "conclusion_note": "同意退货。"}
                )
                self._confirm(complaint)
            if step == "follow_up":
                self._write_decision(complaint)
                self._record_notice(complaint)
            self._start_cold()
            limit = CLOSE_QUERIES if step == "close" else STEP_QUERIES
            with self.subTest(step=step), self.assertQueryCount(complaint_agent=limit):
                getattr(complaint, f"action_{step}")()
                self.flush_tracking()

    @users("complaint_agent")
    @warmup
    def test_refusing_and_withdrawing(self):
        refused, withdrawn = self.env["customer.complaint"].create(
            [self._prepare_order_vals(), self._prepare_order_vals()]
        )
        ground = self.env["customer.complaint.refusal.ground"].search([], limit=1)
        today = self.company._complaint_today()
        for complaint, vals in (
            (
                refused,
                {
                    "state": "refused",
                    "refusal_ground_id": ground.id,
                    "refusal_note": "超过保质期两年。",
                },
            ),
            (
                withdrawn,
                {
                    "state": "withdrawn",
                    "date_withdrawn": today,
                    "withdrawal_reason": "已和解",
                },
            ),
        ):
            self._start_cold()
            with (
                self.subTest(state=vals["state"]),
                self.assertQueryCount(complaint_agent=STEP_QUERIES),
            ):
                complaint.write(vals)
                self.flush_tracking()

    # ------------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------------

    @users("complaint_agent")
    @warmup
    def test_list(self):
        self._create_many(100)
        specification = self._get_read_specification("list")
        self._start_cold()
        with self.assertQueryCount(complaint_agent=9):
            result = self._read_list(specification)
        self.assertEqual(len(result["records"]), LIST_LIMIT)

    @users("complaint_agent")
    def test_list_does_not_grow(self):
        specification = self._get_read_specification("list")
        # More than a page: the total is counted apart.
        self._assert_does_not_grow(lambda: self._read_list(specification), allowed=1)

    @users("complaint_agent")
    @warmup
    def test_kanban(self):
        self._create_many(100)
        specification = self._get_read_specification("kanban")
        self._start_cold()
        with self.assertQueryCount(complaint_agent=15):
            result = self._read_kanban(specification)
        filled = [group for group in result["groups"] if group["__count"]]
        self.assertEqual(len(filled), 5)

    @users("complaint_agent")
    def test_kanban_does_not_grow(self):
        self._create_many(5)
        specification = self._get_read_specification("kanban")
        self._assert_does_not_grow(lambda: self._read_kanban(specification))

    @users("complaint_agent")
    @warmup
    def test_form(self):
        complaint = self._create_full_complaint()
        specification = self._get_read_specification("form")
        self._start_cold()
        with self.assertQueryCount(complaint_agent=31):
            complaint.web_read(specification)

    @users("complaint_agent")
    @warmup
    def test_form_with_papers(self):
        """Papers and their files cost nine queries more, however many they are.

        One of them asks whether papers of other cases are open to the user.
        """
        complaint = self._create_full_complaint()
        self._file_photo(complaint)
        specification = self._get_read_specification("form")
        self._start_cold()
        with self.assertQueryCount(complaint_agent=40):
            complaint.web_read(specification)

    @users("complaint_agent")
    def test_form_does_not_grow(self):
        complaint = self._create_full_complaint()
        self._file_photo(complaint)
        specification = self._get_read_specification("form")
        self._assert_does_not_grow(lambda: complaint.web_read(specification))

    def _load_with_content(self, evidences, notices, memos):
        """Create a decided case with much that hangs on it.

        :param int evidences: how many pieces of evidence; likewise the others
        :return: the complaint
        """
        complaint = self._create_full_complaint()
        work = complaint.env
        work["customer.complaint.evidence"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "name": f"照片 {i}",
                    "location": "一号柜",
                    "attachment_ids": [
                        Command.create({"name": f"{i}.txt", "raw": b"photograph"})
                    ],
                }
                for i in range(evidences)
            ]
        )
        work["customer.complaint.notice"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "kind": "progress",
                    "way": "phone",
                    "partner_id": complaint.partner_id.id,
                    "proof_ref": f"第{i}次致电",
                }
                for i in range(notices)
            ]
        )
        self.supervisor.email = "supervisor@example.com"
        work["customer.complaint.memo"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "name": f"核对留样 {i}",
                    "question": "留样是否有异物？",
                    "recipient_id": self.supervisor.id,
                    "date_due": fields.Datetime.now() + timedelta(days=1),
                }
                for i in range(memos)
            ]
        ).action_send()
        work["customer.complaint.proceeding"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "kind": kind,
                    "body": "朝阳区市场监督管理局",
                    "reference": f"朝市监转〔2026〕{kind}",
                    "demand": "请书面答复。",
                }
                for kind in ("transfer", "mediation")
            ]
        )
        work["customer.complaint.review"].create(
            {"complaint_id": complaint.id, "request": "我不同意。"}
        )
        self.flush_tracking()
        return complaint

    @users("complaint_agent")
    def test_form_of_a_big_case(self):
        """What hangs on a case costs the same, however much it is."""
        self.env["customer.complaint"].create(self._prepare_order_vals())
        specification = self._get_read_specification("form")
        small = self._load_with_content(2, 2, 2)
        big = self._load_with_content(50, 20, 10)
        counts = [
            self._count_queries(lambda c=complaint: c.web_read(specification))
            for complaint in (small, big)
        ]
        self.assertEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], BIG_FORM_QUERIES)

    @users("complaint_manager")
    def test_steps_on_a_selection(self):
        """A step on 80 selected records costs a small number for each."""
        measured = {}
        for number in (2, LIST_LIMIT):
            complaints = self.env["customer.complaint"].create(
                [
                    {
                        **self._prepare_walk_in_vals(),
                        "partner_id": self.customers[i % len(self.customers)].id,
                        # Neither waits for the quality department.
                        "category_id": self.category_service.id,
                        "channel_id": self.channel.id,
                    }
                    for i in range(number)
                ]
            )
            for step, prepare in {
                "accept": None,
                "investigate": self._verify,
                "remediate": self._find,
                "follow_up": self._tell_all,
                "close": None,
            }.items():
                if prepare:
                    prepare(complaints)
                self._start_cold()
                before = self.cr.sql_log_count
                getattr(complaints, f"action_{step}")()
                self.flush_tracking()
                measured.setdefault(step, []).append(self.cr.sql_log_count - before)
        for step, (few, many) in measured.items():
            with self.subTest(step=step, few=few, many=many):
                each = (many - few) / (LIST_LIMIT - 2)
                self.assertLessEqual(each, STEP_QUERIES_PER_RECORD)

    def _find(self, complaints):
        complaints.write({"conclusion": "established", "conclusion_note": "同意退货。"})
        self._confirm(complaints)

    def _tell_all(self, complaints):
        for complaint in complaints:
            self._write_decision(complaint)
            self._record_notice(complaint)
