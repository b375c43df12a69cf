from odoo import api, fields, models

from ..tools.archive_right import with_archive_right
from ..tools.job import work_off
from ..tools.seal import digest_bytes


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
        sealed=False,
        system=True,
    )

    pdf_failures = fields.Integer(
        string="Failed Printings",
        readonly=True,
        copy=False,
        default=0,
        aggregator=None,
        help="How often printing the sealed card failed; the server's log says why.",
        sealed=False,
        system=True,
    )

    _pdf_missing_idx = models.Index(
        "(pdf_failures, id) WHERE state = 'sealed' AND pdf_id IS NULL"
    )

    @api.model
    def _cron_store_pdfs(self):
        """Print sealed cards and keep the files; what fails is tried again later."""
        todo = self.search(
            [("state", "=", "sealed"), ("pdf_id", "=", False)],
            # What fails again and again does not keep the others waiting.
            order="pdf_failures, id",
        )
        # Printing takes a while: the chain is extended in a fresh transaction.
        work_off(
            todo,
            lambda card, content: card._store_pdf(content),
            prepare=lambda card: card._render_pdf(),
            on_failure=lambda card: card._note_pdf_failure(),
        )

    def _note_pdf_failure(self):
        self._write_unguarded({"pdf_failures": self.pdf_failures + 1})

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
        self.sudo()._write_unguarded({"pdf_id": False, "pdf_failures": 0})
        return result

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
