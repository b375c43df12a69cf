from odoo import api, models
from odoo.tools import ormcache

# Who changed a record last says nothing of what it says, and changes with anything.
NEVER_SEALED = frozenset({"id", "write_uid", "write_date"})


class CustomerComplaintSealed(models.AbstractModel):
    """What stands in the seal of a case, once its archive card is sealed.

    Every stored field of such a record is in the seal, also one that is added later.
    What may change afterwards, or says nothing of the case, says so itself, in its
    definition: ``sealed=False``. What was worked out stays as it was told.
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
