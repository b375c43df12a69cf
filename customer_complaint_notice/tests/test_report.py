from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import format_date

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import (
    read_fonts,
    read_pages,
    read_text,
)

OF_CARD = "customer_complaint.archive_card"
OF_COMPLAINT = "customer_complaint.archive_card_of_complaint"
# The fields of the paper form, in its order (ARCHIVE-CARD), as the cells are named.
FIELDS_IN_ORDER = [
    "name",
    "gender",
    "age",
    "occupation",
    "phone",
    "products",
    "purchase_date",
    "channel",
    "category",
    "date_accepted",
    "handler",
    "date_closed",
    "measures",
    "compensation_total",
    "papers",
    "remarks",
]


@tagged("post_install", "-at_install", "slow")
class TestArchiveCardReport(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _create_closed_complaint(self, **values):
        """Take a complaint through all that the card tells, on known days."""
        with freeze_time("2026-03-05 02:00:00"):
            complaint = self._create_complaint(
                gender="female",
                age=34,
                purchase_date="2026-02-14",
                line_ids=[
                    Command.create(
                        {
                            "sale_order_line_id": self.cream_line.id,
                            "quantity": 2,
                            "specification": "50g",
                            "lot_name": "B20260105",
                        }
                    ),
                    Command.create(
                        {"sale_order_line_id": self.syrup_line.id, "quantity": 1}
                    ),
                ],
                **values,
            )
            for paper_type in ("receipt", "photo"):
                self._create_document(complaint, paper_type)
        # Already the 7th in Shanghai.
        with freeze_time("2026-03-06 20:00:00"):
            self._take_to(complaint, "accepted")
            complaint.archive_card_id.remarks = "顾客对处理结果表示满意。"
        with freeze_time("2026-03-20 04:00:00"):
            self._verify(complaint).action_investigate()
            complaint.write(
                {
                    "conclusion": "established",
                    "conclusion_note": "留样检查确认有异物。",
                }
            )
            self._confirm(complaint).action_remediate()
            self._grant(
                complaint,
                {"kind": "refund", "amount": 1000},
                {"kind": "compensation", "amount": 234.5},
            )
            self._tell_decision(complaint)
            complaint.action_close()
        return complaint

    def _render_html(self, report, records, user=None, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            report, records.ids
        )
        return content.decode()

    def _render_pdf(self, report, records, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.agent)
        with self.allow_pdf_render():
            content, kind = reports.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(report, records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _read_card(self, content):
        """Return the labels and values of a card, by field and in their order."""
        [card] = html.fromstring(content).xpath("//div[@name='archive_card']")
        labels, values = {}, {}
        label = ""
        for cell in card.xpath(".//th | .//td[@name]"):
            text = " ".join(cell.text_content().split())
            if cell.tag == "th":
                label = text
                continue
            name = cell.get("name")
            labels[name] = label
            values[name] = self._read_boxes(cell) or text
        return card, labels, values

    def _read_boxes(self, cell):
        """Return the tick boxes of a cell: labels, those ticked marked by a ✓."""
        boxes = []
        for box in cell.xpath(".//span[@class='box']"):
            [tick] = box.xpath("./span[@class='tick']")
            label = " ".join(tick.tail.split())
            boxes.append(f"✓ {label}" if tick.text_content().strip() else label)
        return boxes

    def _format(self, day):
        return format_date(self.env, day, lang_code="en_US")

    def _assert_order(self, values):
        with self.subTest("order of the fields"):
            names = [name for name in values if name in FIELDS_IN_ORDER]
            self.assertEqual(names, FIELDS_IN_ORDER)

    # ------------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------------

    def test_card_says_everything_in_the_order_of_the_form(self):
        self.company.complaint_issuing_department = False
        complaint = self._create_closed_complaint()
        content = self._render_html(OF_COMPLAINT, complaint)
        card, labels, values = self._read_card(content)
        self._assert_order(values)
        symbol = complaint.currency_id.symbol
        expected = {
            "name": ("Full name", "李娜"),
            "gender": ("Gender", "Female"),
            "age": ("Age", "34"),
            "occupation": ("Occupation", "教师"),
            "phone": ("Telephone", "+86 10 8888 0000"),
            "products": (
                "Product and specification",
                "保湿面霜 (50g) × 2 Units, lot B20260105止咳糖浆 × 1 Units",
            ),
            "purchase_date": ("Date of purchase", self._format("2026-02-14")),
            "channel": (
                "Channel",
                [
                    "Head office",
                    "✓ Counter or shelf",
                    "Other outlet",
                    "Dealer",
                    "Consumer association",
                    "Wholesale market",
                    "Others",
                ],
            ),
            "category": (
                "Category",
                [
                    "Service quality complaint",
                    "✓ Product quality complaint",
                    "Allergy complaint",
                    "Others",
                ],
            ),
            "date_accepted": ("Date accepted", self._format("2026-03-07")),
            "handler": ("Handled by", self.agent.name),
            "date_closed": ("Date completed", self._format("2026-03-20")),
            "measures": (
                "What was done",
                [
                    "✓ Goods Returned",
                    "Goods Exchanged",
                    "Lost Wages",
                    "Travel Costs",
                    "Nursing Costs",
                    "Consolation Goods",
                    "✓ Compensation Money",
                    "Other Measure",
                ],
            ),
            "papers": (
                "Papers in the File",
                [
                    "Copy of identity card",
                    "Agreement",
                    "✓ Copy of receipt",
                    "Medical record and diagnosis",
                    "Complaint application",
                    "✓ Photographs and negatives",
                    "Other written material",
                    "Others",
                ],
            ),
            "remarks": ("Remarks", "顾客对处理结果表示满意。"),
        }
        for name, (label, value) in expected.items():
            with self.subTest(field=name):
                self.assertEqual(labels[name], label)
                self.assertEqual(values[name], value)
        self.assertEqual(labels["compensation_total"], "Total compensation")
        self.assertIn("1,234.50", values["compensation_total"])
        self.assertIn(symbol, values["compensation_total"])
        text = " ".join(card.text_content().split())
        self.assertIn(f"Archive No. {complaint.archive_card_id.name}", text)
        self.assertIn("Issuing department: Chaoyang Shop", text)
        self.assertIn(f"Filled in on: {self._format('2026-03-07')}", text)
        title = card.xpath(".//h1")[0]
        self.assertEqual(title.text_content(), "Consumer Service Archive Card")

    def test_card_in_chinese(self):
        """It carries the words of the paper form (消费者服务档案卡), in its order."""
        company = self.company.with_context(lang="zh_CN")
        # Whoever closes the case, in whatever language.
        for translated in (company, self.company):
            translated.complaint_issuing_department = "市场管理部"
        complaint = self._create_closed_complaint()
        content = self._render_html(OF_COMPLAINT, complaint, lang="zh_CN")
        card, labels, values = self._read_card(content)
        self._assert_order(values)
        self.assertEqual(card.xpath(".//h1")[0].text_content(), "消费者服务档案卡")
        text = " ".join(card.text_content().split())
        self.assertIn("发卡部门： 市场管理部", text)
        self.assertRegex(text, r"填表日期： ?2026")
        sections = card.xpath(".//th[@class='section']")
        self.assertEqual(
            [section.text_content().strip() for section in sections],
            ["消费者基本资料", "投诉基本情况", "档案内容", "备注"],
        )
        self.assertEqual(
            {name: labels[name] for name in FIELDS_IN_ORDER},
            {
                "name": "姓名",
                "gender": "性别",
                "age": "年龄",
                "occupation": "职业",
                "phone": "联系电话",
                "products": "产品名称及规格",
                "purchase_date": "购买时间",
                "channel": "投诉渠道",
                "category": "投诉类型",
                "date_accepted": "受理时间",
                "handler": "处理人员",
                "date_closed": "处理完成时间",
                "measures": "处理情况",
                "compensation_total": "补偿金额合计",
                "papers": "档案内容",
                "remarks": "备注",
            },
        )
        boxes = {
            "channel": [
                "公司总部",
                "✓ 专柜/货架柜",
                "其它零售网点",
                "经销商处",
                "消费者协会",
                "批发市场",
                "其它",
            ],
            "category": [
                "服务质量投诉",
                "✓ 产品质量投诉",
                "过敏投诉",
                "其它",
            ],
            "measures": [
                "✓ 退货",
                "换货",
                "补误工费用",
                "补交通费用",
                "护理费用",
                "慰问品费用",
                "✓ 补偿金",
                "其它",
            ],
            "papers": [
                "身份证复印件",
                "协议",
                "✓ 收条复印件",
                "病历及诊断证明",
                "投诉处理申请表",
                "✓ 照片及底片",
                "其它书面材料",
                "其它",
            ],
        }
        for name, expected in boxes.items():
            with self.subTest(boxes=name):
                self.assertEqual(values[name], expected)

    def test_companies_start_with_the_department_of_the_form(self):
        company = self.env["res.company"].create({"name": "广州分公司"})
        self.assertEqual(company.complaint_issuing_department, "Marketing Department")
        chinese = company.with_context(lang="zh_CN")
        self.assertEqual(chinese.complaint_issuing_department, "市场管理部")

    def test_card_of_open_complaint_leaves_blank_what_is_not_known(self):
        complaint = self._create_complaint(
            partner_id=self.env["res.partner"].create({"name": "王芳"}).id,
            sale_order_id=False,
            line_ids=[Command.create({"product_name": "面膜"})],
        )
        self._take_to(complaint, "accepted")
        content = self._render_html(OF_CARD, complaint.archive_card_id)
        _card, _labels, values = self._read_card(content)
        self.assertEqual(values["name"], "王芳")
        for name in (
            "gender",
            "age",
            "occupation",
            "phone",
            "purchase_date",
            "date_closed",
            "remarks",
        ):
            with self.subTest(field=name):
                self.assertEqual(values[name], "")
        ticked = [
            box
            for name in ("measures", "papers")
            for box in values[name]
            if box.startswith("✓")
        ]
        self.assertFalse(ticked)

    def test_card_fetches_nothing(self):
        complaint = self._create_closed_complaint()
        content = self._render_html(OF_COMPLAINT, complaint)
        for link in ("http://", "https://", "src=", "href=", "url(", "@import"):
            with self.subTest(link=link):
                self.assertNotIn(link, content)

    def test_customer_text_is_printed_as_text(self):
        attack = "<img src='http://example.com/x'><script>alert(1)</script>"
        complaint = self._create_complaint(complainant_name=attack, occupation=attack)
        self._take_to(complaint, "accepted")
        complaint.archive_card_id.remarks = attack
        content = self._render_html(OF_COMPLAINT, complaint)
        card, _labels, values = self._read_card(content)
        self.assertFalse(card.xpath(".//img | .//script"))
        for name in ("name", "occupation", "remarks"):
            self.assertEqual(values[name], attack)

    # ------------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------------

    def test_ordinary_case_is_one_a4_page(self):
        complaint = self._create_closed_complaint()
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang=lang):
                content = self._render_pdf(OF_COMPLAINT, complaint, lang)
                pages = read_pages(content)
                self.assertEqual(len(pages), 1)
                self.assertAlmostEqual(float(pages[0].mediabox[2]), 595, delta=2)
                self.assertAlmostEqual(float(pages[0].mediabox[3]), 842, delta=2)
                text = read_text(content)
                self.assertIn(complaint.archive_card_id.name, text)
                self.assertIn("李娜", text)
                self.assertIn("保湿面霜", text)
                self.assertIn("顾客对处理结果表示满意。", text)
                # The shapes of the simplified characters, in the file itself.
                fonts = [f for f in read_fonts(content) if "NotoSansCJKsc" in f]
                self.assertTrue(fonts)
                for font in fonts:
                    self.assertIn(" yes ", font)

    def test_cards_of_several_complaints_make_one_file(self):
        complaints = [self._create_complaint(line_ids=[]) for _i in range(3)]
        for complaint in complaints:
            self._take_to(complaint, "accepted")
        complaints = self.env["customer.complaint"].union(*complaints)
        content = self._render_pdf(OF_COMPLAINT, complaints)
        pages = read_pages(content)
        self.assertEqual(len(pages), 3)
        text = read_text(content)
        for card in complaints.archive_card_id:
            self.assertIn(card.name, text)

    # ------------------------------------------------------------------
    # WHO AND WHEN
    # ------------------------------------------------------------------

    def test_complaint_without_card_says_so(self):
        complaint = self._create_complaint()
        with self.assertRaisesRegex(UserError, f"no archive card: {complaint.name}"):
            self._render_html(OF_COMPLAINT, complaint)

    def test_readers_of_the_complaint_print_its_card(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        readers = (
            self.agent,
            self.colleague,
            self.supervisor,
            self.manager,
            self.archivist,
            self.auditor,
        )
        for user in readers:
            with self.subTest(user=user.login):
                content = self._render_html(OF_COMPLAINT, complaint, user)
                self.assertIn(complaint.archive_card_id.name, content)

    def test_nobody_else_prints_the_card(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        portal = new_test_user(self.env, "complaint_portal", groups="base.group_portal")
        for user in (self.stranger, self.employee, portal):
            for report, record in (
                (OF_COMPLAINT, complaint),
                (OF_CARD, complaint.archive_card_id),
            ):
                with (
                    self.subTest(user=user.login, report=report),
                    self.assertRaises(AccessError),
                ):
                    self._render_html(report, record, user)
