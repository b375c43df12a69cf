import time
from ast import literal_eval
from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint_import.tests.sheet_common import OPTIONS, XLSX

SCRIPT = "<script>alert('张三')</script>"
ROWS = 1000
# A paper card, by the headings of the English template.
ROW = {
    "Archive Number": "甲字1998-0001",
    "Archive Category": "General Complaints",
    "Filled In On": date(1998, 6, 20),
    "Issuing Department": "市场部",
    "Full Name": "李娜",
    "Gender": "Female",
    "Age": 34,
    "Occupation": "教师",
    "Phone": "010-88880000",
    "Product and Specification": "保湿面霜 50g",
    "Purchase Date": date(1998, 5, 30),
    "Channel": "Counter or shelf",
    "Complaint Category": "Product quality",
    "Date Accepted": date(1998, 6, 12),
    "Handled By": "王伟",
    "Date Completed": date(1998, 6, 20),
    "Goods Returned": "√",
    "Goods Exchanged": "",
    "Lost Wages": 0,
    "Travel Costs": 1,
    "Compensation Money": "是",
    "Other Measure": "否",
    "Total Compensation": 200.5,
    "Papers Filed": "Agreement (2), Copy of receipt、收条复印件",
    "Room": "二号库",
    "Cabinet": "3柜",
    "Box": "7",
    "Remarks": "照片一张。",
}


