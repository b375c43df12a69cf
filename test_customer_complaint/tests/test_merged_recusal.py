from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_recusal.tests.recusal_common import RecusalCase


@tagged("post_install", "-at_install")
class TestMergedRecusal(RecusalCase):
    """Whoever is kept away from a case is kept away from what it becomes."""

    def test_recusals_go_along_when_complaints_are_merged(self):
        main, source = (
            self._create_complaint(line_ids=[], event_place="顾客家中")
            for _i in range(2)
        )
        main.user_id = self.agent
        self._recuse(main, self.manager)
        for user in (self.agent, self.manager):
            self._recuse(source, user)
        source.with_user(self.supervisor).write(
            {
                "state": "merged",
                "merged_into_id": main.id,
                "merge_reason": "同一事项。",
            }
        )
        self.assertEqual(
            main.recusal_ids.partner_id, (self.agent | self.manager).partner_id
        )
        self.assertFalse(main.user_id)
        with self.assertRaisesRegex(AccessError, "recused"):
            main.action_accept()

    def test_recusals_go_along_when_a_complaint_is_split(self):
        lines = [
            Command.create({"sale_order_line_id": line.id, "quantity": 1})
            for line in self.order.order_line
        ]
        complaint = self._create_complaint(line_ids=lines)
        self._recuse(complaint, self.supervisor, reason="与顾客有亲属关系")
        new = complaint._split_off(
            complaint.line_ids[1:],
            self.env["customer.complaint.archive.document"],
            {"description": "瓶口破损。", "category_id": self.category.id},
        )
        self.assertRecordValues(
            new.recusal_ids,
            [
                {
                    "partner_id": self.supervisor.partner_id.id,
                    "reason": "与顾客有亲属关系",
                }
            ],
        )
        with self.assertRaisesRegex(AccessError, "recused"):
            new.with_user(self.supervisor).action_accept()
        new.with_user(self.manager).recusal_ids.unlink()
        new.with_user(self.supervisor).action_accept()
