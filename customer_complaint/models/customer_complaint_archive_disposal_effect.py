from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.job import work_off
from .ir_attachment_sealed import with_archive_right

# As long as others wait for the collection of files; then it is put off.
LOCK_TIMEOUT = "10s"


class CustomerComplaintArchiveDisposal(models.Model):
    """Carrying out disposals: a job destroys card by card and survives being killed."""

    _inherit = "customer.complaint.archive.disposal"

    @api.model
    def _cron_archive_retention(self):
        """Destroy what approved disposals name, then the files nobody uses any more.

        Each card is a transaction of its own; what fails is tried again next time.
        """
        Line = self.env["customer.complaint.archive.disposal.line"]
        lines = Line.search(
            [("state", "=", "pending"), ("disposal_id.state", "=", "approved")],
            # What failed before does not keep the others waiting.
            order="note NULLS FIRST, id",
        )
        is_through = work_off(
            lines,
            lambda line: line._destroy(),
            on_failure=lambda line: line._note_failure(),
        )
        if is_through:
            self._finish()

    @api.model
    def _finish(self):
        """Collect the files, and close disposals of which everything is gone."""
        disposals = self.search([("state", "=", "approved")], order="id").filtered(
            lambda disposal: "pending" not in disposal.line_ids.mapped("state")
        )
        # Core locks the files' table, so that no file goes that somebody needs again.
        if disposals and self.env["ir.attachment"]._collect_destroyed():
            work_off(disposals, lambda disposal: disposal._close())

    def _close(self):
        """Close the disposal, everything of which is gone, and tell about it."""
        disposal = self.try_lock_for_update()
        if disposal.state != "approved":
            return
        disposal._write_unguarded({"state": "done", "date_done": fields.Datetime.now()})
        destroyed = disposal.line_ids.filtered(lambda line: line.state != "kept")
        disposal._tell_departments(
            self.env._(
                "The archive destroyed cards: %(count)s, with files: %(files)s. "
                "The certificate can be printed from here.",
                count=len(destroyed),
                files=sum(destroyed.mapped("file_count")),
            )
        )


class CustomerComplaintArchiveDisposalLine(models.Model):
    _inherit = "customer.complaint.archive.disposal.line"

    def _destroy(self):
        """Destroy the card of this line, unless something keeps it by now."""
        self.ensure_one()
        line = self.try_lock_for_update()
        if not line or line.state != "pending":
            return
        now = fields.Datetime.now()
        reason = line.card_id._get_cannot_dispose_reason()
        if reason:
            line._write_unguarded({"state": "kept", "note": reason, "date_done": now})
            return
        line._write_unguarded(
            {
                **line.card_id._destroy(line.disposal_id),
                "state": "destroyed",
                "note": False,
                "date_done": now,
            }
        )

    def _note_failure(self):
        """Say on the line that its card is still there, and stays to be destroyed."""
        self._write_unguarded(
            {
                "note": self.env._(
                    "It could not be destroyed yet and is tried again. The server's "
                    "log says why."
                )
            }
        )


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    def _destroy(self, disposal):
        """Destroy what the card holds; its number, dates and digests remain.

        :param customer.complaint.archive.disposal disposal: approved
        :return: what was destroyed
        :rtype: dict
        """
        self.ensure_one()
        files = self._get_disposed_files()
        figures = {
            "file_count": len(files),
            "file_size": sum(files.mapped("file_size")),
            "shared_count": files._count_shared(),
        }
        self._chain_disposal(disposal, figures)
        files._destroy_files()
        self.document_ids._destroy_texts()
        self.supplement_ids._write_unguarded({"body": "—", "reason": "—"})
        # By whose decision it was destroyed is told for good.
        self.entry_ids.filtered(lambda e: e.kind != "disposal")._destroy_contents()
        self._write_unguarded(
            {
                "state": "disposed",
                "disposal_id": disposal.id,
                "date_disposed": fields.Datetime.now(),
                "remarks": False,
                "pdf_id": False,
            }
        )
        return figures

    def _chain_disposal(self, disposal, figures):
        """Put into the chain by whose decision the card was destroyed."""
        self.env["customer.complaint.archive.entry"]._append(
            "disposal",
            {
                self: {
                    "disposal": disposal.name,
                    "proposed_by": disposal.proposed_by_id.name,
                    "proposed_on": disposal.date_proposed.isoformat(),
                    "approved_by": disposal.decided_by_id.name,
                    "approved_on": disposal.date_decided.isoformat(),
                    "retention_until": self.retention_until.isoformat(),
                    "digest": self.digest,
                    **figures,
                }
            },
        )

    def _get_disposed_files(self):
        """Return all files of the case; bridges may add theirs.

        :rtype: ir.attachment
        """
        self.ensure_one()
        complaint = self.complaint_id
        held = [
            (complaint._name, complaint.ids),
            (self._name, self.ids),
            (self.supplement_ids._name, self.supplement_ids.ids),
            (self.document_ids._name, self.document_ids.ids),
        ]
        for model in self._get_file_models()[1:]:
            parts = self.env[model].with_context(active_test=False)
            held.append(
                (model, parts.search([("complaint_id", "=", complaint.id)]).ids)
            )
        domain = Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", ids)
            for model, ids in held
        )
        # Files of fields are left out of searches that do not name them.
        of_fields = Domain("res_field", "=", False) | Domain("res_field", "!=", False)
        return self.env["ir.attachment"].search(domain & of_fields)


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    def _destroy_texts(self):
        """Leave of papers what they were, not what they said."""
        for paper in self:
            paper._write_unguarded({"name": paper.type_id.name, "note": False})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

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
