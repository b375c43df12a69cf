from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestRemediationWorth(ApprovalCase):
    """What the approval counts: money's worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laptop, cls.cleaning = cls.env["product.product"].create(
            [
                {"name": "笔记本电脑", "list_price": 2650, "taxes_id": False},
                {
                    "name": "上门清洗",
                    "type": "service",
                    "list_price": 1200,
                    "taxes_id": False,
                },
            ]
        )

    def _sold(self, product=None, **line):
        """Return a decided complaint about something sold."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": (product or self.laptop).id, **line})
                ],
            }
        )
        order.action_confirm()
        return self._decided(
            sale_order_id=order.id,
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": order.order_line.id,
                        "quantity": order.order_line.product_uom_qty,
                        "is_repeat_confirmed": True,
                    }
                )
            ],
        )

    def _exchange(self, complaint, **values):
        return self._propose(
            complaint=complaint,
            lines=[
                {
                    "kind": "exchange",
                    "complaint_line_id": complaint.line_ids.id,
                    **values,
                }
            ],
        )

    # ------------------------------------------------------------------
    # GOODS AND WORK
    # ------------------------------------------------------------------

    def test_exchange_counts_the_goods(self):
        remediation = self._exchange(self._sold())
        self.assertRecordValues(
            remediation,
            [{"amount_total": 0, "worth_total": 2650, "amount_counted": 2650}],
        )
        remediation.action_ask()
        for user in (self.colleague, self.agent):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._approve(remediation, user)
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.state, "to_approve")
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.approval_ids[:1].amount, 2650)
        # It is no compensation: the card says what was paid.
        self.assertEqual(remediation.complaint_id.granted_total, 2650)
        self._carry_out(remediation.line_ids)
        self.assertRecordValues(
            remediation.complaint_id,
            [{"compensation_total": 0, "has_exchange": True}],
        )

    def test_exchange_counts_what_was_billed_or_todays_price(self):
        """With discount and tax for the same goods, else the price of the others."""
        tax = self.env["account.tax"].create(
            {
                "name": "13 %",
                "amount": 13,
                "tax_group_id": self.env["account.tax.group"]
                .create(
                    {
                        "name": "增值税",
                        "country_id": self.company.account_fiscal_country_id.id
                        or self.quick_ref("base.cn").id,
                    }
                )
                .id,
                "country_id": self.company.account_fiscal_country_id.id
                or self.quick_ref("base.cn").id,
            }
        )
        complaint = self._sold(
            product_uom_qty=2,
            price_unit=1000,
            discount=10,
            tax_ids=[Command.set(tax.ids)],
        )
        self.assertEqual(self._exchange(complaint, quantity=1).worth_total, 1017)
        self.assertEqual(self._exchange(complaint, quantity=2).worth_total, 2034)
        other = self._exchange(complaint, quantity=1)
        other.line_ids.product_id = self.cleaning
        self.assertEqual(other.worth_total, 1200)
        other.line_ids.amount = 1500
        self.assertEqual(other.worth_total, 1500)

    def test_the_form_names_who_approves_the_goods(self):
        """While it is entered: goods without money need the tier of their worth."""
        complaint = self._sold(self.cream)
        remediation = self._exchange(complaint)
        manager = self.tiers["manager"].name
        with Form(remediation) as form:
            self.assertNotIn(manager, form.route_text)
            with form.line_ids.edit(0) as line:
                line.product_id = self.laptop
            self.assertEqual(form.amount_total, 0)
            self.assertIn(manager, form.route_text)

    def test_another_product_after_the_approval_asks_anew(self):
        complaint = self._sold(self.cream)
        remediation = self._exchange(complaint)
        remediation.action_ask()
        self._approve(remediation, self.supervisor)
        remediation.line_ids.product_id = self.laptop
        self.assertEqual(remediation.state, "draft")
        self.assertEqual(remediation.worth_total, 2650)

    def test_goods_given_by_another_name(self):
        """Whatever the line is called: goods that nobody complained of are given."""
        complaint = self._sold(self.cream)
        for kind, amount in (
            ("consolation", 1),
            ("other", 0),
            ("apology", 0),
            ("voucher", 1),
            ("compensation", 1),
        ):
            line = {"kind": kind, "amount": amount, "product_id": self.laptop.id}
            with self.subTest(kind):
                remediation = self._propose(complaint=complaint, lines=[line])
                self.assertEqual(remediation.worth_total, 2650)
                self.assertEqual(remediation.amount_total, amount)
                remediation.line_ids.quantity = 2
                self.assertEqual(remediation.worth_total, 5300)
                remediation.line_ids.amount = 6000
                self.assertEqual(remediation.worth_total, 6000)

    def test_consolation_with_what_is_complained_of(self):
        """One more of it is given; a line about it gives no more than its amount."""
        complaint = self._sold()
        for kind, amount in (("consolation", 1), ("other", 0)):
            line = {"kind": kind, "amount": amount, "product_id": self.laptop.id}
            about = {"complaint_line_id": complaint.line_ids.id}
            with self.subTest(kind):
                given = self._propose(complaint=complaint, lines=[line])
                self.assertEqual(given.worth_total, 2650)
                named = self._propose(complaint=complaint, lines=[{**line, **about}])
                self.assertEqual(named.worth_total, amount)

    def test_goods_that_are_only_named(self):
        """An apology for a product gives none; nor does a lower price."""
        complaint = self._sold()
        for kind, amount in (("apology", 0), ("travel", 5), ("price_reduction", 5)):
            line = {"kind": kind, "amount": amount, "product_id": self.laptop.id}
            with self.subTest(kind):
                remediation = self._propose(complaint=complaint, lines=[line])
                self.assertEqual(remediation.worth_total, amount)

    def test_exchange_of_nothing_named(self):
        complaint = self._decided(line_ids=[], event_place="门店")
        with self._refused("choose the product the customer gets", ValidationError):
            self._propose(complaint=complaint, lines=[{"kind": "exchange"}])
        worth = self._propose(
            complaint=complaint, lines=[{"kind": "exchange", "amount": 900}]
        )
        self.assertEqual(worth.amount_counted, 900)
        with self._refused("choose the product the customer gets", ValidationError):
            worth.line_ids.amount = 0

    def test_repair_counts_its_estimated_cost(self):
        complaint = self._decided()
        with self._refused("estimated to cost", ValidationError):
            self._propose(complaint=complaint, lines=[{"kind": "repair"}])
        for value, text in {
            -1: "cannot be negative",
            1e308: "Check ",
            10.005: "more decimals",
            float("nan"): "number",
            float("inf"): "number",
        }.items():
            with self.subTest(value=value), self._refused(text, ValidationError):
                self._propose(
                    complaint=complaint,
                    lines=[{"kind": "repair", "cost_estimate": value}],
                )
        remediation = self._propose(
            complaint=complaint, lines=[{"kind": "repair", "cost_estimate": 1500}]
        )
        remediation.action_ask()
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.state, "to_approve")
        self._approve(remediation, self.manager)
        remediation.line_ids.cost_estimate = 1400
        self.assertEqual(remediation.state, "approved")
        remediation.line_ids.cost_estimate = 1600
        self.assertEqual(remediation.state, "draft")

    def test_work_done_again_and_vouchers_count(self):
        again = self._propose(
            complaint=self._sold(self.cleaning), lines=[{"kind": "redo"}]
        )
        self.assertEqual(again.amount_counted, 0)
        again.line_ids.complaint_line_id = again.complaint_id.line_ids
        self.assertEqual(again.amount_counted, 1200)
        voucher = self._propose(lines=[{"kind": "voucher", "amount": 1001}])
        voucher.action_ask()
        self._approve(voucher, self.supervisor)
        self.assertEqual(voucher.state, "to_approve")

    def test_amounts_nobody_enters(self):
        complaint = self._decided()
        for amount in (1e308, -1e308, 1e12):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._propose(amount, complaint)

    # ------------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------------

    def test_nothing_is_granted_by_hand(self):
        complaint = self._decided()
        for user in (self.agent, self.supervisor, self.manager):
            for values in (
                {"compensation_total": 100000, "has_compensation": True},
                {"compensation_total": 0.01},
                {"has_return": True},
                {"granted_total": 5},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        complaint.with_user(user).write(values)
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        self._create_complaint(user, **values)
        with self._refused("Propose a remediation"):
            complaint.write({"has_travel": True})
        form = complaint.with_context(default_has_return=True)
        self.assertFalse(form.new({}).has_return)
        # A form may carry along what stands there.
        complaint.write({"compensation_total": 0, "has_return": False})

    # ------------------------------------------------------------------
    # CATEGORY
    # ------------------------------------------------------------------

    def test_category_compares_the_tiers_again(self):
        """A stricter ladder asks anew; the same one does not."""
        self.env["customer.complaint.approval.tier"].create(
            {
                "name": "Privacy",
                "company_id": False,
                "category_id": self.quick_ref("customer_complaint.category_privacy").id,
                "role": "manager",
                "amount_from": 0,
            }
        )
        same = self.quick_ref("customer_complaint.category_service_waiting")
        strict = self.quick_ref("customer_complaint.category_privacy")
        for state in ("to_approve", "approved"):
            remediation = self._asked(300)
            if state == "approved":
                self._approve(remediation, self.supervisor)
            complaint = remediation.complaint_id
            complaint.category_id = same
            self.assertEqual(remediation.state, state)
            complaint.with_user(self.manager).category_id = strict
            if state == "to_approve":
                self.assertEqual(remediation.tier_id.name, "Privacy")
                self._assert_refused(remediation, self.supervisor, "above your limit")
                self._assert_refused(remediation, self.manager, "you proposed it")
            else:
                self.assertEqual(remediation.state, "draft")
            remediation = self._approved_by_director(remediation)

    def _approved_by_director(self, remediation):
        """Whoever changed the category is one of the proposers: another manager."""
        if remediation.state == "draft":
            remediation.action_ask()
        self._approve(remediation, self.director)
        self.assertEqual(remediation.state, "approved")
        return remediation
