from odoo import fields
from odoo.tests import tagged

from .history_common import MailServerCase


@tagged("post_install", "-at_install", "slow")
class TestMailServerDown(MailServerCase):
    """A mail that could not go out goes out once the server is back."""

    def test_mails_of_cases_are_tried_again(self):
        mail = self._make_mail(self._create_complaint())
        foreign = self._make_mail(self.customer)
        self._run_queue(is_down=True)
        self.assertEqual(mail.state, "exception")
        self._run_queue(is_down=True)
        self.assertEqual(mail.state, "exception")
        self._run_queue(is_down=False)
        self.assertEqual(mail.state, "sent")
        # Other apps decide for themselves.
        self.assertEqual(foreign.state, "exception")

    def test_not_for_ever_and_not_to_wrong_addresses(self):
        old, wrong = (
            self._make_mail(
                self._create_complaint(line_ids=[], event_place=f"柜台{number}")
            )
            for number in range(2)
        )
        self._run_queue(is_down=True)
        wrong.failure_type = "mail_email_invalid"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = %s WHERE id = %s",
            (fields.Datetime.subtract(fields.Datetime.now(), days=6), old.id),
        )
        self.env.invalidate_all()
        self._run_queue(is_down=False)
        self.assertEqual((old | wrong).mapped("state"), ["exception"] * 2)
