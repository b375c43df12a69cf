from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

from .customer_complaint_archive_snapshot import DOCUMENT

ARCHIVIST = "customer_complaint.group_complaint_archivist"
# Of archive numbers: 档案.
NUMBER_PREFIX = "DA"


class CustomerComplaintArchiveCard(models.Model):
    """Sealing (归档): a card that has ended gets its number and its place in the chain.

    It happens in the step that ends the complaint, so that nobody can change the card
    between the end and the seal. Whatever is slow comes before the chain is locked
    (the digests of files) or after it, in a job (the printed card).
    """

    _inherit = "customer.complaint.archive.card"

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

    _serial_uniq = models.UniqueIndex(
        "(company_id, archive_category_id, archive_year, archive_serial)"
        " WHERE archive_serial > 0",
        "Another archive card has this number already.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("name", "complaint_id.name")
    def _compute_display_name(self):
        """Until a card has its number, it goes by that of its complaint."""
        for card in self:
            card.display_name = (
                card.name if card.name != "/" else card.complaint_id.name
            )

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

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # SEALING
    # ------------------------------------------------------------------

    def _get_cannot_seal_reasons(self):
        """Return why the card cannot be sealed now; extensions add theirs.

        :return: one text per reason, empty when it can be sealed
        :rtype: list[str]
        """
        self.ensure_one()
        if self.state != "open":
            return [self.env._("it is sealed already")]
        if not self.complaint_id._has_ended():
            return [self.env._("its complaint has not ended yet")]
        return []

    def _seal(self):
        """Seal the cards whose complaints have just ended.

        What cannot be sealed stays open for the archivist, and says why.
        """
        # The complaint's step decides, whoever takes it: sealing is no right of theirs.
        left_sudo = self.sudo()._do_seal()
        for card_sudo, reasons in left_sudo.items():
            card_sudo.complaint_id._message_log(
                body=self.env._(
                    "The archive card could not be sealed yet: %(reasons)s.",
                    reasons=format_list(self.env, reasons),
                )
            )

    def action_seal(self):
        """Seal cards that could not be sealed when their complaints ended.

        :raise AccessError: unless the user is archivist
        :raise UserError: with one line per card that cannot be sealed
        """
        self._check_archivist()
        self.check_access("write")
        self.complaint_id._check_may_work()
        left = self.sudo()._do_seal()  # checked right above
        if left:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(card)s cannot be sealed: %(reasons)s.",
                        card=card.display_name,
                        reasons=format_list(self.env, reasons),
                    )
                    for card, reasons in left.items()
                )
            )
        return True

    def _check_archivist(self):
        """:raise AccessError: unless the user is archivist, or the system"""
        if not self.env.su and not self.env.user.has_group(ARCHIVIST):
            raise AccessError(
                self.env._("Only an archivist does this. Ask one of them.")
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
        for company, cards in self.grouped("company_id").items():
            contents = {}
            for card in cards:
                content, facts = snapshots[card.id]
                reasons = (
                    card._get_cannot_seal_reasons()
                    or card._get_wrong_content_reasons(content)
                )
                if reasons:
                    left[card] = reasons
                else:
                    contents[card] = content, facts
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
        if not self.archive_category_id and not self._get_archive_category():
            reasons.append(
                self.env._("no archive category applies; a manager adds one")
            )
        return reasons

    def _get_archive_category(self):
        """Return the archive category that the rules name."""
        return self.env["customer.complaint.archive.category"]._get_for(
            self.complaint_id
        )

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
                vals["name"] = card._format_number(vals, contents[card][1]["prefix"])
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
        :param dict facts: of the company
        :rtype: dict
        """
        self.ensure_one()
        now = fields.Datetime.now()
        category = self.archive_category_id or self._get_archive_category()
        closed = self._get_local_date(self.complaint_id.date_closed or now, facts["tz"])
        _code, _name, years = category._get_seal_facts()
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

    def _format_number(self, vals, prefix):
        """Return the archive number, e.g. ``DA/2026/JK/00001``."""
        category = self.env["customer.complaint.archive.category"].browse(
            vals["archive_category_id"]
        )
        code, _name, _years = category._get_seal_facts()
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
        _code, name, _years = category.with_context(lang=lang)._get_seal_facts()
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
        """Mark the papers that stand in a seal: they stay, even if reopened.

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

    def _unseal(self):
        """Open the cards again; called when their complaints are reopened.

        The seals stay in the chain, and that they were opened is chained, too.
        """
        # As in _seal: only the reopening of the complaint leads here.
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
        cards_sudo._write_unguarded(
            {"state": "open", "sealed_date": False, "sealed_by_id": False}
        )
