import logging

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from .ir_attachment import FILING_MODELS
from .ir_attachment_sealed import with_archive_right

_logger = logging.getLogger(__name__)


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
            order="id",
        )
        cron = self.env["ir.cron"]
        if not cron._commit_progress(remaining=len(lines)):
            return
        for line in lines:
            try:
                with self.env.cr.savepoint():
                    line._destroy()
            except psycopg2.OperationalError:
                raise  # somebody sealed in the same instant: the job is run again
            except Exception:
                _logger.exception("%s was not destroyed", line.card_id.name)
                self.env.invalidate_all()
            if not cron._commit_progress(1):
                return
        self._finish()

    @api.model
    def _finish(self):
        """Collect the files, and close disposals of which everything is gone."""
        disposals = self.search([("state", "=", "approved")]).filtered(
            lambda disposal: "pending" not in disposal.line_ids.mapped("state")
        )
        if not disposals:
            return
        # Core locks the files' table, so that no file goes that somebody needs again.
        if self.env["ir.attachment"]._gc_file_store() is False:
            return  # busy; next time
        for disposal in disposals:
            disposal._write_unguarded(
                {"state": "done", "date_done": fields.Datetime.now()}
            )
            destroyed = disposal.line_ids.filtered(lambda line: line.state != "kept")
            disposal._tell_departments(
                self.env._(
                    "The archive destroyed cards: %(count)s, with files: %(files)s. "
                    "The certificate can be printed from here.",
                    count=len(destroyed),
                    files=sum(destroyed.mapped("file_count")),
                )
            )
        self.env["ir.cron"]._commit_progress()


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
                "date_done": now,
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
        held = [("customer.complaint", complaint.ids), (self._name, self.ids)]
        for model in FILING_MODELS:
            if "complaint_id" in self.env[model]._fields and model != self._name:
                domain = [("complaint_id", "=", complaint.id)]
                held.append((model, self.env[model].search(domain).ids))
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
