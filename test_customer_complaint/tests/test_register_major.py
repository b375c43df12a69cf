from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_import.tests.test_register import ROW, RegisterCase


@tagged("post_install", "-at_install", "slow")
@freeze_time("2024-03-06 04:00:00")
class TestRegisteredMajor(RegisterCase):
    """What a major complaint starts by itself, when it comes by spreadsheet."""

    def test_emergency_plan_that_nobody_followed(self):
        """It starts by itself with a major complaint, and goes with it."""
        complaints = self._read_in(
            [
                {**ROW, "严重程度": "重大", "购物凭证号": f"XS-{number}"}
                for number in range(3)
            ]
        )
        followed, noted, untouched = complaints
        self.assertTrue(all(complaint.emergency_task_ids for complaint in complaints))
        followed.emergency_task_ids[0].with_user(self.manager).action_done()
        noted.emergency_task_ids[0].with_user(self.manager).outcome = "已联系。"
        answer = complaints.with_user(self.supervisor).action_undo_import()
        self.assertEqual(complaints.exists(), followed | noted)
        self.assertFalse(
            self.env["mail.activity"].search(
                [
                    ("res_model", "=", complaints._name),
                    ("res_id", "=", untouched.id),
                ]
            )
        )
        for complaint in followed | noted:
            self.assertIn(complaint.name, answer["params"]["message"])
