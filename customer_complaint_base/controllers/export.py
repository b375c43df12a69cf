import io
import json
import logging

import xlsxwriter

from odoo.http import content_disposition, request
from odoo.tools import split_every
from odoo.tools.osutil import clean_filename

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

_logger = logging.getLogger(__name__)
KEPT = "customer.complaint.kept"
# A list of 100,000 is read and written batch by batch, and forgotten again.
BATCH_SIZE = 1000
# With these spreadsheets begin a formula, or skip to what follows; East Asian ones
# take the wide signs for the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def has_own_texts():
    """Return whether the export under way shows what customers wrote to us.

    :rtype: bool
    """
    params = json.loads(request.params["data"])
    models = {params["model"]}
    for field in params["fields"]:
        model = request.env[params["model"]]
        for name in field["name"].split("/"):
            known = model._fields.get(name)
            if known is None or not known.relational:
                break
            model = request.env[known.comodel_name]
            models.add(model._name)
    return not models.isdisjoint(request.env[KEPT]._get_kept_models())


def neutralise(value):
    """Return a cell that no spreadsheet takes for a formula.

    :param value: of any type; only texts change
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def iter_rows(model, ids, names):
    """Yield what the export of core shows of records, and forget them again.

    :param model: of the records
    :param list[int] ids: of the records, in order
    :param list[str] names: paths of fields
    :rtype: Iterator[list]
    """
    for batch in split_every(BATCH_SIZE, ids):
        yield from model.browse(batch).export_data(names)["datas"]
        model.env.invalidate_all()


class PlainTexts:
    """Texts stay texts in the workbook: no formula, no link, no number."""

    def write(self, row, column, cell_value, style=None):
        """Write a cell; the workbook would look for formulas and links in texts."""
        if isinstance(cell_value, str) and cell_value:
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class PlainXlsxWriter(PlainTexts, ExportXlsxWriter):
    """Cells of a list, row after row: what is written leaves the memory.

    As the writer of core, whose workbook holds all cells until the last one.
    """

    def __init__(self, fields, columns_headers):
        self.fields = fields
        self.columns_headers = columns_headers
        self.output = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self.output, {"constant_memory": True})
        self.worksheet = self.workbook.add_worksheet()
        self.header_style = self.workbook.add_format({"bold": True})
        self.base_style = self._add_style()
        self.date_style = self._add_style("yyyy-mm-dd")
        self.datetime_style = self._add_style("yyyy-mm-dd hh:mm:ss")
        self.float_style = self.monetary_style = self._add_style("#,##0.00")
        self.value = False

    def _add_style(self, number_format="General"):
        return self.workbook.add_format(
            {"text_wrap": True, "num_format": number_format}
        )

    def write_rows(self, rows):
        """Write the cells of all rows.

        :param rows: iterable of lists
        :raise UserError: if a sheet cannot hold so many
        """
        for number, row in enumerate(rows, start=1):
            if number == self.worksheet.xls_rowmax:
                # Refused by core, in its own words.
                ExportXlsxWriter(self.fields, self.columns_headers, number + 1)
            for column, value in enumerate(row):
                self.write_cell(number, column, value)

    def write_header(self):
        # The width of columns comes before the first of their rows.
        self.worksheet.set_column(0, max(0, len(self.columns_headers) - 1), 30)
        for column, header in enumerate(self.columns_headers):
            self.write(0, column, header, self.header_style)


class PlainGroupXlsxWriter(PlainTexts, GroupExportXlsxWriter):
    """Cells of a list in groups."""


class ComplaintCSVExport(CSVExport):
    """The export of lists to CSV, safe to open."""

    def from_data(self, fields, columns_headers, rows):
        if has_own_texts():
            # What core itself marks, it does not mark twice: a mark is no sign.
            rows = [[neutralise(value) for value in row] for row in rows]
        return super().from_data(fields, columns_headers, rows)


class ComplaintExcelExport(ExcelExport):
    """The export of lists to XLSX, safe to open, in as much memory as a batch takes."""

    def base(self, data):
        params = json.loads(data)
        in_groups = params.get("groupby") and not params["import_compat"]
        if in_groups or not has_own_texts():
            return super().base(data)
        model = request.env[params["model"]].with_context(
            import_compat=params["import_compat"], **params.get("context", {})
        )
        ids = params["ids"] or model.search(params["domain"]).ids
        rows = iter_rows(model, ids, [field["name"] for field in params["fields"]])
        label = "name" if params["import_compat"] else "label"
        headers = [field[label].strip() for field in params["fields"]]
        with PlainXlsxWriter(params["fields"], headers) as writer:
            writer.write_rows(rows)
        _logger.info(
            "User %d exported %d %r records. Fields: %s. Domain: %s",
            *(request.env.user.id, len(ids), model._name, headers, params["domain"]),
        )
        name = clean_filename(self.filename(model._name) + self.extension)
        return request.make_response(
            writer.value,
            headers=[
                ("Content-Disposition", content_disposition(name)),
                ("Content-Type", self.content_type),
            ],
        )

    def from_group_data(self, fields, columns_headers, groups):
        if not has_own_texts():
            return super().from_group_data(fields, columns_headers, groups)
        with PlainGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for group_name, group in groups.children.items():
                row, column = writer.write_group(row, column, group_name, group)
        return writer.value
