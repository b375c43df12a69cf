from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint.tests.remediation_common import (
    SIGNATURE,
    RemediationCase,
)

from .clock_common import ClockCase, at


@tagged("post_install", "-at_install")
class TestRemediationClock(RemediationCase, ClockCase):
    """Limits for carrying out run from the agreement, or from the goods coming back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milestone = cls.env["customer.complaint.policy.milestone"].create(
            {
                "policy_id": cls.retail.id,
                "name": "按协议履行",
                "kind": "limit",
                "start_event": "agreed",
                "done_event": "carried_out",
                "length": 7,
                "clock": "natural_days",
            }
        )

    def setUp(self):
        super().setUp()
        self._wait_until("2026-03-02 09:00")
        self.complaint = self._take_to(
            self._receive(
                "2026-03-02 08:00",
                category_id=self.category_service.id,
                line_ids=[Command.create({"product_id": self.cream.id})],
            ),
            "remediation",
        )

    def _wait_until(self, moment):
        """Let the clock on the wall in Shanghai show a moment, until the test ends."""
        freezer = freeze_time(at(moment))
        freezer.start()
        self.addCleanup(freezer.stop)

    def _find(self, milestone):
        return self.complaint.sudo().deadline_ids.filtered(
            lambda deadline: (
                deadline.milestone_id == milestone
                and deadline.state != "replaced"
                and deadline.round == self.complaint.clock_round
            )
        )

    @property
    def limit(self):
        return self._find(self.milestone)

    @property
    def refund(self):
        return self._find(
            self.quick_ref("customer_complaint_deadline.milestone_retail_refund")
        )

    def _approve(self, **values):
        return self._approved(complaint=self.complaint, **values)

    def _sign(self, remediation, moment):
        self._wait_until(moment)
        version = remediation._get_agreement_version()
        remediation._agree("李娜", version, signature=SIGNATURE)

    def _pay(self, remediation, moment):
        self._wait_until(moment)
        self._carry_out(remediation.line_ids)

    # ------------------------------------------------------------------
    # FROM THE AGREEMENT
    # ------------------------------------------------------------------

    def test_waits_for_the_agreement(self):
        self.assertEqual((self.limit.state, self.limit.date_due), ("waiting", False))
        remediation = self._approve()
        self.assertEqual(self.limit.state, "waiting")
        self._sign(remediation, "2026-03-03 10:00")
        self.assertRecordValues(
            self.limit,
            [
                {
                    "state": "running",
                    "date_start": at("2026-03-03 10:00"),
                    "date_due": at("2026-03-10 23:59:59"),
                }
            ],
        )

    def test_met_to_the_end_of_the_seventh_day(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        self._pay(remediation, "2026-03-10 23:59")
        self.assertEqual((self.limit.state, self.limit.late_by), ("met", 0))
        self.assertEqual(self.complaint.date_carried_out, at("2026-03-10 23:59"))

    def test_missed_the_day_after(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        self._pay(remediation, "2026-03-11 00:00")
        self.assertEqual((self.limit.state, self.limit.late_by), ("missed", 1))

    def test_carried_out_without_a_written_agreement(self):
        """Nothing agreed to, no limit; the goods have one of their own."""
        self._pay(self._approve(), "2026-03-20 10:00")
        self.assertEqual(self.limit.state, "waiting")

    def test_declined_waits_for_the_next_agreement(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        self._give_reason(remediation, "decline", self.agent, "金额太低。")
        self.assertEqual((self.limit.state, self.limit.date_due), ("waiting", False))
        remediation.line_ids.amount = 400
        self._wait_until("2026-03-08 09:00")
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self._sign(remediation, "2026-03-08 10:00")
        self.assertEqual(self.limit.date_due, at("2026-03-15 23:59:59"))

    def test_raised_after_the_agreement_waits_for_the_new_one(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        remediation.line_ids.amount = 900
        self.assertEqual(remediation.state, "draft")
        self.assertEqual(self.limit.state, "waiting")
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(self.limit.state, "waiting")
        self._sign(remediation, "2026-03-06 10:00")
        self.assertEqual(self.limit.date_due, at("2026-03-13 23:59:59"))

    def test_lowered_is_agreed_to_anew(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        remediation.line_ids.amount = 100
        self.assertEqual(remediation.state, "approved")
        self.assertEqual(self.limit.state, "waiting")

    def test_cancelled_no_longer_runs(self):
        remediation = self._approve()
        self._sign(remediation, "2026-03-03 10:00")
        self._give_reason(remediation, "cancel", self.agent)
        self.assertEqual((self.limit.state, self.limit.date_due), ("waiting", False))
        other = self._approve()
        self._sign(other, "2026-03-09 10:00")
        self.assertEqual(self.limit.date_due, at("2026-03-16 23:59:59"))

    def test_granted_later_makes_nothing_late_that_was_met(self):
        first = self._approve()
        self._sign(first, "2026-03-03 10:00")
        self._pay(first, "2026-03-05 10:00")
        self.assertEqual(self.limit.state, "met")
        self._wait_until("2026-03-20 10:00")
        second = self._approve(amount=50)
        self.assertFalse(self.complaint.date_carried_out)
        self.assertEqual(self.limit.state, "met")
        self._pay(second, "2026-03-21 10:00")
        self.assertEqual((self.limit.state, self.limit.late_by), ("met", 0))
        self.assertFalse(self.complaint.was_late)

    def test_one_of_two_is_not_all(self):
        first = self._approve()
        second = self._approve(amount=50)
        self._sign(first, "2026-03-03 10:00")
        self._pay(first, "2026-03-05 10:00")
        self.assertEqual(self.limit.state, "running")
        self._pay(second, "2026-03-09 10:00")
        self.assertEqual(self.limit.date_done, at("2026-03-09 10:00"))

    def test_cancelling_the_last_open_one_ends_it(self):
        first = self._approve()
        second = self._approve(amount=50)
        self._sign(first, "2026-03-03 10:00")
        self._pay(first, "2026-03-05 10:00")
        self._wait_until("2026-03-12 10:00")
        self._give_reason(second, "cancel", self.agent)
        self.assertEqual(self.complaint.date_carried_out, at("2026-03-05 10:00"))
        self.assertEqual(self.limit.state, "met")

    # ------------------------------------------------------------------
    # CARRIED OUT BY HAND
    # ------------------------------------------------------------------

    def test_day_of_the_follow_up_comes_back_when_all_is_cancelled(self):
        self._wait_until("2026-03-04 10:00")
        self._tell_decision(self.complaint)
        self.assertEqual(self.complaint.state, "followup")
        self.assertEqual(self.complaint.date_carried_out, at("2026-03-04 10:00"))
        self._wait_until("2026-03-06 10:00")
        remediation = self._approve()
        self.assertFalse(self.complaint.date_carried_out)
        self._wait_until("2026-03-08 10:00")
        self._give_reason(remediation, "cancel", self.agent)
        self.assertEqual(self.complaint.date_carried_out, at("2026-03-04 10:00"))

    def test_day_by_hand_is_no_field_to_write(self):
        with self._refused("date_carried_out|Carried Out|sets these"):
            self.complaint.write({"date_carried_out_by_hand": fields.Datetime.now()})

    # ------------------------------------------------------------------
    # FROM THE GOODS
    # ------------------------------------------------------------------

    def test_goods_back_start_the_refund_limit(self):
        remediation = self._approve()
        self._wait_until("2026-03-06 12:00")
        remediation.line_ids._note_goods_returned(at("2026-03-06 11:00"))
        self.assertRecordValues(
            self.refund,
            [{"state": "running", "date_due": at("2026-03-13 23:59:59")}],
        )
        self._pay(remediation, "2026-03-13 23:00")
        self.assertEqual(self.refund.state, "met")
        self._wait_until("2026-03-20 10:00")
        self._pay(self._approve(amount=50), "2026-03-21 10:00")
        self.assertEqual((self.refund.state, self.refund.late_by), ("met", 0))

    def test_goods_that_came_before_the_complaint_refuse_no_transfer(self):
        line = self._approve().line_ids
        line._note_goods_returned(at("2026-02-27 10:00"))
        self.assertEqual(
            self.complaint.date_goods_returned, self.complaint.date_received
        )

    def test_goods_back_and_carried_out_before_a_restart_do_not_count(self):
        remediation = self._approve()
        remediation.line_ids._note_goods_returned(fields.Datetime.now())
        self._pay(remediation, "2026-03-04 10:00")
        self._tell_decision(self.complaint)
        self.complaint.action_close()
        self._wait_until("2026-03-10 10:00")
        self._reopen(self.complaint)
        self.assertFalse(self.complaint.date_carried_out)
        self.assertEqual(self.refund.state, "waiting")
        # What never started ended with the case, and waits anew.
        waiting = self.complaint.sudo().deadline_ids.filtered(
            lambda deadline: deadline.milestone_id == self.milestone
        )
        self.assertEqual(sorted(waiting.mapped("state")), ["dropped", "waiting"])
        # A draft alone carries nothing out.
        self._propose(50, self.complaint)
        self.complaint._follow_remediations()
        self.assertFalse(self.complaint.date_carried_out)


@tagged("post_install", "-at_install")
class TestRemediationAmounts(RemediationCase):
    """Amounts and currencies that cannot be, and rates that move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.own = cls.company.currency_id
        codes = {"JPY": 0.01, "KWD": 0.001, "CHF": 0.01}
        cls.yen, cls.dinar, cls.franc = (
            currencies.search([("name", "=", code)]) for code in codes
        )
        cls.yen.write({"active": True, "rounding": 1})
        cls.dinar.write({"active": True, "rounding": 0.001})
        cls.franc.active = True
        cls.env["res.currency.rate"].search(
            [("currency_id", "in", (cls.yen | cls.dinar | cls.franc).ids)]
        ).unlink()

    def _rate(self, currency, rate, day="2026-01-01"):
        """Enter how much of a currency is one of the company's."""
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "rate": rate,
                "name": day,
                "company_id": self.company.id,
            }
        )
        self.env.invalidate_all()

    def _line(self, amount, currency=None, kind="compensation"):
        return self._propose(
            lines=[
                {
                    "kind": kind,
                    "amount": amount,
                    "currency_id": (currency or self.own).id,
                }
            ]
        ).line_ids

    def test_amounts_that_cannot_be(self):
        for amount in (-1, -0.01, 0, 1e12, 1e18, float("nan"), float("inf")):
            with self.subTest(amount=amount), self._refused("", ValidationError):
                self._line(amount)
        line = self._line(9)
        for amount in (-1, 0, 1e12, float("nan"), float("-inf")):
            with self.subTest(amount=amount), self._refused("", ValidationError):
                line.write({"amount": amount})
        self.assertEqual(line.amount, 9)

    def test_less_than_the_smallest_coin_is_nothing(self):
        with self._refused("", ValidationError):
            self._line(0.001)

    def test_more_decimals_than_the_currency_has(self):
        self._rate(self.yen, 20)
        self._rate(self.dinar, 0.04)
        for currency, good, bad in (
            (self.own, 12.34, 12.345),
            (self.yen, 1234, 1234.5),
            (self.dinar, 1.234, 1.2345),
        ):
            with self.subTest(currency=currency.name):
                line = self._line(good, currency)
                self.assertEqual(line.amount, good)
                with self._refused("", ValidationError):
                    self._line(bad, currency)
                with self._refused("", ValidationError):
                    line.write({"amount": bad})
                self.assertEqual(line.amount, good)

    def test_currency_without_a_rate(self):
        with self._refused("there is no rate for CHF", ValidationError):
            self._line(5, self.franc)
        line = self._line(5)
        with self._refused("there is no rate for CHF", ValidationError):
            line.currency_id = self.franc

    def test_total_at_the_rate_of_the_day_of_the_request(self):
        today = self.company._complaint_today()
        self._rate(self.yen, 20, today - timedelta(days=5))
        remediation = self._line(10000, self.yen).remediation_id
        self.assertEqual(remediation.amount_total, 500)
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._rate(self.yen, 10, today + timedelta(days=1))
            remediation.action_ask()
            self.assertEqual(remediation.amount_total, 1000)
            self.assertEqual(remediation.date_rate, today + timedelta(days=1))

    def test_rate_that_moves_between_asking_and_approving(self):
        """Approved is what was asked for; nobody gets round a step by waiting."""
        today = self.company._complaint_today()
        self._rate(self.yen, 20, today - timedelta(days=5))
        remediation = self._line(10000, self.yen).remediation_id
        remediation.action_ask()
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self._rate(self.yen, 5, today + timedelta(days=1))
            self.assertEqual(remediation.amount_total, 500)
            remediation.with_user(self.supervisor).action_approve()
            self.assertRecordValues(
                remediation, [{"state": "approved", "amount_total": 500}]
            )
        # Taken up again, it is asked for at the rate of that day.
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self._give_reason(remediation, "cancel", self.agent)
            remediation.action_start_again()
            remediation.action_ask()
            self.assertEqual(remediation.amount_total, 2000)
