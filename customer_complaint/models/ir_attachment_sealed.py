from odoo import api, models
from odoo.exceptions import UserError

CARD = "customer.complaint.archive.card"
# No call from outside can put this very object into a context.
_RIGHT = object()
_KEY = "customer_complaint_archive_right"


def with_archive_right(files):
    """Return files that the archive itself files, or destroys by rule.

    :param files: a recordset of ``ir.attachment``
    """
    return files.with_context(**{_KEY: _RIGHT})


class IrAttachment(models.Model):
    """Files of sealed cards: none is added by hand, none goes but by disposal."""

    _inherit = "ir.attachment"

    @api.model
    def _has_archive_right(self):
        return self.env.context.get(_KEY) is _RIGHT

    @api.model_create_multi
    def create(self, vals_list):
        if not self._has_archive_right() and any(
            vals.get("res_model") == CARD and vals.get("res_id") for vals in vals_list
        ):
            self._refuse_on_cards()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("res_model") == CARD and not self._has_archive_right():
            self._refuse_on_cards()
        if {"file_size", "checksum", "store_fname"} & vals.keys():
            self._check_not_kept()
        return super().write(vals)

    def _refuse_on_cards(self):
        raise UserError(
            self.env._(
                "Files are not put on an archive card itself. File them as a paper, or "
                "as a supplement when the card is sealed."
            )
        )

    @api.model
    def _check_papers_open(self, papers):
        if not self._has_archive_right():
            return super()._check_papers_open(papers)

    def _check_not_kept(self):
        if not self._has_archive_right():
            return super()._check_not_kept()
