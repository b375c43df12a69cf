import json

from odoo import models
from odoo.tools import SQL

from ..tools.seal import GENESIS, digest_entry, digest_text
from .customer_complaint import get_field_label
from .customer_complaint_archive_check import BATCH_SIZE, NO_CARD
from .customer_complaint_archive_entry import HOLD_KINDS, STATE_OF_KIND

ENTRY_COLUMNS = (
    "position",
    "kind",
    "card_id",
    "card_name",
    "date",
    "user_id",
    "version",
    "content",
    "content_digest",
    "previous_digest",
    "digest",
    "company_id",
)
# How far around its place a moved entry is looked for.
SEARCHED = 200


class CustomerComplaintArchiveCheck(models.Model):
    """How the chain is walked: in batches, each of which can be the last.

    Three things are asked of an entry: whether it is what was chained, whether it
    follows what came before, and whether what it sealed is still so.
    """

    _inherit = "customer.complaint.archive.check"

    def _run_batch(self):
        """Check the next entries.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        self = self.with_context(lang=self.user_id.lang)
        self.env.flush_all()  # the database is what is checked
        if self.state == "waiting":
            self._add_findings(self._check_last_time())
        rows = self._read_entries()
        walk = {"position": self.position, "digest": self.last_digest or GENESIS}
        walk["date"] = self.last_date
        findings = []
        for row in rows:
            findings += self._check_entry(row, walk)
        findings += self._check_live(rows)
        self._add_findings(sorted(findings, key=lambda found: found[0]))
        self._write_unguarded(
            {
                "state": "running",
                "position": walk["position"],
                "last_digest": walk["digest"],
                "last_date": walk["date"],
                "card_count": self.card_count
                + sum(row["kind"] == "seal" and row["is_latest"] for row in rows),
            }
        )
        if len(rows) < BATCH_SIZE:
            self._finish()
            return False
        self.env.flush_all()
        self.env.invalidate_all()  # a long chain is not kept in memory
        return True

    def _read_entries(self):
        """Return the next entries with how their cards stand."""
        columns = [SQL.identifier("entry", name) for name in ENTRY_COLUMNS]
        query = SQL(
            """SELECT %s, card.id IS NOT NULL AS has_card, card.state AS card_state,
                      card.digest AS card_digest, card.pdf_id,
                      card.legal_hold, card.hold_reason, card.hold_by_id,
                      card.previous_digest AS card_previous,
                      card.position AS card_position,
                      entry.position = (
                        SELECT max(later.position)
                          FROM customer_complaint_archive_entry later
                         WHERE later.card_id = entry.card_id
                           AND later.kind = ANY(CASE WHEN entry.kind = ANY(%s)
                               THEN %s WHEN entry.kind = ANY(%s) THEN %s
                               ELSE ARRAY[entry.kind]::varchar[] END)
                      ) AS is_latest
                 FROM customer_complaint_archive_entry entry
                 LEFT JOIN customer_complaint_archive_card card
                        ON card.id = entry.card_id
                WHERE entry.company_id = %s AND entry.position > %s
                  AND entry.position <= %s
                ORDER BY entry.position LIMIT %s""",
            SQL(", ").join(columns),
            # Of all entries of a card that say the same kind of thing, the last counts.
            *(list(STATE_OF_KIND), list(STATE_OF_KIND)),
            *(list(HOLD_KINDS), list(HOLD_KINDS)),
            self.company_id.id,
            self.position,
            self.end_position,
            BATCH_SIZE,
        )
        return self.env.execute_query_dict(query)

    # ------------------------------------------------------------------
    # THE CHAIN
    # ------------------------------------------------------------------

    def _check_entry(self, row, walk):
        """Return what is wrong with an entry and its place.

        :param dict row: the entry
        :param dict walk: position and digest of the entry before; moved on to this one
        :rtype: list[tuple]
        """
        card = (row["has_card"] and row["card_id"], row["card_name"])
        findings = []
        if row["position"] != walk["position"] + 1:
            findings.append(
                (
                    row["position"],
                    card,
                    "entry_missing",
                    self.env._(
                        "Entries %(first)s to %(last)s, before this one.",
                        first=walk["position"] + 1,
                        last=row["position"] - 1,
                    ),
                )
            )
        elif walk["date"] and row["date"] < walk["date"]:
            findings.append(
                (
                    row["position"],
                    card,
                    "clock",
                    self.env._(
                        "Entered on %(day)s, after an entry of %(before)s.",
                        day=self.company_id._complaint_format_moment(row["date"]),
                        before=self.company_id._complaint_format_moment(walk["date"]),
                    ),
                )
            )
        is_gap = bool(findings) and findings[0][2] == "entry_missing"
        findings += [
            (row["position"], card, kind, detail)
            for kind, detail in self._check_digests(row, walk["digest"], is_gap)
        ]
        if not row["has_card"]:
            findings.append(
                (
                    row["position"],
                    NO_CARD[:1] + (row["card_name"],),
                    "card_missing",
                    self.env._("The card of this entry is not there any more."),
                )
            )
        walk.update(position=row["position"], digest=row["digest"], date=row["date"])
        return findings

    def _check_digests(self, row, previous, is_gap):
        """Return what is wrong with the digests of an entry.

        :param dict row: the entry
        :param str previous: digest of the entry before, as it stands there
        :param bool is_gap: whether entries are missing before this one
        :return: kind and detail of each finding
        :rtype: list[tuple[str, str]]
        """
        Entry = self.env["customer.complaint.archive.entry"]
        header = Entry._get_header(row)
        is_whole = digest_entry(header) == row["digest"]
        follows = row["previous_digest"] == previous or is_gap
        content = row["content"]
        if content is None:
            content_digest = row["content_digest"]
        else:
            content_digest = digest_text(content)
        findings = []
        if is_whole and follows and content_digest == row["content_digest"]:
            return self._check_destroyed(row)
        belongs = self._find_place(row, header)
        if belongs and belongs != row["position"]:
            return [
                (
                    "order",
                    self.env._("The entry belongs at position %(at)s.", at=belongs),
                )
            ]
        if content_digest != row["content_digest"]:
            findings.append(self._explain_content(row, header, content_digest))
        if is_whole and not follows:
            findings.append(
                (
                    "previous",
                    self.env._(
                        "The entry before was replaced: this one follows the digest "
                        "%(sealed)s, and %(now)s stands there.",
                        sealed=row["previous_digest"],
                        now=previous,
                    ),
                )
            )
        elif (
            not follows
            and digest_entry({**header, "previous": previous}) == (row["digest"])
        ):
            findings.append(
                (
                    "previous",
                    self.env._(
                        "It names %(now)s, but the entry before has %(sealed)s.",
                        now=row["previous_digest"],
                        sealed=previous,
                    ),
                )
            )
        elif not is_whole and not findings:
            findings.append(self._explain_header(row, header))
        return findings

    def _check_destroyed(self, row):
        """Return that a content was destroyed without a disposal, if so."""
        if row["content"] is not None or row["card_state"] == "disposed":
            return []
        return [
            (
                "content",
                self.env._("The sealed content is gone, but no disposal destroyed it."),
            )
        ]

    def _find_place(self, row, header):
        """Return the position at which an entry is whole, if it was moved."""
        at = row["position"]
        for position in range(max(1, at - SEARCHED), at + SEARCHED + 1):
            if digest_entry({**header, "position": position}) == row["digest"]:
                return position
        return False

    def _explain_content(self, row, header, content_digest):
        """Return which digest a changed content does not fit."""
        if digest_entry({**header, "content": content_digest}) == row["digest"]:
            return (
                "digest",
                self.env._("The digest of the content was changed, not the content."),
            )
        return (
            "content",
            self.env._(
                "Its SHA-256 is %(now)s; sealed was %(sealed)s.",
                now=content_digest,
                sealed=row["content_digest"],
            ),
        )

    def _explain_header(self, row, header):
        """Return whether the digest of an entry was changed, or the entry."""
        digest = digest_entry(header)
        self.env.cr.execute(
            "SELECT 1 FROM customer_complaint_archive_entry WHERE company_id = %s"
            " AND position = %s AND previous_digest = %s"
            " UNION SELECT 1 FROM customer_complaint_archive_card"
            " WHERE id = %s AND digest = %s",
            (
                *(row["company_id"], row["position"] + 1, digest),
                *(row["card_id"], digest),
            ),
        )
        if self.env.cr.fetchall():
            return (
                "digest",
                self.env._(
                    "It is %(now)s; the chain goes on from %(sealed)s.",
                    now=row["digest"],
                    sealed=digest,
                ),
            )
        return ("entry", self._explain_entry(row))

    def _explain_entry(self, row):
        """Return what of an entry does not fit its own content."""
        content = json.loads(row["content"] or "{}") if row["kind"] == "seal" else {}
        card = content.get("card")
        if card:
            told = {
                "card_id": card["id"],
                "card_name": card["name"],
                "date": card["sealed_date"],
                "user_id": (card["sealed_by_id"] or {}).get("id"),
            }
            stands = {**row, "date": row["date"].isoformat()}
            Entry = self.env["customer.complaint.archive.entry"]
            for name, value in told.items():
                if stands[name] != value:
                    return self.env._(
                        "%(field)s: sealed “%(sealed)s”, now “%(now)s”.",
                        field=get_field_label(Entry, name),
                        sealed=value,
                        now=stands[name],
                    )
        return self.env._(
            "Its kind, card, number, date, person or version is not what was chained."
        )
