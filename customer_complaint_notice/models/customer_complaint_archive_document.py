from odoo import api, fields, models


class CustomerComplaintArchiveDocument(models.Model):
    """The same file filed twice is noticed, not refused."""

    _inherit = "customer.complaint.archive.document"

    has_duplicate_file = fields.Boolean(
        string="Same File Twice",
        readonly=True,
        copy=False,
        help="A file of this paper is filed twice on the card, here or with another "
        "paper.",
        sealed=False,
        system=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.complaint_id._note_duplicate_files()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self.complaint_id._note_duplicate_files()
        return result

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints._note_duplicate_files()
        return result

    # ------------------------------------------------------------------
    # PAPERS BEFORE ACCEPTANCE
    # ------------------------------------------------------------------

    def _counts_as_filed(self):
        """Return whether the paper is what its type asks for.

        :rtype: bool
        """
        self.ensure_one()
        return not self.type_id.needs_original or bool(
            self.is_original and self.attachment_ids
        )
