from odoo import api, models

from .customer_complaint import MEASURE_FIELDS, get_field_label

TEMPLATES = "/customer_complaint/static/xls/"
# How a box is ticked, or left empty, on paper and in a spreadsheet. A cross is neither:
# some tick with it, others strike out.
TICKS = frozenset("√✓✔☑■●vy是有1") | {"yes", "true"}
NO_TICKS = frozenset("☐□○n否无0-–") | {"", "no", "false"}


class CustomerComplaintArchiveLegacy(models.Model):
    """Paper cards by spreadsheet: its template, and boxes ticked as people do."""

    _inherit = "customer.complaint.archive.legacy"

    @api.model
    def get_import_templates(self):
        """Offer the spreadsheet in the user's language.

        :rtype: list[dict]
        """
        lang = "zh_CN" if (self.env.lang or "").startswith("zh") else "en"
        return [
            {
                "label": self.env._("Import Template for Paper Cards"),
                "template": f"{TEMPLATES}archive_legacy_{lang}.xlsx",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Import rows; boxes are ticked as people tick them.

        :param list[str] fields: as given by the importer
        :param list[list[str]] data: as given by the importer
        :return: as by core; no row is imported if a box is neither ticked nor empty
        :rtype: dict
        """
        columns = [index for index, name in enumerate(fields) if name in MEASURE_FIELDS]
        data = [list(row) for row in data]
        messages = []
        for number, row in enumerate(data):
            for index in columns:
                tick = self._read_tick(row[index])
                if tick is None:
                    messages.append(
                        self._get_tick_message(number, fields[index], row[index])
                    )
                else:
                    row[index] = "1" if tick else "0"
        if messages:
            return {"ids": False, "messages": messages, "nextrow": 0}
        return super().load(fields, data)

    @api.model
    def _read_tick(self, value):
        """Return whether a box is ticked; None if that cannot be told.

        :rtype: bool or None
        """
        text = str(value or "").strip().casefold()
        if text in TICKS:
            return True
        return False if text in NO_TICKS else None

    @api.model
    def _get_tick_message(self, number, name, value):
        return {
            "type": "error",
            "rows": {"from": number, "to": number},
            "record": number,
            "field": name,
            "message": self.env._(
                "“%(value)s” in “%(field)s” says neither yes nor no. Enter 1 or √ for "
                "a box that is ticked, 0 or nothing for one that is not.",
                value=value,
                field=get_field_label(self, name),
            ),
        }
