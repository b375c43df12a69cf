import json
from dataclasses import replace

from odoo import api, fields, models
from odoo.modules.registry import Registry

from ..tools.bundle import Member, stream_zip
from ..tools.file_name import clean_file_name
from .customer_complaint_archive_retention import ARCHIVIST, MANAGER
from .customer_complaint_archive_snapshot import CARD
from .customer_complaint_bundle import TEXT_TYPE, Bundle

ENTRY = "customer.complaint.archive.entry"
# As many entries or cards are held in memory.
ENTRIES_AT_ONCE = 500
CARDS_AT_ONCE = 20
JSON_LINES = "application/jsonl"


class CustomerComplaintArchiveCard(models.Model):
    """The whole archive as one ZIP, for when the addon goes or the company moves.

    For each company its chain, entry by entry as it was digested; for each card its
    print, the texts of the case and all files. ``sha256sum -c manifest.txt`` checks
    them.
    """

    _inherit = CARD

    @api.model
    def _check_may_export(self):
        """:raise AccessError: unless the user is archivist or manager"""
        self._check_groups(ARCHIVIST, MANAGER)

    @api.model
    def _stream_archive(self):
        """Yield the ZIP of all cards the user may see, in all their companies.

        It may take hours: cards are read as they are sent, in a transaction of its own.

        :rtype: Iterator[bytes]
        """
        self._check_may_export()
        moment = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        companies = self.env.user.company_ids
        context = {"lang": self.env.lang, "allowed_company_ids": companies.ids}
        members = _read_members(self.env.cr.dbname, self.env.uid, context)
        return stream_zip(members, moment, _make_manifest)

    @api.model
    def _get_archive_members(self):
        """Yield what is in the ZIP.

        :rtype: Iterator[Member]
        """
        for company in self.env.companies:
            name = clean_file_name(f"{company.id} {company.name}.jsonl")
            yield Member(
                self.env._("Chain") + f"/{name}",
                lambda company=company: self._get_chain_lines(company),
                0,
                mimetype=JSON_LINES,
            )
        last_id = 0
        while cards := self.search(
            [("id", ">", last_id), ("entry_ids", "!=", False)],
            order="id",
            limit=CARDS_AT_ONCE,
        ):
            last_id = cards[-1].id
            for card in cards:
                yield from card._get_export_members()
            self.env.invalidate_all()

    def _get_export_members(self):
        """Yield the files of one card, each in the folder of its number."""
        self.ensure_one()
        complaint = self.complaint_id
        bundle = Bundle(self.name, {}, self.env["ir.attachment"])
        if self.pdf_id:
            complaint._add_bundle_file(bundle, self, self.sudo().pdf_id)
        for title, content in complaint._get_bundle_texts():
            bundle.add(content, f"{title}.txt")
        complaint._add_bundle_files(bundle)
        owners = bundle.files._get_confidential_owners()
        if owners:
            self.env["customer.complaint.archive.access.log"]._record_sights(
                self.env.user, owners, "bundle"
            )
        if bundle.left_out:
            lines = [f"{what}: {why}\n" for what, why in bundle.left_out]
            bundle.add("".join(lines), self.env._("Left out") + ".txt")
        folder = clean_file_name(self.display_name.replace("/", "-"))
        for member in bundle.members:
            yield replace(member, path=f"{folder}/{member.path}")

    @api.model
    def _get_chain_lines(self, company):
        """Yield the entries of a chain, the first first, one line of JSON each.

        :param res.company company: whose
        :rtype: Iterator[bytes]
        """
        Entry = self.env[ENTRY].sudo()  # role checked by _check_may_export
        names = sorted(
            name
            for name, field in Entry._fields.items()
            if field.store and field.column_type
        )
        position = 0
        while entries := Entry.search(
            [("company_id", "=", company.id), ("position", ">", position)],
            order="position",
            limit=ENTRIES_AT_ONCE,
        ):
            position = entries[-1].position
            for values in entries.read(names, load=None):
                line = json.dumps(values, ensure_ascii=False, default=str)
                yield f"{line}\n".encode()
            entries.invalidate_recordset()


def _read_members(dbname, uid, context):
    with Registry(dbname).cursor() as cr:
        env = api.Environment(cr, uid, context)
        for member in env[CARD]._get_archive_members():
            # What was seen is on record, also when the download is broken off. The
            # cursor is its own: nobody else's work is committed.
            cr.commit()  # pylint: disable=invalid-commit
            yield member


def _make_manifest(written):
    lines = [f"{done.digest}  {done.member.path}\n" for done in written if done.digest]
    content = "".join(lines).encode()
    return [Member.from_bytes("manifest.txt", content, mimetype=TEXT_TYPE)]
