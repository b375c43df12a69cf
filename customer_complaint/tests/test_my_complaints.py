from ast import literal_eval

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestMyComplaints(CustomerComplaintCommon):
    """The menu opens with what I handle, and what I took in and nobody handles yet."""

    def _get_mine(self, user):
        """Return the complaints that the menu opens with."""
        action = self.env.ref("customer_complaint.customer_complaint_action_my")
        complaints = self.env["customer.complaint"].with_user(user)
        arch = complaints.get_view(action.search_view_id.id, "search")["arch"]
        chosen = {
            key.removeprefix("search_default_"): []
            for key in literal_eval(action.context)
        }
        for node in etree.fromstring(arch).iter("filter"):
            if node.get("name") in chosen:
                chosen[node.get("name")] = safe_eval(
                    node.get("domain"), {"uid": user.id}
                )
        self.assertEqual(set(chosen), {"my", "received_by_me", "open"})
        # Those that stand together hold one or the other.
        mine = Domain(chosen["my"]) | Domain(chosen["received_by_me"])
        return complaints.search(mine & Domain(chosen["open"]))

    def test_received_by_me_until_somebody_handles_it(self):
        handled = self._create_complaint(self.agent, sale_order_id=False, line_ids=[])
        received = self._create_complaint(self.agent, sale_order_id=False, line_ids=[])
        received._write_unguarded({"user_id": False})
        self.assertLessEqual(handled | received, self._get_mine(self.agent))
        self.assertNotIn(received, self._get_mine(self.colleague))
        received.user_id = self.colleague
        self.assertNotIn(received, self._get_mine(self.agent))
        self.assertIn(received, self._get_mine(self.colleague))
