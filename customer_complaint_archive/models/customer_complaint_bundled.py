import hashlib
import json
from dataclasses import dataclass, field
from mimetypes import guess_extension

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.modules.registry import Registry
from odoo.tools import SQL, format_amount, format_date, html2plaintext, human_size

from odoo.addons.customer_complaint.const import (
    ARCHIVIST,
    COMPLAINANT_FIELDS,
    MEASURE_FIELDS,
)
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from ..tools.bundle import CHUNK, Member, Paths, stream_zip

# Who hands a case over to a court or a regulator.
BUNDLE_GROUPS = (
    "customer_complaint.group_complaint_supervisor",
    "customer_complaint.group_complaint_archivist",
    "customer_complaint.group_complaint_auditor",
)
DOCUMENT = "customer.complaint.archive.document"
# Version of what the manifest says, for programs that read it.
MANIFEST_FORMAT = "customer-complaint-bundle/1"
TEXT_TYPE = "text/plain"
# So that every editor knows the letters.
TEXT_ENCODING = "utf-8-sig"
# What the case itself says, in the order of its text.
CASE_FIELDS = (
    "name",
    "subject",
    "state",
    "company_id",
    "team_id",
    "user_id",
    "channel_id",
    "way_in",
    "category_id",
    "severity",
    "date_received",
    "received_by_id",
    *COMPLAINANT_FIELDS,
    "description",
    "demand",
    "event_date",
    "event_place",
    "people_involved",
    "usage",
    "date_accepted",
    "accepted_by_id",
    "date_decided",
    "decided_by_id",
    "conclusion",
    "conclusion_note",
    *MEASURE_FIELDS,
    "compensation_total",
    "date_notified",
    "refusal_ground_id",
    "refusal_note",
    "date_withdrawn",
    "withdrawal_reason",
    "date_closed",
    "closed_by_id",
    "reopen_reason",
)
# Messages are read and dropped again in batches.
MESSAGE_BATCH = 500
RULE = "-" * 72


@dataclass
class Bundle:
    """What is put into a case bundle, and what is left out and why."""

    name: str
    facts: dict
    #: The files in it, so that their sight is noted.
    files: models.BaseModel
    members: list = field(default_factory=list)
    #: What it is and why it is left out.
    left_out: list = field(default_factory=list)
    paths: Paths = field(default_factory=Paths)

    def add(self, content, *parts, mimetype=TEXT_TYPE):
        """Put a text or a printed paper into the bundle."""
        path = self.paths.take(*parts)
        if isinstance(content, str):
            content = content.replace("\n", "\r\n").encode(TEXT_ENCODING)
        self.members.append(Member.from_bytes(path, content, mimetype=mimetype))


