import io

import xlsxwriter

from odoo import api, models
from odoo.tools import split_every

# Cards are read and dropped again in batches.
BATCH_SIZE = 1000
# Of Excel: a longer text would be left out.
MAX_CELL = 32767
# What users write stays text: no formula, no link, no number that lost its zeros.
WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
DATE_FORMAT = "yyyy-mm-dd"


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    @api.model
    def _get_catalogue_columns(self):
        """Return the columns of the catalogue as XLSX; bridges may add theirs.

        :return: heading, kind of cell (text, number or date), width, value of a card
        :rtype: list[tuple]
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        day = self._get_catalogue_day
        return [
            (self.env._("Archive Number"), "text", 22, lambda c: c.display_name),
            (self.env._("Year"), "number", 8, lambda c: c.archive_year or None),
            (
                self.env._("Archive Category"),
                "text",
                20,
                lambda c: c.archive_category_id.name,
            ),
            (self.env._("Complaint No."), "text", 18, lambda c: c.complaint_id.name),
            (
                self.env._("Complainant"),
                "text",
                16,
                lambda c: c.complaint_id.complainant_name,
            ),
            (self.env._("Complaint"), "text", 32, lambda c: c.complaint_id.subject),
            (
                self.env._("Channel"),
                "text",
                16,
                lambda c: c.complaint_id.channel_id.name,
            ),
            (
                self.env._("Date accepted"),
                "date",
                12,
                lambda c: day(c, "date_accepted"),
            ),
            (self.env._("Date completed"), "date", 12, lambda c: day(c, "date_closed")),
            (self.env._("Pages"), "number", 8, lambda c: c.page_count),
            (self.env._("Room"), "text", 12, lambda c: c.room),
            (self.env._("Cabinet"), "text", 12, lambda c: c.cabinet),
            (self.env._("Box"), "text", 12, lambda c: c.box),
            (self.env._("Kept until"), "date", 12, lambda c: c.retention_until),
            (self.env._("Kept"), "text", 14, self._get_catalogue_keeping),
            (self.env._("State"), "text", 12, lambda c: states[c.state]),
            (self.env._("Remarks"), "text", 40, lambda c: c.remarks),
            (self.env._("Company"), "text", 24, lambda c: c.company_id.name),
        ]

    @api.model
    def _get_catalogue_day(self, card, name):
        return card.company_id._complaint_date(card.complaint_id[name])

    @api.model
    def _get_catalogue_keeping(self, card):
        """Return what the day until which a card is kept does not tell."""
        is_plain = card.state == "sealed" and card.retention_until
        return "" if is_plain and not card.legal_hold else card._get_retention_text()

    def _make_catalogue_xlsx(self):
        """Return the catalogue of these cards, in this order, as XLSX.

        :rtype: bytes
        :raise AccessError: if the user may not read one of the cards
        """
        self.check_access("read")
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, WORKBOOK_OPTIONS) as workbook:
            self._write_catalogue(workbook)
        return output.getvalue()

    def _write_catalogue(self, workbook):
        # Names of sheets may not have all characters nor be long: ours is fixed.
        sheet = workbook.add_worksheet(self.env._("Archive Catalogue")[:31])
        head = workbook.add_format({"bold": True, "bg_color": "#E2E2E2", "border": 1})
        date = workbook.add_format({"num_format": DATE_FORMAT})
        columns = self._get_catalogue_columns()
        for index, (title, _kind, width, _get) in enumerate(columns):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, title, head)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(self), 1), len(columns) - 1)
        row = 0
        for ids in split_every(BATCH_SIZE, self.ids):
            cards = self.browse(ids)
            for card in cards:
                row += 1
                for index, (_title, kind, _width, get) in enumerate(columns):
                    value = get(card)
                    if value in (None, False, ""):
                        continue
                    if kind == "date":
                        sheet.write_datetime(row, index, value, date)
                    elif kind == "number":
                        sheet.write_number(row, index, value)
                    else:
                        sheet.write_string(row, index, value[:MAX_CELL])
            self.env.invalidate_all()
