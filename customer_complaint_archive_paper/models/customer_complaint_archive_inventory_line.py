import json
import os
from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH

DOCUMENT = "customer.complaint.archive.document"
RESULTS = [
    ("open", "Not Ticked"),
    ("found", "Found"),
    ("missing", "Missing"),
    ("damaged", "Damaged"),
    ("misplaced", "Misplaced"),
]
WRONG_RESULTS = ("missing", "damaged", "misplaced")
# Nobody ticks it: the card was destroyed by rule or reopened meanwhile.
LEFT = "left"
LINE_RESULTS = [*RESULTS, (LEFT, "No Longer Kept")]
LINE_CHECK_STATES = [
    ("waiting", "Not Compared Yet"),
    ("agrees", "As Sealed"),
    ("differs", "Differs"),
]
# What the archivist enters; all else comes with the list.
COUNT_FIELDS = frozenset({"result", "note", "place_found"})


class CustomerComplaintArchiveInventoryLine(models.Model):
    """A card on the list of an inventory, and how its papers were met.

    Number and place are as they were when the list was made. Nothing confidential
    stands here: neither whom the card is about nor what its papers say.
    """

    _name = "customer.complaint.archive.inventory.line"
    _inherit = "customer.complaint.personal"
    _description = "Card of an Inventory"
    _order = "inventory_id desc, card_name, id"
    _rec_name = "card_name"

    inventory_id = fields.Many2one(
        "customer.complaint.archive.inventory",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    is_final = fields.Boolean(readonly=True, help="The inventory is finished.")
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    card_name = fields.Char(string="Archive Number", required=True, readonly=True)
    archive_category_id = fields.Many2one(
        "customer.complaint.archive.category",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    place_expected = fields.Char(
        string="Recorded Place",
        readonly=True,
        help="Room, cabinet and box on the card when the list was made.",
    )
    page_count = fields.Integer(related="card_id.page_count")
    is_added = fields.Boolean(
        string="Not on the List",
        readonly=True,
        help="Was found among the cards though the list did not name it.",
    )
    result = fields.Selection(
        LINE_RESULTS, required=True, readonly=True, default="open", index=True
    )
    note = fields.Char(
        help="What is damaged, who was asked, where it was looked for.", personal=True
    )
    place_found = fields.Char(
        string="Found At", help="Where it was found instead: room, cabinet, box."
    )
    ticked_by_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    date_ticked = fields.Datetime(string="Ticked On", readonly=True)

    # What the system compared by itself
    check_state = fields.Selection(
        LINE_CHECK_STATES,
        string="Papers in the System",
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    check_note = fields.Text(
        string="What Differs",
        readonly=True,
        help="Papers filed against papers sealed, and files that cannot be read.",
    )
    paper_count = fields.Integer(string="Papers", readonly=True, aggregator=None)
    sealed_paper_count = fields.Integer(
        string="Papers Sealed", readonly=True, aggregator=None
    )
    file_count = fields.Integer(string="Files", readonly=True, aggregator=None)
    unreadable_count = fields.Integer(
        string="Unreadable Files",
        readonly=True,
        aggregator=None,
        help="Files that are gone from the file store, or cut short.",
    )

    _card_uniq = models.UniqueIndex(
        "(inventory_id, card_id)", "A card stands in an inventory once only."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: always, if there is anything to create"""
        if vals_list:
            raise UserError(
                self.env._(
                    "The inventory makes its list by itself. Scan a card that is not "
                    "on it, to add it."
                )
            )
        return super().create(vals_list)

    @api.model
    def _create_unguarded(self, vals_list):
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - COUNT_FIELDS:
            raise UserError(
                self.env._(
                    "Of a card on the list, only the result, the note and where it was "
                    "found can be changed."
                )
            )
        if vals.get("result") == LEFT:
            raise UserError(
                self.env._("The inventory sets “No Longer Kept” by itself.")
            )
        self.inventory_id._check_may_count()
        if "result" in vals:
            vals = {**vals, **self._prepare_ticked_vals()}
        result = super().write(vals)
        self._check_complete()
        return result

    def _write_unguarded(self, vals):
        """Write what the inventory decides, past the guard of write()."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A card stays on the list of its inventory: %(names)s.",
                names=format_list(self.env, self.mapped("card_name")),
            )
        )

    def _prepare_ticked_vals(self):
        return {"ticked_by_id": self.env.uid, "date_ticked": fields.Datetime.now()}

    def _check_complete(self):
        """Refuse results that lack what explains them.

        :raise ValidationError: naming the cards
        """
        unexplained = self.filtered(
            lambda line: line.result == "damaged" and not (line.note or "").strip()
        )
        if unexplained:
            raise ValidationError(
                self.env._(
                    "Say in the note what is damaged: %(names)s.",
                    names=format_list(self.env, unexplained.mapped("card_name")),
                )
            )
        unplaced = self.filtered(
            lambda line: (
                line.result == "misplaced" and not (line.place_found or "").strip()
            )
        )
        if unplaced:
            raise ValidationError(
                self.env._(
                    "Say where it was found instead: %(names)s.",
                    names=format_list(self.env, unplaced.mapped("card_name")),
                )
            )
        too_long = self.filtered(
            lambda line: (
                max(len(line.note or ""), len(line.place_found or "")) > MAX_NAME_LENGTH
            )
        )
        if too_long:
            raise ValidationError(
                self.env._(
                    "Note and place may have at most %(max)s characters: %(names)s.",
                    max=MAX_NAME_LENGTH,
                    names=format_list(self.env, too_long.mapped("card_name")),
                )
            )

    def action_found(self):
        """Tick these cards: their papers are where they belong.

        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.write({"result": "found", "place_found": False})
        return True

    def action_missing(self):
        """Mark these cards: their papers are not there.

        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.write({"result": "missing", "place_found": False})
        return True

    def action_reopen(self):
        """Take a tick back.

        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.write({"result": "open", "place_found": False})
        return True

    def action_damaged(self):
        """Ask what is damaged.

        :rtype: dict
        """
        return self._action_mark("damaged", self.env._("Damaged"))

    def action_misplaced(self):
        """Ask where it was found instead.

        :rtype: dict
        """
        return self._action_mark("misplaced", self.env._("Misplaced"))

    def _action_mark(self, result, title):
        self.inventory_id._check_may_count()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.inventory.mark",
            title,
            line_ids=self.ids,
            result=result,
            note=self.note if len(self) == 1 else False,
        )

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def _tick_scanned(self):
        """Tick the card as found, unless it was marked otherwise.

        :return: as in ``action_scan`` of the inventory
        :rtype: dict
        """
        self.ensure_one()
        if self.result in ("open", "missing"):
            self.action_found()
            return self._tell(
                "success",
                self.env._(
                    "%(card)s found. It belongs to: %(place)s.",
                    card=self.card_name,
                    place=self.place_expected or "—",
                ),
            )
        return self._tell(
            "warning",
            self.env._(
                "%(card)s is on the list already as: %(result)s.",
                card=self.card_name,
                result=self._get_result_label(),
            ),
        )

    @api.model
    def _tell(self, kind, text):
        return {"kind": kind, "text": text}

    def _get_result_label(self):
        self.ensure_one()
        labels = dict(self._fields["result"]._description_selection(self.env))
        return labels[self.result]

    def _tell_cards(self, today):
        """Write on the cards when they were checked, and with what result."""
        for result, lines in self.grouped("result").items():
            if result != LEFT:
                # Only finishing an inventory leads here.
                lines.card_id.sudo()._write_unguarded(
                    {
                        "inventory_id": lines.inventory_id.id,
                        "inventory_date": today,
                        "inventory_result": result,
                    }
                )

    # ------------------------------------------------------------------
    # COMPARISON WITH WHAT SHOULD BE THERE
    # ------------------------------------------------------------------

    def _compare(self):
        """Compare what is filed now with what was sealed, for all of these cards."""
        sealed = self._read_sealed_papers()
        filed = self._read_filed_papers()
        files = self._read_files()
        for line in self:
            # Cards that were never sealed, or are destroyed, have nothing to compare.
            was_sealed = sealed.get(line.card_id.id)
            is_now = filed.get(line.card_id.id, set())
            count, unreadable = files.get(line.card_id.id, (0, Counter()))
            notes = line._explain(was_sealed, is_now, unreadable)
            line._write_unguarded(
                {
                    "paper_count": len(is_now),
                    "sealed_paper_count": len(was_sealed or ()),
                    "file_count": count,
                    "unreadable_count": unreadable.total(),
                    "check_state": "differs" if notes else "agrees",
                    "check_note": "\n".join(notes),
                }
            )

    def _explain(self, was_sealed, is_now, unreadable):
        """Return what differs; types of papers are named, not the papers.

        :param set was_sealed: ids of the papers in the latest seal; None when nothing
            was sealed, False when the seal cannot be read
        :param set is_now: ids of the papers filed
        :param Counter unreadable: files that cannot be read, by type of their paper
        :rtype: list[str]
        """
        notes = []
        if was_sealed is False:
            notes.append(self.env._("What was sealed cannot be read."))
        elif was_sealed is not None:
            if gone := len(was_sealed - is_now):
                notes.append(
                    self.env._("Papers sealed, not filed any more: %(n)s.", n=gone)
                )
            if new := len(is_now - was_sealed):
                notes.append(
                    self.env._("Papers filed that were not sealed: %(n)s.", n=new)
                )
        if unreadable:
            types = self.env["customer.complaint.archive.document.type"].browse(
                filter(None, unreadable)
            )
            names = [f"{type_.name} ({unreadable[type_.id]})" for type_ in types]
            if printed := unreadable[None]:
                names.append(self.env._("card as sealed (%(n)s)", n=printed))
            notes.append(
                self.env._(
                    "Files that cannot be read: %(names)s.",
                    names=format_list(self.env, names),
                )
            )
        return notes

    def _read_sealed_papers(self):
        """Return the ids of the papers in the latest seal of each card.

        :return: by id of the card; False when the content is no JSON any more
        :rtype: dict[int, set]
        """
        # Only the ids are kept of what was sealed.
        self.env["customer.complaint.archive.entry"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT card.id, entry.content
                     FROM customer_complaint_archive_card card
                     JOIN customer_complaint_archive_entry entry
                       ON entry.company_id = card.company_id
                      AND entry.position = card.position
                    WHERE card.id IN %s AND card.state = 'sealed'""",
                tuple(self.card_id.ids) or (0,),
            )
        )
        return {card_id: _get_paper_ids(content) for card_id, content in rows}

    def _read_filed_papers(self):
        """Return the ids of the papers filed now.

        :rtype: dict[int, set]
        """
        filed = defaultdict(set)
        # How many there are, not what they say.
        groups = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            ._read_group(
                [("card_id", "in", self.card_id.ids)], ["card_id"], ["id:array_agg"]
            )
        )
        for card, ids in groups:
            filed[card.id].update(ids)
        return filed

    def _read_files(self):
        """Return how many files the cards have, and which cannot be read.

        :return: number of files, and a counter of the unreadable ones by the id of
            the type of their paper (None: the printed card), by id of the card
        :rtype: dict[int, tuple[int, Counter]]
        """
        Attachment = self.env["ir.attachment"]
        self.env["customer.complaint.archive.document"].flush_model()
        Attachment.flush_model()
        ids = tuple(self.card_id.ids) or (0,)
        rows = self.env.execute_query(
            SQL(
                """SELECT paper.card_id, paper.type_id, file.store_fname,
                          file.file_size, octet_length(file.db_datas)
                     FROM customer_complaint_archive_document paper
                     JOIN customer_complaint_archive_document_attachment_rel rel
                       ON rel.document_id = paper.id
                     JOIN ir_attachment file ON file.id = rel.attachment_id
                    WHERE paper.card_id IN %(ids)s
                    UNION ALL
                   SELECT card.id, NULL, file.store_fname, file.file_size,
                          octet_length(file.db_datas)
                     FROM customer_complaint_archive_card card
                     JOIN ir_attachment file ON file.id = card.pdf_id
                    WHERE card.id IN %(ids)s""",
                ids=ids,
            )
        )
        counts, unreadable = Counter(), defaultdict(Counter)
        for card_id, type_id, name, size, stored in rows:
            counts[card_id] += 1
            found = _get_size(Attachment._full_path(name)) if name else stored or 0
            if found != (size or 0):
                unreadable[card_id][type_id] += 1
        return {
            card_id: (count, unreadable[card_id]) for card_id, count in counts.items()
        }


def _get_paper_ids(content):
    """Return the ids of the papers in a sealed content, or False."""
    try:
        papers = json.loads(content)["parts"].get(DOCUMENT, ())
        return {paper["id"] for paper in papers}
    except (AttributeError, TypeError, ValueError, KeyError):
        return False


def _get_size(path):
    """Return the size of a file that can be read, in bytes; -1 of others."""
    try:
        with open(path, "rb") as stream:
            return os.fstat(stream.fileno()).st_size
    except OSError:
        return -1
