from odoo import api, models

from .customer_complaint import with_own_defaults


class CustomerComplaintPart(models.AbstractModel):
    """What all records that hang on a complaint have in common.

    Values come from a form, an import, RPC, the defaults in the context and those a
    user keeps for themselves (``ir.default``): guards have to see all of them.
    """

    _name = "customer.complaint.part"
    _description = "Part of a Complaint"

    @api.model
    def default_get(self, fields_list):
        """Propose values, but never another one for what the system sets."""
        return with_own_defaults(
            self, super().default_get(fields_list), self._get_reserved_fields()
        )

    @api.model
    def _get_reserved_fields(self):
        """Return the names of the fields that only the system sets.

        :rtype: set[str]
        """
        return frozenset()

    @api.model
    def _with_complaint(self, vals_list):
        """Return the values with the complaint that they belong to by default.

        :param list[dict] vals_list: as given to ``create``
        :rtype: list[dict]
        """
        if all("complaint_id" in vals for vals in vals_list):
            return vals_list
        default = self.default_get(["complaint_id"]).get("complaint_id")
        return [{"complaint_id": default, **vals} for vals in vals_list]

    def _get_kept_files(self):
        """Return the files of these records that no longer change.

        :rtype: ir.attachment
        """
        return self.env["ir.attachment"]
