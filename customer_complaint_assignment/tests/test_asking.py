from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestAsking(CustomerComplaintCommon):
    """The leader of the team is asked for a handler, until there is one."""

    def _get_todos(self, complaint):
        return complaint.sudo().activity_ids.mapped("summary")

    def test_the_to_do_ends_with_a_handler(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        complaint.activity_schedule(
            "mail.mail_activity_data_todo", summary="取回样品", user_id=self.agent.id
        )
        complaint.sudo()._take_from_handler()
        self.assertTrue(complaint.is_handler_asked)
        self.assertEqual(
            set(self._get_todos(complaint)), {"取回样品", "Assign another handler"}
        )
        complaint.with_user(self.supervisor).user_id = self.colleague
        self.assertFalse(complaint.is_handler_asked)
        self.assertEqual(self._get_todos(complaint), ["取回样品"])

    def test_nobody_is_asked_twice(self):
        complaint = self._create_complaint()
        complaint.sudo()._take_from_handler()
        complaint.sudo()._ask_for_handler("Assign a handler: nobody is available")
        self.assertEqual(self._get_todos(complaint), ["Assign another handler"])
