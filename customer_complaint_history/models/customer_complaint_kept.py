from odoo import api, fields, models

FIELD_KEY = "customer_complaint_field_right"


class FieldRight(dict):
    """The fields that are just being written, by model; no call from outside can put
    one into a context.
    """


class CustomerComplaintKept(models.AbstractModel):
    """What fields hold is kept as files, which only the write of the record changes."""

    _inherit = "customer.complaint.kept"

    @api.model_create_multi
    def create(self, vals_list):
        fillable = self._get_stored_file_fields() - self._get_reserved_fields()
        return super(CustomerComplaintKept, self._with_field_right(fillable)).create(
            vals_list
        )

    def write(self, vals):
        names = self._get_stored_file_fields(vals.keys())
        return super(CustomerComplaintKept, self._with_field_right(names)).write(vals)

    @api.model
    def _get_stored_file_fields(self, names=None):
        """Return the names of the fields whose bytes are kept as files.

        :param names: those to look at; all when not given
        :rtype: set[str]
        """
        known = self._fields
        return {
            name
            for name in (known if names is None else known.keys() & names)
            if isinstance(known[name], fields.Binary)
            and known[name].store
            and known[name].attachment
        }

    def _with_field_right(self, names):
        """Return the records, with the right to write what these fields hold.

        :param names: names of fields, which the guards of the record let through
        """
        if not names:
            return self
        right = FieldRight({self._name: frozenset(names)})
        return self.with_context(**{FIELD_KEY: right})
