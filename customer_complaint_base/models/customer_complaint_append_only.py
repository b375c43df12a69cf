from odoo import api, models
from odoo.tools import format_list


class CustomerComplaintAppendOnly(models.AbstractModel):
    """What the addon writes down once, and nobody writes, changes or deletes otherwise.

    Not by RPC, import or a form, and not as superuser either. Each model says in
    ``_refuse_forgery`` how its records come about.
    """

    _name = "customer.complaint.append.only"
    _inherit = "customer.complaint.kept"
    _description = "Kept as It Was Written"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: always, if there is anything to create"""
        if vals_list:
            self._refuse_forgery()
        return super().create(vals_list)

    def write(self, vals):
        """:raise UserError: always, if there is anything to write"""
        if self and vals:
            self._refuse_forgery()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_forgery()

    def _get_file_refusal(self, change, files):
        return self.env._(
            "What the addon writes down by itself takes no files: %(files)s. File them "
            "with the complaint.",
            files=format_list(self.env, files.mapped("name")),
        )

    def _refuse_forgery(self):
        """:raise UserError: saying how such records come about"""
        raise NotImplementedError(self._name)

    @api.model
    def _create_unguarded(self, vals_list):
        """Write records down, past the guard; called by what they tell of.

        Nobody has the right to create one, so this is done as superuser. The caller
        gives every field: no default of a user gets in.

        :param list[dict] vals_list: one for each record
        """
        return super(CustomerComplaintAppendOnly, self.sudo()).create(vals_list)

    def _write_unguarded(self, vals):
        """Complete records, past the guard.

        :param dict vals: values by field
        """
        return super().write(vals)
