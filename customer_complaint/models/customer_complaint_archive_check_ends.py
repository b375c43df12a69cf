from odoo import fields, models
from odoo.tools import SQL

from .customer_complaint import get_field_label
from .customer_complaint_archive_check import BATCH_SIZE, NO_CARD, REMARK_KINDS


class CustomerComplaintArchiveCheck(models.Model):
    """Where the chain begins and ends: nothing is cut off, nothing stands outside."""

    _inherit = "customer.complaint.archive.check"

    def _check_last_time(self):
        """Return whether the end that the check before had seen is still there."""
        last = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("id", "<", self.id),
                ("state", "in", ("passed", "failed")),
                ("position", ">", 0),
            ],
            order="id desc",
            limit=1,
        )
        if not last:
            return []
        entry = self.env["customer.complaint.archive.entry"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("position", "=", last.position),
            ]
        )
        if entry.digest == last.last_digest:
            return []
        detail = self.env._(
            "The check of %(day)s ended with the digest %(sealed)s at position "
            "%(position)s; now it is %(now)s.",
            day=self.company_id._complaint_format_moment(last.date_start),
            sealed=last.last_digest,
            position=last.position,
            now=entry.digest or "—",
        )
        kind = "digest" if entry else "entry_missing"
        return [(last.position, (entry.card_id.id, entry.card_name), kind, detail)]

    def _finish(self):
        """Look for what is in no entry, and say how the check ended."""
        self._add_findings(self._check_head() + self._check_outside())
        broken = self.finding_ids.filtered(lambda f: f.kind not in REMARK_KINDS)
        self._write_unguarded(
            {
                "state": "failed" if broken else "passed",
                "date_done": fields.Datetime.now(),
            }
        )

    def _check_head(self):
        """Return whether entries are missing at the end, or stand beyond it."""
        self.env.cr.execute(
            "SELECT position FROM customer_complaint_archive_chain"
            " WHERE company_id = %s",
            (self.company_id.id,),
        )
        head = (self.env.cr.fetchone() or (0,))[0]
        if self.position > head:
            return [
                (
                    self.position,
                    NO_CARD,
                    "entry_inserted",
                    self.env._(
                        "The chain ends at position %(head)s; entries stand behind it.",
                        head=head,
                    ),
                )
            ]
        if self.position < self.end_position:
            return [
                (
                    self.position,
                    NO_CARD,
                    "entry_missing",
                    self.env._(
                        "Entries %(first)s to %(last)s, at the end.",
                        first=self.position + 1,
                        last=self.end_position,
                    ),
                )
            ]
        return []

    def _check_outside(self):
        """Return cards and supplements that say they are sealed and are not chained."""
        self.env.cr.execute(
            "SELECT card.id, card.name FROM customer_complaint_archive_card card"
            " WHERE card.company_id = %s AND card.state != 'open' AND NOT EXISTS ("
            "  SELECT 1 FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'seal')"
            " ORDER BY card.id LIMIT %s",
            (self.company_id.id, BATCH_SIZE),
        )
        findings = [
            (
                0,
                card,
                "card_inserted",
                self.env._("The card says it is sealed, and stands in no entry."),
            )
            for card in self.env.cr.fetchall()
        ]
        for kinds, kind, column, condition in (
            (["hold"], "hold", "legal_hold", "card.legal_hold"),
            (["print"], "file_added", "pdf_id", "card.pdf_id IS NOT NULL"),
        ):
            findings += self._check_never(kinds, kind, column, condition)
        self.env.cr.execute(
            "SELECT card.id, card.name, count(*), ("
            "  SELECT count(*) FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'supplement') AS chained"
            " FROM customer_complaint_archive_supplement supplement"
            " JOIN customer_complaint_archive_card card ON card.id = supplement.card_id"
            " WHERE card.company_id = %s GROUP BY card.id HAVING count(*) != ("
            "  SELECT count(*) FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'supplement')"
            " ORDER BY card.id LIMIT %s",
            (self.company_id.id, BATCH_SIZE),
        )
        return findings + [
            (
                0,
                (card_id, name),
                "supplement",
                self.env._(
                    "The card has %(now)s supplements; %(sealed)s were chained.",
                    now=count,
                    sealed=chained,
                ),
            )
            for card_id, name, count, chained in self.env.cr.fetchall()
        ]

    def _check_never(self, entry_kinds, kind, column, condition):
        """Return cards that have something that no entry ever gave them.

        :param list entry_kinds: kinds of the entries that give it
        :param str kind: of the finding
        :param str column: of the card
        :param str condition: in SQL, whether the card has it
        """
        self.env.cr.execute(
            SQL(
                "SELECT card.id, card.name FROM customer_complaint_archive_card card"
                " WHERE card.company_id = %s AND %s AND NOT EXISTS ("
                "  SELECT 1 FROM customer_complaint_archive_entry entry"
                "   WHERE entry.card_id = card.id AND entry.kind = ANY(%s))"
                " ORDER BY card.id LIMIT %s",
                *(self.company_id.id, SQL(condition), entry_kinds, BATCH_SIZE),
            )
        )
        label = get_field_label(self.env["customer.complaint.archive.card"], column)
        return [
            (0, card, kind, self.env._("%(field)s: in no entry.", field=label))
            for card in self.env.cr.fetchall()
        ]
