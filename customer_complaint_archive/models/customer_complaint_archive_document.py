from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    is_sealed = fields.Boolean(
        string="Sealed",
        readonly=True,
        copy=False,
        help="Was sealed with its card and stays as it was, even when the complaint "
        "is reopened.",
        sealed=False,
        system=True,
    )

    def _destroy_texts(self):
        """Leave of papers what they were, not what they said."""
        for paper in self:
            paper._write_unguarded({"name": paper.type_id.name, "note": False})

    # ------------------------------------------------------------------
    # WHAT WAS SEALED
    # ------------------------------------------------------------------

    def _check_may_change(self):
        waiting = self.complaint_id._filter_waiting_for_seal()
        completed = self.filtered(lambda paper: paper.complaint_id in waiting)
        result = super(
            CustomerComplaintArchiveDocument, self - completed
        )._check_may_change()
        waiting._check_may_work()
        self._check_not_sealed()
        return result

    def _move_to_complaint(self, complaint):
        self._check_not_sealed()
        return super()._move_to_complaint(complaint)

    def _check_not_sealed(self):
        """:raise UserError: naming papers that were sealed with their card"""
        # Whether they are sealed, not what they say.
        sealed_sudo = self.sudo().filtered("is_sealed")
        if sealed_sudo:
            raise UserError(
                self.env._(
                    "These papers were sealed with their archive card and stay as "
                    "they are: %(names)s. Add what is new as a paper of its own, or "
                    "as a supplement to the card.",
                    names=format_list(
                        self.env,
                        [
                            paper.type_id.name
                            if paper.confidentiality == "confidential"
                            else paper.name
                            for paper in sealed_sudo
                        ],
                    ),
                )
            )

    def _get_kept_files(self):
        sealed = self.filtered("is_sealed")
        return super()._get_kept_files() | sealed.attachment_ids
