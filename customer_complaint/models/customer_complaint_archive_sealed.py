import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from .customer_complaint_archive_seal import ARCHIVIST
from .customer_complaint_archive_snapshot import CARD, COMPLAINT

# Where a content has the card and the complaint themselves.
ROOTS = {CARD: "card", COMPLAINT: "complaint"}
# Ids of the cards whose cases the transaction adds to.
ADDITIONS = "customer.complaint.archive.card.additions"


class CustomerComplaint(models.Model):
    """Nothing is added to a case while it is sealed, and nothing changes after.

    What is in the seal: :class:`customer_complaint_sealed.CustomerComplaintSealed`.
    """

    _name = "customer.complaint"
    _inherit = [
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


class CustomerComplaintArchiveCard(models.Model):
    _inherit = CARD

    def _get_seal_entry(self):
        """Return the entry of the latest seal.

        :rtype: customer.complaint.archive.entry
        """
        self.ensure_one()
        # That there is a seal is no secret; what it holds is its readers' affair.
        return (
            self.env["customer.complaint.archive.entry"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("position", "=", self.position),
                ]
            )
        )

    def _get_seal_content(self):
        """Return the content of the latest seal; nothing when it makes no sense.

        :rtype: dict
        """
        try:
            content = json.loads(self._get_seal_entry().content or "{}")
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def _read_sealed_rows(self, model):
        """Return the records of a model as the latest seal of the card has them.

        :param str model: one of those that are sealed
        :return: by id; nothing when the content of the seal makes no sense any more
        :rtype: dict[int, dict]
        """
        content = self._get_seal_content()
        try:
            if model in ROOTS:
                rows = [content[ROOTS[model]]]
            else:
                rows = content["parts"].get(model, [])
            return {row["id"]: row for row in rows}
        except (AttributeError, KeyError, TypeError, ValueError):
            return {}


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    is_sealed = fields.Boolean(
        string="Sealed",
        readonly=True,
        copy=False,
        help="Was sealed with its card and stays as it was, even when the complaint "
        "is reopened.",
        sealed=False,
    )

    @api.model
    def _get_reserved_fields(self):
        return super()._get_reserved_fields() | {"is_sealed"}

    @api.model
    def _check_may_add(self, complaints):
        waiting = complaints._filter_waiting_for_seal()
        result = super()._check_may_add(complaints - waiting)
        waiting.check_access("read")
        waiting._check_may_work()
        return result

    def _check_may_change(self):
        waiting = self.complaint_id._filter_waiting_for_seal()
        completed = self.filtered(lambda paper: paper.complaint_id in waiting)
        result = super(
            CustomerComplaintArchiveDocument, self - completed
        )._check_may_change()
        waiting._check_may_work()
        self._check_not_sealed()
        return result

    def write(self, vals):
        return super().write(
            {name: value for name, value in vals.items() if name != "is_sealed"}
        )

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
