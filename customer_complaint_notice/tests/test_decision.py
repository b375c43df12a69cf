from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_text

TEXTS = ("decision_grounds", "decision_measures", "decision_ways_open")
SCRIPT = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestDecision(CustomerComplaintCommon):
    """What a decision must say, who signs it, and that it stays as it was told."""

    def _decide(self, user=None, **values):
        complaint = self._create_complaint(user, line_ids=[], **values)
        return self._take_to(complaint, "remediation")

    def _tell_by_hand(self, complaint):
        # The dialog of the notices does the same with proof.
        complaint.sudo()._write_unguarded(
            {"date_notified": complaint.date_decided or complaint.date_accepted}
        )

    def _get_html(self, complaint, user=None, report="decision"):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.agent)
            ._render_qweb_html(
                f"customer_complaint_notice.report_{report}", complaint.ids
            )
        )
        return html.decode()

    # ------------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------------

    def test_no_part_may_be_empty_when_it_is_told(self):
        complaint = self._decide()
        self._write_decision(complaint)
        for name in TEXTS:
            kept = complaint[name]
            for empty in (False, "", "  \n"):
                complaint.write({name: empty})
                label = complaint._get_field_label(name)
                self.assertIn(label, complaint._get_cannot_tell_reason("decision"))
                self.assertIn(label, complaint.next_step_note)
                with self.assertRaisesRegex(UserError, label):
                    complaint.action_follow_up()
                with self.assertRaisesRegex(UserError, label):
                    complaint.with_user(self.manager).write({"state": "followup"})
            complaint.write({name: kept})
        self.assertFalse(complaint._get_cannot_tell_reason("decision"))

    def test_texts_not_written_with_the_conclusion_are_proposed(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        complaint.write(
            {"conclusion": "established", "decision_grounds": "双方书面约定。"}
        )
        self.assertEqual(complaint.decision_grounds, "双方书面约定。")
        self.assertTrue(complaint.decision_measures)
        self.assertTrue(complaint.decision_ways_open)

    def test_decision_is_made_before_it_is_told(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        self.assertIn("no decision", complaint._get_cannot_tell_reason("decision"))
        self.assertFalse(complaint._get_cannot_tell_reason("progress"))

    def test_told_decision_no_longer_changes(self):
        complaint = self._decide()
        self._write_decision(complaint)
        self._tell_by_hand(complaint)
        changes = {
            "conclusion": "not_established",
            "conclusion_note": "改写",
            **dict.fromkeys(TEXTS, "改写"),
        }
        for name, value in changes.items():
            for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
                with self.assertRaisesRegex(UserError, "was told this decision"):
                    complaint.with_user(user).write({name: value})
        complaint.write({name: complaint[name] for name in changes})
        complaint.action_investigate()
        complaint.write(changes)
        self.assertEqual(complaint.decision_grounds, "改写")

    def test_content_of_the_notice(self):
        complaint = self._decide()
        complaint.write({"decision_grounds": "《消费者权益保护法》第二十四条"})
        content = complaint._get_notice_content("decision")
        self.assertIn("《消费者权益保护法》第二十四条", content)
        self.assertIn("留样检查确认有异物", content)
        self.assertIn("Established", content)
        self.assertEqual(
            complaint._get_notice_report("decision"),
            "customer_complaint_notice.report_decision",
        )
        self.assertFalse(complaint._get_notice_report("progress"))

    # ------------------------------------------------------------------
    # TEMPLATES
    # ------------------------------------------------------------------

    def _create_template(self, **values):
        return self.env["customer.complaint.decision.template"].create(
            {"name": "异物投诉", **values}
        )

    def test_most_specific_template_fills_in_each_text(self):
        parent = self.category.parent_id
        self._create_template(
            category_id=parent.id, outcome="established", decision_measures="大类措施"
        )
        self._create_template(
            category_id=parent.id, outcome="established", decision_grounds="大类依据"
        )
        self._create_template(
            category_id=self.category.id,
            outcome="established",
            decision_grounds="异物依据",
        )
        self._create_template(
            category_id=self.category_service.id,
            outcome="established",
            decision_grounds="服务依据",
        )
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        self.assertFalse(complaint.decision_grounds)
        complaint.write({"conclusion": "established"})
        self.assertEqual(complaint.decision_grounds, "异物依据")
        self.assertEqual(complaint.decision_measures, "大类措施")
        self.assertIn("people's court", complaint.decision_ways_open)

    def test_template_of_the_company_comes_first_and_stays_there(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        self._create_template(decision_grounds="本公司规定", company_id=self.company.id)
        self._create_template(decision_grounds="上海规定", company_id=other.id)
        complaint = self._take_to(
            self._create_complaint(category_id=self.category_service.id),
            "investigating",
        )
        complaint.write({"conclusion": "undetermined"})
        self.assertEqual(complaint.decision_grounds, "本公司规定")

    def test_what_somebody_wrote_stays(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        complaint.write({"decision_grounds": "合同第五条"})
        complaint.write({"conclusion": "established"})
        self.assertEqual(complaint.decision_grounds, "合同第五条")
        self.assertTrue(complaint.decision_measures)

    def test_proposed_text_follows_the_conclusion(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        complaint.write({"conclusion": "established"})
        complaint.write({"conclusion": "not_established"})
        self.assertIn("Nothing is to be remedied", complaint.decision_measures)
        self.assertNotIn("refund", complaint.decision_grounds)

    def test_texts_are_proposed_in_the_form(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        with Form(complaint) as form:
            form.conclusion = "partly"
            self.assertIn("Part of the facts", form.decision_grounds)

    def test_texts_come_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self._create_template(
            decision_grounds="Contract", category_id=self.category.id
        )
        template.with_context(lang="zh_CN").decision_grounds = "合同约定"
        for lang, other, grounds in (
            ("zh_CN", "en_US", "合同约定"),
            ("en_US", "zh_CN", "Contract"),
        ):
            self.customer.lang = lang
            complaint = self._create_complaint(line_ids=[])
            self._take_to(complaint, "investigating")
            complaint.with_context(lang=other).write({"conclusion": "partly"})
            self.assertEqual(complaint.decision_grounds, grounds)

    def test_refusal_takes_its_ways_open(self):
        complaint = self._create_complaint(line_ids=[])
        self._refuse(complaint)
        self.assertIn("this refusal", complaint.decision_ways_open)
        self._reopen(complaint)
        self._take_to(complaint, "remediation")
        self.assertIn("this decision", complaint.decision_ways_open)

    def test_another_template_is_applied_by_the_button(self):
        template = self._create_template(decision_grounds="门店规定第三条")
        complaint = self._decide()
        self._write_decision(complaint)
        measures = complaint.decision_measures
        action = complaint.action_apply_template()
        dialog = self._follow(action).create({"template_id": template.id})
        dialog.action_apply()
        self.assertEqual(complaint.decision_grounds, "门店规定第三条")
        self.assertEqual(complaint.decision_measures, measures)
        self._tell_by_hand(complaint)
        dialog.template_id = self.quick_ref(
            "customer_complaint_notice.decision_template_partly"
        )
        with self.assertRaisesRegex(UserError, "was told this decision"):
            dialog.action_apply()

    def test_template_needs_a_text_and_its_own_company(self):
        with self.assertRaisesRegex(ValidationError, "has no text"):
            self._create_template(decision_grounds="  ")
        other = self.env["res.company"].create({"name": "上海分公司"})
        category = self.env["customer.complaint.category"].create(
            {"name": "上海", "company_id": other.id}
        )
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self._create_template(decision_grounds="依据", category_id=category.id)

    def test_managers_keep_the_templates(self):
        self._give_all_companies(self.manager)
        template = self._create_template(decision_grounds="依据")
        template.with_user(self.manager).decision_grounds = "新依据"
        for user in (self.agent, self.supervisor, self.quality_user, self.auditor):
            self.assertEqual(template.with_user(user).decision_grounds, "新依据")
            with self.assertRaises(AccessError):
                template.with_user(user).write({"decision_grounds": "改写"})
        with self.assertRaises(AccessError):
            template.with_user(self.employee).read(["decision_grounds"])

    # ------------------------------------------------------------------
    # SIGN-OFF
    # ------------------------------------------------------------------

    def _ask_for_signatures(self):
        self.category.write({"needs_quality_signoff": True})
        self.category.write({"needs_legal_signoff": True})
        self.lawyer = self._new_user("complaint_lawyer", "auditor")
        self.company.complaint_legal_user_ids = self.lawyer | self.manager

    def test_decision_is_signed_before_it_is_told(self):
        self._ask_for_signatures()
        complaint = self._decide()
        self._write_decision(complaint)
        self.assertEqual(
            complaint.activity_ids.user_id & (self.quality_user | self.lawyer),
            self.quality_user | self.lawyer,
        )
        self.assertIn("legal department", complaint._get_cannot_tell_reason("decision"))
        self.assertIn("quality department", complaint.next_step_note)
        with self.assertRaisesRegex(UserError, "first have the decision signed"):
            complaint.action_follow_up()
        complaint.with_user(self.quality_user).action_sign_quality()
        self.assertIn("legal department", complaint._get_cannot_tell_reason("decision"))
        complaint.with_user(self.lawyer).action_sign_legal()
        self.assertFalse(complaint._get_cannot_tell_reason("decision"))
        self.assertRecordValues(
            complaint,
            [
                {
                    "quality_signed_by_id": self.quality_user.id,
                    "legal_signed_by_id": self.lawyer.id,
                }
            ],
        )
        self.assertFalse(complaint.activity_ids)
        with self.assertRaisesRegex(UserError, "signed it already"):
            complaint.with_user(self.manager).action_sign_legal()

    def test_who_decided_does_not_sign(self):
        self._ask_for_signatures()
        admin = self.env.ref("base.user_admin")
        both = self._new_user("complaint_both", "agent", "quality", "manager")
        self.team.member_ids = [Command.link(both.id), Command.link(admin.id)]
        admin.group_ids = [
            Command.link(self.env.ref(f"customer_complaint.group_complaint_{role}").id)
            for role in ("manager", "quality")
        ]
        self.company.complaint_legal_user_ids = both | admin
        for user in (both, admin):
            complaint = self._decide(user)
            self._write_decision(complaint)
            self.assertFalse(complaint.can_sign_quality)
            for sign in (complaint.action_sign_quality, complaint.action_sign_legal):
                with self.assertRaisesRegex(AccessError, "four eyes"):
                    sign()

    def test_who_changed_the_decision_does_not_sign(self):
        self._ask_for_signatures()
        complaint = self._decide()
        self._write_decision(complaint)
        complaint.with_user(self.quality_user).write({"decision_measures": "只退货"})
        with self.assertRaisesRegex(AccessError, "four eyes"):
            complaint.with_user(self.quality_user).action_sign_quality()

    def test_others_do_not_sign(self):
        self._ask_for_signatures()
        complaint = self._decide()
        self._write_decision(complaint)
        for user in (self.colleague, self.supervisor, self.auditor):
            with self.assertRaises(AccessError, msg=user.login):
                complaint.with_user(user).action_sign_quality()
            with self.assertRaises(AccessError, msg=user.login):
                complaint.with_user(user).action_sign_legal()
        with self.assertRaises(AccessError):
            complaint.with_user(self.stranger).action_sign_quality()

    def test_recused_people_do_not_sign(self):
        self._ask_for_signatures()
        complaint = self._decide()
        self._write_decision(complaint)
        self._recuse(complaint, self.lawyer)
        with self.assertRaisesRegex(AccessError, "recused"):
            complaint.with_user(self.lawyer).action_sign_legal()

    def test_signatures_are_set_by_signing_only(self):
        complaint = self._decide()
        for values in (
            {"quality_signed_by_id": self.quality_user.id},
            {"date_legal_signed": "2026-01-01 00:00:00"},
            {"past_decider_ids": [Command.clear()]},
        ):
            with self.assertRaisesRegex(UserError, "The system sets these"):
                complaint.with_user(self.manager).write(values)

    def test_signatures_fall_when_the_decision_changes(self):
        self._ask_for_signatures()
        complaint = self._decide()
        self._write_decision(complaint)
        complaint.with_user(self.quality_user).action_sign_quality()
        complaint.write({"decision_grounds": complaint.decision_grounds})
        self.assertTrue(complaint.quality_signed_by_id, "nothing has changed")
        complaint.write({"decision_measures": "只赔偿,不退货"})
        self.assertFalse(complaint.quality_signed_by_id)
        self.assertIn("signed again", complaint.message_ids[0].body)
        complaint.with_user(self.quality_user).action_sign_quality()
        complaint.action_investigate()
        self.assertFalse(complaint.quality_signed_by_id)

    def test_severity_asks_for_signatures(self):
        self.company.complaint_quality_signoff_severity = "serious"
        self.company.complaint_legal_signoff_severity = "major"
        for severity, expected in (
            ("general", []),
            ("serious", ["quality"]),
            ("major", ["quality", "legal"]),
        ):
            complaint = self._create_complaint(line_ids=[], severity=severity)
            self.assertEqual(complaint._get_missing_signoffs(), expected)
        service = self._create_complaint(
            line_ids=[], severity="serious", category_id=self.category_service.id
        )
        self.assertFalse(service.needs_quality_signoff, "quality does not see it")

    def test_quality_signs_what_it_sees(self):
        with self.assertRaisesRegex(ValidationError, "could not sign"):
            self.category_service.needs_quality_signoff = True

    # ------------------------------------------------------------------
    # PAPER
    # ------------------------------------------------------------------

    def test_decision_on_paper(self):
        complaint = self._decide(demand="退货并道歉")
        self._write_decision(complaint)
        complaint.write({"decision_measures": f"七日内退款 {SCRIPT}"})
        html = self._get_html(complaint)
        for text in (
            complaint.name,
            "李娜",
            "退货并道歉",
            "留样检查确认有异物",
            "Established",
            "七日内退款",
            "people&#39;s court",
            "Received (signature)",
            self.agent.name,
            self.company.name,
        ):
            self.assertIn(text, html)
        self.assertNotIn(SCRIPT, html)
        self.assertIn("&lt;script&gt;", html)
        self.assertNotIn("Draft", html)

    def test_open_decision_is_a_draft(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        self.assertIn("Draft", self._get_html(complaint))

    def test_decision_prints_for_readers_only(self):
        complaint = self._decide()
        self.assertIn(complaint.name, self._get_html(complaint, self.auditor))
        for user in (self.stranger, self.employee):
            with self.assertRaises(AccessError):
                self._get_html(complaint, user)

    def test_decision_as_pdf(self):
        complaint = self._decide()
        report = self.env.ref("customer_complaint_notice.report_decision")
        with self.allow_pdf_render():
            content, _kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(report.id, complaint.ids)
        text = read_text(content)
        self.assertIn(complaint.name, text)
        self.assertIn("留样检查确认有异物", text)
