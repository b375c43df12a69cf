from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.archive_right import has_archive_right

SEALED = "customer.complaint.sealed"


class CustomerComplaintSealed(models.AbstractModel):
    """What is in the seal does not change by any way through Odoo.

    The check of the archive finds what was changed past Odoo.
    """

    _inherit = "customer.complaint.sealed"

    @api.model
    def _get_seal_fields(self):
        """Return the fields that are in the seal.

        Files of fields are sealed as files.

        :rtype: list[odoo.fields.Field]
        """
        return [self._fields[name] for name in sorted(self._get_seal_names())]

    @api.model
    def _get_seal_models(self):
        """Return the names of all models that are in the seal of a case.

        :rtype: list[str]
        """
        names = self.env.registry.descendants([SEALED], "_inherit")
        return sorted(
            name
            for name in names
            if not self.env[name]._abstract and self.env[name]._is_in_seal
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._excludes_sealing:
            records._get_case()._exclude_sealing()
        return records

    def write(self, vals):
        """:raise UserError: naming what is sealed and stays as it is"""
        names = self._get_seal_names() & vals.keys()
        if names:
            self._check_not_in_seal(names, vals)
            if self._excludes_sealing:
                self._get_case()._exclude_sealing()
        result = super().write(vals)
        if "complaint_id" in names and self._excludes_sealing:
            self._get_case()._exclude_sealing()
        return result

    def unlink(self):
        if self._excludes_sealing:
            self._get_case()._exclude_sealing()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_seal(self):
        self._check_not_in_seal({"id"})

    def _check_not_in_seal(self, names, vals=None):
        """Refuse to change or delete what was sealed.

        :param set names: names of sealed fields; ``id`` to delete
        :param dict vals: what is written; the same values change nothing
        :raise UserError: naming the card and the fields
        """
        if has_archive_right(self):
            return  # destroyed or erased by rule
        for record in self._filter_in_sealed_case():
            card_sudo = record.sudo()._get_case().archive_card_id
            row = card_sudo._read_sealed_rows(self._name).get(record.id)
            if not row:
                continue  # added since
            refused = names - self._get_unfinished_fields(row)
            if vals is not None:
                refused = {name for name in refused if record._would_change(name, vals)}
            if refused:
                raise UserError(
                    self.env._(
                        "This was sealed with the archive card %(card)s and stays as "
                        "it is: %(what)s. Add a supplement to the card, or have a "
                        "supervisor reopen the complaint on new facts.",
                        card=card_sudo.name,
                        what=record._list_sealed(refused),
                    )
                )

    def _would_change(self, name, vals):
        """Return whether a value to be written differs from what is there."""
        field = self._fields[name]
        if field.type == "many2many":
            return True
        now = field.convert_to_cache(self.sudo()[name], self)
        return field.convert_to_cache(vals[name], self, validate=False) != now

    def _list_sealed(self, names):
        names = sorted(names - {"id"}) or [self._rec_name or "id"]
        labels = [self._fields[name]._description_string(self.env) for name in names]
        return format_list(
            self.env,
            [f"{self.env['ir.model']._get(self._name).name}: {labels[0]}"] + labels[1:],
        )
