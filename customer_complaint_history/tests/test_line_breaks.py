from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.mail.tests.common import MailCommon

NAME = "李娜\n（顾客）\r\n"


@tagged("post_install", "-at_install")
class TestLineBreaks(CustomerComplaintCommon, MailCommon):
    """A line break in a name keeps no letter from going out."""

    def _check_heads(self, mail):
        """Build the mails as they are sent; a line break would be refused."""
        server = self.env["ir.mail_server"]
        for values in mail.sudo()._prepare_outgoing_list():
            built = server._build_email__(
                email_from=values["email_from"] or "shop@example.com",
                email_to=values["email_to"],
                subject=values["subject"],
                body=values["body"],
                reply_to=values["reply_to"],
                headers=values["headers"],
            )
            self.assertNotIn("\n", built["Subject"])

    def test_letter_to_a_name_with_line_breaks(self):
        partner = self.env["res.partner"].create(
            {"name": "Anna\nMüller", "email": "anna@example.com"}
        )
        complaint = self._create_complaint(
            sale_order_id=False,
            line_ids=False,
            partner_id=partner.id,
            subject="Bottle\nbroken",
            complainant_name=NAME,
            description="打开后有异味。",
        )
        self.assertNotIn("\n", complaint.display_name)
        mail = self.env["mail.mail"].create(
            {
                "model": complaint._name,
                "res_id": complaint.id,
                "subject": f"About {complaint.subject}",
                "email_from": '"Shop\nBeijing" <shop@example.com>',
                "reply_to": '"Shop\nBeijing" <shop@example.com>',
                "recipient_ids": partner.ids,
                "body_html": "<p>x</p>",
            }
        )
        self._check_heads(mail)

    def test_notes_of_the_complaint_go_out(self):
        complaint = self._create_complaint(subject="Bottle\nbroken")
        complaint.partner_id.write({"name": "Anna\nM", "email": "anna@example.com"})
        with self.mock_mail_gateway(mail_unlink_sent=False):
            complaint.with_user(self.agent).message_post(
                body="x",
                subject="Re: Bottle\nbroken",
                partner_ids=complaint.partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.env.flush_all()
        mails = self.env["mail.mail"].search(
            [("model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertTrue(mails)
        for mail in mails:
            self._check_heads(mail)

    def test_mails_of_other_apps_stay_as_they_are(self):
        partner = self.env["res.partner"].create(
            {"name": "Anna", "email": "a@b.example"}
        )
        mail = self.env["mail.mail"].create(
            {
                "model": "res.partner",
                "res_id": partner.id,
                "subject": "Two  spaces",
                "recipient_ids": partner.ids,
            }
        )
        [values] = mail._prepare_outgoing_list()
        self.assertEqual(values["subject"], "Two  spaces")
