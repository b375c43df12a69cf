from datetime import date

from odoo import api, models
from odoo import fields as odoo_fields

from odoo.addons.customer_complaint_base.tools.clock import get_moment
from odoo.addons.customer_complaint_base.tools.fields import get_field_label
from odoo.addons.customer_complaint_base.tools.text import normalise

from ..tools import typed

# Key of the context.
IMPORT = "customer_complaint_import_name"
# Of a long cell, so much is named.
MAX_SHOWN = 60


class ImportName(str):
    """Name of an import: no call from outside can put one into a context."""

    def __eq__(self, other):
        # Odoo takes contexts that are equal for the same one.
        return isinstance(other, ImportName) and super().__eq__(other)

    __hash__ = str.__hash__


class CustomerComplaintSheet(models.AbstractModel):
    """Records that people enter by the spreadsheets they have.

    Days, amounts, ages, boxes and the like are read as they are typed, before Odoo's
    own reading, which knows one notation for a whole column. What cannot be read as
    meant is refused with the name of its row and column, and then nothing of the file
    is imported. All rows of one file bear the same name, so that they can be taken back
    together.
    """

    _name = "customer.complaint.sheet"
    _description = "Entered by Spreadsheet"
    import_name = odoo_fields.Char(
        string="Import",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="File, time and person of the import the record came with; empty for "
        "records entered by hand.",
        system=True,
    )

    def _valid_field_parameter(self, field, name):
        # As fields of what is kept say it.
        return name == "system" or super()._valid_field_parameter(field, name)

    @api.model
    def _get_sheet_headings(self):
        """Return what people write above their columns. Hook.

        Labels of the fields, in all languages, are known without it.

        :return: paths of fields by heading, e.g. ``line_ids/product_name``
        :rtype: dict[str, str]
        """
        return {}

    @api.model
    def _get_sheet_template(self):
        """Return the label of the spreadsheet to fill in, and its file. Hook.

        :return: the address of the file begins so; the language follows
        :rtype: tuple[str, str]
        """
        return "", ""

    @api.model
    @api.readonly
    def get_import_templates(self):
        """Offer the spreadsheet in the user's language.

        :rtype: list[dict]
        """
        label, path = self._get_sheet_template()
        lang = "zh_CN" if (self.env.lang or "").startswith("zh") else "en"
        return [{"label": label, "template": f"{path}_{lang}.xlsx"}]

    @api.model
    def _get_sheet_today(self):
        """Return the day by which days without a year are read; nothing refuses them.

        :rtype: datetime.date or None
        """
        return None

    @api.model
    def _get_sheet_row_name(self, row):
        """Return how people find a row in their file. Hook.

        :param dict row: texts by path of the field
        :rtype: str
        """
        return ""

    @api.model
    def load(self, fields, data):
        """Import rows as people type them; those that are new bear the import's name.

        :param list[str] fields: as given by the importer
        :param list[list] data: as given by the importer
        :return: as by core; no row is imported if a cell cannot be read
        :rtype: dict
        """
        columns = [self._get_sheet_field(name) for name in fields]
        today = self._get_sheet_today()
        rows, messages = [], []
        for number, cells in enumerate(data):
            row = []
            for name, field, value in zip(fields, columns, cells, strict=True):
                try:
                    row.append(self._read_cell(field, value, today))
                except typed.Unreadable:
                    row.append(value)
                    label = self._get_sheet_row_name(
                        dict(zip(fields, cells, strict=True))
                    )
                    messages.append(
                        self._get_cell_message(number, label, name, field, value)
                    )
            rows.append(row)
        if messages:
            return {"ids": False, "messages": messages, "nextrow": 0}
        self = self._with_import_name()
        return super().load(fields, rows)

    @api.model
    def _get_sheet_field(self, path):
        """Return the field that a column is for.

        :param str path: as the importer has it
        :return: nothing where it names no field of ours, e.g. an id
        :rtype: odoo.fields.Field or None
        """
        model, field = self, None
        for name in path.split("/"):
            field = model._fields.get(name) if model is not None else None
            comodel = field.comodel_name if field and field.relational else None
            model = self.env[comodel] if comodel else None
        return field

    @api.model
    def _read_cell(self, field, value, today):
        """Return a cell as core's importer reads it rightly.

        :rtype: str
        :raise typed.Unreadable: if it cannot be read as what the column is for
        """
        kind = field.type if field is not None else None
        if kind == "boolean":
            return "1" if typed.read_tick(value) else "0"
        if typed.is_nothing(value):
            return ""
        if kind == "date":
            return odoo_fields.Date.to_string(typed.read_day(value, today))
        if kind == "datetime":
            return self._read_moment(value, today)
        if kind == "integer":
            return str(typed.read_whole(value))
        if kind in ("float", "monetary"):
            return repr(typed.read_amount(value, self.env.company.currency_id.symbol))
        if kind == "selection" and field.name == "gender":
            return self._read_gender(field, value)
        if isinstance(value, date):
            # A day in a column of texts.
            return value.isoformat(" ") if hasattr(value, "hour") else value.isoformat()
        return value.strip() if isinstance(value, str) else str(value)

    @api.model
    def _read_moment(self, value, today):
        """Return a moment of the company's clock as core reads it: by the user's.

        :rtype: str
        """
        wall = typed.read_moment(value, today)
        hours = wall.hour + wall.minute / 60 + wall.second / 3600
        moment = get_moment(wall.date(), hours, self.env.company.complaint_tz or "UTC")
        local = odoo_fields.Datetime.context_timestamp(self, moment)
        return odoo_fields.Datetime.to_string(local.replace(tzinfo=None))

    @api.model
    def _read_gender(self, field, value):
        try:
            return typed.read_gender(value)
        except typed.Unreadable:
            # One of the choices, by its label.
            labels = dict(field._description_selection(self.env))
            text = normalise(value).casefold()
            known = {label.casefold() for label in labels.values()} | labels.keys()
            if text in known:
                return value.strip()
            raise

    @api.model
    def _get_cell_message(self, number, label, path, field, value):
        """Return what is wrong with a cell, as the importer shows it.

        :param int number: of the row, from 0
        :param str label: how people find the row
        :rtype: dict
        """
        shown = str(value)
        shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
        row = self.env._("Row %(number)s", number=number + 1)
        text = self.env._(
            "%(row)s, “%(field)s”: “%(value)s” %(reason)s",
            row=f"{row} ({label})" if label else row,
            field=get_field_label(self.env[field.model_name], field.name),
            value=shown,
            reason=self._get_cell_reason(field),
        )
        return {
            "type": "error",
            "rows": {"from": number, "to": number},
            "record": number,
            "field": path,
            "message": text,
        }

    @api.model
    def _get_cell_reason(self, field):
        if field.type == "boolean":
            return self.env._(
                "says neither yes nor no. Enter 1 or √ for a box that is ticked, 0 or "
                "nothing for one that is not."
            )
        if field.type in ("date", "datetime"):
            return self.env._(
                "cannot be read as one certain day. Enter year, month and day, e.g. "
                "2024-03-05."
            )
        if field.type == "integer":
            return self.env._("is no whole number. Enter digits only, e.g. 35.")
        if field.type in ("float", "monetary"):
            return self.env._(
                "cannot be read as one certain number. Enter it in digits, with a "
                "point before the decimals, e.g. 1200.50."
            )
        return self.env._("is none of the choices. Enter one of them, or nothing.")

    @api.model
    def _with_import_name(self):
        """Return the model as its records bear the name of the import they come with.

        The importer names it by its file; rows from elsewhere are an import of their
        own.
        """
        if self._is_import():
            return self
        name = self._get_import_name(odoo_fields.Datetime.now())
        return self.with_context(**{IMPORT: name})

    @api.model
    def _get_import_name(self, moment, file_name=""):
        """Return the name of an import.

        :param datetime.datetime moment: when its file came, naive UTC
        :rtype: ImportName
        """
        record = self.with_context(tz=self.env.company.complaint_tz)
        local = odoo_fields.Datetime.context_timestamp(record, moment)
        parts = [f"{local:%Y-%m-%d %H:%M:%S}", self.env.user.name, file_name]
        return ImportName(" ".join(filter(None, parts)))

    @api.model
    def _is_import(self):
        """Return whether records are created by an import."""
        return isinstance(self.env.context.get(IMPORT), ImportName)

    def _note_import(self):
        """Note on records that were just created which import they came with."""
        if self and self._is_import():
            name = self.env.context[IMPORT]
            # The system's note, past the guards of the model.
            models.BaseModel.write(self.sudo(), {"import_name": str(name)})
