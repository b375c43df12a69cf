"""Lists as XLSX: what users wrote stays text, and no list is held in memory."""

import io

import xlsxwriter

# Of Excel: a longer text, a longer name of a sheet or a further row would be left out.
MAX_CELL = 32767
MAX_TITLE = 31
MAX_ROWS = 1_048_575
# What users write stays text: no formula, no link, no number that lost its zeros.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# How the kinds of cells are shown that are neither text nor a plain number.
FORMATS = {"date": "yyyy-mm-dd", "amount": "#,##0.00"}


def make_workbook(title, columns, rows):
    """Return a list as a workbook of one sheet, whose head stays in sight.

    :param str title: of the sheet
    :param columns: heading, kind of cell and width of each column; the kinds are
        ``text``, ``number``, ``amount`` and ``date``
    :param rows: the values of each row, one after the other; an empty text, False and
        None leave their cells empty
    :rtype: bytes
    """
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, OPTIONS) as workbook:
        sheet = workbook.add_worksheet(title[:MAX_TITLE])
        head = workbook.add_format({"bold": True, "bg_color": "#E2E2E2", "border": 1})
        for column, (heading, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, head)
        last = write_rows(workbook, sheet, [kind for _h, kind, _w in columns], rows)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    return output.getvalue()


def write_rows(workbook, sheet, kinds, rows):
    """Write rows under the head of a sheet, each cell by its kind.

    :return: the number of the last row
    :rtype: int
    """
    formats = {
        kind: workbook.add_format({"num_format": shown})
        for kind, shown in FORMATS.items()
    }
    number = 0
    for number, values in enumerate(rows, start=1):
        for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if value is None or value is False or value == "":
                continue
            if kind == "text":
                sheet.write_string(number, column, value[:MAX_CELL])
            elif kind == "date":
                sheet.write_datetime(number, column, value, formats[kind])
            else:
                sheet.write_number(number, column, value, formats.get(kind))
    return number