class CustomerComplaintBundled(models.AbstractModel):
    """The case bundle: one ZIP of a case for a court or a regulator.

    It holds what the user may see and nothing else; what is left out is named in the
    index. Its manifest has the SHA-256 digest of each file, in a form that
    ``sha256sum -c`` checks.
    """

    _name = "customer.complaint.bundled"
    _description = "Bundle of a Case"

    def action_make_bundle(self):
        """Ask for whom and why the case is put together.

        :rtype: dict
        :raise AccessError: if the user hands no cases over
        """
        self.ensure_one()
        self._check_may_make_bundle()
        return self._action_ask(
            "customer.complaint.make.bundle",
            self.env._("Case Bundle"),
            complaint_id=self.id,
        )

    def _check_may_make_bundle(self):
        """Refuse a bundle to those who may not see the case or hand no cases over.

        :raise AccessError: naming the complaint
        """
        self.check_access("read")
        if self.env.su:
            return
        self._check_may_work()
        if not any(self.env.user.has_group(group) for group in BUNDLE_GROUPS):
            raise AccessError(
                self.env._(
                    "Your role does not allow you to put %(name)s together for others. "
                    "Ask a supervisor of the team or the archivist.",
                    name=self.name,
                )
            )

    def _make_bundle(self, recipient, purpose):
        """Put the case together and log it.

        Nothing of the files is read yet; the digests are taken as they are sent.

        :param str recipient: for whom
        :param str purpose: what for
        :rtype: Bundle
        :raise AccessError: if the user may not have it
        """
        self.ensure_one()
        self._check_may_make_bundle()
        facts = self._get_bundle_facts(recipient, purpose)
        files = self.env["ir.attachment"]
        bundle = Bundle(self._get_bundle_name(), facts, files)
        self._add_bundle_papers(bundle)
        for title, content in self._get_bundle_texts():
            bundle.add(content, f"{title}.txt")
        self._add_bundle_seal(bundle)
        self._add_bundle_files(bundle)
        index = self._print_bundle_index(bundle)
        bundle.add(index, self.env._("Index.pdf"), mimetype="application/pdf")
        # First of all what says what is in it.
        bundle.members.insert(0, bundle.members.pop())
        self._log_bundle(bundle)
        return bundle

    def _get_bundle_facts(self, recipient, purpose):
        """Return what the index and the manifest say of the bundle.

        :rtype: dict
        """
        now = fields.Datetime.now()
        facts = {
            "format": MANIFEST_FORMAT,
            "complaint": self.name,
            "company": self.company_id.name,
            "made_on": now.isoformat() + "Z",
            "made_by": self.env.user.name,
            "recipient": recipient,
            "purpose": purpose,
        }
        card = self.archive_card_id.sudo(False)
        if card and card.has_access("read"):
            facts["archive_card"] = card.display_name
            facts["archive_card_state"] = card.state
            facts["archive_card_digest"] = card.digest or None
            if card.state == "sealed":
                facts["seal"] = self._get_bundle_seal(card)
        return facts

    def _get_bundle_seal(self, card):
        """Return whether the case is as it was sealed, as the manifest says it.

        What differs in detail is told to archivists, who see all of a seal.

        :rtype: dict
        """
        Check = self.env["customer.complaint.archive.check"]
        found = Check._compare_with_seal(card)
        finding = self.env["customer.complaint.archive.check.finding"]
        labels = dict(finding._fields["kind"]._description_selection(self.env))
        entry_sudo = card._get_seal_entry()  # digests, nothing of what was sealed
        seal = {
            "sealed_on": card.sealed_date.isoformat() + "Z",
            "position": entry_sudo.position,
            "content_sha256": entry_sudo.content_digest,
            "is_unchanged": not found,
            "differences": sorted({labels[kind] for kind, _detail in found}),
        }
        if self.env.user.has_group(ARCHIVIST):
            seal["differences"] = [
                f"{labels[kind]}: {detail}" for kind, detail in found
            ]
        return seal

    def _add_bundle_seal(self, bundle):
        """Add what was sealed, as it was digested, for who may read all of it."""
        card = self.archive_card_id.sudo(False)
        if "seal" not in bundle.facts:
            return
        title = self.env._("Seal")
        if not self.env.user.has_group(ARCHIVIST):
            reason = self.env._("Only an archivist hands it out.")
            bundle.left_out.append((title, reason))
            return
        content = (card._get_seal_entry().content or "").encode()
        path = bundle.paths.take(f"{title}.json")
        bundle.members.append(
            Member.from_bytes(path, content, mimetype="application/json")
        )

    def _get_bundle_name(self):
        """Return what the ZIP is called.

        :rtype: str
        """
        return self.env._("Case %(number)s.zip", number=self.name.replace("/", "-"))

    def _log_bundle(self, bundle):
        """Note that the case was put together: by whom, for whom, why.

        The sight of each confidential file in it goes into their log.

        :param Bundle bundle: what is about to be sent
        """
        owners = bundle.files._get_confidential_owners()
        if owners:
            bundle.files._note_sights(owners, "bundle")
        # Readers of a case may have no right to write on it; this is the system's note.
        self.sudo()._message_log(
            body=self.env._(
                "Case bundle made for %(recipient)s: %(count)s files, %(left)s papers "
                "left out. Purpose: %(purpose)s",
                recipient=bundle.facts["recipient"],
                purpose=bundle.facts["purpose"],
                count=len(bundle.members),
                left=len(bundle.left_out),
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _stream_bundle(self, bundle):
        """Yield the ZIP; works after the transaction has ended.

        :param Bundle bundle: as made by :meth:`_make_bundle`
        :rtype: Iterator[bytes]
        """
        moment = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id.complaint_tz), fields.Datetime.now()
        )
        return stream_zip(
            bundle.members, moment, lambda written: _make_manifests(bundle, written)
        )

    def _add_bundle_papers(self, bundle):
        card = self.archive_card_id
        if card.has_access("read") and card.pdf_id:
            # As it was printed when it was sealed; its digest is in the chain.
            self._add_bundle_file(bundle, card, card.sudo().pdf_id)
        Report = self.env["ir.actions.report"]
        for title, report, record in self._get_case_reports():
            if record == card and card.pdf_id:
                continue
            content, kind = Report._render_qweb_pdf(report, record.ids)
            suffix, mimetype = {
                "pdf": (".pdf", "application/pdf"),
                "html": (".html", "text/html"),
            }[kind]
            bundle.add(content, title + suffix, mimetype=mimetype)

    def _print_bundle_index(self, bundle):
        """Return the index of the bundle as a PDF, in the reader's language.

        :rtype: bytes
        """
        body = self.env["ir.qweb"]._render(
            "customer_complaint_archive.bundle_index",
            {
                "complaint": self,
                "facts": bundle.facts,
                "members": bundle.members,
                "human_size": human_size,
                "left_out": bundle.left_out,
                "made_on": self.company_id._complaint_format_moment(
                    fields.Datetime.now()
                ),
            },
        )
        Report = self.env["ir.actions.report"]
        return Report._run_wkhtmltopdf(
            [f"<!DOCTYPE html>{body}"], "customer_complaint.report_archive_card"
        )

    def _add_bundle_files(self, bundle):
        """Add the files of all that hangs on the case, and of its messages."""
        for model in self.env["customer.complaint.kept"]._get_kept_models():
            self._add_bundle_files_of(bundle, model)
        files_sudo = (
            self.env["ir.attachment"]
            .sudo()  # which there are; those the user may not read are left out below
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                ],
                order="id",
            )
        )
        for file_sudo in files_sudo:
            self._add_bundle_file(bundle, self, file_sudo, self.env._("Messages"))

    def _add_bundle_files_of(self, bundle, model):
        Model = self.env[model]
        names = Model._file_fields
        drawn = [name for name, field in Model._fields.items() if _is_drawn(field)]
        if not (names or drawn) or "complaint_id" not in Model._fields:
            return
        # Which there are: those the user may not read are named, not shown.
        records_sudo = Model.sudo().search([("complaint_id", "=", self.id)], order="id")
        readable = records_sudo.sudo(False)._filtered_access("read")
        folder = self.env["ir.model"]._get(model).name
        for number, record_sudo in enumerate(records_sudo, start=1):
            record = record_sudo.sudo(False)
            if record not in readable:
                # A type tells nothing confidential, a description may.
                is_typed = Model._may_be_confidential
                label = record_sudo._get_confidential_label() if is_typed else folder
                reason = self.env._("You may not see this paper.")
                bundle.left_out.append((label, reason))
                continue
            title = f"{number:02d} {self._get_bundle_title(record)}"
            files_sudo = self.env["ir.attachment"].sudo()
            for name in names:
                files_sudo |= record_sudo[name]
            if drawn:
                files_sudo |= files_sudo.search(
                    [
                        ("res_model", "=", model),
                        ("res_id", "=", record.id),
                        ("res_field", "in", drawn),
                    ]
                )
            for file_sudo in files_sudo.sorted("id"):
                self._add_bundle_file(bundle, record, file_sudo, folder, title)

    @api.model
    def _get_bundle_title(self, record):
        """Return what the folder of a record's files is called.

        :rtype: str
        """
        if record._name != DOCUMENT:
            return record.display_name
        parts = (record.type_id.name, record.name)
        return " ".join(dict.fromkeys(filter(None, parts)))

    def _add_bundle_file(self, bundle, record, file_sudo, *folders):
        """Add a file, unless the user may not read it or it is none.

        :param record: what it is filed with
        :param ir.attachment file_sudo: with all rights: where its bytes are
        :param str folders: where it goes
        """
        file = file_sudo.sudo(False)
        if not file.has_access("read"):
            label = folders[0] if folders else self._description
            bundle.left_out.append((label, self.env._("You may not see this file.")))
            return
        if file_sudo.type != "binary":
            bundle.left_out.append(
                (file_sudo.name, self.env._("This is a link, not a file."))
            )
            return
        name = file_sudo.name
        if file_sudo.res_field:
            # Called as the field; programs go by how a name ends.
            name += guess_extension(file_sudo.mimetype or "") or ""
        path = bundle.paths.take(*folders, name)
        values = {
            "mimetype": file_sudo.mimetype or "",
            "facts": {"filed_with": record.display_name, "attachment": file_sudo.id},
        }
        if file_sudo.store_fname:
            filename = file_sudo._full_path(file_sudo.store_fname)
            member = Member.from_file(path, filename, file_sudo.file_size, **values)
        else:
            dbname, file_id = self.env.cr.dbname, file_sudo.id
            member = Member(
                path,
                lambda: _read_from_database(dbname, file_id),
                file_sudo.file_size,
                **values,
            )
        bundle.members.append(member)
        bundle.files |= file

    # ------------------------------------------------------------------
    # THE TEXT OF THE CASE
    #
    # What a case bundle says in words: the case, notices, approvals, history.
    #
    # Read with the rights of who makes the bundle: what they may not see is not in it.
    # ------------------------------------------------------------------

    def _get_bundle_texts(self):
        """Return the texts of the bundle; bridges add theirs.

        :return: title and content of each
        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        sections = self._get_case_sections()
        parts = [self._get_bundle_text_of(self, CASE_FIELDS)]
        parts += self._get_bundle_sections(sections["case"])
        return [
            (self.env._("Case"), "\n".join(parts)),
            (
                self.env._("Notices"),
                "\n".join(self._get_bundle_sections(sections["notices"])),
            ),
            (
                self.env._("Approvals"),
                "\n".join(self._get_bundle_sections(sections["approvals"])),
            ),
            (self.env._("History"), "".join(self._get_bundle_history())),
        ]

    def _get_bundle_sections(self, sections):
        """Return a text for each model of which something hangs on the case.

        :param dict sections: names of fields by model
        :rtype: list[str]
        """
        texts = []
        for model, names in sections.items():
            Model = self.env[model]
            if not Model.has_access("read"):
                continue
            records = Model.search([("complaint_id", "=", self.id)], order="id")
            if not records:
                continue
            heading = self.env["ir.model"]._get(model).name
            texts.append(f"\n{RULE}\n{heading} ({len(records)})\n{RULE}\n")
            texts += [self._get_bundle_text_of(record, names) for record in records]
        return texts

    def _get_bundle_text_of(self, record, names):
        """Return one line for each field of a record that says something.

        :param record: a single record
        :param names: names of its fields
        :rtype: str
        """
        lines = []
        for name in names:
            value = self._format_bundle_value(record, name)
            if not value:
                continue
            label = get_field_label(record, name)
            # Further lines stand apart, so that nobody takes them for fields.
            lines.append(f"{label}: " + value.replace("\n", "\n    ") + "\n")
        return "".join(lines)

    def _format_bundle_value(self, record, name):
        """Return the value of a field as the reader reads it.

        :rtype: str
        """
        field, value = record._fields[name], record[name]
        if field.type == "boolean":
            return self.env._("yes") if value else ""
        if not value and field.type != "monetary":
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.relational:
            # What is named on a record that the reader sees.
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "datetime":
            return self.company_id._complaint_format_moment(value)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return format_amount(self.env, value, currency)
        return f"{value:g}" if field.type == "float" else str(value)

    def _get_bundle_history(self):
        """Yield the messages and changes of the case, the oldest first.

        :rtype: Iterator[str]
        """
        Message = self.env["mail.message"]
        domain = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("message_type", "!=", "user_notification"),
        ]
        marks = self._get_seal_marks()
        last = 0
        while messages := Message.search(
            [*domain, ("id", ">", last)], order="id", limit=MESSAGE_BATCH
        ):
            last = messages[-1].id
            for message in messages:
                yield self._get_bundle_message(message, marks(message.id))
            messages.invalidate_recordset()

    def _get_seal_marks(self):
        """Return what tells how a message stands to the seal of the case.

        :return: takes the id of a message and returns a text, or nothing
        """
        card = self.archive_card_id.sudo(False)
        if not card or not card.has_access("read") or card.state != "sealed":
            return lambda _message_id: False
        # Which messages there were and are, not what they say.
        card_sudo = card.sudo()
        sealed = {
            row["id"]: row for row in card_sudo._get_seal_content().get("messages", ())
        }
        Check = self.env["customer.complaint.archive.check"].sudo()
        now = {
            row["id"]: row
            for row in card_sudo._read_snapshots()[card.id][0]["messages"]
        }
        after = self.env._("not in the seal of the archive card")
        changed = self.env._("changed since the archive card was sealed")

        def mark(message_id):
            if message_id not in sealed:
                return after
            is_changed = message_id in now and Check._is_message_changed(
                sealed[message_id], now[message_id]
            )
            return is_changed and changed

        return mark

    def _get_bundle_message(self, message, mark=False):
        """Return a message of the chatter with the changes it shows.

        :param str mark: how it stands to the seal of the case, if there is more to say
        :rtype: str
        """
        # Names only; which fields the reader may see is asked for below.
        message_sudo = message.sudo()
        author = message_sudo.author_id.name or message_sudo.email_from or ""
        kind = message_sudo.subtype_id.name or ""
        moment = self.company_id._complaint_format_moment(message_sudo.date)
        lines = [" · ".join(filter(None, (moment, author, kind)))]
        if mark:
            lines.append(f"[{mark}]")
        if message_sudo.subject:
            lines.append(message_sudo.subject)
        lines += html2plaintext(
            message_sudo.body or "", include_references=False
        ).splitlines()
        values_sudo = message_sudo.tracking_value_ids
        for value in values_sudo._filter_has_field_access(
            self.env
        )._tracking_value_format():
            info = value["fieldInfo"]
            before, after = (
                self._format_tracked(value[key], info["fieldType"])
                for key in ("oldValue", "newValue")
            )
            text = f"{info['changedField']}: {before} → {after}"
            lines += text.splitlines()
        lines += [
            f"[{file.name}]" for file in message.attachment_ids._filtered_access("read")
        ]
        return "\n    ".join(lines) + "\n\n"

    def _format_tracked(self, value, kind):
        if value in (False, None, ""):
            return "–"
        if kind == "datetime":
            moment = fields.Datetime.to_datetime(value.removesuffix("Z"))
            return self.company_id._complaint_format_moment(moment)
        return str(value)


def _is_drawn(field):
    """Return whether a field holds a picture, such as a signature, as a file."""
    return field.type in ("binary", "image") and field.store and field.attachment


def _make_manifests(bundle, written):
    """Return the manifests: one for programs, one that ``sha256sum -c`` reads."""
    files = [
        {
            "path": done.member.path,
            "size": done.size,
            "sha256": done.digest,
            **(done.member.facts or {}),
        }
        for done in written
        if done.digest
    ]
    text = json.dumps(
        {
            **bundle.facts,
            "files": files,
            "left_out": [
                {"paper": paper, "reason": reason} for paper, reason in bundle.left_out
            ],
            "unreadable": [done.member.path for done in written if not done.digest],
        },
        ensure_ascii=False,
        indent=2,
    )
    content = text.encode()
    json_member = Member.from_bytes("manifest.json", content, mimetype=TEXT_TYPE)
    lines = [f"{file['sha256']}  {file['path']}\n" for file in files]
    digest = hashlib.sha256(content).hexdigest()
    lines.append(f"{digest}  {json_member.path}\n")
    return [
        json_member,
        Member.from_bytes("manifest.txt", "".join(lines).encode(), mimetype=TEXT_TYPE),
    ]


def _read_from_database(dbname, file_id):
    """Yield the content of a file that is kept in the database, in pieces."""
    with Registry(dbname).cursor(readonly=True) as cr:
        position = 1
        while True:
            cr.execute(
                SQL(
                    "SELECT substring(db_datas FROM %s FOR %s) FROM ir_attachment"
                    " WHERE id = %s",
                    position,
                    CHUNK,
                    file_id,
                )
            )
            row = cr.fetchone()
            if not row:
                raise FileNotFoundError(file_id)
            if not row[0]:
                return
            yield bytes(row[0])
            position += CHUNK
