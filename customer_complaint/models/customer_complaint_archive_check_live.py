import json

from odoo import api, models

from ..tools.seal import digest_bytes, digest_file
from .customer_complaint import get_field_label
from .customer_complaint_archive_entry import STATE_OF_KIND


class CustomerComplaintArchiveCheck(models.Model):
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
                supplements[content.get("id")] = row, content
            elif row["kind"] == "print" and row["pdf_id"] == content.get("file"):
                findings += self._compare_safely(self._check_print, row, content)
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
        cards = self.env["customer.complaint.archive.card"].browse(seals)
        snapshots = cards._read_snapshots()
        files = 0
        for card_id, (row, sealed) in seals.items():
            now = snapshots[card_id][0]
            findings += self._compare_safely(self._compare_card, row, sealed, now)
            files += sum(len(holder["files"]) for holder in (*now["papers"], now))
        if files:
            self._write_unguarded({"file_count": self.file_count + files})
        return findings

    def _compare_card(self, row, sealed, now):
        """Return how a card differs from what an entry sealed.

        :param dict row: the entry
        :param dict sealed: its content
        :param dict now: what is there
        :rtype: list[tuple]
        """
        found = []
        for model, name in (
            ("customer.complaint.archive.card", "card"),
            ("customer.complaint", "complaint"),
        ):
            found += self._compare_fields(self.env[model], sealed[name], now[name])
        found += self._compare_people(sealed, now)
        found += self._compare_lines(sealed["lines"], now["lines"])
        return [
            *(self._found(row, kind, detail) for kind, detail in found),
            *self._compare_papers(row, sealed["papers"], now["papers"]),
            *self._compare_other_files(row, sealed, now),
        ]

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

    def _compare_other_files(self, row, sealed, now):
        """Return how the files of the case besides its papers differ.

        Much may be added after the seal; evidence may not.

        :param dict row: the entry
        :param dict sealed: its content; before files were sealed, without them
        :param dict now: what is there
        :rtype: list[tuple]
        """
        if "files" not in sealed:
            return []
        known = {file["id"] for file in sealed["files"]}
        return self._compare_files(
            row,
            sealed["files"],
            [
                file
                for file in now["files"]
                if file["id"] in known
                or not self.env[file["res_model"]]._may_take_files_late()
            ],
        )

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
        now = self.env["customer.complaint.archive.card"]._read_supplements(
            [key for key in sealed if isinstance(key, int)]
        )
        findings = []
        for key, (row, content) in sealed.items():
            findings += self._compare_safely(
                self._compare_supplement, row, content, now.get(key)
            )
        return findings

    def _compare_supplement(self, row, sealed, now):
        """Return how a supplement differs from what an entry chained.

        :param dict row: the entry
        :param dict sealed: its content
        :param dict now: what is there, if it still is
        :rtype: list[tuple]
        """
        if not now:
            return [self._found(row, "supplement", sealed["name"])]
        Supplement = self.env["customer.complaint.archive.supplement"]
        return [
            *(
                self._found(row, "supplement", detail)
                for _kind, detail in self._compare_fields(Supplement, sealed, now)
            ),
            *self._compare_files(row, sealed["files"], now["files"]),
        ]
