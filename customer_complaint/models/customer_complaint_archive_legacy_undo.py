from odoo import api, models
from odoo import fields as odoo_fields
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools.archive_right import with_archive_right

# Of many cards, so many are named.
MAX_NAMED = 10


class CustomerComplaintArchiveLegacy(models.Model):
    """A spreadsheet of paper cards that was wrong is taken back as a whole.

    Cards that were sealed meanwhile stay, as all that is sealed.
    """

    _inherit = "customer.complaint.archive.legacy"

    can_undo_import = odoo_fields.Boolean(compute="_compute_can_undo_import")

    @api.depends("import_name", "state")
    def _compute_can_undo_import(self):
        for entry in self:
            entry.can_undo_import = bool(entry.import_name) and entry.state == "open"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._note_import()
        return entries

    def action_undo_import(self):
        """Delete all cards of the imports that these entries came with.

        Cards that are sealed, held or have got a file stay, and are named.

        :return: a notification that says what was deleted and what stays
        :rtype: dict
        :raise AccessError: unless the user may enter paper cards
        :raise UserError: if none of the cards may go
        """
        self.check_access("write")
        entries = self.search(
            [
                (
                    "import_name",
                    "in",
                    [name for name in self.mapped("import_name") if name],
                ),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        doomed = entries.filtered(lambda entry: not entry._has_to_stay())
        if not doomed:
            raise UserError(
                self.env._(
                    "Nothing can be taken back here: only imported cards that are "
                    "neither sealed nor held, and to which no file was added. Correct "
                    "cards that are open one by one; add a supplement to sealed ones."
                )
            )
        kept = entries - doomed
        count, stay = len(doomed), kept[:MAX_NAMED].mapped("number")
        files = format_list(self.env, sorted(set(entries.mapped("import_name"))))
        doomed._delete_with_cards()
        message = self.env._(
            "Cards that were deleted: %(count)s, all of %(files)s.",
            count=count,
            files=files,
        )
        if kept:
            message = self.env._(
                "Cards of %(files)s that were deleted: %(count)s. Cards that stay, as "
                "they are sealed, held or have files: %(kept)s (%(names)s).",
                files=files,
                count=count,
                kept=len(kept),
                names=format_list(self.env, stay),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if kept else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _has_to_stay(self):
        self.ensure_one()
        # How the card stands, not what it says.
        card_sudo = self.sudo().card_id
        return (
            card_sudo.state != "open"
            or card_sudo.legal_hold
            or card_sudo.entry_ids
            or card_sudo.document_ids.attachment_ids
        )

    def _delete_with_cards(self):
        """Delete entries with their cards and complaints, past what keeps these."""
        # Who may do it was checked; nobody has the right to delete cards otherwise.
        entries = with_archive_right(self.sudo())
        cards, complaints = entries.card_id, entries.complaint_id
        lines, papers = complaints.line_ids, complaints.document_ids
        for records in (entries, papers, lines, cards, complaints):
            records.unlink()
