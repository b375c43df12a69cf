from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestReturnWindows(RemediationCase):
    """What is advised so many days after the purchase, and which days may be set."""

    def test_return_windows_advise_and_forbid_nothing(self):
        complaint = self._decided()
        received = self.company._complaint_date(complaint.date_received)
        remediation = self._propose(
            complaint=complaint,
            lines=[
                {"kind": "refund", "amount": 1},
                {"kind": "exchange", "product_id": self.cream.id},
                {"kind": "repair", "cost_estimate": 20},
                {"kind": "apology"},
            ],
        )
        for days, outside, text in (
            (0, (False, False, False), "without a reason"),
            (7, (False, False, False), "return, exchange or repair"),
            (8, (True, False, False), "exchange or repair"),
            (15, (True, False, False), "exchange or repair"),
            (16, (True, True, False), "free repair"),
            (60, (True, True, False), "free repair"),
            (61, (True, True, False), "paid repair"),
        ):
            complaint.purchase_date = received - timedelta(days=days)
            *goods, apology = remediation.line_ids
            self.assertEqual(tuple(line.is_outside_window for line in goods), outside)
            self.assertIn(text, goods[0].advice)
            self.assertFalse(apology.advice)
        self.company.complaint_no_reason_days = 14
        complaint.purchase_date = received - timedelta(days=10)
        self.assertFalse(remediation.line_ids[0].is_outside_window)
        with self._refused("return windows", ValidationError):
            self.company.complaint_return_days = 90
        remediation.action_ask()

    def test_law_of_china_gives_seven_days_at_least(self):
        self.company.country_id = self.quick_ref("base.us")
        self.company.complaint_no_reason_days = 3
        self.company.complaint_no_reason_days = 7
        self.company.country_id = self.quick_ref("base.cn")
        self.company.complaint_no_reason_days = 0  # sells nothing at a distance
        for days in (1, 6):
            with self._refused("at least 7 days", ValidationError):
                self.company.complaint_no_reason_days = days
