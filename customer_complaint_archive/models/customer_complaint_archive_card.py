import json
from collections import defaultdict
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.modules.registry import Registry
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import ARCHIVIST, MANAGER
from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right
from odoo.addons.customer_complaint_base.tools.file_name import clean_file_name
from odoo.addons.customer_complaint_base.tools.job import work_off

from ..tools.bundle import Member, stream_zip
from ..tools.seal import digest_bytes
from .customer_complaint_archive_card_content import CARD, COMPLAINT, DOCUMENT
from .customer_complaint_bundled import TEXT_TYPE, Bundle
from .res_company import NUMBER_PREFIX

# Where a content has the card and the complaint themselves.
ROOTS = {CARD: "card", COMPLAINT: "complaint"}
ENTRY = "customer.complaint.archive.entry"
# As many entries or cards are held in memory.
ENTRIES_AT_ONCE = 500
CARDS_AT_ONCE = 20
JSON_LINES = "application/jsonl"


class CustomerComplaintArchiveCard(models.Model):
    """Sealing (归档): a card that has ended gets its number and its place in the chain.

    It happens in the step that ends the complaint, so that nobody can change the card
    between the end and the seal. Whatever is slow comes before the chain is locked
    (the digests of files) or after it, in a job (the printed card).
    """

    _name = "customer.complaint.archive.card"
    _inherit = [
        "customer.complaint.archive.card.content",
        "customer.complaint.archive.card.retention",
        "customer.complaint.archive.card",
    ]

    # Archive catalogue
    page_count = fields.Integer(
        string="Pages",
        compute="_compute_page_count",
        aggregator=None,
        help="Pages of all papers filed, all copies counted.",
    )
    place = fields.Char(
        string="Place of the Original",
        compute="_compute_place",
        help="Room, cabinet and box of the paper original.",
    )

    # The printed card
    pdf_id = fields.Many2one(
        "ir.attachment",
        string="Printed Card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The card as it was printed right after sealing.",
        sealed=False,
        system=True,
    )
    pdf_failures = fields.Integer(
        string="Failed Printings",
        readonly=True,
        copy=False,
        default=0,
        aggregator=None,
        help="How often printing the sealed card failed; the server's log says why.",
        sealed=False,
        system=True,
    )

    archive_category_id = fields.Many2one(
        "customer.complaint.archive.category",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', [company_id, False])]",
        help="Number series and retention (档案类别). Left empty, the first category "
        "that applies to the complaint is taken at sealing.",
    )
    archive_year = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Year of the archive number.",
        system=True,
    )
    archive_serial = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Serial number within the year and the archive category.",
        system=True,
    )
    legacy_number = fields.Char(
        copy=False,
        help="Number that a card of past years bears already. It becomes the archive "
        "number at sealing.",
    )
    room = fields.Char(help="Where the paper original stands: room.", sealed=False)
    cabinet = fields.Char(
        help="Where the paper original stands: cabinet or shelf.", sealed=False
    )
    box = fields.Char(
        help="Where the paper original stands: box or folder.", sealed=False
    )
    position = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Place of the card's latest seal in the company's chain.",
        sealed=False,
        system=True,
    )
    digest = fields.Char(
        readonly=True,
        copy=False,
        help="SHA-256 of the latest seal: over the card, the bytes of its papers and "
        "the digest before.",
        sealed=False,
        system=True,
    )
    previous_digest = fields.Char(
        readonly=True,
        copy=False,
        help="Digest of the chain before the seal.",
        sealed=False,
        system=True,
    )
    addition_count = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        sealed=False,
        help="Counts what was added to the open case: what is added and what seals it "
        "in the same moment write the same row, and the later one starts anew.",
        system=True,
    )
    entry_ids = fields.One2many(
        "customer.complaint.archive.entry", "card_id", string="Chain Entries"
    )
    seal_note = fields.Text(
        compute="_compute_seal_note",
        help="Why a card whose complaint has ended is not sealed.",
    )
    can_seal = fields.Boolean(compute="_compute_seal_note")

    # Supplements
    supplement_ids = fields.One2many(
        "customer.complaint.archive.supplement", "card_id", string="Supplements"
    )

    # The catalogue, as it is listed.
    _catalogue_idx = models.Index("(archive_year DESC, name DESC)")
    _place_idx = models.Index("(room, cabinet, box) WHERE box IS NOT NULL")

    _pdf_missing_idx = models.Index(
        "(pdf_failures, id) WHERE state = 'sealed' AND pdf_id IS NULL"
    )

    _serial_uniq = models.UniqueIndex(
        "(company_id, archive_category_id, archive_year, archive_serial)"
        " WHERE archive_serial > 0",
        "Another archive card has this number already.",
    )

    @api.depends("document_ids.copies", "document_ids.pages")
    def _compute_page_count(self):
        pages = defaultdict(int)
        # How many pages there are, not what is on them.
        groups = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            ._read_group(
                [("card_id", "in", self.ids)],
                ["card_id", "copies", "pages"],
                ["__count"],
            )
        )
        for card, copies, count, papers in groups:
            pages[card.id] += copies * count * papers
        for card in self:
            card.page_count = pages[card.id]

    @api.depends("room", "cabinet", "box")
    def _compute_place(self):
        for card in self:
            card.place = " / ".join(filter(None, (card.room, card.cabinet, card.box)))

    def _sorted_for_catalogue(self):
        """Return the cards by company, year, archive category and number.

        :rtype: customer.complaint.archive.card
        """
        return self.sorted(
            lambda card: (
                card.company_id.name,
                card.archive_year,
                card.archive_category_id.code or "",
                card.display_name or "",
                card.id,
            )
        )

    def _get_retention_text(self):
        """Return until when the card is kept, as the catalogue says it.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "disposed":
            return self.env._("Destroyed")
        if self.legal_hold:
            return self.env._("Legal hold")
        if self.retention_until:
            return self.company_id._complaint_format_day(self.retention_until)
        return self.env._("For good") if self.state == "sealed" else ""

    def action_open_catalogue(self):
        """Ask how the catalogue of these cards is made.

        :rtype: dict
        :raise AccessError: if the user may not read one of the cards
        """
        self.check_access("read")
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.catalogue",
            self.env._("Archive Catalogue"),
            card_ids=self.ids,
        )

    def _get_label_url(self):
        """Return the address that the code on the label opens.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/complaint-archive/{self.id}"

    # ------------------------------------------------------------------
    # WHAT A DISPOSAL DESTROYS
    # ------------------------------------------------------------------

    def _destroy(self, disposal):
        """Destroy what the card holds; its number, dates and digests remain.

        :param customer.complaint.archive.disposal disposal: approved
        :return: what was destroyed
        :rtype: dict
        """
        self.ensure_one()
        # What is sealed goes by this rule.
        self = with_archive_right(self)
        files = self._get_disposed_files()
        figures = {
            "file_count": len(files),
            "file_size": sum(files.mapped("file_size")),
            "shared_count": files._count_shared(),
        }
        self._chain_disposal(disposal, figures)
        files._destroy_files()
        self.document_ids._destroy_texts()
        self.supplement_ids._write_unguarded({"body": "—", "reason": "—"})
        # By whose decision it was destroyed is told for good.
        self.entry_ids.filtered(lambda e: e.kind != "disposal")._destroy_contents()
        self._write_unguarded(
            {
                "state": "disposed",
                "disposal_id": disposal.id,
                "date_disposed": fields.Datetime.now(),
                "remarks": False,
                "pdf_id": False,
            }
        )
        return figures

    def _chain_disposal(self, disposal, figures):
        """Put into the chain by whose decision the card was destroyed."""
        self.env["customer.complaint.archive.entry"]._append(
            "disposal",
            {
                self: {
                    "disposal": disposal.name,
                    "proposed_by": disposal.proposed_by_id.name,
                    "proposed_on": disposal.date_proposed.isoformat(),
                    "approved_by": disposal.decided_by_id.name,
                    "approved_on": disposal.date_decided.isoformat(),
                    "retention_until": self.retention_until.isoformat(),
                    "digest": self.digest,
                    **figures,
                }
            },
        )

    def _get_disposed_files(self):
        """Return all files of the case, and of those that were merged into it.

        :rtype: ir.attachment
        """
        self.ensure_one()
        return self.complaint_id._get_case_files()

    # ------------------------------------------------------------------
    # THE PRINTED CARD
    #
    # The printed card that is kept with a sealed one.
    #
    # It is printed by a job after sealing, since printing takes seconds and nobody may
    # wait for it with the chain locked. Its digest becomes an entry of its own, so that
    # the file is as safe as the card.
    # ------------------------------------------------------------------

    @api.model
    def _cron_store_pdfs(self):
        """Print sealed cards and keep the files; what fails is tried again later."""
        todo = self.search(
            [("state", "=", "sealed"), ("pdf_id", "=", False)],
            # What fails again and again does not keep the others waiting.
            order="pdf_failures, id",
        )
        # Printing takes a while: the chain is extended in a fresh transaction.
        work_off(
            todo,
            lambda card, content: card._store_pdf(content),
            prepare=lambda card: card._render_pdf(),
            on_failure=lambda card: card._note_pdf_failure(),
        )

    def _note_pdf_failure(self):
        self._write_unguarded({"pdf_failures": self.pdf_failures + 1})

    def _render_pdf(self):
        self.ensure_one()
        lang = self.company_id.partner_id.lang
        content, _type = (
            self.env["ir.actions.report"]
            .with_context(lang=lang)
            ._render_qweb_pdf("customer_complaint.report_archive_card", self.ids)
        )
        return content

    def _store_pdf(self, content):
        """Keep the printed card and chain its digest.

        :param bytes content: of the PDF
        """
        self.ensure_one()
        card = self.try_lock_for_update()
        if card.state != "sealed" or card.pdf_id:
            return
        name = f"{card.name.replace('/', '-')}.pdf"
        file = with_archive_right(self.env["ir.attachment"]).create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": card.id,
            }
        )
        self.env["customer.complaint.archive.entry"]._append(
            "print",
            {card: {"file": file.id, "name": name, "sha256": digest_bytes(content)}},
        )
        card._write_unguarded({"pdf_id": file.id})

    def _unseal(self):
        """Open the cards again; called when their complaints are reopened.

        The seals stay in the chain, and that they were opened is chained, too. The next
        seal is printed anew; the old print stays with its digest.
        """
        # Only the reopening of the complaint leads here, whoever reopens it.
        cards_sudo = self.sudo().filtered(lambda card: card.state == "sealed")
        for _company, sealed_sudo in cards_sudo.grouped("company_id").items():
            self.env["customer.complaint.archive.entry"].with_user(
                self.env.user
            )._append(
                "reopen",
                {
                    card: {
                        "reason": card.complaint_id.reopen_reason or None,
                        "opened_by": self.env.user.sudo().name,
                    }
                    for card in sealed_sudo
                },
            )
        self.sudo()._write_unguarded({"pdf_id": False, "pdf_failures": 0})
        return super()._unseal()

    def action_open_pdf(self):
        """Open the printed card.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.pdf_id.id}",
            "target": "new",
        }

    # ------------------------------------------------------------------
    # SEALING
    # ------------------------------------------------------------------

    @api.depends_context("uid", "lang")
    @api.depends("state", "complaint_id.state")
    def _compute_seal_note(self):
        is_archivist = self.env.user.has_group(ARCHIVIST)
        for card in self:
            # Whether papers are missing, not what they are.
            card_sudo = card.sudo()
            ended = card.state == "open" and card_sudo.complaint_id._has_ended()
            reasons = card_sudo._get_cannot_seal_reasons() if ended else []
            card.seal_note = "\n".join(f"• {reason}" for reason in reasons)
            card.can_seal = ended and is_archivist and not reasons

    @api.model
    def _get_free_fields(self):
        # Where the paper stands changes when it is moved, sealed or not.
        return super()._get_free_fields() | {"room", "cabinet", "box"}

    def write(self, vals):
        result = super().write(vals)
        if vals.get("archive_category_id"):
            self._check_archive_category()
        return result

    def _check_archive_category(self):
        """Refuse the category of another company."""
        for card in self:
            owner = card.archive_category_id.company_id
            if owner and owner != card.company_id:
                raise ValidationError(
                    self.env._(
                        "The archive category %(category)s belongs to another company. "
                        "Choose one of %(company)s.",
                        category=card.archive_category_id.display_name,
                        company=card.company_id.name,
                    )
                )

    @api.constrains("legacy_number")
    def _check_legacy_number(self):
        cards = self.filtered("legacy_number")
        if not cards:
            return
        numbers = cards.mapped("legacy_number")
        # Numbers of cards the user may not see count as well.
        found_sudo = self.sudo().search(
            [
                ("company_id", "in", cards.company_id.ids),
                "|",
                ("name", "in", numbers),
                ("legacy_number", "in", numbers),
            ]
        )
        bearers = {}
        for card_sudo in found_sudo:
            for number in {card_sudo.name, card_sudo.legacy_number}:
                bearers.setdefault((card_sudo.company_id, number), set()).add(
                    card_sudo.id
                )
        for card in cards:
            if bearers[card.sudo().company_id, card.legacy_number] - {card.id}:
                raise ValidationError(
                    self.env._(
                        "Another card of the company has the number %(number)s "
                        "already. Check the number on the paper card.",
                        number=card.legacy_number,
                    )
                )

    def _do_seal(self):
        """Seal these cards, company by company.

        :return: why cards were left out, by card
        :rtype: dict
        """
        left = {}
        if not self:
            return left
        # From here on nothing is added, and what was added meanwhile starts anew.
        self.complaint_id._exclude_sealing()
        self._note_changes()
        snapshots = self._read_snapshots()
        Category = self.env["customer.complaint.archive.category"]
        for company, cards in self.grouped("company_id").items():
            categories = Category._get_for(cards.complaint_id)
            contents = {}
            for card in cards:
                content, facts = snapshots[card.id]
                category = card.archive_category_id or categories[card.complaint_id]
                reasons = (
                    card._get_cannot_seal_reasons()
                    or card._get_wrong_content_reasons(content)
                )
                if not category:
                    reasons.append(
                        self.env._("no archive category applies; a manager adds one")
                    )
                if reasons:
                    left[card] = reasons
                else:
                    contents[card] = content, {**facts, "category": category}
            if contents:
                self._seal_contents(company, contents)
        return left

    @api.model
    def _note_changes(self):
        """Post what the chatter shows of changes now, not at the end.

        Core does so when the transaction ends; the step that ends a case is part of its
        history, and in the seal.
        """
        for name in self._get_case_models():
            model = self.env[name]
            if "message_ids" in model._fields:
                # In the name of who does it.
                model._track_finalize()

    def _get_wrong_content_reasons(self, content):
        """Return why what was read cannot be sealed.

        :param dict content: as made by :meth:`_read_snapshots`
        :rtype: list[str]
        """
        self.ensure_one()
        files = self._get_unreadable_files(content)
        reasons = []
        if files:
            reasons.append(
                self.env._(
                    "these files can no longer be read: %(files)s",
                    files=format_list(self.env, files),
                )
            )
        return reasons

    @api.model
    def _seal_contents(self, company, contents):
        """Give cards of one company their numbers and their places in the chain.

        The chain is locked from here to the end of the transaction.

        :param res.company company: whose chain
        :param dict contents: content and facts by card
        """
        self._name_records(
            [(content, facts["lang"]) for content, facts in contents.values()]
        )
        values = {
            card: card._prepare_seal_vals(content, facts)
            for card, (content, facts) in contents.items()
        }
        series = sorted(
            {
                (vals["archive_category_id"], vals["archive_year"])
                for vals in values.values()
                if "archive_year" in vals
            }
        )
        position, previous, serials = self.env[
            "customer.complaint.archive.chain"
        ]._take_positions(company, len(contents), series)
        for card, vals in values.items():
            if "archive_year" in vals:
                key = (vals["archive_category_id"], vals["archive_year"])
                serials[key] = vals["archive_serial"] = (serials[key] or 0) + 1
                vals["name"] = card._format_archive_number(
                    vals, contents[card][1]["prefix"]
                )
            content, facts = contents[card]
            card._put_into(content["card"], vals, facts["lang"])
        entries = self.env["customer.complaint.archive.entry"]._append_at(
            position,
            previous,
            "seal",
            {card: content for card, (content, _facts) in contents.items()},
            {card: vals["name"] for card, vals in values.items()},
        )
        for entry, (card, vals) in zip(entries, values.items(), strict=True):
            card._write_unguarded(
                {
                    **vals,
                    "position": entry.position,
                    "digest": entry.digest,
                    "previous_digest": entry.previous_digest,
                }
            )
        self._mark_sealed(contents)

    def _prepare_seal_vals(self, content, facts):
        """Return what sealing writes on the card.

        :param dict content: as read from the database
        :param dict facts: of the company, and the archive category
        :rtype: dict
        """
        self.ensure_one()
        now = fields.Datetime.now()
        category = facts["category"]
        closed = self._get_local_date(self.complaint_id.date_closed or now, facts["tz"])
        years = 0 if category.is_permanent else category.retention_years
        vals = {
            "name": self.name,
            "state": "sealed",
            "sealed_date": now,
            "sealed_by_id": self.env.uid,
            "issuing_department": content["card"]["issuing_department"]
            or facts["department"]
            or False,
            "archive_category_id": category.id,
            "retention_until": years and closed + relativedelta(years=years),
        }
        if self.name == "/" and self.legacy_number:
            vals["name"] = self.legacy_number
        elif self.name == "/":
            vals["archive_year"] = self._get_local_date(now, facts["tz"]).year
        return vals

    @api.model
    def _get_local_date(self, moment, tz):
        # The language and time zone came with the content: the company is not read.
        return fields.Datetime.context_timestamp(
            self.with_context(tz=tz or "UTC"), moment
        ).date()

    def _format_archive_number(self, vals, prefix):
        """Return the archive number, e.g. ``DA/2026/JK/00001``."""
        category = self.env["customer.complaint.archive.category"].browse(
            vals["archive_category_id"]
        )
        code = category.code
        year, serial = vals["archive_year"], vals["archive_serial"]
        return f"{prefix or NUMBER_PREFIX}/{year}/{code}/{serial:05d}"

    def _put_into(self, content, vals, lang):
        """Put what is about to be written into the content, as it will be read.

        :param dict content: the card's part of the content; changed in place
        :param dict vals: as given to ``write``
        :param str lang: the language of the company
        """
        category = self.env["customer.complaint.archive.category"].browse(
            vals["archive_category_id"]
        )
        name = category.with_context(lang=lang).name
        days = ("sealed_date", "retention_until")
        content.update(
            {
                "name": vals["name"],
                "issuing_department": vals["issuing_department"] or None,
                "archive_category_id": {"id": category.id, "name": name},
                # Signed by whoever seals.
                "sealed_by_id": {
                    "id": self.env.uid,
                    "name": self.env.user.sudo().name,
                },
                **{day: vals[day].isoformat() if vals[day] else None for day in days},
                **{
                    key: vals[key]
                    for key in ("archive_year", "archive_serial")
                    if key in vals
                },
            }
        )

    @api.model
    def _mark_sealed(self, contents):
        """Mark the papers and files that stand in a seal: they stay, even if reopened.

        :param dict contents: content and facts by card
        """
        ids = [
            paper["id"]
            for content, _facts in contents.values()
            for paper in content["parts"].get(DOCUMENT, ())
        ]
        papers = self.env["customer.complaint.archive.document"].browse(ids)
        if papers:
            papers._write_unguarded({"is_sealed": True})
        self._mark_sealed_files(contents)

    # ------------------------------------------------------------------
    # WHAT WAS SEALED
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # SUPPLEMENTS
    # ------------------------------------------------------------------

    def action_supplement(self):
        """Open the form of a supplement to this card.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.supplement",
            self.env._("Supplement"),
            card_id=self.id,
        )

    def _count_supplements(self):
        """Return how many supplements cards have.

        :rtype: dict
        """
        return dict(
            self.env["customer.complaint.archive.supplement"]
            .sudo()  # all of them count, whoever adds the next
            ._read_group([("card_id", "in", self.ids)], ["card_id"], ["__count"])
        )

    # ------------------------------------------------------------------
    # DOWNLOAD OF THE ARCHIVE
    #
    # The whole archive as one ZIP, for when the addon goes or the company moves.
    #
    # For each company its chain, entry by entry as it was digested; for each card its
    # print, the texts of the case and all files. ``sha256sum -c manifest.txt`` checks
    # them.
    # ------------------------------------------------------------------

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
            bundle.files._note_sights(owners, "bundle")
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
