from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintFlow(CustomerComplaintCommon):
    def test_agent_takes_complaint_from_registration_to_sealed_card(self):
        complaint = self._create_complaint()
        self.assertRecordValues(
            complaint,
            [{"state": "registered", "archive_card_id": False, "user_id": False}],
        )
        self._take_to(complaint, "accepted")
        card = complaint.archive_card_id
        self.assertRecordValues(card, [{"state": "open", "complaint_id": complaint.id}])
        self._take_to_closed_from_accepted(complaint)
        self.assertEqual(card.state, "sealed")

    def _take_to_closed_from_accepted(self, complaint):
        complaint.action_investigate()
        self.assertEqual(complaint.user_id, self.agent)
        complaint.write({"conclusion": "partly", "conclusion_note": "部分属实"})
        complaint.action_remediate()
        self.assertTrue(complaint.date_decided)
        complaint.action_follow_up()
        self.assertTrue(complaint.date_notified)
        complaint.action_close()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "is_closed": True,
                    "closed_by_id": self.agent.id,
                    "date_first_closed": complaint.date_closed,
                }
            ],
        )

    def test_rpc_cannot_jump_over_steps(self):
        complaint = self._create_complaint()
        with self.assertRaisesRegex(UserError, "cannot become “Closed”"):
            complaint.write({"state": "closed"})
        self.assertEqual(complaint.state, "registered")

    def test_reopening_needs_a_supervisor(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        with self.assertRaises(AccessError):
            complaint.write({"state": "investigating", "reopen_reason": "新证据"})
