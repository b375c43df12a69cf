from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_deadline.tests.clock_common import SuperiorCase, at

from .extension_common import MoreTimeCase

NOW = "2026-03-06 16:00"  # a Friday in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestSuperiorDecides(MoreTimeCase, SuperiorCase):
    """Who is asked for more time: the superior, else whom the policy names."""

    def test_the_superior_is_asked_for_more_time(self):
        extension = self._request(self.answer, length=20)
        self.assertEqual(extension._get_approvers(), self.area_leader)
        self.assertEqual(extension.sudo().activity_ids.user_id, self.area_leader)
        extension.with_user(self.area_leader).action_approve()
        self.assertRecordValues(
            extension, [{"state": "approved", "decided_by_id": self.area_leader.id}]
        )

    def test_who_is_absent_recused_or_asks_is_passed_over(self):
        extension = self._request(self.answer, length=20)
        self._put_on_leave(self.area_leader)
        self.assertEqual(extension._get_approvers(), self.head_leader)
        self._recuse(self.complaint, self.head_leader)
        self.assertEqual(
            extension._get_approvers(), self.company._get_complaint_managers()
        )
        with self._refused("recused", AccessError):
            extension.with_user(self.head_leader).action_approve()

    def test_without_a_superior_team_it_is_as_before(self):
        self.team.parent_id = False
        extension = self._request(self.answer, length=20)
        self.assertEqual(
            extension._get_approvers(), self.company._get_complaint_managers()
        )
        with self._refused("a manager decides", AccessError):
            extension.with_user(self.area_leader).action_approve()
        shop = self._receive("2026-03-05 10:00", self.retail, complexity="complex")
        extension = self._request(self._get_deadline(shop, "retail_answer_complex"))
        self.assertEqual(extension._get_approvers(), self.supervisor)

    def test_the_leader_of_a_team_beside_decides_nothing(self):
        self.other_team.leader_id = self.stranger
        extension = self._request(self.answer, length=20)
        with self._refused("", AccessError):
            extension.with_user(self.stranger).action_approve()

    def test_a_superior_decides_on_complexity(self):
        complaint = self._receive("2026-03-05 10:00", self.cbirc)
        request = (
            self.env["customer.complaint.complexity"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "complexity": "complex",
                    "reason": "案情复杂。",
                }
            )
        )
        self.assertEqual(request._get_approvers(), self.area_leader)
        request.with_user(self.head_leader).action_approve()
        self.assertEqual(request.state, "approved")
