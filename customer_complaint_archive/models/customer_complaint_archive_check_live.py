import json

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from .customer_complaint_archive_card_content import (
    CARD,
    COMPLAINT,
    DOCUMENT,
    FILE,
    MESSAGE,
    SUPPLEMENT,
)
from .customer_complaint_archive_chain import STATE_OF_KIND

# How records that are missing or were added are called; others by their own kind.
MISSING_KINDS = {
    DOCUMENT: "paper_missing",
    "customer.complaint.line": "line_changed",
}
ADDED_KINDS = {
    DOCUMENT: "paper_added",
    "customer.complaint.line": "line_changed",
}
# Received with a date of their own, which may lie before the day they arrived.
DATED_ELSEWHERE = "email"


class CustomerComplaintArchiveCheckLive(models.AbstractModel):
    """Whether what was sealed is still so: cards, cases, files, supplements."""

    _name = "customer.complaint.archive.check.live"
    _description = "Comparison of Sealed Cards with Their Cases"

    def _check_live(self, rows):
        """Return how cards differ from what some entries sealed.

        :param list[dict] rows: the entries
        :rtype: list[tuple]
        """
        findings = []
        seals = {}
        supplements = []
        prints = []
        for row in rows:
            if not row["has_card"]:
                continue
            if row["is_latest"] and row["kind"] in STATE_OF_KIND:
                findings += self._check_state(row)
            content = self._parse(row)
            if row["kind"] == "disposal":
                findings += self._compare_safely(self._check_disposal, row, content)
            if content is None or row["card_state"] == "disposed":
                continue
            if row["kind"] in ("hold", "release"):
                findings += self._compare_safely(self._check_hold, row, content)
            elif row["kind"] == "print":
                prints.append((row, content))
            elif row["kind"] == "seal" and row["is_latest"]:
                seals[row["card_id"]] = row, content
            elif row["kind"] == "supplement":
                supplements.append((row, content))
        findings += self._check_prints(prints)
        findings += self._check_files_of_cards(rows)
        findings += self._compare_cards(seals)
        findings += self._compare_supplements(supplements)
        return findings

    def _parse(self, row):
        """Return the content of an entry: none when destroyed, empty when broken."""
        if row["content"] is None:
            return None
        try:
            content = json.loads(row["content"])
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def _compare_safely(self, compare, row, *args):
        """Return what a comparison finds, or that the content makes no sense.

        One entry that somebody tampered with does not stop the check.

        :param compare: takes the entry and the other arguments
        :param dict row: the entry
        :rtype: list[tuple]
        """
        try:
            return compare(row, *args)
        except (AttributeError, KeyError, TypeError, ValueError):
            detail = self.env._("The sealed content is not what sealing writes.")
            return [self._found(row, "content", detail)]

    def _found(self, row, kind, detail):
        return (row["position"], (row["card_id"], row["card_name"]), kind, detail)

    def _check_state(self, row):
        """Return whether the card says of itself what its latest entry says."""
        Card = self.env[CARD]
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

    def _check_hold(self, row, content):
        """Return whether the card is held as its last hold or release says."""
        if not row["is_latest"]:
            return []
        Card = self.env[CARD]
        is_held = row["kind"] == "hold"
        told = {"legal_hold": is_held, "hold_reason": None, "hold_by_id": None}
        if is_held:
            told.update(hold_reason=content["reason"], hold_by_id=row["user_id"])
        return [
            self._found(row, "hold", self._differ(Card, name, value, row[name]))
            for name, value in told.items()
            if (row[name] or None) != (value or None)
        ]

    def _check_disposal(self, row, content):
        """Return whether a card was destroyed by a disposal of two people.

        The entry may be right in itself, and yet nobody have decided so.
        """
        self.env.cr.execute(
            """SELECT disposal.state, disposal.proposed_by_id, disposal.decided_by_id,
                      disposal.date_decided, line.state
                 FROM customer_complaint_archive_disposal disposal
                 JOIN customer_complaint_archive_disposal_line line
                   ON line.disposal_id = disposal.id AND line.card_id = %s
                 JOIN customer_complaint_archive_card card
                   ON card.id = line.card_id AND card.disposal_id = disposal.id
                WHERE disposal.company_id = %s AND disposal.name = %s""",
            # Forged content may hold anything there.
            (row["card_id"], row["company_id"], str((content or {}).get("disposal"))),
        )
        for state, proposer, decider, decided, line_state in self.env.cr.fetchall():
            if (
                state in ("approved", "done")
                and line_state == "destroyed"
                and decided
                and decided <= row["date"]
                and proposer
                and decider
                and proposer != decider
            ):
                return []
        return [
            self._found(
                row,
                "disposal",
                self.env._(
                    "No disposal that one person proposed and another approved names "
                    "this card as destroyed."
                ),
            )
        ]

    def _check_prints(self, prints):
        """Return how printed cards differ from what was chained.

        The last print is the one that the card shows, unless it was opened or sealed
        anew since; all of them are kept.

        :param list prints: entry and content of each
        :rtype: list[tuple]
        """
        findings = []
        files = self._read_files(_get_known_ids(prints, "file"))
        for row, content in prints:
            findings += self._compare_safely(self._check_print, row, content, files)
        return findings

    def _check_print(self, row, content, files):
        file = files.get(content["file"])
        findings = []
        if row["is_latest"]:
            is_shown = (
                row["card_state"] == "sealed" and row["position"] > row["card_position"]
            )
            expected = content["file"] if is_shown else None
            if row["pdf_id"] != expected:
                findings.append(
                    self._found(
                        row,
                        "file",
                        self._differ(
                            self.env[CARD],
                            "pdf_id",
                            f"{content['name']} ({expected})" if expected else None,
                            row["pdf_id"],
                        ),
                    )
                )
        if not file or (file["res_model"], file["res_id"]) != (CARD, row["card_id"]):
            return [*findings, self._found(row, "file_missing", content["name"])]
        return findings + self._compare_digests(row, content, file["sha256"])

    def _read_files(self, ids):
        """Return rows of files with the digests of their bytes, by id."""
        Card = self.env[CARD]
        query = SQL(
            "SELECT %s::text FROM ir_attachment file WHERE file.id = ANY(%s)",
            *(Card._sql_file(), list(ids)),
        )
        files = [json.loads(text) for (text,) in self.env.execute_query(query)]
        Card._add_file_digests(files)
        if files:
            self._write_unguarded({"file_count": self.file_count + len(files)})
        return {file["id"]: file for file in files}

    def _check_files_of_cards(self, rows):
        """Return files that somebody hung on cards or supplements past Odoo.

        :param list[dict] rows: entries; each card is looked at once, at its latest
        :rtype: list[tuple]
        """
        latest = {
            row["card_id"]: row
            for row in rows
            if row["has_card"] and row["is_latest"] and row["kind"] in STATE_OF_KIND
        }
        self.env.cr.execute(
            """SELECT file.res_id, file.name FROM ir_attachment file
                WHERE file.res_model = %s AND file.res_id = ANY(%s)
                  AND NOT EXISTS (
                    SELECT 1 FROM customer_complaint_archive_entry entry
                     WHERE entry.card_id = file.res_id AND entry.kind = 'print'
                       AND entry.content LIKE '%%"file":' || file.id || ',%%')
             ORDER BY file.id""",
            (CARD, list(latest)),
        )
        return [
            self._found(latest[card_id], "file_added", name)
            for card_id, name in self.env.cr.fetchall()
        ]

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
        snapshots = self.env[CARD].browse(seals)._read_snapshots()
        files = 0
        for card_id, (row, sealed) in seals.items():
            now = snapshots[card_id][0]
            findings += self._compare_safely(self._compare_card, row, sealed, now)
            files += len(now["files"])
        if files:
            self._write_unguarded({"file_count": self.file_count + files})
        return findings

    @api.model
    def _compare_with_seal(self, card):
        """Return how a sealed card differs from its seal, without a check on record.

        :param customer.complaint.archive.card card: sealed
        :return: kind and detail of each difference
        :rtype: list[tuple[str, str]]
        """
        # What differs, whoever asks; whom to tell is the caller's affair.
        self = self.sudo()
        card_sudo = card.sudo()
        entry_sudo = card_sudo._get_seal_entry()
        row = {
            "position": entry_sudo.position,
            "card_id": card.id,
            "card_name": card_sudo.name,
        }
        content = self._parse({"content": entry_sudo.content}) or {}
        now = card_sudo._read_snapshots()[card.id][0]
        found = self._compare_safely(self._compare_card, row, content, now)
        return [(kind, detail) for _position, _card, kind, detail in found]

    def _compare_card(self, row, sealed, now):
        """Return how a case differs from what an entry sealed.

        :param dict row: the entry
        :param dict sealed: its content
        :param dict now: what is there
        :rtype: list[tuple]
        """
        found = self._compare_records(CARD, sealed["card"], now["card"])
        found += self._compare_records(COMPLAINT, sealed["complaint"], now["complaint"])
        for model in sorted(sealed["parts"].keys() | now["parts"].keys()):
            found += self._compare_parts(model, sealed, now)
        found += self._compare_messages(sealed, now)
        return [
            *(self._found(row, kind, detail) for kind, detail in found),
            *self._compare_files(row, sealed["files"], now["files"]),
            *(
                self._found(row, "file_added", file["name"])
                for file in self._get_added_files(sealed, now)
            ),
        ]

    def _compare_parts(self, model, sealed, now):
        """Return how the records of a model differ.

        What was added since is none of the sealed case where such records are added
        after the end, and were: their ids are above all that were given then.
        """
        Model = self.env.get(model)
        if Model is None:
            return []  # of an addon that was uninstalled
        before, after = (
            {row["id"]: row for row in side["parts"].get(model, ())}
            for side in (sealed, now)
        )
        last_id = sealed["last_ids"].get(model)
        findings = [
            (MISSING_KINDS.get(model, "record_missing"), self._describe(model, row))
            for key, row in before.items()
            if key not in after
        ]
        findings += [
            (ADDED_KINDS.get(model, "record_added"), self._describe(model, row))
            for key, row in after.items()
            if key not in before and (last_id is None or key <= last_id)
        ]
        for key, row in before.items():
            if key in after:
                findings += self._compare_records(model, row, after[key])
        return findings

    def _describe(self, model, row):
        """Return what a record is called in a finding."""
        label = self.env["ir.model"]._get(model).name
        if model == DOCUMENT:
            # A type tells nothing confidential, a description may.
            kind = row["type_id"]
            if not isinstance(kind, dict):
                kind_record = self.env["customer.complaint.archive.document.type"]
                kind = {"name": kind_record.browse(kind).exists().name or kind}
            return kind["name"]
        return f"{label} ({row['id']})"

    def _compare_records(self, model, sealed, now):
        """Return the fields of a record that differ; its records, not their names.

        A partner or user that is gone was merged into another or deleted: what was
        said of them is in the seal.
        """
        Model = self.env[model]
        findings = []
        unfinished = None
        for name, value in sealed.items():
            if name not in now or value == now[name] or _is_same(value, now[name]):
                continue
            if unfinished is None:
                unfinished = Model._get_unfinished_fields(sealed)
            field = Model._fields.get(name)
            if name in unfinished or not field:
                continue
            told = now[name]
            if field.relational and field.comodel_name == FILE:
                findings += self._compare_linked_files(value, told)
                continue
            if field.relational:
                gone = self._get_gone(field.comodel_name, value, told)
                if gone:
                    continue
                value, told = (
                    self._name_linked(field.comodel_name, side)
                    for side in (value, told)
                )
            findings.append(("field", self._differ(Model, name, value, told)))
        return findings

    def _compare_linked_files(self, sealed, now):
        """Return the files that are no longer, or newly, filed with a record."""
        before, after = _get_ids(sealed), _get_ids(now)
        return [
            (kind, self._name_linked(FILE, sorted(ids)))
            for kind, ids in (
                ("file_missing", before - after),
                ("file_added", after - before),
            )
            if ids
        ]

    def _get_gone(self, comodel, sealed, now):
        """Return whether linked records differ only by some that are gone."""
        before, after = _get_ids(sealed), _get_ids(now)
        left = before - after
        if not left:
            return False
        is_replaced = len(after - before) <= len(left)
        return is_replaced and not self.env[comodel].browse(left).exists()

    def _name_linked(self, comodel, side):
        """Return what linked records are called in a finding, with their ids."""
        names = []
        for value in side if isinstance(side, list) else [side]:
            if isinstance(value, dict):
                names.append(f"{value['name'] or '—'} ({value['id']})")
            elif value:
                record = self.env[comodel].browse(value).exists()
                names.append(f"{record.display_name or '—'} ({value})")
        return ", ".join(names) or None

    def _compare_messages(self, sealed, now):
        """Return how the history differs.

        Cases are written about after their end, too; what pretends to have been there
        before was put there past Odoo.
        """
        before, after = (
            {row["id"]: row for row in side["messages"]} for side in (sealed, now)
        )
        last_id, end = sealed["last_ids"][MESSAGE], sealed["card"]["sealed_date"]
        findings = []
        for key, row in before.items():
            if key not in after:
                findings.append(("message_missing", self._describe_message(row)))
            elif self._is_message_changed(row, after[key]):
                findings.append(("message", self._describe_message(row)))
        for key, row in after.items():
            if key in before:
                continue
            is_backdated = row["date"] < end and row["message_type"] != DATED_ELSEWHERE
            if key <= last_id or is_backdated:
                findings.append(("message_added", self._describe_message(row)))
        return findings

    def _is_message_changed(self, sealed, now):
        for name, value in sealed.items():
            if not _is_same(value, now[name]) and not (
                name == "author_id" and self._get_gone("res.partner", value, now[name])
            ):
                return True
        return False

    def _describe_message(self, row):
        """Return which message a finding is about: when, by whom, and its id."""
        author = self._name_linked("res.partner", row["author_id"]) or row["email_from"]
        return self.env._(
            "%(moment)s, %(author)s, message %(id)s",
            moment=row["date"],
            author=author or "—",
            id=row["id"],
        )

    def _get_added_files(self, sealed, now):
        """Return the files that hang on what is sealed, and are not in the seal.

        Files may come with messages after the end, with records added since, and with
        the outcome of what was on its way; on the case itself, when they are new.
        """
        known = {file["id"] for file in sealed["files"]}
        sealed_messages = {row["id"] for row in sealed["messages"]}
        by_message = {
            file_id
            for row in now["messages"]
            if row["id"] not in sealed_messages
            for file_id in row["attachment_ids"]
        }
        return [
            file
            for file in now["files"]
            if file["id"] not in known
            and not (
                file["id"] > sealed["last_ids"][FILE]
                and (file["id"] in by_message or self._takes_new_file(sealed, file))
            )
        ]

    def _takes_new_file(self, sealed, file):
        if file["res_field"]:
            return False
        if file["res_model"] == COMPLAINT:
            return True
        for row in sealed["parts"].get(file["res_model"], ()):
            if row["id"] == file["res_id"]:
                names = self.env[file["res_model"]]._get_unfinished_fields(row)
                return "attachment_ids" in names
        return True  # a record added since

    def _compare_files(self, row, sealed, now):
        """Return how files differ that were sealed."""
        after = {file["id"]: file for file in now}
        findings = []
        for file in sealed:
            if file["id"] not in after:
                findings.append(self._found(row, "file_missing", file["name"]))
                continue
            there = after[file["id"]]
            if file == there:
                continue
            findings += self._compare_digests(row, file, there["sha256"])
            findings += [
                self._found(
                    row, "file", self._differ(self.env[FILE], name, value, there[name])
                )
                for name, value in file.items()
                if name != "sha256" and there[name] != value
            ]
        return findings

    def _compare_supplements(self, sealed):
        """Return how supplements differ from what was chained.

        :param list sealed: entry and content of each
        :rtype: list[tuple]
        """
        supplements = self.env[CARD]._read_supplements(_get_known_ids(sealed, "id"))
        findings = []
        for row, content in sealed:
            findings += self._compare_safely(
                self._compare_supplement, row, content, supplements
            )
        return findings

    def _compare_supplement(self, row, sealed, supplements):
        """Return how a supplement differs from what an entry chained.

        :param dict row: the entry
        :param dict sealed: its content
        :param dict supplements: what is there, by id
        :rtype: list[tuple]
        """
        now = supplements.get(sealed["id"])
        if not now:
            return [self._found(row, "supplement", sealed["name"])]
        Supplement = self.env[SUPPLEMENT]
        known = {file["id"] for file in sealed["files"]}
        return [
            *(
                self._found(
                    row,
                    "supplement",
                    self._differ(Supplement, name, value, now[name]),
                )
                for name, value in sealed.items()
                if name in Supplement._fields and not _is_same(value, now[name])
            ),
            *self._compare_files(row, sealed["files"], now["files"]),
            *(
                self._found(row, "file_added", file["name"])
                for file in now["files"]
                if file["id"] not in known
            ),
        ]


def _get_known_ids(entries, name):
    """Return the ids that entries name; forged ones may name anything.

    :param list entries: entry and content of each
    :param str name: where the content has the id
    :rtype: list[int]
    """
    named = [content.get(name) for _row, content in entries]
    return [key for key in named if type(key) is int]


def _is_same(sealed, now):
    """Return whether a value is what was sealed; of records, the ids."""
    if sealed == now:
        return True
    if isinstance(sealed, dict) and sealed.keys() == {"id", "name"}:
        return sealed["id"] == now
    if isinstance(sealed, list) and isinstance(now, list):
        return [_get_id(value) for value in sealed] == now
    return False


def _get_id(value):
    return value["id"] if isinstance(value, dict) else value


def _get_ids(side):
    """Return the ids of what a field links to, as sealed or as read."""
    values = side if isinstance(side, list) else [side]
    return {_get_id(value) for value in values if value}
