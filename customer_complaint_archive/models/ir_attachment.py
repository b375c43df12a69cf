from psycopg2.errors import LockNotAvailable

from odoo import api, models
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right

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
# As long as others wait for the collection of files; then it is put off.
LOCK_TIMEOUT = "10s"


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

    # ------------------------------------------------------------------
    # DESTROYING
    # ------------------------------------------------------------------

    def _count_shared(self):
        """Return how many of these files have their bytes in use elsewhere, too.

        :rtype: int
        """
        names = self.filtered("store_fname").mapped("store_fname")
        others = self.sudo()._read_group(
            [
                ("store_fname", "in", names),
                ("id", "not in", self.ids),
                "|",
                ("res_field", "=", False),
                ("res_field", "!=", False),
            ],
            ["store_fname"],
        )
        shared = {name for [name] in others}
        return len(self.filtered(lambda file: file.store_fname in shared))

    def _destroy_files(self):
        """Delete these files by rule; their bytes go when nobody else has them.

        Core takes the bytes from the disk by a list of what was deleted; the job has
        it done right after, and not some day.
        """
        with_archive_right(self).unlink()

    @api.model
    def _collect_destroyed(self):
        """Take the bytes of deleted files from the disk, unless others have them.

        Also where files are kept in the database by now: those of before are on the
        disk, and core's own collection leaves them there.

        :return: False when the files' table is busy; then another time
        :rtype: bool
        """
        if self._storage() == "file":
            return self._gc_file_store() is not False
        # The lock has to come first: only then nothing is overlooked.
        self.env["ir.cron"]._commit_progress()
        self.env.cr.execute("SET LOCAL lock_timeout TO %s", (LOCK_TIMEOUT,))
        try:
            self.env.cr.execute("LOCK ir_attachment IN SHARE MODE")
        except LockNotAvailable:
            self.env.cr.rollback()
            return False
        self._gc_file_store_unsafe()
        self.env["ir.cron"]._commit_progress()
        return True
