import re

from odoo import models

from odoo.addons.customer_complaint_base.tools.text import normalise

from ..models.customer_complaint_sheet import IMPORT

# Above the headings stands a title, and maybe who filled the sheet in and when.
MAX_TITLE_ROWS = 10
# Beside a heading, e.g. that the column is required, or its unit.
REMARK = re.compile(r"\s*[(\[【][^)\]】]*[)\]】]")
# So many known headings make a row the one with the headings.
MIN_HEADINGS = 2


class Base_ImportImport(models.TransientModel):  # noqa: N801 (as core calls it)
    """The web importer, for the spreadsheets of complaints. Others stay as they are."""

    _inherit = "base_import.import"

    def _get_complaint_sheet(self):
        """Return the model imported into, if it reads its cells itself.

        :rtype: customer.complaint.sheet or None
        """
        model = self.env.get(self.res_model)
        reads = model is not None and hasattr(model, "_get_sheet_headings")
        return model if reads else None

    def _get_complaint_headings(self):
        """Return the paths of fields by what people may write above the column.

        :rtype: dict[str, str]
        """
        model = self._get_complaint_sheet()
        headings = {}
        langs = dict.fromkeys(["en_US", self.env.lang or "en_US"])
        for lang in [*langs, *dict(self.env["res.lang"].get_installed())]:
            labels = self.env["ir.model.fields"].with_context(lang=lang)
            for name, label in labels.get_field_string(model._name).items():
                headings.setdefault(_to_heading(label), name)
        own = {
            _to_heading(key): path for key, path in model._get_sheet_headings().items()
        }
        return headings | own

    def _read_file(self, options):
        """Leave out the title above the headings."""
        length, rows = super()._read_file(options)
        if self._get_complaint_sheet() is None or not options.get("has_headers"):
            return length, rows
        headings = self._get_complaint_headings()
        counts = [
            len({_to_heading(cell) for cell in row} & headings.keys())
            for row in rows[:MAX_TITLE_ROWS]
        ]
        first = counts.index(max(counts)) if counts else 0
        if counts and counts[first] >= MIN_HEADINGS and first:
            rows = rows[first:]
        return length, rows

    def _get_mapping_suggestion(
        self, header, fields_tree, header_types, mapping_fields
    ):
        if (
            self._get_complaint_sheet() is not None
            and header.lower() not in mapping_fields
        ):
            path = self._get_complaint_headings().get(_to_heading(header))
            if path:
                return {"field_path": path.split("/"), "distance": 0}
        return super()._get_mapping_suggestion(
            header, fields_tree, header_types, mapping_fields
        )

    def _parse_import_data(self, data, import_fields, options):
        """Leave reading to the model: it knows more notations, row by row."""
        if self._get_complaint_sheet() is not None:
            return data
        return super()._parse_import_data(data, import_fields, options)

    def execute_import(self, fields, columns, options, dryrun=False):
        """Import; the batches of one file are one import.

        :return: as by core
        :rtype: dict
        """
        model = self._get_complaint_sheet()
        if model is not None:
            # When the file was read in: the same for each of its batches.
            name = model._get_import_name(
                self.write_date, f"{self.file_name or ''} #{self.id}"
            )
            self = self.with_context(**{IMPORT: name})
        return super().execute_import(fields, columns, options, dryrun=dryrun)


def _to_heading(text):
    """Return a heading as it is compared: marks, line breaks and remarks left out."""
    text = REMARK.sub("", normalise(text).casefold())
    return "".join(character for character in text if character.isalnum())
