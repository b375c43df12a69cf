from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from .ir_attachment import FILE_FIELDS

CARD = "customer.complaint.archive.card"
DOCUMENT = "customer.complaint.archive.document"
# Of the names of all models of a case.
COMPLAINT = "customer.complaint"
# What makes a file; who may open it (links in the portal) is another matter.
SEALED_FIELDS = (FILE_FIELDS | {"file_size", "checksum"}) - {"public", "access_token"}
# No call from outside can put this very object into a context.
_RIGHT = object()
_KEY = "customer_complaint_archive_right"


def with_archive_right(files):
    """Return files (or cards) that the archive itself files, or destroys by rule.

    :param files: a recordset of ``ir.attachment``, or what holds files
    """
    return files.with_context(**{_KEY: _RIGHT})


def has_archive_right(records):
    """Return whether records come from :func:`with_archive_right`."""
    return records.env.context.get(_KEY) is _RIGHT


class IrAttachment(models.Model):
    """Files of sealed cards: none is added by hand, none goes but by disposal."""

    _inherit = "ir.attachment"

    @api.model
    def _has_archive_right(self):
        return has_archive_right(self)

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
        if SEALED_FIELDS & vals.keys():
            self._check_not_in_seal()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_seal(self):
        self._check_not_in_seal()

    def _refuse_on_cards(self):
        raise UserError(
            self.env._(
                "Files are not put on an archive card itself. File them as a paper, or "
                "as a supplement when the card is sealed."
            )
        )

    @api.model
    def _check_papers_open(self, papers):
        if self._has_archive_right():
            return
        waiting = self._get_waiting_papers(papers)
        super()._check_papers_open(set(papers) - waiting)
        if not self.env.su:
            # Whom it is kept from counts, whatever is missing.
            self._get_complaints_of(waiting)._check_not_recused(
                self.env.user.partner_id
            )

    @api.model
    def _get_complaints_of(self, papers):
        ids = [paper_id for _model, paper_id in papers]
        # How the complaints stand, not what the papers say.
        return self.env[DOCUMENT].sudo().browse(ids).exists().complaint_id

    @api.model
    def _get_waiting_papers(self, papers):
        """Return the papers that the user completes before they are sealed.

        :param set papers: the model and id of each
        :rtype: set
        """
        documents = {paper for paper in papers if paper[0] == DOCUMENT}
        waiting = self._get_complaints_of(documents)._filter_waiting_for_seal()
        return {
            (DOCUMENT, document.id)
            for document in waiting.document_ids
            if (DOCUMENT, document.id) in documents
        }

    def _check_not_kept(self):
        if not self._has_archive_right():
            return super()._check_not_kept()

    def _check_not_in_seal(self):
        """Refuse to change files that were sealed with the card of their case.

        :raise UserError: naming the files
        """
        if self._has_archive_right():
            return
        files_sudo = self.sudo().filtered(  # whether they are sealed, whoever asks
            lambda file: file.res_id and (file.res_model or "").startswith(COMPLAINT)
        )
        if not files_sudo:
            return
        cards_sudo = (
            self.env[CARD]
            .sudo()
            .search([("sealed_file_ids", "in", files_sudo.ids)], order="id")
        )
        kept_sudo = files_sudo & cards_sudo.sealed_file_ids
        if kept_sudo:
            self.check_access("write")
            raise UserError(
                self.env._(
                    "These files were sealed with the archive card %(cards)s and stay "
                    "as they are: %(files)s. Add what is new as a file of its own, or "
                    "as a supplement to the card.",
                    cards=format_list(self.env, cards_sudo.mapped("display_name")),
                    files=format_list(self.env, kept_sudo.mapped("display_name")),
                )
            )
