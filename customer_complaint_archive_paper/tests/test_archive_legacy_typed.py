from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_import.tests.sheet_common import OPTIONS, XLSX

from .test_archive_legacy import ROW, LegacyCase


@tagged("post_install", "-at_install")
class TestArchiveLegacyTyped(LegacyCase):
    """Paper cards as people type them from paper, by file and by hand."""

    def test_notations_of_the_paper(self):
        result = self._import(
            [
                {
                    **ROW,
                    "Filled In On": "1998年6月20日",
                    "Purchase Date": "1998.5.30",
                    "Date Accepted": "１９９８０６１２",
                    "Date Completed": "35966",
                    "Age": "34岁",
                    "Gender": "女 ",
                    "Occupation": "/",
                    "Total Compensation": "￥1,200.50元",
                    "Goods Returned": "✓",
                    "Lost Wages": "否",
                }
            ]
        )
        self.assertFalse(result["messages"])
        entry = self.Legacy.browse(result["ids"])
        self.assertRecordValues(
            entry,
            [
                {
                    "date_filled": date(1998, 6, 20),
                    "purchase_date": date(1998, 5, 30),
                    "date_accepted": date(1998, 6, 12),
                    "date_completed": date(1998, 6, 20),
                    "age": 34,
                    "gender": "female",
                    "occupation": False,
                    "compensation_total": 1200.5,
                    "has_return": True,
                    "has_lost_wages": False,
                }
            ],
        )

    def test_archive_category_as_it_is_shown(self):
        category = self.env["customer.complaint.archive.category"].search([], limit=1)
        for name in ("name", "code", "display_name"):
            with self.subTest(name):
                result = self._import(
                    [
                        {
                            **ROW,
                            "Archive Number": f"甲字1998-{name}",
                            "Archive Category": category[name],
                        }
                    ]
                )
                self.assertFalse(result["messages"])
                entry = self.Legacy.browse(result["ids"])
                self.assertEqual(entry.archive_category_id, category)

    def test_ten_thousand_is_ten_thousand(self):
        for text, amount in (("1.2万", 12000), ("1.2万元", 12000), ("/", 0), ("无", 0)):
            with self.subTest(text=text):
                number = f"甲字1998-{text}"
                result = self._import(
                    [{**ROW, "Archive Number": number, "Total Compensation": text}]
                )
                self.assertFalse(result["messages"])
                entry = self.Legacy.browse(result["ids"])
                self.assertEqual(entry.compensation_total, amount)

    def test_day_without_a_year_is_refused_by_name(self):
        result = self._import([ROW, {**ROW, "Archive Number": "乙-2", "Age": "三十"}])
        self.assertFalse(result["ids"])
        [message] = result["messages"]
        self.assertIn(
            "Row 2 (乙-2), “Age”: “三十” is no whole number", message["message"]
        )
        result = self._import([{**ROW, "Date Completed": "6月20日"}])
        self.assertIn("as one certain day", result["messages"][0]["message"])

    def test_row_without_a_number(self):
        for number in ("", None, "/"):
            with self.subTest(number=number):
                result = self._import([{**ROW, "Archive Number": number}])
                self.assertFalse(result["ids"])
                [message] = result["messages"]
                self.assertIn(
                    "(no number, 李娜): enter the archive number of the paper card",
                    message["message"],
                )
                self.assertEqual(message["rows"], {"from": 0, "to": 0})
        for number in ("", False, "  "):
            with (
                self.subTest(number=number),
                self._refused("enter the archive number", ValidationError),
            ):
                self._enter(number=number)

    def test_number_that_a_spreadsheet_took_for_a_number(self):
        result = self._import([{**ROW, "Archive Number": 19980001}])
        self.assertEqual(self.Legacy.browse(result["ids"]).number, "19980001")

    def test_batches_of_a_file_are_one_import(self):
        rows = [{**ROW, "Archive Number": f"丙-{number}"} for number in range(5)]
        dialog = (
            self.env["base_import.import"]
            .with_user(self.archivist)
            .create(
                {
                    "res_model": self.Legacy._name,
                    "file": self._fill_in(rows),
                    "file_type": XLSX,
                    "file_name": "旧卡.xlsx",
                }
            )
        )
        preview = dialog.parse_preview(dict(OPTIONS))
        names = [
            "/".join(preview["matches"][index])
            for index in range(len(preview["headers"]))
        ]
        entries = self.Legacy
        skip, hour = 0, 2
        while skip or not entries:
            with freeze_time(f"2026-03-01 0{hour}:00:00"):
                result = dialog.execute_import(
                    names, preview["headers"], {**OPTIONS, "limit": 2, "skip": skip}
                )
            self.assertFalse(result["messages"])
            entries |= self.Legacy.browse(result["ids"])
            skip, hour = result["nextrow"], hour + 1
        self.assertEqual(len(entries), 5)
        self.assertEqual(len(set(entries.mapped("import_name"))), 1)
        # Any of them takes all of them back, and says so.
        answer = entries[4].with_user(self.archivist).action_undo_import()
        self.assertIn("Cards that were deleted: 5", answer["params"]["message"])
        self.assertIn("旧卡.xlsx", answer["params"]["message"])
        self.assertFalse(entries.exists())
