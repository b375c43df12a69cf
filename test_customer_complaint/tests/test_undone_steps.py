from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint_undo.tests.common import LaterMixin


@tagged("post_install", "-at_install")
class TestUndoneSteps(LaterMixin, CustomerComplaintCommon):
    """Steps are taken back with all addons there: clocks, notices, memos."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.complaint_policy_id = cls.quick_ref(
            "customer_complaint_deadline.policy_retail"
        )

    def _at(self, state, **values):
        """Take a complaint to a state, in requests before."""
        lines = [Command.create({"product_id": self.cream.id})]
        values = {"user_id": self.agent.id, "line_ids": lines, **values}
        with self._later(-1):
            complaint = self._create_complaint(sale_order_id=False, **values)
            if state != "registered":
                self._take_to(complaint, state)
            return complaint

    def _read_clocks(self, complaint):
        complaint.invalidate_recordset()
        return {
            deadline.milestone_id: (deadline.state, deadline.date_due)
            for deadline in complaint.deadline_ids
        }

    def _get_decision_clock(self, complaint):
        return complaint.deadline_ids.filtered(
            lambda deadline: (
                deadline.done_event == "told" and deadline.state != "replaced"
            )
        )

    def test_clocks_of_an_acceptance_go_back(self):
        with self._later(-1):
            complaint = self._create_complaint(user_id=self.agent.id)
        before = self._read_clocks(complaint)
        complaint.action_accept()
        with self._later(5):
            complaint.action_undo_step()
            self.assertEqual(self._read_clocks(complaint), before)

    def test_limit_of_the_answer_runs_again(self):
        complaint = self._at("remediation")
        with self._later():
            complaint.action_investigate()
            self._confirm(complaint)
        before = self._read_clocks(complaint)
        with self._later(2):
            complaint.action_remediate()
        with self._later(5):
            complaint.action_undo_step()
            self.assertEqual(self._read_clocks(complaint), before)
            self.assertFalse(complaint.date_decided)

    def test_lateness_is_never_undone(self):
        complaint = self._at(
            "registered", date_received=fields.Datetime.now() - timedelta(days=40)
        )
        complaint._sync_deadlines()
        self.assertTrue(complaint.was_late or complaint.is_late)
        with self._later():
            self._refuse(complaint)
            self.assertTrue(complaint.was_late)
            late_by = {d: d.late_by for d in complaint.deadline_ids}
        with self._later(3):
            complaint.action_undo_step()
            self.assertTrue(complaint.was_late)
            self.assertTrue(complaint.is_late)
            for deadline, late in late_by.items():
                self.assertGreaterEqual(deadline.late_by, late)

    def test_refusal_starts_the_clocks_again(self):
        complaint = self._at("registered")
        before = self._read_clocks(complaint)
        with self._later():
            self._refuse(complaint)
            self.assertFalse(complaint.date_deadline)
        with self._later(3):
            complaint.action_undo_step()
            self.assertEqual(self._read_clocks(complaint), before)
            self.assertTrue(complaint.date_deadline)
            self.assertEqual(complaint.clock_round, 1)

    def test_clock_of_an_open_memo_goes_on(self):
        self.company.complaint_policy_id = self.quick_ref(
            "customer_complaint_deadline.policy_opinion"
        )
        complaint = self._at("registered")
        with self._later(-1):
            memo = self.env["customer.complaint.memo"].create(
                {
                    "complaint_id": complaint.id,
                    "name": "请核实库存批次",
                    "question": "该批次是否有同类投诉？",
                    "recipient_id": self.supervisor.id,
                    "date_due": fields.Datetime.now() + timedelta(hours=24),
                }
            )
        clocks = complaint.deadline_ids.filtered(lambda d: d.res_id == memo.id)
        before = clocks.mapped("state")
        self.assertIn("running", before)
        with self._later():
            self._refuse(complaint)
        with self._later(3):
            complaint.action_undo_step()
            self.assertEqual(clocks.mapped("state"), before)

    def test_notice_since_keeps_the_step(self):
        complaint = self._at("registered")
        with self._later():
            complaint.action_accept()
        with self._later(2):
            self._tell(complaint, "receipt")
        with self._later(3):
            self.assertFalse(complaint.can_undo)
            with self._refused("Go on from here|go on from here"):
                complaint.action_undo_step()

    def test_decision_told_in_the_dialog_is_not_taken_back(self):
        complaint = self._at("remediation")
        with self._later():
            self._tell_decision(complaint)
            self.assertEqual(complaint.state, "followup")
        with self._later(2), self._refused("go on from here|Go on from here"):
            complaint.action_undo_step()

    def test_recused_user_is_refused(self):
        complaint = self._at("registered")
        complaint.action_accept()
        with self._later():
            self._recuse(complaint.sudo(), self.agent)
        with self._later(2), self._refused("recused|must not work"):
            complaint.action_undo_step()

    def test_closed_case_stays_closed(self):
        complaint = self._at("followup")
        with self._later():
            complaint.action_close()
        self.assertEqual(complaint.archive_card_id.state, "sealed")
        with self._later(2), self._refused("sealed"):
            complaint.action_undo_step()

    def test_restricted_case_stays(self):
        complaint = self._at("registered")
        with self._later():
            self._refuse(complaint)
            complaint.sudo()._write_unguarded({"is_restricted": True})
        with self._later(2), self._refused("", (AccessError, UserError)):
            complaint.action_undo_step()
        self.assertEqual(complaint.sudo().state, "refused")
