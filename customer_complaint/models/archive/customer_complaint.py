from odoo import api, models
from odoo.tools import SQL

from ...const import ARCHIVIST
from .customer_complaint_archive_card_content import CARD, COMPLAINT

# Ids of the cards whose cases the transaction adds to.
ADDITIONS = "customer.complaint.archive.card.additions"


class CustomerComplaint(models.Model):
    """Nothing is added to a case while it is sealed, and nothing changes after.

    What is in the seal: :class:`customer_complaint_sealed.CustomerComplaintSealed`.
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.bundled",
        "customer.complaint",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]

    def _get_case(self):
        return self

    def _exclude_sealing(self):
        """Keep these cases from being sealed in the same moment.

        Whatever adds to a case writes the row of its card, as sealing does: of two that
        do not see each other one waits, and then starts anew and sees what the other
        did. A lock alone would let it go on with what it saw before. The card and not
        the complaint, so that nobody who merely works on the case gets in the way.
        """
        # Which cards, whoever adds.
        cards_sudo = self.sudo().archive_card_id
        if not cards_sudo:
            return
        precommit = self.env.cr.precommit
        if ADDITIONS not in precommit.data:
            precommit.add(self.browse()._write_additions)
        precommit.data.setdefault(ADDITIONS, set()).update(cards_sudo.ids)

    @api.model
    def _write_additions(self):
        """Write the rows of the cards whose cases something was added to.

        Once for all that a transaction adds, at its end.
        """
        card_ids = self.env.cr.precommit.data.pop(ADDITIONS)
        self.env.cr.execute(
            SQL(
                "UPDATE customer_complaint_archive_card"
                " SET addition_count = COALESCE(addition_count, 0) + 1"
                " WHERE id IN (SELECT id FROM customer_complaint_archive_card"
                " WHERE id = ANY(%s) AND state = 'open'"
                " ORDER BY id FOR NO KEY UPDATE)",
                list(card_ids),
            )
        )

    def _check_not_in_seal(self, names, vals=None):
        """Leaving the end, a case is no longer sealed."""
        if "state" in (vals or {}):
            return None
        return super()._check_not_in_seal(names, vals)

    @api.model
    def _get_unfinished_fields(self, row):
        """What is still open of the duty to report is noted after the end, too."""
        names = super()._get_unfinished_fields(row)
        if not row.get("date_reported"):
            names |= {"date_reported", "report_authority", "report_reference"}
        if row.get("reportability") == "to_decide":
            names |= {
                "reportability",
                "reportability_reason",
                "reportability_decided_by_id",
                "date_reportability_decided",
                "date_reportability_due",
            }
        return names

    def write(self, vals):
        """Take steps; the cards of cases that end are sealed last of all.

        Only then nothing of the step itself is missing in the seal.
        """
        if "state" not in vals:
            return super().write(vals)
        running = self.filtered(lambda case: not case._has_ended())
        result = super().write(vals)
        ended = running.filtered(lambda case: case._has_ended())
        ended.archive_card_id._seal()
        return result

    def _filter_waiting_for_seal(self):
        """Return those that have ended and whose cards the user completes for sealing.

        Only archivists complete them: what is missing is why they are not sealed.
        """
        if not self.env.user.has_group(ARCHIVIST):
            return self.browse()
        # How they stand, not what they say.
        return self.filtered(
            lambda complaint: (
                complaint._has_ended()
                and complaint.sudo().archive_card_id.state == "open"
            )
        )

    # ------------------------------------------------------------------
    # WHAT IS ADDED TO A CASE
    # ------------------------------------------------------------------

    @api.model
    def _exclude_sealing_of(self, links, may_be_gone=True):
        """Keep the cases of some records from being sealed in the same moment.

        :param links: model and id of each record, of whatever app
        :param bool may_be_gone: whether some may have been deleted meanwhile
        """
        ids_by_model = {}
        for model, record_id in links:
            if record_id and (model or "").startswith(COMPLAINT):
                ids_by_model.setdefault(model, set()).add(record_id)
        cases_sudo = self.sudo()  # which cases, whoever adds
        for model, ids in ids_by_model.items():
            # A module whose records they are may be gone by now.
            if model != CARD and getattr(self.env.get(model), "_is_in_seal", False):
                records_sudo = self.env[model].sudo().browse(ids)
                if may_be_gone:
                    records_sudo = records_sudo.exists()
                cases_sudo |= records_sudo._get_case()
        cases_sudo._exclude_sealing()
