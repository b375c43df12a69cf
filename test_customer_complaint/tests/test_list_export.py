import json
from csv import reader
from io import BytesIO, StringIO

from openpyxl import load_workbook

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

TEXTS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "{=1+1}"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)"),
)


@tagged("post_install", "-at_install", "slow")
class TestListExport(CustomerComplaintCommon, HttpCase):
    """The export of lists shows what customers wrote, and runs nothing of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.env.ref("base.group_allow_export")
        cls.complaints = cls.env["customer.complaint"].create(
            [
                {
                    "description": text,
                    "demand": "http://evil.example",
                    "team_id": cls.team.id,
                    "line_ids": [Command.create({"product_name": "茶杯"})],
                }
                for text in TEXTS
            ]
        )

    def _export(self, kind, model, records, names, **values):
        self.authenticate(self.agent.login, self.agent.login)
        data = {
            "model": model,
            "fields": [{"name": n, "label": n, "type": "text"} for n in names],
            "ids": records.ids,
            "domain": [],
            "import_compat": False,
            "context": {},
            **values,
        }
        answer = self.url_open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        answer.raise_for_status()
        return answer.content

    def _get_cells(self, content):
        sheet = load_workbook(BytesIO(content)).active
        return [cell for row in sheet.iter_rows() for cell in row]

    def test_xlsx(self):
        content = self._export(
            "xlsx", "customer.complaint", self.complaints, ["description", "demand"]
        )
        cells = self._get_cells(content)
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
        self.assertFalse([cell.hyperlink for cell in cells if cell.hyperlink])
        self.assertIn("=1+1", [cell.value for cell in cells])

    def test_xlsx_in_groups(self):
        content = self._export(
            "xlsx",
            "customer.complaint",
            self.complaints,
            ["description", "demand"],
            groupby=["team_id"],
        )
        self.assertFalse(
            [cell.value for cell in self._get_cells(content) if cell.data_type == "f"]
        )

    def test_csv(self):
        content = self._export(
            "csv", "customer.complaint", self.complaints, ["description"]
        )
        rows = list(reader(StringIO(content.decode(), newline="")))
        cells = [row[0] for row in rows[1:]]
        self.assertEqual(len(cells), len(TEXTS))
        for cell in cells:
            self.assertNotIn(cell[:1], ("=", "+", "-", "@", "\t", "\r", "\n"), cell)
        self.assertIn("'\t=1+1", cells)
        self.assertIn("'＝1+1", cells)

    def test_by_way_of_other_records(self):
        content = self._export(
            "xlsx",
            "customer.complaint.line",
            self.complaints.line_ids,
            ["complaint_id/description"],
        )
        self.assertFalse(
            [cell.value for cell in self._get_cells(content) if cell.data_type == "f"]
        )
