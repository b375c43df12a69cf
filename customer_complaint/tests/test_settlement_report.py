import re

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .pdf_tools import read_pages, read_text
from .remediation_common import RemediationCase

REPORTS = ("settlement_agreement", "compensation_receipt")
SCRIPT = "<script>alert('张三')</script>"


@tagged("post_install", "-at_install", "slow")
class TestSettlementReport(RemediationCase):
    """The agreement (协议) and the receipt (收条)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _print(self, name, remediations, user=None, lang="en_US"):
        """Print a paper for a customer who speaks a language."""
        remediations.sudo().complaint_id.partner_id.lang = lang
        report = self.env["ir.actions.report"].with_user(user or self.agent)
        html, _kind = report._render_qweb_html(
            f"customer_complaint.{name}", remediations.ids
        )
        return html.decode()

    def _get_words(self, html):
        match = re.search(r'name="amount_in_words".*?<b>(.*?)</b>', html, re.S)
        return match and match.group(1)

    def test_total_also_in_capital_numerals_on_chinese_papers(self):
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 1200, "note": SCRIPT},
                {"kind": "travel", "amount": 34.56},
                {"kind": "apology"},
            ]
        )
        symbol = remediation.currency_id.name
        for name in REPORTS:
            html = self._print(name, remediation)
            self.assertIn("1,234.56", html)
            self.assertIn(remediation.name, html)
            self.assertFalse(self._get_words(html))
            self.assertNotIn(SCRIPT, html)
            self.assertIn("&lt;script&gt;", html)
            chinese = self._print(name, remediation, lang="zh_CN")
            self.assertEqual(
                self._get_words(chinese), f"{symbol} 壹仟贰佰叁拾肆元伍角陆分"
            )

    def test_yuan_is_named_as_on_bills(self):
        yuan = self.env["res.currency"].with_context(lang="zh_CN", active_test=False)
        yuan = yuan.search([("name", "=", "CNY")])
        self.assertEqual(
            yuan._get_complaint_amount_in_words(860.5), "人民币捌佰陆拾元伍角"
        )

    def test_nothing_is_promised_before_the_approval(self):
        remediation = self._asked()
        for name in REPORTS:
            with self._refused("not approved"):
                self._print(name, remediation)

    def test_prints_for_its_readers_only(self):
        remediation = self._approved()
        for name in REPORTS:
            self._print(name, remediation, self.auditor)
            for user in (self.stranger, self.employee, self.quality_user):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self._print(name, remediation, user)

    def test_pdf(self):
        remediations = self._approved() | self._approved(5000)
        for name in REPORTS:
            report = self.env.ref(f"customer_complaint.report_{name}")
            with self.allow_pdf_render():
                content, _kind = report.with_context(
                    force_report_rendering=True
                )._render_qweb_pdf(report.id, remediations.ids)
            self.assertEqual(len(read_pages(content)), 2)
            self.assertIn("5,000.00", read_text(content))
