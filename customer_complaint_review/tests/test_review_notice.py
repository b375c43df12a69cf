from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.mail.tests.common import MailCommon


@tagged("post_install", "-at_install")
class TestNoticeToAuthority(CustomerComplaintCommon, MailCommon):
    """What goes to an authority is a notice, and none to the complainant."""

    def test_mail_to_an_authority_answers_its_proceeding(self):
        complaint = self._create_complaint(line_ids=[])
        body = self.env["res.partner"].create(
            {"name": "朝阳区消费者协会", "email": "12315@example.com"}
        )
        proceeding = (
            self.env["customer.complaint.proceeding"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "transfer",
                    "partner_id": body.id,
                    "reference": "朝消协〔2026〕7号",
                    "date_started": self.company._complaint_today(),
                    "reply": "已为消费者办理退货。",
                }
            )
        )
        with self.mock_mail_gateway():
            complaint.with_context(complaint_notice_kind="authority").message_post(
                body="您的投诉正在处理。",
                subject="处理进展",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(body | self.customer).ids,
            )
        self.assertRecordValues(
            complaint.notice_ids,
            [{"kind": "authority", "partner_id": body.id, "state": "succeeded"}],
        )
        self.assertEqual(proceeding.state, "answered")

    def test_attempts_at_an_authority_say_nothing_of_the_complainant(self):
        complaint = self._create_complaint(line_ids=[])
        for _attempt in range(self.company.complaint_unreachable_attempts):
            self._record_notice(
                complaint, "other", state="failed", failure_reason="无人接听"
            )
        self.assertTrue(complaint.is_unreachable)
        self.env["customer.complaint.proceeding"].with_user(self.agent).create(
            {
                "complaint_id": complaint.id,
                "kind": "transfer",
                "body": "朝阳区消费者协会",
                "reference": "朝消协〔2026〕7号",
                "date_started": self.company._complaint_today(),
                "reply": "已多次联系未果。",
            }
        )
        self._record_notice(complaint, "authority", partner_id=False)
        self.assertTrue(complaint.is_unreachable)
