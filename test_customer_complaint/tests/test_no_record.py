from odoo.exceptions import MissingError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestNoRecord(TransactionCase):
    """An id of 0, as calls from outside send it for nothing, is refused in words."""

    def test_dialogs_and_steps(self):
        for model, method in (
            ("customer.complaint", "action_accept"),
            ("customer.complaint", "action_pause"),
            ("customer.complaint", "action_pass_to_quality"),
            ("customer.complaint.complexity", "action_take_back"),
            ("customer.complaint.remediation.line", "action_carry_out"),
            ("customer.complaint.give.reason", "action_confirm"),
            ("customer.complaint.start.pause", "action_start_and_write_email"),
        ):
            user = self.env.ref("base.user_admin")
            record = self.env[model].with_user(user).browse([0])
            with (
                self.subTest(model=model, method=method),
                self.assertRaisesRegex(MissingError, "no such record"),
            ):
                getattr(record, method)()
