from odoo.exceptions import AccessError
from odoo.tests import tagged

from .remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestRemediationApprover(RemediationCase):
    """A supervisor of the case approves what somebody else proposed."""

    def test_supervisor_is_asked_and_approves(self):
        remediation = self._asked()
        self.assertEqual(self._get_todo_users(remediation), self.supervisor)
        self.assertIn(self.supervisor.name, remediation.route_text)
        self.assertTrue(remediation.with_user(self.supervisor).can_approve)
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(remediation.state, "approved")
        self.assertTrue(remediation.date_approved)
        self.assertTrue(remediation.date_promised)
        self.assertFalse(self._get_todo_users(remediation))
        self.assertFalse(remediation.route_text)
        said = "".join(remediation.complaint_id.message_ids.mapped("body"))
        self.assertIn(f"approved by {self.supervisor.name}", said)
        with self._refused("does not wait for approval"):
            remediation.with_user(self.supervisor).action_approve()

    def test_nobody_else_approves(self):
        remediation = self._asked()
        for user in (self.agent, self.colleague, self.auditor):
            self.assertFalse(remediation.with_user(user).can_approve)
            with self._refused(".", AccessError):
                remediation.with_user(user).action_approve()
            with self._refused(".", AccessError):
                remediation.with_user(user)._refuse("x")

    def test_four_eyes(self):
        remediation = self._asked(user=self.supervisor)
        self.assertNotIn(self.supervisor, self._get_todo_users(remediation))
        with self._refused("you proposed it yourself", AccessError):
            remediation.with_user(self.supervisor).action_approve()

    def test_sent_back_or_refused_with_a_reason(self):
        for verb, state in (("send_back", "draft"), ("refuse", "refused")):
            with self.subTest(verb=verb):
                remediation = self._asked()
                with self._refused("Say why"):
                    getattr(remediation.with_user(self.supervisor), f"_{verb}")(" ")
                self._give_reason(remediation, verb, self.supervisor, "缺发票。")
                self.assertRecordValues(
                    remediation, [{"state": state, "decision_note": "缺发票。"}]
                )
                self.assertEqual(self._get_todo_users(remediation), self.agent)

    def test_asked_without_lines_or_reasons(self):
        remediation = self._propose(note=" ")
        with self._refused("say under “Reasons”"):
            remediation.action_ask()
        remediation.line_ids.unlink()
        with self._refused("enter what the customer gets"):
            remediation.action_ask()

    def test_another_customer_asks_anew(self):
        remediation = self._approved()
        other = self.env["res.partner"].create({"name": "王强"})
        remediation.complaint_id.with_user(self.supervisor).partner_id = other
        self.assertEqual(remediation.state, "draft")
        remediation.action_ask()
        with self._refused("you proposed it yourself", AccessError):
            remediation.with_user(self.supervisor).action_approve()
