from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_text
from odoo.addons.customer_complaint_notice.tools.language import seems_foreign
from odoo.addons.mail.tests.common import MailCommon

DECISION = "customer_complaint_notice.report_decision"
RECEIPT = "customer_complaint.report_compensation_receipt"
AGREEMENT = "customer_complaint.report_settlement_agreement"
CHINESE, ENGLISH = "zh_CN", "en_US"


@tagged("post_install", "-at_install", "slow")
class TestCustomerLanguage(CustomerComplaintCommon, MailCommon):
    """What goes to the customer is in the customer's language, whoever sends it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in (CHINESE, ENGLISH):
            cls.env["res.lang"]._activate_lang(lang)
        # The words of the shipped letters, also where Chinese was added afterwards.
        module = cls.env["ir.module.module"].search(
            [("name", "=", "customer_complaint")]
        )
        module._update_translations([CHINESE])

    def _speak(self, customer, user):
        self.customer.lang = customer
        self.agent.lang = user
        self.customer.name = "Liam Smith" if customer == ENGLISH else "李娜"
        self.team.with_context(lang=CHINESE).name = "朝阳店"

    def _new(self, state):
        complaint = self._create_complaint(
            subject="SKU-1", sale_order_id=False, line_ids=[], event_place="1F"
        ).with_context(lang=self.agent.lang)
        return self._take_to(complaint, state)

    def _mail(self, complaint, kind):
        """Send the mail of a kind of notice as the agent's browser does."""
        action = complaint.with_context(default_kind=kind).action_tell()
        dialog = Form(
            complaint.env[action["res_model"]].with_context(
                **action["context"], lang=self.agent.lang
            )
        )
        dialog.way = "email"
        dialog = dialog.save()
        mail = dialog.action_write_email()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**{**mail["context"], "lang": self.agent.lang})
        ).save()
        with (
            self.mock_mail_gateway(),
            self.allow_pdf_render(),
        ):
            composer.with_context(force_report_rendering=True).action_send_mail()
        return composer, self._mails[-1] if self._mails else None

    def _write_decision_in(self, complaint, lang):
        texts = {
            ENGLISH: ("Hair was found in the cream.", "Refund within seven days."),
            CHINESE: ("面霜中确有异物。", "七日内退款。"),
        }[lang]
        complaint.write({"conclusion_note": texts[0], "decision_measures": texts[1]})
        complaint.write({"decision_grounds": texts[0], "decision_ways_open": texts[1]})

    def test_decision_by_mail_and_on_paper(self):
        for customer, user, subject, title, foreign_title in (
            (ENGLISH, CHINESE, "decision", "Decision on a Complaint", "处理意见"),
            (CHINESE, ENGLISH, "处理", "处理意见", "Decision on a Complaint"),
        ):
            self._speak(customer, user)
            complaint = self._new("remediation")
            self._write_decision_in(complaint, customer)
            composer, mail = self._mail(complaint, "decision")
            self.assertIn(complaint.name, composer.subject)
            self.assertIn(subject, composer.subject)
            self.assertFalse(seems_foreign(composer.subject, customer))
            told = complaint.notice_ids[:1]
            self.assertFalse(seems_foreign(told.content, customer), told.content)
            self.assertFalse(seems_foreign(told.name, customer), told.name)
            self.assertIn(complaint.name, mail["subject"])
            self.assertIn(title, self._print(DECISION, complaint, user))
            self.assertNotIn(foreign_title, self._print(DECISION, complaint, user))
            names = composer.attachment_ids.mapped("name")
            self.assertTrue(names)

    def _print(self, report, record, user_lang):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            .with_context(lang=user_lang)
            ._render_qweb_html(report, record.ids)
        )
        return html.decode()

    def test_the_pdf_itself(self):
        self._speak(ENGLISH, CHINESE)
        complaint = self._new("remediation")
        self._write_decision_in(complaint, ENGLISH)
        report = self.env.ref(DECISION)
        with self.allow_pdf_render():
            content, _kind = (
                report.with_user(self.agent)
                .with_context(force_report_rendering=True, lang=CHINESE)
                ._render_qweb_pdf(report.id, complaint.ids)
            )
        text = read_text(content)
        self.assertIn("Decision on a Complaint", text)
        self.assertIn("Refund within seven days", text)
        self.assertFalse(seems_foreign(text, ENGLISH))

    def test_receipt_and_refusal(self):
        for customer, user in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
            self._speak(customer, user)
            complaint = self._new("accepted")
            composer, _mail = self._mail(complaint, "receipt")
            self.assertFalse(seems_foreign(composer.subject, customer))
            content = complaint.notice_ids[:1].content
            self.assertFalse(seems_foreign(content, customer), content)
            registered = self._create_complaint(line_ids=[], subject="SKU-2")
            note = {ENGLISH: "Not sold by us.", CHINESE: "该商品并非我店出售。"}
            self._refuse(registered, refusal_note=note[customer])
            registered = registered.with_context(lang=user)
            composer, _mail = self._mail(registered, "refusal")
            self.assertFalse(seems_foreign(composer.subject, customer))
            content = registered.notice_ids[:1].content
            self.assertFalse(seems_foreign(content, customer), content)

    def test_a_mail_without_template_and_its_frame(self):
        """“State of things” has no template: its subject and frame follow as well."""
        self._speak(CHINESE, ENGLISH)
        complaint = self._new("accepted")
        composer, _mail = self._mail(complaint, "progress")
        self.assertFalse(seems_foreign(composer.subject, CHINESE), composer.subject)
        self.assertIn(complaint.name, composer.subject)
        self._speak(ENGLISH, CHINESE)
        complaint = self._new("accepted")
        composer, mail = self._mail(complaint, "progress")
        self.assertFalse(seems_foreign(composer.subject, ENGLISH), composer.subject)
        self.assertNotIn("由", str(mail["body"])[-400:])

    def test_told_by_hand(self):
        self._speak(ENGLISH, CHINESE)
        complaint = self._new("accepted")
        notice = self._tell(complaint, "receipt")
        self.assertEqual(notice.name, "Acknowledgement of Receipt")
        self.assertIn("was accepted on", notice.content)
        self._speak(CHINESE, ENGLISH)
        complaint = self._new("accepted")
        notice = self._tell(complaint, "receipt")
        self.assertFalse(seems_foreign(notice.content, CHINESE))

    def test_templates_propose_in_the_language_of_the_customer(self):
        Template = self.env["customer.complaint.decision.template"]
        template = Template.create(
            {
                "name": "x",
                "category_id": self.category.id,
                "outcome": "partly",
                "decision_grounds": "The contract says so.",
            }
        )
        template.with_context(lang=CHINESE).decision_grounds = "合同约定"
        for customer, user, grounds in (
            (ENGLISH, CHINESE, "The contract says so."),
            (CHINESE, ENGLISH, "合同约定"),
        ):
            self._speak(customer, user)
            complaint = self._new("investigating")
            complaint.conclusion = "partly"
            self.assertEqual(complaint.decision_grounds, grounds)
            self.assertFalse(complaint._is_own_text("decision_grounds"))
            complaint.decision_grounds = "x"
            self._ask("apply_template", complaint, template_id=template).action_apply()
            self.assertEqual(complaint.decision_grounds, grounds)

    def test_settlement_papers(self):
        self._speak(ENGLISH, CHINESE)
        complaint = self._new("remediation")
        remediation = self.env["customer.complaint.remediation"].create(
            {
                "complaint_id": complaint.id,
                "note": "x",
                "line_ids": [Command.create({"kind": "lost_wages", "amount": 50})],
            }
        )
        remediation._write_unguarded({"state": "approved"})
        for report, english in (
            (AGREEMENT, "Settlement Agreement"),
            (RECEIPT, "Receipt"),
        ):
            content = self._print(report, remediation, CHINESE)
            self.assertIn(english, content)
            self.assertNotIn("人民币", content)
        self.customer.lang = CHINESE
        self.assertIn("元", self._print(RECEIPT, remediation, ENGLISH))

    def test_whoever_writes_another_language_is_warned(self):
        self._speak(ENGLISH, CHINESE)
        complaint = self._new("investigating").with_context(lang=ENGLISH)
        complaint.conclusion_note = "面霜中确有异物，同意退货。"
        self.assertIn("Findings and Opinion", complaint.language_warning)
        complaint.conclusion_note = "Hair in the cream 保湿面霜, refund granted."
        self.assertFalse(complaint.language_warning)
        complaint.decision_grounds = "消费者权益保护法第二十四条"
        self.assertIn("Grounds", complaint.language_warning)
        self.assertNotIn("Findings", complaint.language_warning)
        # Before anything is written: which language it is to be.
        complaint.write({"conclusion_note": False, "decision_grounds": False})
        complaint.write({"decision_measures": False, "decision_ways_open": False})
        self.assertFalse(complaint.language_warning)
        self.assertTrue(complaint.with_context(lang=CHINESE).language_warning)
        self._speak(CHINESE, ENGLISH)
        complaint = self._new("accepted")
        action = complaint.with_context(default_kind="other").action_tell()
        dialog = Form(
            complaint.env[action["res_model"]].with_context(**action["context"])
        )
        dialog.way = "phone"
        self.assertIn("Chinese", dialog.language_warning)
        dialog.content = "Your goods are ready."
        self.assertIn("another language", dialog.language_warning)
        dialog.content = "您的商品已修好，可来店领取。"
        self.assertFalse(dialog.language_warning)

    def test_script_tells_chinese_from_english(self):
        for text, lang, foreign in (
            ("您好，投诉已受理。", ENGLISH, True),
            ("您好，投诉已受理。", CHINESE, False),
            ("Your complaint was accepted.", CHINESE, True),
            ("Your complaint about 保湿面霜 was accepted.", ENGLISH, False),
            ("订单 S00042 的 iPhone 16 Pro Max 已退款", CHINESE, False),
            ("OK", CHINESE, False),
            ("", CHINESE, False),
            (False, ENGLISH, False),
            ("Réponse donnée", "fr_FR", False),
        ):
            self.assertEqual(seems_foreign(text, lang), foreign, text)
