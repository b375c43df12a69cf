from odoo import api, fields, models

from ..tools.archive_right import with_archive_right
from ..tools.job import work_off


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
        # What is sealed goes by this rule.
        self = with_archive_right(self)
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
        """Return all files of the case, and of those that were merged into it.

        :rtype: ir.attachment
        """
        self.ensure_one()
        return self.complaint_id._get_case_files()


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    def _destroy_texts(self):
        """Leave of papers what they were, not what they said."""
        for paper in self:
            paper._write_unguarded({"name": paper.type_id.name, "note": False})
