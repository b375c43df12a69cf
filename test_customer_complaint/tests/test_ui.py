import json

from odoo.tests import HttpCase, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_pages, read_text

ARCHIVE_CARD = "customer_complaint.archive_card_of_complaint"


@tagged("post_install", "-at_install", "slow")
class TestUi(HttpCase, CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.quick_ref("sales_team.group_sale_salesman")
        cls.order.user_id = cls.agent

    def _get_report(self, converter, complaint, user):
        self.authenticate(user.login, user.login)
        # In tests reports are printed as HTML unless asked for twice.
        context = json.dumps({"force_report_rendering": True})
        return self.url_open(
            f"/report/{converter}/{ARCHIVE_CARD}/{complaint.id}?context={context}"
        )

    def test_agent_walks_from_order_to_archive_card(self):
        self.start_tour(
            f"/odoo/action-sale.action_orders/{self.order.id}",
            "customer_complaint_order_to_card",
            login=self.agent.login,
            timeout=180,
        )
        complaint = self.order.complaint_ids
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "partner_id": self.customer.id,
                    "category_id": self.quick_ref(
                        "customer_complaint.category_quality_appearance"
                    ).id,
                    "channel_id": self.channel.id,
                    "description": "打开后发现面霜里有头发。",
                    "user_id": self.agent.id,
                    "accepted_by_id": self.agent.id,
                    "decided_by_id": self.agent.id,
                    "closed_by_id": self.agent.id,
                    "conclusion": "established",
                    "conclusion_note": "留样检查确认有异物，同意退货并赔偿。",
                    "conclusion_confirmed_by_id": self.agent.id,
                    "decision_measures": "三瓶面霜全部退货，七日内退款385.50元。",
                }
            ],
        )
        self.assertRecordValues(
            complaint.evidence_ids,
            [
                {
                    "kind": "document",
                    "name": "面霜留样照片",
                    "location": "柜台留样盒",
                    "create_uid": self.agent.id,
                }
            ],
        )
        notice = complaint.notice_ids
        self.assertRecordValues(
            notice,
            [
                {
                    "kind": "decision",
                    "way": "phone",
                    "state": "succeeded",
                    "proof_ref": "10:05 010-8888 0000",
                    "user_id": self.agent.id,
                }
            ],
        )
        self.assertIn("七日内退款385.50元", notice.content)
        self.assertRecordValues(
            complaint.line_ids,
            [{"sale_order_line_id": self.cream_line.id, "quantity": 3.0}],
        )
        card = complaint.archive_card_id
        self.assertRecordValues(
            card, [{"state": "sealed", "sealed_by_id": self.agent.id}]
        )
        response = self._get_report("pdf", complaint, self.agent)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.content.startswith(b"%PDF-"))
        self.assertEqual(len(read_pages(response.content)), 1)
        text = read_text(response.content)
        self.assertIn(card.name, text)
        self.assertIn("保湿面霜", text)

    def test_archive_card_is_refused_to_others(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        for converter in ("pdf", "html", "text"):
            for user in (self.stranger, self.employee):
                with (
                    self.subTest(converter=converter, user=user.login),
                    self.assertLogs("odoo.http", "WARNING"),
                ):
                    response = self._get_report(converter, complaint, user)
                    self.assertEqual(response.status_code, 403)
                    self.assertNotIn(complaint.name, response.text)
                    self.assertNotIn(self.customer.name, response.text)

    def test_archive_card_needs_a_login(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        self.authenticate(None, None)
        response = self.url_open(f"/report/html/{ARCHIVE_CARD}/{complaint.id}")
        self.assertIn("/web/login", response.url)
        self.assertNotIn(complaint.name, response.text)
