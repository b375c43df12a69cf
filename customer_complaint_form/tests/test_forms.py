from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import (
    read_fonts,
    read_pages,
    read_text,
)

FORMS = ("application", "registration", "quality", "feedback")
TITLES = {
    "application": ("Complaint Application", "投诉处理申请表"),
    "registration": (
        "Customer Complaint Registration and Feedback Form",
        "客户投诉登记反馈表",
    ),
    "quality": (
        "Application for Quality Determination, Exchange and Return",
        "产品质量界定和产品退换货申请",
    ),
    "feedback": ("Feedback Record", "反馈信息记录表"),
}
SCRIPT = "<script>alert('张三')</script>"


@tagged("post_install", "-at_install", "slow")
class TestForms(CustomerComplaintCommon):
    """The forms that are filled in and signed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _create_full(self, **values):
        """Create a complaint of which all is known that the forms ask for."""
        with freeze_time("2026-03-05 02:00:00"):
            return self._create_complaint(
                **{
                    "gender": "female",
                    "age": 34,
                    "purchase_date": "2026-02-14",
                    "purchase_place": "朝阳店三层化妆品柜",
                    "receipt_ref": "POS-778812",
                    "event_date": "2026-03-01 22:00:00",
                    "event_place": "顾客家中",
                    "people_involved": "三号柜台王伟",
                    "usage": "常温避光保存，每日两次。",
                    "demand": "退货并赔偿误工费。",
                    "way_in": "phone",
                    "line_ids": [
                        Command.create(
                            {
                                "sale_order_line_id": self.cream_line.id,
                                "quantity": 2,
                                "specification": "50g",
                                "lot_name": "B20260105",
                                "production_date": "2026-01-05",
                                "expiry_date": "2029-01-04",
                                "manufacturer": "康美日化有限公司",
                            }
                        ),
                        Command.create(
                            {"sale_order_line_id": self.syrup_line.id, "quantity": 1}
                        ),
                    ],
                    **values,
                }
            )

    def _create_bare(self):
        """Create a complaint of which hardly anything is known."""
        return self._create_complaint(
            partner_id=False,
            sale_order_id=False,
            category_id=False,
            description=False,
            complainant_name="王芳",
            line_ids=[],
        )

    def _render_html(self, form, records, user=None, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            f"customer_complaint_form.{form}", records.ids
        )
        return content.decode()

    def _render_pdf(self, form, records, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.agent)
        with self.allow_pdf_render():
            content, kind = reports.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(f"customer_complaint_form.{form}", records.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _read(self, form, records, **options):
        """Return the paper of a form, and what its cells say by name."""
        content = self._render_html(form, records, **options)
        [paper] = html.fromstring(content).xpath(f"//div[@name='{form}']")
        cells = {
            cell.get("name"): self._read_boxes(cell) or self._squeeze(cell)
            for cell in paper.xpath(".//td[@name]")
        }
        return paper, cells

    def _squeeze(self, node):
        return " ".join(node.text_content().split())

    def _read_boxes(self, cell):
        """Return the tick boxes of a cell: labels, those ticked marked by a ✓."""
        boxes = []
        for box in cell.xpath(".//span[@class='box']"):
            [tick] = box.xpath("./span[@class='tick']")
            is_ticked = bool(tick.text_content().strip())
            label = self._squeeze(box).removeprefix("√").strip()
            boxes.append(f"✓ {label}" if is_ticked else label)
        return boxes

    def _get_ticked(self, boxes):
        return [box[2:] for box in boxes if box.startswith("✓")]

    # ------------------------------------------------------------------
    # WHAT ALL FORMS DO
    # ------------------------------------------------------------------

    def test_titles_and_facts_in_both_languages(self):
        complaint = self._create_full()
        for form, titles in TITLES.items():
            for lang, title in zip(("en_US", "zh_CN"), titles, strict=True):
                with self.subTest(form=form, lang=lang):
                    self.customer.lang = lang
                    paper, cells = self._read(form, complaint, lang=lang)
                    self.assertEqual(paper.xpath(".//h1")[0].text_content(), title)
                    self.assertEqual(cells["complainant_name"], "李娜")
                    self.assertEqual(cells["phone"], "+86 10 8888 0000")
                    self.assertEqual(cells["purchase_place"], "朝阳店三层化妆品柜")
                    self.assertIn("POS-778812", cells["receipt"])
                    self.assertIn(self.order.name, cells["receipt"])
                    self.assertEqual(cells["description"], "打开后发现面霜里有头发。")
                    text = self._squeeze(paper)
                    self.assertIn(complaint.name, text)
                    for product in (
                        "保湿面霜",
                        "50g",
                        "B20260105",
                        "康美日化有限公司",
                        "止咳糖浆",
                    ):
                        self.assertIn(product, text)

    def test_nothing_is_left_in_english(self):
        complaint = self._create_full()
        self.customer.lang = "zh_CN"
        for form in FORMS:
            paper, _cells = self._read(form, complaint, lang="zh_CN")
            for node in paper.xpath(".//th | .//p | .//span[@class='box']"):
                with self.subTest(form=form, text=self._squeeze(node)):
                    self.assertFalse(self._squeeze(node).isascii())

    def test_what_is_not_known_is_a_blank_line(self):
        complaint = self._create_bare()
        for form in FORMS:
            with self.subTest(form=form):
                paper, cells = self._read(form, complaint)
                self.assertEqual(cells["complainant_name"], "王芳")
                self.assertEqual(cells["description"], "")
                for text in paper.xpath(".//td[@name='description']"):
                    self.assertGreaterEqual(len(text.xpath(".//div[@class='line']")), 4)
                rows = paper.xpath(".//table[@name='products']//tr[@class='unknown']")
                self.assertEqual(len(rows), 2)
                self.assertFalse("False" in self._squeeze(paper))

    def test_customers_texts_are_printed_as_text(self):
        complaint = self._create_full(
            complainant_name=SCRIPT, description=SCRIPT, event_place=SCRIPT
        )
        for form in FORMS:
            with self.subTest(form=form):
                paper, cells = self._read(form, complaint)
                self.assertFalse(paper.xpath(".//script"))
                self.assertEqual(cells["complainant_name"], SCRIPT)
                self.assertEqual(cells["description"], SCRIPT)

    def test_forms_fetch_nothing(self):
        complaint = self._create_full()
        for form in FORMS:
            content = self._render_html(form, complaint)
            for link in ("http://", "https://", "src=", "href=", "url(", "@import"):
                with self.subTest(form=form, link=link):
                    self.assertNotIn(link, content)

    # ------------------------------------------------------------------
    # EACH FORM
    # ------------------------------------------------------------------

    def test_application_is_in_the_language_of_who_signs(self):
        self.customer.lang = "zh_CN"
        complaint = self._create_full(demand="退货。")
        self._create_document(complaint, "receipt")
        self._create_document(complaint, "photo")
        paper, cells = self._read("application", complaint, lang="en_US")
        self.assertEqual(paper.xpath(".//h1")[0].text_content(), "投诉处理申请表")
        self.assertEqual(cells["gender"], "女")
        self.assertEqual(cells["age"], "34")
        self.assertEqual(cells["demand"], "退货。")
        self.assertEqual(cells["usage"], "常温避光保存，每日两次。")
        self.assertEqual(cells["people_involved"], "三号柜台王伟")
        # Ten in the evening in UTC is the next morning in Shanghai.
        self.assertIn("2026", cells["event_date"])
        self.assertIn("02", cells["event_date"])
        self.assertEqual(len(self._get_ticked(cells["representation"])), 1)
        self.assertEqual(
            cells["papers"],
            [
                "身份证复印件",
                "协议",
                "✓ 收条复印件",
                "病历及诊断证明",
                "✓ 照片及底片",
                "其它书面材料",
                "其它",
            ],
        )
        text = self._squeeze(paper)
        self.assertIn("投诉人（签字）", text)
        self.assertIn("本人", text)
        # Written in by hand, and kept nowhere else.
        self.assertEqual(cells["identity"], "")

    def test_representatives_sign_too(self):
        agent = self.env["res.partner"].create({"name": "赵律师"})
        complaint = self._create_full(
            representation="agent", representative_ids=[Command.link(agent.id)]
        )
        _paper, cells = self._read("application", complaint)
        self.assertEqual(cells["representatives"], "赵律师")
        self.assertEqual(
            self._get_ticked(cells["representation"]), ["By an authorised agent"]
        )

    def test_unit_that_complains_and_its_contact(self):
        unit = self.env["res.partner"].create(
            {"name": "仁和大药房连锁有限公司", "is_company": True}
        )
        person = self.env["res.partner"].create(
            {"name": "孙丽", "parent_id": unit.id, "phone": "13800001111"}
        )
        complaint = self._create_full(
            partner_id=person.id, sale_order_id=False, line_ids=[]
        )
        for form in ("application", "registration", "feedback"):
            with self.subTest(form=form):
                _paper, cells = self._read(form, complaint)
                self.assertEqual(cells["unit"], "仁和大药房连锁有限公司")
                self.assertEqual(cells["contact_person"], "孙丽")
                _paper, cells = self._read(form, self._create_bare())
                self.assertEqual((cells["unit"], cells["contact_person"]), ("", ""))

    def test_registration_tells_how_it_ended(self):
        complaint = self._take_to(self._create_full(), "remediation")
        self._grant(
            complaint,
            {"kind": "refund", "amount": 1000},
            {"kind": "lost_wages", "amount": 234.5},
        )
        _paper, cells = self._read("registration", complaint)
        self.assertEqual(self._get_ticked(cells["way_in"]), ["By phone"])
        self.assertEqual(self._get_ticked(cells["conclusion"]), ["Established"])
        self.assertIn("留样检查确认有异物", cells["opinion"])
        self.assertEqual(
            self._get_ticked(cells["measures"]), ["Goods Returned", "Lost Wages"]
        )
        self.assertIn("1,234.50", cells["compensation_total"])
        # Whether the customer is satisfied, they say themselves.
        self.assertFalse(self._get_ticked(cells["satisfaction"]))
        _paper, cells = self._read("registration", complaint, lang="zh_CN")
        self.assertEqual(self._get_ticked(cells["measures"]), ["退货", "补误工费用"])
        self.assertIn("壹仟贰佰叁拾肆元伍角", cells["compensation_total"])

    def test_quality_form_ticks_what_is_proposed_and_found(self):
        complaint = self._create_full()
        _paper, cells = self._read("quality", complaint)
        self.assertFalse(self._get_ticked(cells["kinds"]))
        self.assertFalse(self._get_ticked(cells["determination"]))
        self._take_to(complaint, "remediation")
        line = complaint.line_ids[:1]
        self._grant(
            complaint,
            {
                "kind": "exchange",
                "complaint_line_id": line.id,
                "quantity": 2,
            },
        )
        paper, cells = self._read("quality", complaint)
        self.assertEqual(self._get_ticked(cells["kinds"]), ["Exchange"])
        self.assertEqual(
            self._get_ticked(cells["determination"]), ["A defect of quality"]
        )
        [goods] = paper.xpath(".//table[@name='goods']//tr[td]")
        self.assertIn("保湿面霜", self._squeeze(goods))
        self.assertIn("2 Units", self._squeeze(goods))

    def test_quality_form_ticks_no_quality_for_service(self):
        complaint = self._create_full(category_id=self.category_service.id)
        self._take_to(complaint, "remediation")
        _paper, cells = self._read("quality", complaint)
        self.assertFalse(self._get_ticked(cells["determination"]))

    def test_proposals_turned_down_are_not_applied_for(self):
        complaint = self._take_to(self._create_full(), "remediation")
        remediation = (
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "单据齐全。",
                    "line_ids": [Command.create({"kind": "refund", "amount": 100})],
                }
            )
        )
        _paper, cells = self._read("quality", complaint)
        self.assertEqual(self._get_ticked(cells["kinds"]), ["Return"])
        self._ask("cancel", remediation, reason="顾客改变主意。").action_confirm()
        _paper, cells = self._read("quality", complaint)
        self.assertFalse(self._get_ticked(cells["kinds"]))

    def test_feedback_names_the_reasons_for_no_action(self):
        complaint = self._create_full(severity="serious")
        _paper, cells = self._read("feedback", complaint)
        self.assertEqual(self._get_ticked(cells["severity"]), ["Serious"])
        self.assertEqual(len(cells["action"]), 7)
        self.assertFalse(self._get_ticked(cells["action"]))
        _paper, cells = self._read("feedback", complaint, lang="zh_CN")
        self.assertIn("孤立事件，且未造成严重后果", cells["action"])

    # ------------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------------

    def test_ordinary_case_is_one_a4_page(self):
        complaint = self._create_full()
        for form in FORMS:
            for lang in ("en_US", "zh_CN"):
                with self.subTest(form=form, lang=lang):
                    self.customer.lang = lang
                    content = self._render_pdf(form, complaint, lang)
                    pages = read_pages(content)
                    self.assertEqual(len(pages), 1)
                    self.assertAlmostEqual(float(pages[0].mediabox[2]), 595, delta=2)
                    self.assertAlmostEqual(float(pages[0].mediabox[3]), 842, delta=2)
                    text = read_text(content)
                    for part in (complaint.name, "李娜", "保湿面霜", "止咳糖浆"):
                        self.assertIn(part, text)
                    fonts = [f for f in read_fonts(content) if "NotoSansCJKsc" in f]
                    self.assertTrue(fonts)
                    for font in fonts:
                        self.assertIn(" yes ", font)

    def test_long_texts_wrap_and_none_of_them_is_lost(self):
        story = "".join(f"第{number}次打开时闻到异味。" for number in range(1, 120))
        complaint = self._create_full(description=story)
        for form in FORMS:
            with self.subTest(form=form):
                content = self._render_pdf(form, complaint)
                text = "".join(read_text(content).split())
                for number in (1, 60, 119):
                    self.assertIn(f"第{number}次打开", text)

    def test_forms_of_several_complaints_make_one_file(self):
        complaints = self._create_full() | self._create_bare()
        for form in FORMS:
            with self.subTest(form=form):
                content = self._render_pdf(form, complaints)
                self.assertEqual(len(read_pages(content)), 2)
                text = read_text(content)
                for complaint in complaints:
                    self.assertIn(complaint.name, text)

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_readers_print_the_forms_and_nobody_else(self):
        complaint = self._create_full()
        portal = new_test_user(self.env, "complaint_portal", groups="base.group_portal")
        for form in FORMS:
            for user in (
                self.agent,
                self.supervisor,
                self.manager,
                self.quality_user,
                self.archivist,
                self.auditor,
            ):
                with self.subTest(form=form, user=user.login):
                    content = self._render_html(form, complaint, user)
                    self.assertIn(complaint.name, content)
            for user in (self.stranger, self.employee, portal):
                with (
                    self.subTest(form=form, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self._render_html(form, complaint, user)

    def test_another_company_prints_nothing(self):
        complaint = self._create_full()
        outsider = self._new_outsider("manager")
        for form in FORMS:
            with self.subTest(form=form), self.assertRaises(AccessError):
                self._render_html(form, complaint, outsider)
