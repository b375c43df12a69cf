import re
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH, MEASURE_FIELDS
from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right
from odoo.addons.customer_complaint_base.tools.fields import get_field_label
from odoo.addons.customer_complaint_import.tools import typed

CARD = "customer.complaint.archive.card"
# What a row says of the card, and what of the complaint; both are kept there only.
CARD_FIELDS = (
    "archive_category_id",
    "issuing_department",
    "remarks",
    "room",
    "cabinet",
    "box",
)
COMPLAINT_FIELDS = (
    "complainant_name",
    "gender",
    "age",
    "occupation",
    "phone",
    "purchase_date",
    "channel_id",
    "category_id",
    "team_id",
    *MEASURE_FIELDS,
    "compensation_total",
)
OWN_FIELDS = (
    "company_id",
    "number",
    "date_filled",
    "date_accepted",
    "date_completed",
    "handled_by",
    "product",
    "papers",
)
# One of these at least says who complained, or of what.
SUBSTANCE_FIELDS = ("complainant_name", "phone", "product", "category_id")
DAY_FIELDS = ("date_filled", "date_accepted", "date_completed")
# Between the names of papers, as people type them; pages in brackets.
SEPARATORS = re.compile(r"[,;，；、\n]+")
PAPER = re.compile(r"(?P<name>.+?)\s*(?:[(（]\s*(?P<pages>\d+)\s*[^)）\d]*[)）])?")
MAX_PAGES = 100_000
NOON = timedelta(hours=12)
# Of many cards, so many are named.
MAX_NAMED = 10


@dataclass
class KnownNames:
    """What rows are checked against, read once for all of them."""

    #: Company and number.
    taken: set
    givable: set
    #: Ids by name.
    paper_types: dict


