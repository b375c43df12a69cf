import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.seal import GENESIS, digest_bytes, digest_entry, digest_file, digest_text
from .customer_complaint import get_field_label
from .customer_complaint_archive_check import BATCH_SIZE, REMARK_KINDS
from .customer_complaint_archive_entry import STATE_OF_KIND

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
NO_CARD = (False, False)
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
                      card.previous_digest AS card_previous,
                      card.position AS card_position,
                      entry.position = (
                        SELECT max(later.position)
                          FROM customer_complaint_archive_entry later
                         WHERE later.card_id = entry.card_id AND later.kind IN %s
                      ) AS is_latest
                 FROM customer_complaint_archive_entry entry
                 LEFT JOIN customer_complaint_archive_card card
                        ON card.id = entry.card_id
                WHERE entry.company_id = %s AND entry.position > %s
                  AND entry.position <= %s
                ORDER BY entry.position LIMIT %s""",
            SQL(", ").join(columns),
            tuple(STATE_OF_KIND),
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

    # ------------------------------------------------------------------
    # BEGINNING AND END
    # ------------------------------------------------------------------

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


class CustomerComplaintArchiveCheckLive(models.Model):
    """Whether what was sealed is still so: cards, papers, files, supplements."""

    _inherit = "customer.complaint.archive.check"

    def _check_live(self, rows):
        """Return how cards differ from what some entries sealed.

        :param list[dict] rows: the entries
        :rtype: list[tuple]
        """
        findings = []
        seals = {}
        supplements = {}
        for row in rows:
            if not row["has_card"]:
                continue
            if row["is_latest"]:
                findings += self._check_state(row)
            content = self._parse(row)
            if not content or row["card_state"] == "disposed":
                continue
            if row["kind"] == "seal" and row["is_latest"]:
                seals[row["card_id"]] = row, content
            elif row["kind"] == "supplement":
                supplements[content["id"]] = row, content
            elif row["kind"] == "print" and row["pdf_id"] == content["file"]:
                findings += self._check_print(row, content)
        findings += self._compare_cards(seals)
        findings += self._compare_supplements(supplements)
        return findings

    def _parse(self, row):
        """Return the content of an entry; of a broken one nothing."""
        try:
            content = json.loads(row["content"] or "null")
            return content if isinstance(content, dict) else None
        except ValueError:
            return None

    def _found(self, row, kind, detail):
        return (row["position"], (row["card_id"], row["card_name"]), kind, detail)

    def _check_state(self, row):
        """Return whether the card says of itself what its latest entry says."""
        Card = self.env["customer.complaint.archive.card"]
        state = STATE_OF_KIND[row["kind"]]
        findings = []
        if row["card_state"] != state:
            labels = dict(Card._fields["state"]._description_selection(self.env))
            findings.append(
                self._found(
                    row,
                    "state",
                    self._differ(
                        Card, "state", labels[state], labels.get(row["card_state"])
                    ),
                )
            )
        if row["kind"] == "seal":
            for name, column in (
                ("digest", "card_digest"),
                ("previous_digest", "card_previous"),
                ("position", "card_position"),
            ):
                if row[name] != row[column]:
                    findings.append(
                        self._found(
                            row,
                            "field",
                            self._differ(Card, name, row[name], row[column]),
                        )
                    )
        return findings

    def _check_print(self, row, content):
        file = self.env["ir.attachment"].browse(content["file"]).exists()
        if not file:
            return [self._found(row, "file_missing", content["name"])]
        self._write_unguarded({"file_count": self.file_count + 1})
        if file.store_fname:
            digest = digest_file(file._full_path(file.store_fname))
        else:
            digest = digest_bytes(file.db_datas or b"")
        return self._compare_digests(row, content, digest)

    def _compare_digests(self, row, sealed, digest):
        if digest == sealed["sha256"]:
            return []
        if digest is None:
            return [
                self._found(
                    row,
                    "file_missing",
                    self.env._("%(file)s cannot be read.", file=sealed["name"]),
                )
            ]
        return [
            self._found(
                row,
                "file",
                self.env._(
                    "%(file)s: SHA-256 sealed %(sealed)s, now %(now)s.",
                    file=sealed["name"],
                    sealed=sealed["sha256"],
                    now=digest,
                ),
            )
        ]

    # ------------------------------------------------------------------
    # COMPARING
    # ------------------------------------------------------------------

    @api.model
    def _differ(self, model, name, sealed, now):
        return self.env._(
            "%(field)s: sealed “%(sealed)s”, now “%(now)s”.",
            field=get_field_label(model, name),
            sealed="—" if sealed is None else sealed,
            now="—" if now is None else now,
        )

    def _compare_cards(self, seals):
        """Return how cards differ from their latest seals.

        :param dict seals: entry and content by id of the card
        :rtype: list[tuple]
        """
        findings = []
        Card = self.env["customer.complaint.archive.card"]
        snapshots = Card.browse(seals)._read_snapshots()
        files = 0
        for card_id, (row, sealed) in seals.items():
            now = snapshots[card_id][0]
            found = []
            found += self._compare_fields(Card, sealed["card"], now["card"])
            found += self._compare_fields(
                self.env["customer.complaint"], sealed["complaint"], now["complaint"]
            )
            found += self._compare_people(sealed, now)
            found += self._compare_lines(sealed["lines"], now["lines"])
            findings += [self._found(row, kind, detail) for kind, detail in found]
            findings += self._compare_papers(row, sealed["papers"], now["papers"])
            files += sum(len(paper["files"]) for paper in now["papers"])
        if files:
            self._write_unguarded({"file_count": self.file_count + files})
        return findings

    def _compare_fields(self, model, sealed, now):
        """Return the fields that differ; records are compared, not their names.

        A partner or user that is gone was merged into another or deleted: what was
        said of them is in the seal.
        """
        findings = []
        for name, value in sealed.items():
            if name not in now or name not in model._fields or value == now[name]:
                continue
            field = model._fields[name]
            told = now[name]
            if field.type == "many2one":
                ids = [(side or {}).get("id") for side in (value, told)]
                if ids[0] == ids[1]:
                    continue
                if value and not self.env[field.comodel_name].browse(ids[0]).exists():
                    continue
                value, told = (
                    side and f"{side['name']} ({side['id']})" for side in (value, told)
                )
            findings.append(("field", self._differ(model, name, value, told)))
        return findings

    def _compare_people(self, sealed, now):
        model = self.env["customer.complaint"]
        before, after = (
            {person["id"]: person["name"] for person in side["representatives"]}
            for side in (sealed, now)
        )
        gone = self.env["res.partner"].browse(before.keys() - after.keys()).exists()
        if before.keys() == after.keys() or not (gone or len(after) > len(before)):
            return []
        names = [", ".join(side.values()) or None for side in (before, after)]
        return [("field", self._differ(model, "representative_ids", *names))]

    def _compare_lines(self, sealed, now):
        Line = self.env["customer.complaint.line"]
        before, after = ({line["id"]: line for line in side} for side in (sealed, now))
        findings = [
            ("line_changed", (before.get(key) or after.get(key))["product_name"])
            for key in sorted(before.keys() ^ after.keys())
        ]
        for key in before.keys() & after.keys():
            findings += self._compare_fields(Line, before[key], after[key])
        return findings

    def _compare_papers(self, row, sealed, now):
        Document = self.env["customer.complaint.archive.document"]
        before, after = (
            {paper["id"]: paper for paper in side} for side in (sealed, now)
        )
        findings = [
            self._found(row, kind, side[key]["type_id"]["name"])
            for kind, side, keys in (
                ("paper_missing", before, before.keys() - after.keys()),
                ("paper_added", after, after.keys() - before.keys()),
            )
            for key in sorted(keys)
        ]
        for key in sorted(before.keys() & after.keys()):
            findings += [
                self._found(row, kind, detail)
                for kind, detail in self._compare_fields(
                    Document, before[key], after[key]
                )
            ]
            findings += self._compare_files(
                row, before[key]["files"], after[key]["files"]
            )
        return findings

    def _compare_files(self, row, sealed, now):
        File = self.env["ir.attachment"]
        before, after = ({file["id"]: file for file in side} for side in (sealed, now))
        findings = [
            self._found(row, kind, side[key]["name"])
            for kind, side, keys in (
                ("file_missing", before, before.keys() - after.keys()),
                ("file_added", after, after.keys() - before.keys()),
            )
            for key in sorted(keys)
        ]
        for key in sorted(before.keys() & after.keys()):
            findings += self._compare_digests(row, before[key], after[key]["sha256"])
            findings += [
                self._found(row, "file", detail)
                for _kind, detail in self._compare_fields(File, before[key], after[key])
            ]
        return findings

    def _compare_supplements(self, sealed):
        """Return how supplements differ from what was chained.

        :param dict sealed: entry and content by id of the supplement
        :rtype: list[tuple]
        """
        Supplement = self.env["customer.complaint.archive.supplement"]
        now = self.env["customer.complaint.archive.card"]._read_supplements(
            list(sealed)
        )
        findings = []
        for key, (row, content) in sealed.items():
            if key not in now:
                findings.append(self._found(row, "supplement", content["name"]))
                continue
            findings += [
                self._found(row, "supplement", detail)
                for _kind, detail in self._compare_fields(Supplement, content, now[key])
            ]
            findings += self._compare_files(row, content["files"], now[key]["files"])
        return findings
