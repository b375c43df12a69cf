import logging

import psycopg2

from odoo import api, fields, models

from ..tools.seal import digest_bytes
from .ir_attachment_sealed import with_archive_right

_logger = logging.getLogger(__name__)
BATCH_SIZE = 100


class CustomerComplaintArchiveCard(models.Model):
    """The printed card that is kept with a sealed one.

    It is printed by a job after sealing, since printing takes seconds and nobody may
    wait for it with the chain locked. Its digest becomes an entry of its own, so that
    the file is as safe as the card.
    """

    _inherit = "customer.complaint.archive.card"

    pdf_id = fields.Many2one(
        "ir.attachment",
        string="Printed Card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The card as it was printed right after sealing.",
    )

    _pdf_missing_idx = models.Index("(id) WHERE state = 'sealed' AND pdf_id IS NULL")

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"pdf_id"}

    @api.model
    def _cron_store_pdfs(self):
        """Print sealed cards and keep the files; what fails is tried again."""
        domain = [("state", "=", "sealed"), ("pdf_id", "=", False)]
        cron = self.env["ir.cron"]
        todo = self.search(domain, order="id", limit=BATCH_SIZE)
        cron._commit_progress(remaining=self.search_count(domain))
        for card in todo:
            try:
                content = card._render_pdf()
                # Rendering took a while: the chain is extended in a fresh transaction.
                cron._commit_progress()
                with self.env.cr.savepoint():
                    card._store_pdf(content)
            except psycopg2.OperationalError:
                raise  # somebody sealed in the same instant: the job is run again
            except Exception:
                _logger.exception("The archive card %s was not printed", card.name)
                self.env.invalidate_all()
            if not cron._commit_progress(1):
                break

    def _render_pdf(self):
        self.ensure_one()
        lang = self.company_id.partner_id.lang
        content, _type = (
            self.env["ir.actions.report"]
            .with_context(lang=lang)
            ._render_qweb_pdf("customer_complaint.report_archive_card", self.ids)
        )
        return content

    def _store_pdf(self, content):
        """Keep the printed card and chain its digest.

        :param bytes content: of the PDF
        """
        self.ensure_one()
        card = self.try_lock_for_update()
        if card.state != "sealed" or card.pdf_id:
            return
        name = f"{card.name.replace('/', '-')}.pdf"
        file = with_archive_right(self.env["ir.attachment"]).create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": card.id,
            }
        )
        self.env["customer.complaint.archive.entry"]._append(
            "print",
            {card: {"file": file.id, "name": name, "sha256": digest_bytes(content)}},
        )
        card._write_unguarded({"pdf_id": file.id})

    def _unseal(self):
        # The next seal is printed anew; the old print stays with its digest.
        result = super()._unseal()
        self.sudo()._write_unguarded({"pdf_id": False})
        return result

    def _get_kept_files(self):
        """Return the files that belong to these cards, all of which stay."""
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def action_open_pdf(self):
        """Open the printed card.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.pdf_id.id}",
            "target": "new",
        }
