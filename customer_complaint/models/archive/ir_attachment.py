from odoo import api, models

from .customer_complaint_archive_card_content import COMPLAINT

# As above, of a file.
FILE_FIELDS = frozenset(
    {
        "res_model",
        "res_id",
        "res_field",
        "name",
        "type",
        "url",
        "raw",
        "datas",
        "db_datas",
        "store_fname",
    }
)


class IrAttachment(models.Model):
    """Filing on a case, or its parts, and sealing it exclude each other."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._exclude_sealing(may_be_gone=False)
        return files

    def write(self, vals):
        if FILE_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._exclude_sealing()
        result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._exclude_sealing()
        return result

    def unlink(self):
        self._exclude_sealing()
        return super().unlink()

    def _exclude_sealing(self, may_be_gone=True):
        # Where they are, whoever may read them.
        links = [(file.res_model, file.res_id) for file in self.sudo()]
        self.env[COMPLAINT]._exclude_sealing_of(links, may_be_gone)
