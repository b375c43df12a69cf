import time
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook, load_workbook

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

from .sheet_common import OPTIONS, XLSX

ROWS = 1000
# Seconds of processor that a thousand complaints may take, each with its limits.
MAX_SECONDS = 120
HEADING = {"en": "Product Name", "zh_CN": "产品名称"}
ROW = {
    "收到时间": "2024年3月5日 9:30",
    "投诉人姓名": "李娜",
    "性别": "女 ",
    "年龄": "35岁",
    "联系电话": "１３８-1234 5678",
    "投诉渠道": "Counter or shelf",
    "投诉类型": "Product quality",
    "产品名称": "保湿面霜",
    "规格": "50g",
    "数量": "２",
    "批号或序列号": "B2401",
    "生产日期": "20240101",
    "购买日期": "3月1日",
    "购物凭证号": "XS-0001",
    "投诉内容": "打开后有异味。",
    "诉求": "退货",
    "团队": "Chaoyang Shop",
}


class RegisterCase(CustomerComplaintCommon):
    """A spreadsheet as desks keep them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.Complaint = cls.env["customer.complaint"]

    def _fill_in(self, rows, lang="zh_CN"):
        name = f"customer_complaint_import/static/xls/register_{lang}.xlsx"
        with file_open(name, "rb") as file:
            book = load_workbook(file)
        sheet = book.active
        headings = [cell.value for cell in sheet[2]]
        for row in rows:
            unknown = row.keys() - set(headings)
            self.assertFalse(unknown, unknown)
            sheet.append([row.get(heading) for heading in headings])
        return self._save(book)

    def _make_book(self, *rows):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        return self._save(book)

    @staticmethod
    def _save(book):
        output = BytesIO()
        book.save(output)
        return output.getvalue()

    def _open_file(self, content, user=None, model="customer.complaint"):
        Import = self.env["base_import.import"].with_user(user or self.agent)
        dialog = Import.with_context(lang="en_US").create(
            {
                "res_model": model,
                "file": content,
                "file_type": XLSX,
                "file_name": "台账.xlsx",
            }
        )
        preview = dialog.parse_preview(dict(OPTIONS))
        self.assertIsNone(preview.get("error"))
        matches = preview["matches"] or {}
        names = [
            "/".join(matches[index]) if index in matches else False
            for index in range(len(preview["headers"]))
        ]
        return dialog, names, [title.lower() for title in preview["headers"]]

    def _import(self, content, user=None, **options):
        dialog, names, columns = self._open_file(content, user)
        self.assertNotIn(False, names, columns)
        return dialog.execute_import(names, columns, {**OPTIONS, **options})

    def _read_in(self, rows, user=None, **options):
        result = self._import(self._fill_in(rows), user, **options)
        self.assertFalse(result["messages"])
        return self.Complaint.browse(result["ids"])


@tagged("post_install", "-at_install", "slow")
@freeze_time("2024-03-06 04:00:00")
class TestRegister(RegisterCase):
    """Registers of running complaints, as desks keep them in spreadsheets."""

    # ------------------------------------------------------------------
    # READING
    # ------------------------------------------------------------------

    def test_template_in_the_language_of_the_user(self):
        for lang, name in (("en_US", "en"), ("zh_CN", "zh_CN")):
            Complaint = self.Complaint.with_context(lang=lang)
            [template] = Complaint.get_import_templates()
            self.assertTrue(template["template"].endswith(f"register_{name}.xlsx"))
            content = self._fill_in([{HEADING[name]: "茶杯"}], name)
            _dialog, names, columns = self._open_file(content)
            self.assertNotIn(False, names, columns)

    def test_complaint_says_what_the_row_says(self):
        complaint = self._read_in([ROW])
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    # Half past nine in Shanghai.
                    "date_received": datetime(2024, 3, 5, 1, 30),
                    "complainant_name": "李娜",
                    "gender": "female",
                    "age": 35,
                    "phone": "１３８-1234 5678",
                    "purchase_date": date(2024, 3, 1),
                    "receipt_ref": "XS-0001",
                    "description": "打开后有异味。",
                    "demand": "退货",
                    "team_id": self.team.id,
                }
            ],
        )
        self.assertRecordValues(
            complaint.line_ids,
            [
                {
                    "product_name": "保湿面霜",
                    "specification": "50g",
                    "quantity": 2,
                    "lot_name": "B2401",
                    "production_date": date(2024, 1, 1),
                }
            ],
        )
        self.assertTrue(complaint.name.startswith("TS/2024/"))
        if "deadline_ids" in complaint._fields:
            # Its limits count from the day it was received.
            started = complaint.deadline_ids.filtered("date_start")
            first = min(started.mapped("date_start"))
            self.assertEqual(first, datetime(2024, 3, 5, 1, 30))

    def test_registers_of_a_shop_an_exporter_and_a_service_desk(self):
        registers = {
            "shop": [
                ["2024年3月份客诉台账", None, None, None, None, None],
                ["填表人：王芳", None, None, None, None, None],
                [
                    "序号",
                    "投诉日期",
                    "顾客姓名",
                    "联系\n方式",
                    "商品名称",
                    "问题描述（必填）",
                ],
                [1, "3月5日", "李娜", "13812345678", "茶杯", "有裂纹"],
            ],
            "exporter": [
                ["No.", "Date", "Customer Name", "Telephone", "Product", "Complaint"],
                [1, "2024-03-05", "Müller GmbH", "+49 30 1234567", "Lamp", "Scratched"],
            ],
            "desk": [
                ["编号", "登记时间", "客户", "手机号码", "型号", "内容"],
                ["A1", 45356.5, "王伟", 13812345678, "X-1", "不开机"],
            ],
        }
        wanted = {
            "date_received",
            "complainant_name",
            "phone",
        }
        for name, rows in registers.items():
            with self.subTest(register=name):
                dialog, names, columns = self._open_file(self._make_book(*rows))
                self.assertLessEqual(wanted, set(names), columns)
                self.assertEqual(len([path for path in names if path]), 5, names)
                result = dialog.execute_import(names, columns, dict(OPTIONS))
                self.assertFalse(result["messages"])
                complaint = self.Complaint.browse(result["ids"])
                self.assertEqual(
                    self.company._complaint_date(complaint.date_received),
                    date(2024, 3, 5),
                )
                self.assertTrue(complaint.phone and complaint.complainant_name)

    def test_goods_without_a_name(self):
        """A lot of nothing: the row is named, and nothing of the file comes in."""
        known = self.Complaint.search_count([])
        for wrong in ({"批号或序列号": "SN001"}, {"数量": "2"}, {"生产企业": "某厂"}):
            row = {**ROW, "产品名称": "/", "规格": "", "批号或序列号": "", **wrong}
            result = self._import(self._fill_in([ROW, row]))
            with self.subTest(wrong):
                self.assertFalse(result["ids"])
                self.assertEqual([m["record"] for m in result["messages"]], [1])
                self.assertIn("Row 2 (李娜)", result["messages"][0]["message"])
                self.assertIn("which product", result["messages"][0]["message"])
        self.assertEqual(self.Complaint.search_count([]), known)

    def test_category_as_it_is_shown(self):
        """With its parents, as lists and exports of the system have it."""
        category = self.category
        self.assertTrue(category.parent_id)
        way = category.display_name
        for text in (way, way.replace(" / ", "/"), way.replace("/", "／"), way.upper()):
            with self.subTest(text=text):
                self.assertEqual(
                    self._read_in([{**ROW, "投诉类型": text}]).category_id, category
                )
        Category = self.env["customer.complaint.category"]
        self.assertEqual(
            Category.name_search(way[:-1]), [(category.id, category.display_name)]
        )
        self.assertFalse(Category.name_search(f"{way} / {way}"))
        with self.subTest("only the parent is meant"):
            parent = category.parent_id
            complaint = self._read_in([{**ROW, "投诉类型": parent.display_name}])
            self.assertEqual(complaint.category_id, parent)

    def test_money_of_another_country(self):
        """A price in dollars is none in the company's currency."""
        own = self.company.currency_id.symbol
        for sign in {"$", "€", "£"} - set(own):
            for text in (f"{sign}1200", f"1200{sign}", f"-{sign} 1,200.50"):
                with self.subTest(text=text):
                    result = self._import(self._fill_in([{**ROW, "数量": text}]))
                    self.assertFalse(result["ids"])
                    self.assertIn(f"“{text}”", result["messages"][0]["message"])

    def test_spreadsheet_with_everything_wrong_at_once(self):
        wrong = {
            "收到时间": "3/5/2024",
            "年龄": "三十五",
            "性别": "某",
            "数量": "1,2",
            "生产日期": "去年",
        }
        known = self.Complaint.search_count([])
        result = self._import(self._fill_in([ROW, {**ROW, **wrong}, ROW]))
        self.assertFalse(result["ids"])
        self.assertEqual(self.Complaint.search_count([]), known)
        self.assertEqual(len(result["messages"]), len(wrong))
        for message in result["messages"]:
            self.assertEqual(message["rows"], {"from": 1, "to": 1})
            self.assertIn("Row 2 (李娜)", message["message"])
        texts = "\n".join(message["message"] for message in result["messages"])
        for label in ("Received On", "Age", "Gender", "Quantity", "Production Date"):
            self.assertIn(f"“{label}”", texts)
        for value in wrong.values():
            self.assertIn(f"“{value}”", texts)

    def test_nothing_is_nothing(self):
        complaint = self._read_in(
            [{**ROW, "年龄": "/", "性别": "无", "联系电话": "—", "诉求": "无"}]
        )
        self.assertRecordValues(
            complaint, [{"age": 0, "gender": False, "phone": False, "demand": False}]
        )

    def test_formula_of_a_customer_stays_text(self):
        complaint = self._read_in([{**ROW, "投诉内容": "＝1+1", "诉求": "@SUM(A1)"}])
        self.assertEqual(complaint.description, "＝1+1")
        self.assertEqual(complaint.demand, "@SUM(A1)")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_others_import_nothing(self):
        for user in (self.auditor, self.archivist, self.employee):
            with self.subTest(user=user.login):
                try:
                    result = self._import(self._fill_in([ROW]), user)
                except AccessError:
                    continue
                self.assertFalse(result["ids"])

    # ------------------------------------------------------------------
    # ONE FILE IS ONE IMPORT
    # ------------------------------------------------------------------

    def test_batches_are_one_import_and_taken_back_as_one(self):
        rows = [{**ROW, "购物凭证号": f"XS-{number}"} for number in range(5)]
        dialog, names, columns = self._open_file(self._fill_in(rows))
        ids = []
        skip = 0
        while True:
            options = {**OPTIONS, "limit": 2, "skip": skip}
            with freeze_time(f"2024-03-06 0{4 + skip}:00:00"):
                result = dialog.execute_import(names, columns, options)
            self.assertFalse(result["messages"])
            ids += result["ids"]
            skip = result["nextrow"]
            if not skip:
                break
        complaints = self.Complaint.browse(ids)
        self.assertEqual(len(complaints), 5)
        self.assertEqual(len(set(complaints.mapped("import_name"))), 1)
        self.assertIn("台账.xlsx", complaints[0].import_name)
        other = self._read_in([{**ROW, "购物凭证号": "XS-other"}])
        by_hand = self._create_complaint()
        self.assertFalse(by_hand.import_name)
        answer = complaints[4].with_user(self.agent).action_undo_import()
        self.assertIn("deleted: 5", answer["params"]["message"])
        self.assertIn("台账.xlsx", answer["params"]["message"])
        self.assertFalse(complaints.exists())
        self.assertEqual((other | by_hand).exists(), other | by_hand)

    def test_what_was_worked_on_stays(self):
        complaints = self._read_in(
            [{**ROW, "购物凭证号": f"XS-{number}"} for number in range(4)]
        )
        noted, filed, refused, untouched = complaints
        noted.with_user(self.agent).message_post(
            body="已致电。", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self._create_document(filed, "photo", self.agent)
        self._withdraw(refused, self.agent)
        answer = complaints.with_user(self.agent).action_undo_import()
        self.assertFalse(untouched.exists())
        kept = noted | filed | refused
        self.assertEqual(kept.exists(), kept)
        for complaint in kept:
            self.assertIn(complaint.name, answer["params"]["message"])
        with self._refused("Nothing can be taken back"):
            kept.with_user(self.agent).action_undo_import()
        with self._refused("Nothing can be taken back"):
            self._create_complaint().with_user(self.agent).action_undo_import()

    def test_others_take_nothing_back(self):
        complaint = self._read_in([ROW])
        for user in (self.auditor, self.archivist, self.employee, self.colleague):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                complaint.with_user(user).action_undo_import()
        self.assertTrue(complaint.exists())
        complaint.with_user(self.supervisor).action_undo_import()
        self.assertFalse(complaint.exists())

    def test_thousand_rows(self):
        rows = [{**ROW, "购物凭证号": f"XS-{number}"} for number in range(ROWS)]
        content = self._fill_in(rows)
        start = time.process_time()
        result = self._import(content)
        seconds = time.process_time() - start
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), ROWS)
        self.assertLess(seconds, MAX_SECONDS)