class CustomerComplaintArchiveLegacy(models.Model):
    """A paper card of past years, entered by spreadsheet or by hand.

    Creating one makes the archive card and its closed complaint, which hold all that
    is said: an entry itself only knows its card, so that what is destroyed by rule is
    gone. The card stays open until the archivist seals it; until then mistakes are
    corrected here.
    """

    _name = "customer.complaint.archive.legacy"
    _inherit = ["customer.complaint.kept", "customer.complaint.sheet"]
    _description = "Paper Card of Past Years"
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True
    can_undo_import = fields.Boolean(compute="_compute_can_undo_import")

    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    complaint_id = fields.Many2one(related="card_id.complaint_id")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(related="card_id.state")
    number = fields.Char(
        related="card_id.legacy_number",
        string="Archive Number",
        readonly=False,
        required=True,
        help="As on the paper card; no other card of the company has it.",
    )
    archive_category_id = fields.Many2one(
        related="card_id.archive_category_id", readonly=False
    )
    date_filled = fields.Date(
        related="card_id.date_filled",
        readonly=False,
        help="Left empty, the day the complaint was completed.",
    )
    issuing_department = fields.Char(
        related="card_id.issuing_department", readonly=False
    )
    remarks = fields.Text(related="card_id.remarks", readonly=False)
    room = fields.Char(related="card_id.room", readonly=False)
    cabinet = fields.Char(related="card_id.cabinet", readonly=False)
    box = fields.Char(related="card_id.box", readonly=False)
    complainant_name = fields.Char(
        related="complaint_id.complainant_name",
        string="Full Name",
        readonly=False,
        help="Of the consumer.",
    )
    gender = fields.Selection(related="complaint_id.gender", readonly=False)
    age = fields.Integer(related="complaint_id.age", readonly=False)
    occupation = fields.Char(related="complaint_id.occupation", readonly=False)
    phone = fields.Char(related="complaint_id.phone", readonly=False)
    product = fields.Char(
        string="Product and Specification",
        compute="_compute_told",
        readonly=False,
    )
    purchase_date = fields.Date(related="complaint_id.purchase_date", readonly=False)
    channel_id = fields.Many2one(related="complaint_id.channel_id", readonly=False)
    category_id = fields.Many2one(
        related="complaint_id.category_id",
        string="Complaint Category",
        readonly=False,
    )
    team_id = fields.Many2one(
        related="complaint_id.team_id",
        readonly=False,
        help="Its members see the card. Left empty, supervisors see it.",
    )
    date_accepted = fields.Date(
        compute="_compute_told",
        readonly=False,
        help="Left empty, the day the complaint was completed.",
    )
    handled_by = fields.Char(
        related="complaint_id.legacy_handler", string="Handled By", readonly=False
    )
    date_completed = fields.Date(
        compute="_compute_told",
        readonly=False,
        required=True,
        help="The years it is kept count from this day.",
    )
    has_return = fields.Boolean(related="complaint_id.has_return", readonly=False)
    has_exchange = fields.Boolean(related="complaint_id.has_exchange", readonly=False)
    has_lost_wages = fields.Boolean(
        related="complaint_id.has_lost_wages", readonly=False
    )
    has_travel = fields.Boolean(related="complaint_id.has_travel", readonly=False)
    has_nursing = fields.Boolean(related="complaint_id.has_nursing", readonly=False)
    has_consolation = fields.Boolean(
        related="complaint_id.has_consolation", readonly=False
    )
    has_compensation = fields.Boolean(
        related="complaint_id.has_compensation", readonly=False
    )
    has_other_measure = fields.Boolean(
        related="complaint_id.has_other_measure", readonly=False
    )
    currency_id = fields.Many2one(related="complaint_id.currency_id")
    compensation_total = fields.Monetary(
        related="complaint_id.compensation_total", readonly=False
    )
    papers = fields.Char(
        string="Papers Filed",
        compute="_compute_told",
        readonly=False,
        help="Types of the papers, separated by commas, with the number of pages in "
        "brackets, e.g. Agreement (2), Copy of receipt.",
    )

    _card_uniq = models.UniqueIndex(
        "(card_id)", "This archive card was entered already."
    )

    @api.depends("card_id")
    def _compute_told(self):
        for entry in self:
            # What was entered here, for those who may read entries.
            complaint_sudo = entry.sudo().complaint_id
            day = entry.company_id._complaint_date if entry.company_id else bool
            entry.product = ", ".join(complaint_sudo.line_ids.mapped("product_name"))
            entry.date_accepted = day(complaint_sudo.date_accepted)
            entry.date_completed = day(complaint_sudo.date_closed)
            entry.papers = ", ".join(
                f"{paper.type_id.name} ({paper.pages})"
                for paper in complaint_sudo.document_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Create entries with their cards and complaints, all or none.

        :raise AccessError: unless the user may enter paper cards
        :raise ValidationError: with one line for each row that is wrong
        """
        self.check_access("create")
        known = {*CARD_FIELDS, *COMPLAINT_FIELDS, *OWN_FIELDS}
        rows = [
            {
                "company_id": self.env.company.id,
                **{name: value for name, value in vals.items() if name in known},
            }
            for vals in vals_list
        ]
        self._clean_rows(rows)
        self._check_rows(rows)
        cards_sudo = self._create_cards(rows)
        entries = super().create(
            [
                {"card_id": card_sudo.id, "company_id": row["company_id"]}
                for card_sudo, row in zip(cards_sudo, rows, strict=True)
            ]
        )
        entries._note_import()
        return entries

    def write(self, vals):
        """Correct entries whose cards are not sealed yet.

        :raise AccessError: unless the user may enter paper cards
        :raise UserError: if a card is sealed
        :raise ValidationError: with one line for each entry that would be wrong
        """
        self.check_access("write")
        # How the card stands counts, not whether the user may see it.
        self.sudo().card_id._check_not_sealed()
        if {"company_id", "card_id", "papers"} & vals.keys():
            raise UserError(
                self.env._(
                    "An entry keeps its company and card; papers are filed and taken "
                    "away on the archive card."
                )
            )
        known = {*CARD_FIELDS, *COMPLAINT_FIELDS, *OWN_FIELDS}
        vals = {name: value for name, value in vals.items() if name in known}
        rows = [{**entry._read_row(), **vals} for entry in self]
        self._clean_rows(rows)
        self._check_rows(rows, self)
        for entry, row in zip(self, rows, strict=True):
            entry._write_row(row, vals)
        self.invalidate_recordset()
        return super().write({})

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "An archive card keeps its number and is never deleted: %(names)s. "
                "Correct what is wrong until the card is sealed.",
                names=format_list(self.env, self.mapped("number")),
            )
        )

    @api.model
    def _clean_rows(self, rows):
        """Put days and texts of rows into the form they are checked in.

        :param list[dict] rows: changed in place
        """
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str):
                    row[name] = value.strip()
            row["number"] = row.get("number") or ""
            for name in DAY_FIELDS:
                row[name] = fields.Date.to_date(row.get(name) or False)
            completed = row["date_completed"]
            row["date_accepted"] = row["date_accepted"] or completed
            row["date_filled"] = row["date_filled"] or completed

    @api.model
    def _check_rows(self, rows, entries=None):
        """Refuse rows that cannot become cards.

        :param list[dict] rows: cleaned
        :param entries: that the rows are to replace, if any
        :raise ValidationError: with one line for each row that is wrong
        """
        known = KnownNames(
            taken=self._get_taken_numbers(rows, entries),
            givable=self._get_givable_numbers(rows),
            paper_types=self._get_paper_types(),
        )
        reasons = []
        for row in rows:
            reason = self._get_wrong_row_reason(row, known)
            if reason:
                reasons.append(f"{self._get_row_name(row)}: {reason}")
            known.taken.add((row["company_id"], row["number"]))
        if reasons:
            raise ValidationError("\n".join(reasons))

    @api.model
    def _get_row_name(self, row):
        """Return how errors name a row: its number, else whom or what it is about.

        :rtype: str
        """
        if row["number"]:
            return row["number"]
        about = row.get("complainant_name") or row.get("product") or row.get("phone")
        if about:
            return self.env._("(no number, %(about)s)", about=about)
        return self.env._("(no number)")

    @api.model
    def _get_givable_numbers(self, rows):
        """Return which of the numbers the system may give some day.

        :return: company and number
        :rtype: set[tuple[int, str]]
        """
        numbers = {}
        for row in rows:
            numbers.setdefault(row["company_id"], set()).add(row["number"])
        Company = self.env["res.company"]
        return {
            (company_id, number)
            for company_id, own in numbers.items()
            for number in Company.browse(company_id)._complaint_get_givable(own)
        }

    @api.model
    def _get_taken_numbers(self, rows, entries):
        """Return which of the numbers other cards or complaints have.

        :return: company and number
        :rtype: set[tuple[int, str]]
        """
        numbers = [row["number"] for row in rows]
        taken = set()
        # Whether a number is taken, also by what the user may not see.
        own_sudo = (entries or self.browse()).sudo().card_id
        for model, name, own in (
            (CARD, "name", own_sudo),
            (CARD, "legacy_number", own_sudo),
            ("customer.complaint", "name", own_sudo.complaint_id),
        ):
            groups = (
                self.env[model]
                .sudo()
                ._read_group(
                    [(name, "in", numbers), ("id", "not in", own.ids)],
                    ["company_id", name],
                )
            )
            taken.update((company.id, number) for company, number in groups)
        return taken

    @api.model
    def _get_wrong_row_reason(self, row, known):
        """Return what is wrong with a row, or nothing.

        :param dict row: cleaned
        :param KnownNames known: what is taken and known
        :rtype: str or bool
        """
        company = self.env["res.company"].browse(row["company_id"])
        number, completed = row["number"], row["date_completed"]
        if not number:
            return self.env._("enter the archive number of the paper card.")
        if len(number) > MAX_NAME_LENGTH:
            return self.env._(
                "the archive number may have at most %(max)s characters.",
                max=MAX_NAME_LENGTH,
            )
        if (company.id, number) in known.taken:
            return self.env._("another card or complaint has this number already.")
        if (company.id, number) in known.givable:
            return self.env._(
                "numbers that look like this are given by the system. Mark the number "
                "of the paper card, e.g. with a letter before it."
            )
        if not any(row.get(name) for name in SUBSTANCE_FIELDS):
            return self.env._(
                "enter who complained or of what: name, telephone, product or category."
            )
        if not completed:
            return self.env._("enter the date the complaint was completed.")
        if completed > company._complaint_today():
            return self.env._("it cannot have been completed in the future.")
        if row["date_accepted"] > completed:
            return self.env._(
                "it cannot have been accepted after it was completed. Correct one of "
                "the two dates."
            )
        return self._get_wrong_papers_reason(row, known.paper_types)

    @api.model
    def _get_wrong_papers_reason(self, row, types):
        unknown = [
            name
            for name, _pages in self._parse_papers(row.get("papers"))
            if name.casefold() not in types
        ]
        if unknown:
            return self.env._(
                "there is no type of paper called %(names)s. Known types: %(known)s.",
                names=format_list(self.env, unknown),
                known=format_list(
                    self.env,
                    self.env["customer.complaint.archive.document.type"]
                    .search([])
                    .mapped("name"),
                ),
            )
        return False

    @api.model
    def _parse_papers(self, text):
        """Return the papers that a text names.

        :param str text: e.g. ``Agreement (2), Copy of receipt``
        :return: name and pages of each
        :rtype: list[tuple[str, int]]
        """
        papers = []
        for part in SEPARATORS.split(text or ""):
            match = PAPER.fullmatch(part.strip())
            if match:
                pages = min(int(match["pages"] or 1), MAX_PAGES)
                papers.append((match["name"].strip(), max(pages, 1)))
        return papers

    @api.model
    def _get_paper_types(self):
        """Return the ids of the types of paper by name, in all languages.

        :rtype: dict[str, int]
        """
        Type = self.env["customer.complaint.archive.document.type"]
        types = {}
        for code, _name in self.env["res.lang"].get_installed():
            for paper_type in Type.with_context(lang=code).search([]):
                types.setdefault(paper_type.name.casefold(), paper_type.id)
        return types

    @api.model
    def _create_cards(self, rows):
        """Create the complaints, cards and papers of rows that were checked.

        :param list[dict] rows: cleaned
        :return: with all rights, in the order of the rows
        :rtype: customer.complaint.archive.card
        """
        complaints_sudo = self.env["customer.complaint"]._create_legacy(
            [self._prepare_complaint_vals(row) for row in rows]
        )
        # Cards come from the system only: nobody has the right to create one by hand.
        cards_sudo = complaints_sudo.env[CARD].create(
            [
                {
                    "complaint_id": complaint_sudo.id,
                    "legacy_number": row["number"],
                    **{name: row[name] for name in CARD_FIELDS if row.get(name)},
                }
                for complaint_sudo, row in zip(complaints_sudo, rows, strict=True)
            ]
        )
        for card_sudo, row in zip(cards_sudo, rows, strict=True):
            card_sudo._write_unguarded(self._prepare_card_days(row))
            card_sudo.complaint_id._write_unguarded({"archive_card_id": card_sudo.id})
        self._create_papers(complaints_sudo, rows)
        complaints_sudo._write_unguarded({"state": "closed"})
        # The ORM counts new papers twice in what it keeps of their cards.
        cards_sudo.invalidate_recordset(["document_ids"])
        text = self.env._(
            "Entered from a paper card by %(user)s.", user=self.env.user.name
        )
        complaints_sudo._message_log_batch(
            bodies={complaint_sudo.id: text for complaint_sudo in complaints_sudo},
            author_id=self.env.user.partner_id.id,
        )
        return cards_sudo

    @api.model
    def _prepare_card_days(self, row):
        return {
            "date_filled": row["date_filled"],
            "archive_year": row["date_completed"].year,
        }

    @api.model
    def _prepare_complaint_vals(self, row):
        """Return the values of the complaint of a row.

        :rtype: dict
        """
        product = (row.get("product") or "").strip()
        return {
            **{name: row.get(name) for name in COMPLAINT_FIELDS if row.get(name)},
            "team_id": row.get("team_id") or False,
            "received_by_id": self.env.uid,
            "partner_id": False,
            "user_id": False,
            "line_ids": [Command.create({"product_name": product})] if product else [],
            **self._prepare_told_vals(row),
        }

    @api.model
    def _prepare_told_vals(self, row):
        """Return what a row says that the complaint says in another form.

        :rtype: dict
        """
        company = self.env["res.company"].browse(row["company_id"])
        accepted = self._get_moment(company, row["date_accepted"])
        completed = self._get_moment(company, row["date_completed"])
        return {
            "name": row["number"],
            "company_id": company.id,
            "legacy_handler": row.get("handled_by") or False,
            "date_received": accepted,
            "date_accepted": accepted,
            "date_closed": completed,
            "date_first_closed": completed,
        }

    @api.model
    def _get_moment(self, company, day):
        """Return a moment of a day that is on this day in most time zones, too.

        :param res.company company: in whose time zone it is noon
        :param datetime.date day: not in the future
        :return: naive UTC
        :rtype: datetime.datetime
        """
        noon = company._complaint_day_start(day) + NOON
        return min(noon, fields.Datetime.now())

    @api.model
    def _create_papers(self, complaints_sudo, rows):
        types = self._get_paper_types()
        complaints_sudo.env["customer.complaint.archive.document"].create(
            [
                {
                    "complaint_id": complaint_sudo.id,
                    "type_id": types[name.casefold()],
                    "pages": pages,
                    "date_filed": row["date_filled"],
                }
                for complaint_sudo, row in zip(complaints_sudo, rows, strict=True)
                for name, pages in self._parse_papers(row.get("papers"))
            ]
        )

    def _read_row(self):
        """Return the entry as a row, as far as the checks of a row look at it.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            **{name: self[name] for name in ("number", *DAY_FIELDS, *SUBSTANCE_FIELDS)},
        }

    def _write_row(self, row, vals):
        """Write a row that was checked.

        :param dict row: cleaned
        :param dict vals: what is to change
        """
        self.ensure_one()
        # Checked in write(); only cards that are not sealed come here.
        card_sudo = self.sudo().card_id
        told = self._prepare_told_vals({**vals, **row})
        if "handled_by" not in vals:
            del told["legacy_handler"]
        complaint_vals = {name: vals[name] for name in COMPLAINT_FIELDS if name in vals}
        card_sudo.complaint_id._write_unguarded({**complaint_vals, **told})
        if "product" in vals:
            self._write_product(card_sudo.complaint_id, (vals["product"] or "").strip())
        card_vals = {name: vals[name] for name in CARD_FIELDS if name in vals}
        card_vals["legacy_number"] = row["number"]
        card_sudo.write(card_vals)
        card_sudo._write_unguarded(self._prepare_card_days(row))
        card_sudo.complaint_id._message_log(
            body=self.env._(
                "Corrected from the paper card: %(fields)s.",
                fields=format_list(
                    self.env, [get_field_label(self, name) for name in sorted(vals)]
                ),
            ),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _write_product(self, complaint_sudo, product):
        lines_sudo = complaint_sudo.line_ids
        if product and lines_sudo:
            lines_sudo[:1]._write_unguarded({"product_name": product})
        elif product:
            models.BaseModel.create(
                lines_sudo,
                [{"complaint_id": complaint_sudo.id, "product_name": product}],
            )

    # ------------------------------------------------------------------
    # IMPORT
    #
    # Paper cards by spreadsheet: its template, and how its columns may be called.
    # ------------------------------------------------------------------

    @api.model
    def _get_sheet_template(self):
        path = "/customer_complaint_archive_paper/static/xls/archive_legacy"
        return self.env._("Import Template for Paper Cards"), path

    @api.model
    def _get_sheet_headings(self):
        return {
            "档案号": "number",
            "卡号": "number",
            "编号": "number",
            "填表日期": "date_filled",
            "填卡日期": "date_filled",
            "发卡部门": "issuing_department",
            "姓名": "complainant_name",
            "消费者姓名": "complainant_name",
            "顾客姓名": "complainant_name",
            "职业": "occupation",
            "联系电话": "phone",
            "电话": "phone",
            "手机": "phone",
            "产品名称及规格": "product",
            "产品": "product",
            "购买时间": "purchase_date",
            "购买日期": "purchase_date",
            "投诉渠道": "channel_id",
            "投诉类型": "category_id",
            "投诉类别": "category_id",
            "受理时间": "date_accepted",
            "受理日期": "date_accepted",
            "处理人员": "handled_by",
            "处理人": "handled_by",
            "处理完成时间": "date_completed",
            "完成日期": "date_completed",
            "办结日期": "date_completed",
            "补偿金额合计": "compensation_total",
            "补偿金额": "compensation_total",
            "归档材料": "papers",
            "档案内容": "papers",
            "备注": "remarks",
        }

    @api.model
    def _get_sheet_row_name(self, row):
        for name in ("number", "complainant_name", "product"):
            if not typed.is_nothing(row.get(name)):
                return str(row[name]).strip()
        return ""

    # ------------------------------------------------------------------
    # UNDOING AN IMPORT
    #
    # A spreadsheet of paper cards that was wrong is taken back as a whole.
    #
    # Cards that were sealed meanwhile stay, as all that is sealed.
    # ------------------------------------------------------------------

    @api.depends("import_name", "state")
    def _compute_can_undo_import(self):
        for entry in self:
            entry.can_undo_import = bool(entry.import_name) and entry.state == "open"

    def action_undo_import(self):
        """Delete all cards of the imports that these entries came with.

        Cards that are sealed, held or have got a file stay, and are named.

        :return: a notification that says what was deleted and what stays
        :rtype: dict
        :raise AccessError: unless the user may enter paper cards
        :raise UserError: if none of the cards may go
        """
        self.check_access("write")
        entries = self.search(
            [
                (
                    "import_name",
                    "in",
                    [name for name in self.mapped("import_name") if name],
                ),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        doomed = entries.filtered(lambda entry: not entry._has_to_stay())
        if not doomed:
            raise UserError(
                self.env._(
                    "Nothing can be taken back here: only imported cards that are "
                    "neither sealed nor held, and to which no file was added. Correct "
                    "cards that are open one by one; add a supplement to sealed ones."
                )
            )
        kept = entries - doomed
        count, stay = len(doomed), kept[:MAX_NAMED].mapped("number")
        files = format_list(self.env, sorted(set(entries.mapped("import_name"))))
        doomed._delete_with_cards()
        message = self.env._(
            "Cards that were deleted: %(count)s, all of %(files)s.",
            count=count,
            files=files,
        )
        if kept:
            message = self.env._(
                "Cards of %(files)s that were deleted: %(count)s. Cards that stay, as "
                "they are sealed, held or have files: %(kept)s (%(names)s).",
                files=files,
                count=count,
                kept=len(kept),
                names=format_list(self.env, stay),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if kept else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _has_to_stay(self):
        self.ensure_one()
        # How the card stands, not what it says.
        card_sudo = self.sudo().card_id
        return (
            card_sudo.state != "open"
            or card_sudo.legal_hold
            or card_sudo.entry_ids
            or card_sudo.document_ids.attachment_ids
        )

    def _delete_with_cards(self):
        """Delete entries with their cards and complaints, past what keeps these."""
        # Who may do it was checked; nobody has the right to delete cards otherwise.
        entries = with_archive_right(self.sudo())
        cards, complaints = entries.card_id, entries.complaint_id
        lines, papers = complaints.line_ids, complaints.document_ids
        for records in (entries, papers, lines, cards, complaints):
            records.unlink()
