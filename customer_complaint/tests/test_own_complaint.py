from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestOwnComplaint(CustomerComplaintCommon):
    """Nobody works on a complaint of their own: they read how it stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_complaint(
            cls.supervisor,
            partner_id=cls.agent.partner_id.id,
            sale_order_id=False,
            line_ids=[],
        )

    def test_nobody_handles_a_complaint_of_their_own(self):
        with self.assertRaises(ValidationError):
            self.complaint.with_user(self.supervisor).write({"user_id": self.agent.id})
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.agent).action_accept()

    def test_who_took_it_in_does_not_become_its_handler(self):
        own = self._create_complaint(
            self.supervisor,
            received_by_id=self.agent.id,
            partner_id=self.agent.partner_id.id,
            sale_order_id=False,
            line_ids=[],
        )
        self.assertFalse(own.user_id)

    def test_its_papers_are_closed(self):
        papers = self._create_document(self.complaint, user=self.supervisor)
        domain = [("complaint_id", "=", self.complaint.id)]
        for user, found in ((self.colleague, papers), (self.agent, papers.browse())):
            self.env.invalidate_all()
            self.assertEqual(papers.with_user(user).search(domain), found)
        mine = self.complaint.with_user(self.agent)
        self.assertTrue(mine.is_recused)
        self.assertFalse(mine.can_edit)
        self.assertEqual(mine.state, "registered")
