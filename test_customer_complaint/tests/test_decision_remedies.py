from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDecisionRemedies(ApprovalCase):
    """A decision waits for its money, and lists what was approved."""

    def test_decision_waits_for_what_nobody_approved(self):
        for ask in (False, True):
            with self.subTest(ask=ask):
                remediation = self._propose(20000)
                complaint = remediation.complaint_id
                if ask:
                    remediation.action_ask()
                self._write_decision(complaint)
                text = f"not approved yet: {remediation.name}"
                with self._refused(text):
                    self._tell(complaint)
                with self._refused(text):
                    self._record_notice(complaint)
                self.assertIn(remediation.name, complaint.next_step_note)
                self.assertFalse(complaint.granted_total)
                if not ask:
                    remediation.action_ask()
                self._approve(remediation, self.supervisor)
                with self._refused(text):
                    self._tell(complaint)
                self._approve(remediation, self.manager)
                self.assertEqual(complaint.granted_total, 20000)
                self._tell(complaint)
                self.assertTrue(complaint.date_notified)

    def test_what_was_dropped_holds_nothing_up(self):
        complaint = self._decided()
        refused = self._asked(50, complaint=complaint)
        self._give_reason(refused, "refuse", self.supervisor)
        self._propose(50, complaint).unlink()
        self._tell_decision(complaint)
        self.assertTrue(complaint.date_notified)
        self.assertNotIn("You Receive", complaint.notice_ids[:1].content)

    def test_letter_and_mail_list_the_remedies(self):
        complaint = self._decided(
            line_ids=[Command.create({"product_id": self.cream.id, "quantity": 2})]
        )
        day = self._today() + timedelta(days=3)
        self._approved(
            complaint=complaint,
            date_promised=day,
            lines=[
                {
                    "kind": "refund",
                    "amount": 257,
                    "quantity": 2,
                    "complaint_line_id": complaint.line_ids.id,
                },
                {"kind": "travel", "amount": 43.5, "note": "凭车票"},
            ],
        )
        self._approved(complaint=complaint, lines=[{"kind": "apology"}])
        self._give_reason(
            self._asked(9999, complaint=complaint), "refuse", self.supervisor
        )
        self._write_decision(complaint)
        content = complaint._get_notice_content("decision")
        report = self.env.ref("customer_complaint_notice.report_decision")
        letter = (
            self.env["ir.actions.report"]
            ._render_qweb_html(report, complaint.ids)[0]
            .decode()
        )
        later = self._today() + timedelta(days=7)
        for text in (content, letter):
            for part in ("保湿面霜", "Travel Costs", "凭车票", "257.00", "300.50"):
                self.assertIn(part, text)
            # Until all of it is carried out; the second one names no day.
            self.assertIn(self.company._complaint_format_day(later), text)
            self.assertNotIn("9,999.00", text)
        self.assertIn("2 ", content)
        template = self.env.ref("customer_complaint_notice.mail_template_decision")
        body = template._render_field("body_html", complaint.ids)[complaint.id]
        self.assertIn("300.50", body)
        self.assertIn("Travel Costs", body)
        self.customer.lang = False
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = complaint.with_context(lang="zh_CN")
        self.assertIn("叁佰元伍角", chinese._get_remedies_text())

    def test_day_of_the_promise(self):
        self.company.complaint_carry_out_days = 5
        remediation = self._approved()
        self.assertEqual(remediation.date_promised, self._today() + timedelta(days=5))
        with self._refused("before the complaint was received", ValidationError):
            remediation.date_promised = self._today() - timedelta(days=30)
        with self._refused("cannot be negative", ValidationError):
            self.company.complaint_carry_out_days = -1

    def test_delegate_and_principal_do_not_review(self):
        delegate = self._new_user("complaint_delegate", "manager")
        self._delegate(self.manager, delegate)
        complaint = self._decided()
        remediation = self._asked(5000, complaint=complaint)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, delegate)
        self.assertLessEqual(
            self.supervisor | delegate, complaint._get_money_approvers()
        )
