from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.customer_complaint_deadline.tests.clock_common import at

from .extension_common import MoreTimeCase

NOW = "2026-03-06 16:00"  # a Friday in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestComplexity(MoreTimeCase):
    """Complexity is a decision: asked with a reason, approved by another, told."""

    def _ask(self, complaint=None, user=None, complexity="complex", **values):
        """Ask for a complexity by the dialog."""
        complaint = (complaint or self.complaint).with_user(user or self.agent)
        action = complaint.action_change_complexity()
        record = self._save_form(
            self._follow(action, complaint.env.user),
            complexity=complexity,
            reason=values.get("reason", "涉及三家供应商,检测需两周。"),
        )
        record.action_request()
        return record.request_id

    def test_asked_approved_and_told_the_limit_follows(self):
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        request = self._ask()
        self.assertRecordValues(
            request,
            [
                {
                    "state": "requested",
                    "complexity_before": "general",
                    "complexity": "complex",
                    "date_due_before": at("2026-03-16 23:59:59"),
                    "date_due_after": at("2026-03-31 23:59:59"),
                    "requested_by_id": self.agent.id,
                }
            ],
        )
        self.assertEqual(self.complaint.complexity, "general")
        request.with_user(self.supervisor).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.complaint.complexity, "general")
        self.assertEqual(self.complaint.date_deadline, at("2026-03-16 23:59:59"))
        notice = self._tell(self.complaint.with_user(self.agent), "extension")
        for text in ("Complex", "03/16/2026", "03/31/2026", "涉及三家供应商"):
            self.assertIn(text, notice.content)
        self.assertEqual((request.state, request.notice_id), ("in_effect", notice))
        self.assertEqual(self.complaint.complexity, "complex")
        self.assertEqual(self.complaint.date_deadline, at("2026-03-31 23:59:59"))
        self.assertEqual(self.answer.state, "replaced")
        self.assertFalse(self.complaint.was_late)
        # Not told after all, it holds no longer.
        notice.with_user(self.supervisor)._void("地址写错,未送达。")
        self.assertEqual(request.state, "approved")
        self.assertEqual(self.complaint.complexity, "general")
        self.assertEqual(self.complaint.date_deadline, at("2026-03-16 23:59:59"))

    def test_nobody_edits_it(self):
        for user in (self.agent, self.supervisor, self.manager):
            with self._refused("Change Complexity"):
                self.complaint.with_user(user).complexity = "complex"
        with self._refused("Change Complexity"):
            self.complaint.sudo().complexity = "special"
        # Not when it is registered, whichever way the value comes.
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        vals = self._prepare_complaint_vals(line_ids=[], event_place="店内")
        with self._refused("Change Complexity"):
            Complaint.create({**vals, "complexity": "complex"})
        with self._refused("Change Complexity"):
            Complaint.with_context(default_complexity="special").create(vals)
        self.env["ir.default"].set(
            "customer.complaint", "complexity", "complex", user_id=self.agent.id
        )
        with self._refused("Change Complexity"):
            Complaint.create(vals)

    def test_the_form_only_shows_it(self):
        with Form(self.complaint.with_user(self.agent)) as form:
            self.assertTrue(form._get_modifier("complexity", "readonly"))

    def test_after_the_limit_nobody_asks(self):
        """The row: eleven days late does not become three days left."""
        with freeze_time(at("2026-03-27 10:00")):
            complaint = self.complaint.with_user(self.agent)
            with self._refused("limit passed on"):
                self._request_plainly()
            with self._refused("Change Complexity"):
                complaint.complexity = "complex"
            self.assertTrue(complaint.is_late)
            self.assertEqual(self.answer.late_text, "11 natural days")

    def _request_plainly(self, user=None, **values):
        return (
            self.env["customer.complaint.complexity"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "complexity": "complex",
                    "reason": "案情复杂。",
                    **values,
                }
            )
        )

    def test_asked_before_the_limit_it_may_be_told_after_but_stays_late(self):
        request = self._ask()
        with freeze_time(at("2026-03-18 10:00")):
            request.with_user(self.supervisor).action_approve()
            self._tell(self.complaint.with_user(self.agent), "extension")
            self.assertEqual(self.complaint.date_deadline, at("2026-03-31 23:59:59"))
            self.assertEqual((self.answer.state, self.answer.late_by), ("replaced", 2))
            self.assertTrue(self.complaint.was_late)

    def test_who_asks_does_not_decide(self):
        request = self._ask(user=self.supervisor)
        with self._refused("somebody else decides", AccessError):
            request.with_user(self.supervisor).action_approve()
        for user in (self.agent, self.colleague):
            with self._refused("a supervisor of the team", AccessError):
                request.with_user(user).action_approve()
        request.with_user(self.manager).action_approve()

    def test_the_policy_names_who_decides(self):
        self.cbirc.complexity_role = "manager"
        request = self._ask()
        with self._refused("a manager decides", AccessError):
            request.with_user(self.supervisor).action_approve()
        self.assertEqual(
            request.sudo().activity_ids.user_id,
            self.company._get_complaint_managers(),
        )
        request.with_user(self.agent).action_take_back()
        self.cbirc.complexity_role = "none"
        with self._refused("lets nobody change"):
            self._request_plainly()

    def test_refused_with_a_reason(self):
        request = self._ask()
        action = request.with_user(self.supervisor).action_refuse()
        dialog = Form(self._follow(action, self.supervisor))
        dialog.reason = "案情简单。"
        dialog.save().action_confirm()
        self.assertEqual(
            (request.state, request.decision_note), ("refused", "案情简单。")
        )
        self.assertEqual(self.complaint.complexity, "general")

    def test_what_was_asked_for_stays_as_it_was(self):
        request = self._request_plainly(
            state="in_effect", decided_by_id=self.manager.id, date_decided=at(NOW)
        )
        self.assertEqual(request.state, "requested")
        self.assertFalse(request.decided_by_id)
        for vals in ({"state": "approved"}, {"complexity": "special"}, {"reason": "x"}):
            with self._refused("stays as it was made|The steps set"):
                request.with_user(self.manager).write(vals)
        with self._refused("never deleted"):
            request.with_user(self.manager).unlink()
        with self._refused("asked for already"):
            self._request_plainly()
        with self._refused("say what makes the case"):
            request.action_take_back()
            self._request_plainly(reason=" ")

    def test_a_stranger_asks_nothing(self):
        for user in (self.stranger, self.employee, self.auditor):
            with self._refused("", AccessError):
                self._request_plainly(user=user)

    def test_decided_it_is_settled(self):
        request = self._ask()
        complaint = self.complaint.with_user(self.agent)
        complaint.category_id = self.category_service
        self._take_to(complaint, "remediation")
        self.assertEqual(request.state, "dropped")
        with self._refused("it is decided"):
            self._request_plainly()
