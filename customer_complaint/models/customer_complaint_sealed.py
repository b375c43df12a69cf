from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list, ormcache

from ..tools.archive_right import has_archive_right

SEALED = "customer.complaint.sealed"
# Who changed a record last says nothing of what it says, and changes with anything.
NEVER_SEALED = frozenset({"id", "write_uid", "write_date"})


class CustomerComplaintSealed(models.AbstractModel):
    """What stands in the seal of a case, once its archive card is sealed.

    Every stored field of such a record is in the seal, also one that is added later.
    What may change afterwards, or says nothing of the case, says so itself, in its
    definition: ``sealed=False``. What is in the seal does not change by any way through
    Odoo, and the check of the archive finds what was changed past Odoo.
    """

    _name = "customer.complaint.sealed"
    _inherit = "customer.complaint.kept"
    _description = "Sealed with a Case"
    # Whether such records are sealed; else nothing of them is.
    _is_in_seal = True
    # Whether adding or changing one keeps others from sealing the case meanwhile. What
    # only the steps of the complaint write needs it not: they write the complaint.
    _excludes_sealing = False

    def _valid_field_parameter(self, field, name):
        return name == "sealed" or super()._valid_field_parameter(field, name)

    @api.model
    def _get_seal_fields(self):
        """Return the fields that are in the seal.

        Files of fields are sealed as files.

        :rtype: list[odoo.fields.Field]
        """
        return [self._fields[name] for name in sorted(self._get_seal_names())]

    @api.model
    @ormcache()
    def _get_seal_names(self):
        """Return the names of the fields that are in the seal.

        :rtype: frozenset[str]
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and name not in NEVER_SEALED
            and (field.column_type or field.type == "many2many")
            and getattr(field, "sealed", True)
        )

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

    @api.model
    def _get_unfinished_fields(self, row):
        """Return the names of fields that a sealed record may still get.

        E.g. the outcome of a letter that was on its way when the case ended.

        :param dict row: the record as it was sealed
        :rtype: frozenset[str]
        """
        return frozenset()

    @api.model
    def _get_all_but(self, *names):
        """Return the names of all sealed fields but some.

        :rtype: frozenset[str]
        """
        return self._get_seal_names() - set(names)

    def _get_case(self):
        """Return the complaint that each of these records belongs to.

        :rtype: customer.complaint
        """
        # Which case it is, whatever of the record its writer may read.
        return self.sudo().complaint_id

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

    def _filter_in_sealed_case(self):
        """Return those that belong to cases with a sealed card.

        Records that are only being entered belong to none.
        """
        # How the case stands, whoever asks.
        return self.filtered(lambda record: record.id and record._is_case_sealed())

    def _is_case_sealed(self):
        self.ensure_one()
        case_sudo = self.sudo()._get_case()
        # The state alone says it for all that still run.
        return (
            bool(case_sudo)
            and case_sudo._has_ended()
            and case_sudo.archive_card_id.state == "sealed"
        )

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

    def _compute_field_value(self, field):
        """Work values out, but those of sealed records: what was told stays.

        Whatever asks for it: an update of the addon, a contact that changed.
        """
        records = self
        group = self.pool.field_computed[field]
        if any(self._ids) and all(
            other.store and getattr(other, "sealed", True) for other in group
        ):
            records -= self._filter_in_sealed_case()
        return super(CustomerComplaintSealed, records)._compute_field_value(field)
