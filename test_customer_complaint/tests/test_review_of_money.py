from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestReviewOfMoney(ApprovalCase):
    """Who approved what the customer receives has no say in the review."""

    def test_who_approved_the_money_does_not_review(self):
        boss = self._new_user("complaint_boss", "manager")
        complaint = self._decided()
        remediation = self._asked(5000, complaint=complaint)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self._tell_decision(complaint)
        review = (
            self.env["customer.complaint.review"]
            .with_user(self.supervisor)
            .create({"complaint_id": complaint.id, "request": "赔偿太少。"})
        )
        for user in (self.supervisor, self.manager):
            with self._refused("approved what the customer of", ValidationError):
                review.reviewer_id = user
        review.reviewer_id = boss
        # Named first, and approving afterwards is no way round.
        more = self._asked(50, complaint=complaint)
        self._approve(more, boss)
        with self._refused("approved what the customer of", Exception):
            review.with_user(boss)._check_may_decide()
