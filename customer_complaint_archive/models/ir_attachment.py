from odoo import api, models
from odoo.tools import format_list

from .customer_complaint_archive_card_content import CARD, COMPLAINT

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

    def _get_seal_refusals(self):
        cards_sudo = (
            self.env[CARD]
            .sudo()  # whether they are sealed, whoever asks
            .search([("sealed_file_ids", "in", self.ids)], order="id")
        )
        kept_sudo = self.sudo() & cards_sudo.sealed_file_ids
        if not kept_sudo:
            return super()._get_seal_refusals()
        return super()._get_seal_refusals() | dict.fromkeys(
            kept_sudo,
            self.env._(
                "These files were sealed with the archive card %(cards)s and stay "
                "as they are: %(files)s. Add what is new as a file of its own, or "
                "as a supplement to the card.",
                cards=format_list(self.env, cards_sudo.mapped("display_name")),
                files=format_list(self.env, kept_sudo.mapped("display_name")),
            ),
        )