class LegacyCase(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.Legacy = cls.env["customer.complaint.archive.legacy"]

    def _fill_in(self, rows, lang="en"):
        """Fill in the shipped template."""
        name = f"customer_complaint_archive_paper/static/xls/archive_legacy_{lang}.xlsx"
        with file_open(name, "rb") as file:
            book = load_workbook(file)
        sheet = book.active
        headings = [cell.value for cell in sheet[1]]
        for row in rows:
            unknown = row.keys() - set(headings)
            self.assertFalse(unknown, unknown)
            sheet.append([row.get(heading) for heading in headings])
        output = BytesIO()
        book.save(output)
        return output.getvalue()

    def _import(self, rows, user=None, lang="en", dryrun=False):
        """Import rows as the browser does; return its answer."""
        Import = self.env["base_import.import"].with_user(user or self.archivist)
        context = {"lang": {"en": "en_US"}.get(lang, lang)}
        dialog = Import.with_context(**context).create(
            {
                "res_model": self.Legacy._name,
                "file": self._fill_in(rows, lang),
                "file_type": XLSX,
                "file_name": "archive.xlsx",
            }
        )
        preview = dialog.parse_preview(dict(OPTIONS))
        self.assertIsNone(preview.get("error"))
        matches = preview["matches"]
        names = [
            "/".join(matches[index]) if index in matches else False
            for index in range(len(preview["headers"]))
        ]
        self.assertNotIn(False, names, preview["headers"])
        return dialog.execute_import(
            names,
            [title.lower() for title in preview["headers"]],
            dict(OPTIONS),
            dryrun,
        )

    def _enter(self, user=None, **values):
        return self.Legacy.with_user(user or self.archivist).create(
            {
                "number": "甲字1998-0001",
                "date_completed": "1998-06-20",
                "complainant_name": "李娜",
                **values,
            }
        )


@tagged("post_install", "-at_install", "slow")
class TestArchiveLegacyImport(LegacyCase):
    def test_template_in_the_language_of_the_user(self):
        for lang, name in (("en_US", "en"), ("zh_CN", "zh_CN")):
            [template] = self.Legacy.with_context(lang=lang).get_import_templates()
            self.assertTrue(template["template"].endswith(f"_{name}.xlsx"))
            with file_open(template["template"].lstrip("/"), "rb") as file:
                self.assertEqual(load_workbook(file).active.freeze_panes, "B2")

    def test_card_says_what_the_row_says(self):
        result = self._import([ROW])
        self.assertFalse(result["messages"])
        entry = self.Legacy.browse(result["ids"])
        card, complaint = entry.card_id, entry.complaint_id
        self.assertRecordValues(
            complaint,
            [
                {
                    "name": "甲字1998-0001",
                    "state": "closed",
                    "is_legacy": True,
                    "complainant_name": "李娜",
                    "gender": "female",
                    "age": 34,
                    "occupation": "教师",
                    "phone": "010-88880000",
                    "partner_id": False,
                    "user_id": False,
                    "legacy_handler": "王伟",
                    "purchase_date": date(1998, 5, 30),
                    "has_return": True,
                    "has_exchange": False,
                    "has_lost_wages": False,
                    "has_travel": True,
                    "has_compensation": True,
                    "has_other_measure": False,
                    "compensation_total": 200.5,
                    "archive_card_id": card.id,
                }
            ],
        )
        self.assertEqual(complaint.channel_id.name, "Counter or shelf")
        self.assertEqual(complaint.category_id.name, "Product quality")
        self.assertEqual(complaint.line_ids.product_name, "保湿面霜 50g")
        day = self.company._complaint_date
        self.assertEqual(day(complaint.date_accepted), date(1998, 6, 12))
        self.assertEqual(day(complaint.date_closed), date(1998, 6, 20))
        self.assertRecordValues(
            card,
            [
                {
                    "state": "open",
                    "legacy_number": "甲字1998-0001",
                    "archive_year": 1998,
                    "date_filled": date(1998, 6, 20),
                    "issuing_department": "市场部",
                    "room": "二号库",
                    "cabinet": "3柜",
                    "box": "7",
                    "remarks": "照片一张。",
                    "page_count": 4,
                }
            ],
        )
        papers = card.document_ids
        self.assertEqual(
            papers.mapped("type_id.name"), ["Agreement", "Copy of receipt"]
        )
        self.assertEqual(len(papers), 3)
        self.assertEqual(entry.papers.split(", ")[0], "Agreement (2)")

    def test_sealed_under_its_own_number(self):
        entry = self.Legacy.browse(self._import([ROW])["ids"])
        card = entry.card_id.with_user(self.archivist)
        card.action_seal()
        self.assertRecordValues(
            card.sudo(),
            [
                {
                    "name": "甲字1998-0001",
                    "state": "sealed",
                    "retention_until": date(2003, 6, 20),
                }
            ],
        )
        self.assertTrue(card.sudo().digest)
        with self._refused("sealed"):
            entry.with_user(self.archivist).write({"remarks": "改"})

    def test_nothing_runs_and_nobody_is_alerted(self):
        activities = self.env["mail.activity"].search_count([])
        mails = self.env["mail.mail"].search_count([])
        row = {**ROW, "Complaint Category": "Personal injury on the premises"}
        complaint = self.Legacy.browse(self._import([row])["ids"]).complaint_id
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(complaint.message_follower_ids)
        self.assertFalse(complaint.message_ids.notification_ids)

    def test_stands_in_no_list_of_complaints(self):
        complaint = self.Legacy.browse(self._import([ROW])["ids"]).complaint_id
        for action in ("action", "action_my", "action_analysis"):
            values = self.env["ir.actions.actions"]._for_xml_id(
                f"customer_complaint.customer_complaint_{action}"
            )
            domain = values["domain"] or "[]"
            if "uid" in str(domain):
                continue
            found = complaint.filtered_domain(literal_eval(domain))
            with self.subTest(action=action):
                self.assertFalse(found)

    def test_stays_closed(self):
        complaint = self.Legacy.browse(self._import([ROW])["ids"]).complaint_id
        with self._refused("stays closed"):
            self._reopen(complaint.with_user(self.manager), self.manager)

    def test_many_rows_at_once(self):
        rows = [
            {
                **ROW,
                "Archive Number": f"甲字1998-{number:04d}",
                "Box": str(number // 40),
                "Full Name": f"顾客{number}",
            }
            for number in range(ROWS)
        ]
        known = self.Legacy.search_count([])
        before, start = self.cr.sql_log_count, time.process_time()
        result = self._import(rows)
        seconds = time.process_time() - start
        queries = self.cr.sql_log_count - before
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), ROWS)
        self.assertEqual(self.Legacy.search_count([]), known + ROWS)
        entries = self.Legacy.browse(result["ids"])
        self.assertEqual(len(set(entries.card_id.mapped("legacy_number"))), ROWS)
        # Core looks up channel, category and archive category by name for each row;
        # the rest costs the same for all rows.
        self.assertLess(queries, 3 * ROWS + 400)
        self.assertLess(seconds, 120)

    def test_cost_does_not_grow_with_the_rows(self):
        counts = []
        for count in (2, 42):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Legacy.with_user(self.archivist).create(
                [
                    {
                        "number": f"子-{count}-{number}",
                        "date_completed": "1998-06-20",
                        "category_id": self.category.id,
                        "papers": "Agreement",
                    }
                    for number in range(count)
                ]
            )
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 6, counts)
        self.assertLessEqual(counts[1], 60)

    def test_wrong_rows_are_named_and_none_is_imported(self):
        rows = [
            {**ROW, "Archive Number": f"甲字1998-{number:04d}"} for number in range(20)
        ]
        rows[3]["Date Completed"] = date(1998, 6, 1)
        rows[7]["Papers Filed"] = "病假条"
        rows[11]["Archive Number"] = rows[2]["Archive Number"]
        known = self.env["customer.complaint"].search_count([])
        with mute_logger("odoo.sql_db"):
            result = self._import(rows)
        self.assertFalse(result["ids"])
        self.assertEqual(self.env["customer.complaint"].search_count([]), known)
        texts = "\n".join(message["message"] for message in result["messages"])
        self.assertIn("甲字1998-0003: it cannot have been accepted after", texts)
        self.assertIn("甲字1998-0007: there is no type of paper called 病假条", texts)
        self.assertIn("甲字1998-0002: another card", texts)
        places = {message["rows"]["from"] for message in result["messages"]}
        self.assertLessEqual({3, 7}, places)

    def test_unknown_names_are_named(self):
        for column, value in (
            ("Channel", "不存在的渠道"),
            ("Complaint Category", "不存在的类型"),
            ("Archive Category", "不存在的类别"),
            ("Gender", "不详的"),
            ("Age", "三十四"),
            ("Goods Returned", "×"),
            ("Date Completed", "去年"),
        ):
            with self.subTest(column=column):
                result = self._import([{**ROW, column: value}])
                self.assertFalse(result.get("ids"))
                [*_others, message] = result["messages"]
                self.assertIn(value, str(message))

    def test_trial_leaves_nothing(self):
        known = self.env["customer.complaint"].search_count([])
        result = self._import([ROW], dryrun=True)
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["customer.complaint"].search_count([]), known)
        self.assertFalse(self._import([ROW])["messages"])

    def test_second_import_of_the_same_file(self):
        self._import([ROW])
        result = self._import([ROW])
        self.assertFalse(result["ids"])
        self.assertIn("has this number already", result["messages"][0]["message"])

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_others_import_nothing(self):
        for user in (self.agent, self.supervisor, self.auditor, self.employee):
            with self.subTest(user=user.login):
                try:
                    result = self._import([ROW], user)
                except AccessError:
                    continue
                self.assertFalse(result["ids"])
        self.assertTrue(self._import([ROW], self.manager)["ids"])

    # ------------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------------

    def _import_rows(self, *numbers):
        result = self._import([{**ROW, "Archive Number": number} for number in numbers])
        return self.Legacy.browse(result["ids"])

    def test_wrong_import_is_taken_back(self):
        with freeze_time("2026-03-01 02:00:00"):
            entries = self._import_rows("误-1", "误-2", "误-3")
        with freeze_time("2026-03-01 03:00:00"):
            right = self._import_rows("正-1")
        by_hand = self._enter(number="手-1")
        self.assertEqual(len(set(entries.mapped("import_name"))), 1)
        self.assertIn(self.archivist.name, entries[0].import_name)
        self.assertFalse(by_hand.import_name)
        cards, complaints = entries.card_id.sudo(), entries.complaint_id.sudo()
        papers, lines = complaints.document_ids, complaints.line_ids
        self.assertTrue(papers and lines)
        answer = entries[0].with_user(self.archivist).action_undo_import()
        self.assertIn("were deleted: 3", answer["params"]["message"])
        self.assertEqual(answer["params"]["type"], "success")
        for records in (entries, cards, complaints, papers, lines):
            self.assertFalse(records.exists())
        messages = self.env["mail.message"].sudo()
        self.assertFalse(
            messages.search(
                [("model", "=", complaints._name), ("res_id", "in", complaints.ids)]
            )
        )
        self.assertEqual((right | by_hand).exists(), right | by_hand)
        # The numbers can be given again.
        self.assertEqual(self._import_rows("误-1").number, "误-1")

    def test_what_was_sealed_or_worked_on_stays(self):
        entries = self._import_rows("误-1", "误-2", "误-3", "误-4")
        sealed, held, filed, open_entry = entries
        sealed.card_id.with_user(self.archivist).action_seal()
        held.card_id.with_user(self.manager)._hold("诉讼")
        self._create_document(
            filed.complaint_id,
            "photo",
            self.archivist,
            attachment_ids=[Command.create({"name": "a.txt", "raw": b"a"})],
        )
        answer = entries.with_user(self.manager).action_undo_import()
        self.assertFalse(open_entry.exists())
        self.assertEqual((sealed | held | filed).exists(), sealed | held | filed)
        self.assertIn("were deleted: 1", answer["params"]["message"])
        for entry in sealed | held | filed:
            self.assertIn(entry.number, answer["params"]["message"])
        with self._refused("Nothing can be taken back"):
            sealed.with_user(self.archivist).action_undo_import()
        by_hand = self._enter(number="手-1")
        with self._refused("Nothing can be taken back"):
            by_hand.with_user(self.archivist).action_undo_import()

    def test_others_take_nothing_back(self):
        entries = self._import_rows("误-1")
        for user in (self.agent, self.supervisor, self.auditor, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                entries.with_user(user).action_undo_import()
        # Neither by a context that says the addon is being uninstalled.
        for user in (self.archivist, self.manager):
            for records in (entries, entries.card_id, entries.complaint_id):
                with (
                    self.subTest(user=user.login, model=records._name),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    records.with_user(user).with_context(_force_unlink=True).unlink()
        by_hand = self.Legacy.with_user(self.archivist).with_context(
            customer_complaint_import_name=entries.import_name
        )
        forged = by_hand.create(
            {"number": "伪-1", "date_completed": "1998-06-20", "phone": "1"}
        )
        self.assertFalse(forged.import_name)
        forged.write({"remarks": "x", "import_name": entries.import_name})
        self.assertFalse(forged.import_name)


@tagged("post_install", "-at_install")
class TestArchiveLegacyImportChinese(LegacyCase):
    """The Chinese template, with the words of the Chinese interface."""

    def test_headings_and_names_in_chinese(self):
        row = {
            "档案编号": "甲字1998-0001",
            "档案类别": "一般投诉",
            "姓名": "李娜",
            "性别": "女",
            "投诉渠道": self.quick_ref("customer_complaint.channel_counter")
            .with_context(lang="zh_CN")
            .name,
            "投诉类型": self.category.with_context(lang="zh_CN").name,
            "受理日期": date(1998, 6, 12),
            "完成日期": date(1998, 6, 20),
            "退货": "√",
            "换货": "否",
            "归档材料": "协议（2页）、收条复印件",
            "库房": "二号库",
        }
        result = self._import([row], lang="zh_CN")
        self.assertFalse(result["messages"])
        entry = self.Legacy.browse(result["ids"])
        self.assertRecordValues(
            entry,
            [
                {
                    "number": "甲字1998-0001",
                    "complainant_name": "李娜",
                    "gender": "female",
                    "category_id": self.category.id,
                    "has_return": True,
                    "has_exchange": False,
                    "room": "二号库",
                }
            ],
        )
        self.assertEqual(entry.archive_category_id.code, "YB")
        self.assertEqual(entry.card_id.page_count, 3)


@tagged("post_install", "-at_install")
class TestArchiveLegacy(LegacyCase):
    # ------------------------------------------------------------------
    # NUMBERS
    # ------------------------------------------------------------------

    def test_numbers_are_taken_once(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        self._enter(number="乙-1")
        for number in ("乙-1", " 乙-1 ", complaint.name):
            with self.subTest(number=number), self._refused("", ValidationError):
                self._enter(number=number)

    @freeze_time("2026-03-05 02:00:00")
    def test_numbers_the_system_gives_are_refused(self):
        for number in ("TS/2026/00777", "TS/2031/1", "DA/2026/YB/00777"):
            with self.subTest(number=number), self._refused("given by the system"):
                self._enter(number=number)
        # Past years are over: nothing is given for them any more.
        self._enter(number="DA/2019/YB/00012")
        self._enter(number="TS/2019/00012")

    def test_new_complaints_keep_their_sequence(self):
        first = self._create_complaint()
        self._enter()
        second = self._create_complaint(sale_order_id=False, line_ids=[])
        serial = [int(case.name.rsplit("/", 1)[1]) for case in (first, second)]
        self.assertEqual(serial[1], serial[0] + 1)

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_wrong_entries(self):
        tomorrow = fields.Date.add(self.company._complaint_today(), days=1)
        for text, values in (
            ("enter the archive number", {"number": "  "}),
            ("who complained or of what", {"complainant_name": " "}),
            ("at most 128", {"number": "甲" * 129}),
            ("enter the date", {"date_completed": False}),
            ("in the future", {"date_completed": tomorrow}),
            ("after it was completed", {"date_accepted": "1999-01-01"}),
            ("no type of paper", {"papers": f"协议、{SCRIPT}"}),
            ("negative", {"compensation_total": -1, "has_return": True}),
            ("Tick what", {"compensation_total": 5}),
            ("cannot be right", {"age": 200}),
            ("purchase date", {"purchase_date": "1999-01-01"}),
        ):
            with self.subTest(values=values), self._refused(text):
                self._enter(**values)

    def test_all_wrong_entries_are_named_at_once(self):
        who = {"complainant_name": "李娜"}
        with self.assertRaises(ValidationError) as error:
            self.Legacy.with_user(self.archivist).create(
                [
                    {**who, "number": "丁-1", "date_completed": "2998-01-01"},
                    {**who, "number": "丁-2", "date_completed": "1998-01-01"},
                    {**who, "number": "丁-3"},
                ]
            )
        message = str(error.exception)
        self.assertIn("丁-1", message)
        self.assertNotIn("丁-2", message)
        self.assertIn("丁-3", message)

    def test_script_stays_text(self):
        entry = self._enter(
            complainant_name=SCRIPT, remarks=SCRIPT, product=SCRIPT, handled_by=SCRIPT
        )
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.archivist)
            ._render_qweb_html("customer_complaint.archive_card", entry.card_id.ids)
        )
        self.assertIn("&lt;script&gt;", content.decode())
        self.assertNotIn("<script>alert", content.decode())

    def test_system_fields_get_in_by_no_way(self):
        victim = self._take_to(self._create_complaint(), "accepted")
        entry = self._enter(
            state="sealed", card_id=victim.archive_card_id.id, complaint_id=victim.id
        )
        self.assertNotEqual(entry.complaint_id, victim)
        self.assertEqual(entry.state, "open")
        entry = self.Legacy.with_user(self.archivist).with_context(
            default_card_id=victim.archive_card_id.id,
            default_partner_id=self.customer.id,
            default_state="sealed",
            default_user_id=self.agent.id,
            default_sale_order_id=self.order.id,
        )
        entry = entry.create(
            {"number": "戊-1", "date_completed": "1998-06-20", "phone": "110"}
        )
        self.assertNotEqual(entry.card_id, victim.archive_card_id)
        self.assertFalse(entry.complaint_id.partner_id)
        self.assertFalse(entry.complaint_id.sale_order_id)
        for values in ({"is_legacy": True}, {"legacy_handler": "王伟"}):
            with self._refused("by itself"):
                self._create_complaint(**values)
            with self._refused("by itself"):
                victim.write(values)

    # ------------------------------------------------------------------
    # CORRECTING
    # ------------------------------------------------------------------

    def test_corrected_until_sealed(self):
        entry = self._enter(product="面霜", papers="Agreement")
        entry.write(
            {
                "number": "甲字1998-0009",
                "complainant_name": "李丽",
                "date_completed": "1999-07-01",
                "handled_by": "赵强",
                "product": "保湿面霜",
                "box": "9",
            }
        )
        self.assertRecordValues(
            entry.complaint_id.sudo(),
            [
                {
                    "name": "甲字1998-0009",
                    "complainant_name": "李丽",
                    "legacy_handler": "赵强",
                    "state": "closed",
                }
            ],
        )
        self.assertRecordValues(
            entry.card_id.sudo(),
            [{"legacy_number": "甲字1998-0009", "archive_year": 1999, "box": "9"}],
        )
        self.assertEqual(entry.product, "保湿面霜")
        self.assertEqual(entry.date_completed, date(1999, 7, 1))
        self.assertEqual(entry.date_accepted, date(1998, 6, 20))
        self.assertIn("Corrected", entry.complaint_id.message_ids[0].body)
        self._enter(number="己-1")
        with self._refused("has this number already", ValidationError):
            entry.write({"number": "己-1"})
        with self._refused("keeps its company"):
            entry.write({"papers": "Agreement (3)"})

    def test_papers_of_the_card_can_be_added(self):
        entry = self._enter()
        self._create_document(entry.complaint_id, "photo", self.archivist)
        self.assertEqual(entry.card_id.document_ids.type_id.card_box, "photo")

    def test_never_deleted(self):
        entry = self._enter()
        for user in (self.archivist, self.manager):
            with self.assertRaises(AccessError):
                entry.with_user(user).unlink()
        with self._refused("never deleted"):
            entry.sudo().unlink()

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_archivist_and_manager_only(self):
        entry = self._enter(self.manager)
        entry.with_user(self.archivist).write({"remarks": "补录"})
        for user in (
            self.agent,
            self.supervisor,
            self.quality_user,
            self.auditor,
            self.employee,
        ):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._enter(user, number="庚-1")
                with self.assertRaises(AccessError):
                    entry.with_user(user).write({"remarks": "改"})
        self.assertEqual(entry.with_user(self.auditor).remarks, "补录")

    def test_companies_keep_apart(self):
        other = self.env["res.company"].create({"name": "另一公司"})
        outsider = self._new_user(
            "complaint_outsider",
            "archivist",
            company_id=other.id,
        )
        entry = self._enter()
        with self.assertRaises(AccessError):
            entry.with_user(outsider).read(["number"])
        with self.assertRaises(AccessError):
            self._enter(outsider, number="辛-1", company_id=self.company.id)
        # Each company has its own numbers.
        theirs = self._enter(outsider, number=entry.number)
        self.assertEqual(theirs.card_id.company_id, other)

    def test_team_sees_its_cards(self):
        entry = self._enter(team_id=self.team.id)
        other = self._enter(number="壬-1")
        cards = (entry | other).card_id
        seen = cards.with_user(self.agent)._filtered_access("read")
        self.assertEqual(seen, entry.card_id.with_user(self.agent))

    def test_no_prefix_gives_the_number_of_a_paper_card_again(self):
        self._enter(number="JD/2990/YB/00001")
        with self._refused("JD/2990/YB/00001", ValidationError):
            self.company.complaint_archive_prefix = "JD"
