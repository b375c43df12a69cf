from odoo import api, fields, models
from odoo.tools import format_list, html2plaintext

# What no log can show.
UNSHOWN_TYPES = ("binary", "json", "properties", "properties_definition")


class CustomerComplaintLogged(models.AbstractModel):
    """Configuration whose changes are told, with old and new value, for good."""

    _name = "customer.complaint.logged"
    _description = "Logged Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log_configuration("create", {})
        return records

    def write(self, vals):
        before = self._read_logged(vals)
        result = super().write(vals)
        self._log_configuration("write", before)
        return result

    def unlink(self):
        self._log_configuration("unlink", {})
        return super().unlink()

    @api.model
    def _get_logged_fields(self, names):
        """Return those of some fields whose changes are told.

        :param names: names of fields
        :rtype: list[str]
        """
        return [
            name
            for name in names
            if (field := self._fields.get(name))
            and (field.store or (field.type == "one2many" and not field.compute))
            and field.type not in UNSHOWN_TYPES
            and name not in models.MAGIC_COLUMNS
            # Rows that tell of themselves.
            and not (
                field.type == "one2many"
                and isinstance(self.env[field.comodel_name], CustomerComplaintLogged)
            )
        ]

    def _read_logged(self, names):
        """Return what the fields say now, as text, by record.

        :param names: names of fields about to be written
        :rtype: dict[BaseModel, dict[str, str]]
        """
        names = self._get_logged_fields(names)
        if not names:
            return {}
        return {
            record: {name: record._format_logged(name) for name in names}
            # Whoever may change it need not see all that it names.
            for record in self._filter_configuration().sudo()
        }

    def _filter_configuration(self):
        """Return those of these records that are configuration of complaints. Hook."""
        return self

    def _format_logged(self, name):
        """Return a value as people read it.

        :rtype: str
        """
        value, field = self[name], self._fields[name]
        if field.relational:
            return format_list(self.env, sorted(value.mapped("display_name")))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "html":
            return html2plaintext(value or "", include_references=False)
        if field.type in ("float", "monetary"):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        if field.type == "integer":
            return str(value)
        return str(value or "")

    def _log_configuration(self, deed, before):
        """Tell what was done to these records.

        Nothing is told of what modules bring and take away themselves.

        :param str deed: one of ``DEEDS``
        :param dict before: of :meth:`_read_logged`
        """
        if not self.env.registry.ready:
            return
        vals_list = []
        for record in self._filter_configuration().sudo():
            base = record._prepare_log_vals(deed)
            if deed != "write":
                vals_list.append(base)
                continue
            for name, old in before.get(record, {}).items():
                new = record._format_logged(name)
                if new != old:
                    label = self._fields[name].get_description(self.env, ["string"])
                    vals_list.append(
                        {
                            **base,
                            "field_name": label["string"],
                            "old_value": old,
                            "new_value": new,
                        }
                    )
        self.env["customer.complaint.configuration.log"]._create_unguarded(vals_list)

    def _prepare_log_vals(self, deed):
        self.ensure_one()
        return {
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "company_id": self._get_logged_company().id,
            "res_model": self._name,
            "model_name": self.env["ir.model"]._get(self._name).name,
            "res_id": self.id,
            "record_name": self.display_name,
            "deed": deed,
            "field_name": False,
            "old_value": False,
            "new_value": False,
        }

    def _get_logged_company(self):
        """Return whose configuration it is; none when all companies share it.

        :rtype: res.company
        """
        if self._name == "res.company":
            return self
        if "company_id" in self._fields:
            return self.company_id
        return self.env["res.company"]
