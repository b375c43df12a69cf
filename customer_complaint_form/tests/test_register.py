import datetime
import re
from io import BytesIO

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_pages, read_text

REGISTER = "customer_complaint_form.register"
HEADINGS = [
    "Number",
    "Received On",
    "Complainant Name",
    "Phone",
    "Product Names",
    "Lots or Serial Numbers",
    "Category",
    "What Happened",
    "Conclusion",
    "What Was Done",
    "Total Compensation",
    "Handler",
    "Closed On",
    "State",
]


class RegisterCase(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    def _create_closed(self, **values):
        """Take a complaint through all that the register tells, on known days."""
        with freeze_time("2026-03-05 02:00:00"):
            complaint = self._create_complaint(
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
                        {
                            "sale_order_line_id": self.syrup_line.id,
                            "quantity": 1,
                            "lot_name": "0070",
                        }
                    ),
                ],
                **values,
            )
            self._take_to(complaint, "accepted")
        # Already the 21st in Shanghai.
        with freeze_time("2026-03-20 17:00:00"):
            self._take_to(complaint, "remediation")
            self._grant(
                complaint,
                {"kind": "refund", "amount": 1000},
                {"kind": "compensation", "amount": 234.5},
            )
            self._take_to(complaint, "closed")
        return complaint

    def _create_few(self, number, **values):
        """Create complaints without products."""
        model = self.env["customer.complaint"].with_user(self.agent)
        values = {"sale_order_id": False, "line_ids": [], **values}
        return model.create(
            [self._prepare_complaint_vals(**values) for _number in range(number)]
        )

    def _read_xlsx(self, complaints, user=None, lang="en_US"):
        complaints = complaints.with_user(user or self.agent).with_context(lang=lang)
        return load_workbook(BytesIO(complaints._make_register_xlsx())).active

    def _read_row(self, sheet):
        head, row = sheet.iter_rows(max_row=2)
        return dict(zip([cell.value for cell in head], row, strict=True))

    def _render_html(self, complaints, user=None, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            REGISTER, complaints.ids
        )
        return html.fromstring(content.decode())

    def _render_pdf(self, complaints, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(self.agent)
        with self.allow_pdf_render():
            content, kind = reports.with_context(
                lang=lang, force_report_rendering=True
            )._render_qweb_pdf(REGISTER, complaints.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _ask_for(self, complaints, user=None, domain=None, **context):
        """Press the button above the list, and return what it remembers."""
        complaints = complaints.with_user(user or self.agent)
        if domain is not None:
            context["active_domain"] = domain
        action = complaints.with_context(**context).action_download_register()
        model = complaints.env["customer.complaint.make.register"]
        return model.browse(int(action["url"].rpartition("/")[2]))


@tagged("post_install", "-at_install", "slow")
class TestRegister(RegisterCase):
    # ------------------------------------------------------------------
    # XLSX
    # ------------------------------------------------------------------

    def test_xlsx_reads_back(self):
        complaint = self._create_closed()
        sheet = self._read_xlsx(complaint)
        self.assertEqual(sheet.title, "Complaint Register")
        self.assertEqual(sheet.freeze_panes, "B2")
        self.assertEqual(sheet.max_row, 2)
        self.assertGreater(sheet.column_dimensions["H"].width, 40)
        values = self._read_row(sheet)
        self.assertEqual(list(values), HEADINGS)
        expected = {
            "Number": complaint.name,
            # The 5th in UTC is the 5th in Shanghai; the 20th is the 21st.
            "Received On": datetime.datetime(2026, 3, 5),
            "Complainant Name": "李娜",
            "Phone": "+86 10 8888 0000",
            "Product Names": "保湿面霜 50g; 止咳糖浆",
            "Lots or Serial Numbers": "B20260105; 0070",
            "Category": self.category.display_name,
            "What Happened": "打开后发现面霜里有头发。",
            "Conclusion": "Established",
            "What Was Done": "Goods Returned; Compensation Money",
            "Total Compensation": 1234.5,
            "Handler": self.agent.name,
            "Closed On": datetime.datetime(2026, 3, 21),
            "State": "Closed",
        }
        for heading, value in expected.items():
            with self.subTest(heading=heading):
                self.assertEqual(values[heading].value, value)
        for heading in ("Received On", "Closed On"):
            self.assertTrue(values[heading].is_date)
        self.assertEqual(values["Total Compensation"].data_type, "n")

    def test_xlsx_in_chinese(self):
        sheet = self._read_xlsx(self._create_closed(), lang="zh_CN")
        self.assertEqual(sheet.title, "投诉台账")
        values = self._read_row(sheet)
        self.assertFalse([heading for heading in values if heading.isascii()])
        self.assertEqual(values["处理情况"].value, "退货; 补偿金")
        self.assertEqual(values["状态"].value, "已结案")

    def test_what_is_not_known_is_empty(self):
        complaint = self._create_few(1, partner_id=False, complainant_name="王芳")
        values = self._read_row(self._read_xlsx(complaint))
        self.assertEqual(values["Complainant Name"].value, "王芳")
        for heading in ("Phone", "Product Names", "Conclusion", "Closed On"):
            self.assertIsNone(values[heading].value)
        # Nothing was paid, and that is a number.
        self.assertEqual(values["Total Compensation"].value, 0)

    def test_customers_texts_stay_texts(self):
        texts = [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+86 10 8888",
            "@SUM(A1)",
            "-2",
            "007",
            "http://example.com",
            "<script>alert('张三')</script>",
            "长" * 40000,
        ]
        [complaint] = self._create_few(1)
        for text in texts:
            with self.subTest(text=text[:20]):
                complaint.description = text
                complaint.complainant_name = text[:100]
                values = self._read_row(self._read_xlsx(complaint))
                for heading, shown in (
                    ("What Happened", text[:32767]),
                    ("Complainant Name", text[:100]),
                ):
                    cell = values[heading]
                    self.assertEqual(cell.data_type, "s")
                    self.assertEqual(cell.value, shown)
                    self.assertIsNone(cell.hyperlink)

    def test_several_companies_are_told_apart(self):
        company = self.env["res.company"].create({"name": "上海分公司"})
        self.manager.company_ids = [Command.link(company.id)]
        complaint = self._create_few(1)
        for companies in (self.company, self.company | company):
            own = complaint.with_context(allowed_company_ids=companies.ids)
            values = self._read_row(self._read_xlsx(own, self.manager))
            self.assertEqual("Company" in values, len(companies) > 1)
        self.assertEqual(values["Company"].value, self.company.name)
        self.assertEqual(values["Currency"].value, self.company.currency_id.name)

    def test_each_batch_costs_the_same(self):
        complaints = self._create_few(24)
        counts = []
        for some in (complaints[:8], complaints):
            self.env.flush_all()
            self.env.invalidate_all()
            some._make_register_xlsx()  # what is read once
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._make_register_xlsx()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 2, counts)

    # ------------------------------------------------------------------
    # LIST
    # ------------------------------------------------------------------

    def test_list_says_what_the_register_says(self):
        complaint = self._create_closed()
        self.assertRecordValues(
            complaint,
            [
                {
                    "product_names": "保湿面霜 50g; 止咳糖浆",
                    "lot_names": "B20260105; 0070",
                    "measure_names": "Goods Returned; Compensation Money",
                }
            ],
        )
        chinese = complaint.with_context(lang="zh_CN")
        self.assertEqual(chinese.measure_names, "退货; 补偿金")

    def test_buttons_take_what_is_chosen_else_all_listed(self):
        first, second, third = self._create_few(3)
        both = [("id", "in", (first | second).ids)]
        nothing = first.browse()
        self.assertEqual(self._ask_for(third, domain=both)._get_complaints(), third)
        asked = self._ask_for(nothing, domain=both)
        self.assertEqual(asked._get_complaints(), first | second)
        # A call from outside names the complaints.
        self.assertEqual(self._ask_for(first)._get_complaints(), first)
        # More than a list hands on: all of them were chosen.
        self.env["ir.config_parameter"].set_param("web.active_ids_limit", 1)
        asked = self._ask_for(third, domain=both)
        self.assertEqual(asked._get_complaints(), first | second)

    def test_nothing_to_list_is_said(self):
        with self._refused("no complaint for the register"):
            self._ask_for(self._create_few(1).browse())

    # ------------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------------

    def test_printed_register(self):
        complaint = self._create_closed()
        page = self._render_html(complaint)
        [row] = page.xpath("//table[@name='complaints']//tr[td]")
        texts = [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        self.assertEqual(
            texts,
            [
                "1",
                f"{complaint.name} 03/05/2026",
                "李娜 +86 10 8888 0000",
                "保湿面霜 50g; 止咳糖浆",
                "B20260105; 0070",
                self.category.display_name,
                "打开后发现面霜里有头发。",
                "Established Goods Returned; Compensation Money",
                texts[8],
                f"{self.agent.name} Closed 03/21/2026",
            ],
        )
        self.assertIn("1,234.50", texts[8])
        [summary] = page.xpath("//td[@name='summary']")
        self.assertIn("03/05/2026. Complaints: 1. Total", summary.text_content())
        self.assertIn("1,234.50", summary.text_content())
        text = read_text(self._render_pdf(complaint, "zh_CN"))
        for part in ("投诉台账", complaint.name, "李娜", "1,234.50", "退货"):
            self.assertIn(part, text)

    def test_each_page_has_the_head_and_its_number(self):
        complaints = self._create_few(45, description="打开后发现面霜里有头发。" * 8)
        content = self._render_pdf(complaints)
        pages = len(read_pages(content))
        self.assertGreater(pages, 2)
        texts = read_text(content).split("\f")[:pages]
        for number, text in enumerate(texts, start=1):
            self.assertIn(f"Page {number} of {pages}", text)
            self.assertIn("Lots", text)
        found = re.findall(r"(?m)^ *(\d{1,2}) ", "\n".join(texts))
        self.assertEqual(sorted(map(int, found)), list(range(1, 46)))

    def test_too_many_for_print(self):
        complaint = self._create_few(1)
        report = self.env[f"report.{REGISTER}"].with_user(self.agent)
        with self._refused("too many complaints for print"):
            report._get_docs(complaint.browse(range(1, 2002)))

    def test_print_button(self):
        complaints = self._create_few(2)
        action = complaints.action_print_register()
        self.assertEqual(action["report_name"], REGISTER)
        self.assertEqual(action["context"]["active_ids"], complaints.ids)

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_each_gets_what_they_may_read(self):
        own = self._create_few(1)
        foreign = self._create_few(1, team_id=self.other_team.id)
        foreign.sudo().write({"create_uid": self.stranger.id})
        self.env.cr.execute(
            "UPDATE customer_complaint SET create_uid = %s, received_by_id = %s,"
            " user_id = %s WHERE id = %s",
            [self.stranger.id] * 3 + [foreign.id],
        )
        self.env.invalidate_all()
        domain = [("id", "in", (own | foreign).ids)]
        for user, expected in (
            (self.agent, own),
            (self.stranger, foreign),
            (self.supervisor, own),
            (self.manager, own | foreign),
            (self.auditor, own | foreign),
        ):
            with self.subTest(user=user.login):
                asked = self._ask_for(own.browse(), user, domain)
                self.assertEqual(asked._get_complaints().ids, expected.ids)
        with self.assertRaises(AccessError):
            self._ask_for(foreign, self.agent)
        with self.assertRaises(AccessError):
            foreign.with_user(self.agent)._make_register_xlsx()
        with self.assertRaises(AccessError):
            self._render_html(foreign, self.agent)

    def test_others_export_nothing(self):
        complaint = self._create_few(1)
        for user in (self.quality_user, self.archivist, self.employee):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    complaint.with_user(user).action_download_register()
                with self.assertRaises(AccessError):
                    complaint.with_user(user).action_print_register()
                with self.assertRaises(AccessError):
                    self._render_html(complaint, user)

    def test_whoever_is_recused_carries_nothing_away(self):
        own, other = self._create_few(2)
        # Nobody works on a complaint of their own.
        own.sudo().partner_id = self.supervisor.partner_id
        for act in (
            own.with_user(self.supervisor).action_download_register,
            own.with_user(self.supervisor).action_print_register,
            lambda: self._render_html(own, self.supervisor),
        ):
            with self._refused("recused", AccessError):
                act()
        both = [("id", "in", (own | other).ids)]
        asked = self._ask_for(own.browse(), self.supervisor, both)
        self.assertEqual(asked._get_complaints().ids, other.ids)

    def test_another_company_gets_nothing(self):
        complaint = self._create_few(1)
        outsider = self._new_outsider("manager")
        with self.assertRaises(AccessError):
            self._ask_for(complaint, outsider)
        with self._refused("no complaint for the register"):
            self._ask_for(complaint.browse(), outsider, [("id", "=", complaint.id)])

    def test_what_was_asked_for_is_no_business_of_others(self):
        asked = self._ask_for(self._create_few(1))
        with self.assertRaises(AccessError):
            asked.with_user(self.manager).action_download()


@tagged("post_install", "-at_install")
class TestRegisterRoute(RegisterCase, HttpCase):
    def test_download(self):
        complaints = self._create_few(2)
        url = complaints.action_download_register()["url"]
        self.authenticate("complaint_agent", "complaint_agent")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("no-store", response.headers["Cache-Control"])
        sheet = load_workbook(BytesIO(response.content)).active
        self.assertEqual(
            [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)],
            complaints.sorted("id").mapped("name"),
        )
        for login in ("complaint_manager", "complaint_stranger", "complaint_nobody"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(None, None)
        self.assertNotIn(b"xl/worksheets", self.url_open(url).content)
