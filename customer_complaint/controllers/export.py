import json

from odoo.http import request

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

OWN_MODELS = "customer.complaint"
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
    return any(name.startswith(OWN_MODELS) for name in models)


def neutralise(value):
    """Return a cell that no spreadsheet takes for a formula.

    :param value: of any type; only texts change
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


class PlainTexts:
    """Texts stay texts in the workbook: no formula, no link, no number."""

    def write(self, row, column, cell_value, style=None):
        """Write a cell; the workbook would look for formulas and links in texts."""
        if isinstance(cell_value, str) and cell_value:
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class PlainXlsxWriter(PlainTexts, ExportXlsxWriter):
    """Cells of a list."""


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
    """The export of lists to XLSX, safe to open."""

    def from_group_data(self, fields, columns_headers, groups):
        if not has_own_texts():
            return super().from_group_data(fields, columns_headers, groups)
        with PlainGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for group_name, group in groups.children.items():
                row, column = writer.write_group(row, column, group_name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        if not has_own_texts():
            return super().from_data(fields, columns_headers, rows)
        with PlainXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value
