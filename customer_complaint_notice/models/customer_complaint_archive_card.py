from odoo import fields, models
from odoo.tools import format_list


class CustomerComplaintArchiveCard(models.Model):
    """The papers of the card: missing, waived, filed twice."""

    _inherit = "customer.complaint.archive.card"

    missing_sealing_note = fields.Char(related="complaint_id.missing_sealing_note")
    duplicate_note = fields.Char(related="complaint_id.duplicate_note")
    paper_waiver_ids = fields.One2many(related="complaint_id.paper_waiver_ids")

    def _get_missing_papers(self):
        """Return the papers that are needed to seal, neither filed nor waived.

        :return: document types of the cards that lack any
        :rtype: dict[CustomerComplaintArchiveCard, CustomerComplaintArchiveDocumentType]
        """
        missing = self.complaint_id._get_missing_sealing_papers()
        return {
            card: missing[card.complaint_id]
            for card in self
            if card.complaint_id in missing
        }

    def _get_cannot_seal_reasons(self):
        """Return why the card cannot be sealed now: what is missing, for one.

        :return: one text per reason, empty when it can be sealed
        :rtype: list[str]
        """
        self.ensure_one()
        reasons = super()._get_cannot_seal_reasons()
        types = self._get_missing_papers().get(self)
        if types:
            reasons.append(
                self.env._(
                    "papers are missing: %(papers)s. File them, or waive them with a "
                    "reason",
                    papers=format_list(self.env, types._get_wanted_names()),
                )
            )
        return reasons

    def action_waive_sealing_papers(self):
        """As on the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.action_waive_sealing_papers()
