from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCase

TO_APPROVE = (
    "/odoo/action-customer_complaint.customer_complaint_remediation_action_to_approve"
)


@tagged("post_install", "-at_install", "slow")
class TestApprovalUi(HttpCase, ApprovalCase):
    """Asking, approving and refusing as people do it, in the browser."""

    def _approve_in_browser(self, user):
        self.start_tour(TO_APPROVE, "customer_complaint_approve", login=user.login)

    def test_supervisor_and_manager_approve(self):
        complaint = self._decided()
        action = "customer_complaint.customer_complaint_action"
        self.start_tour(
            f"/odoo/action-{action}/{complaint.id}",
            "customer_complaint_ask_for_approval",
            login=self.agent.login,
            timeout=180,
        )
        remediation = complaint.remediation_ids
        self.assertRecordValues(
            remediation,
            [
                {
                    "state": "to_approve",
                    "amount_total": 5000,
                    "requested_by_id": self.agent.id,
                    "tier_id": self.tiers["supervisor"].id,
                    "note": "顾客过敏就医，单据齐全。",
                }
            ],
        )
        self._approve_in_browser(self.supervisor)
        self.assertRecordValues(
            remediation,
            [{"state": "to_approve", "tier_id": self.tiers["manager"].id}],
        )
        self._approve_in_browser(self.manager)
        self.assertEqual(remediation.state, "approved")
        self.assertRecordValues(
            remediation.approval_ids.sorted("id"),
            [
                {"user_id": user.id, "decision": "approved", "amount": 5000}
                for user in (self.supervisor, self.manager)
            ],
        )

    def test_delegate_approves(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        self._delegate(self.supervisor, deputy)
        remediation = self._asked(300)
        self.start_tour(
            TO_APPROVE, "customer_complaint_approve_as_delegate", login=deputy.login
        )
        self.assertRecordValues(
            remediation.approval_ids,
            [{"user_id": deputy.id, "on_behalf_of_id": self.supervisor.id}],
        )
        self.assertEqual(remediation.state, "approved")

    def test_refused_from_the_list(self):
        remediations = self._asked(300) | self._asked(200)
        self.start_tour(
            TO_APPROVE,
            "customer_complaint_refuse_from_list",
            login=self.supervisor.login,
        )
        self.assertEqual(set(remediations.mapped("state")), {"refused"})
        self.assertEqual(set(remediations.mapped("decision_note")), {"单据不全。"})
