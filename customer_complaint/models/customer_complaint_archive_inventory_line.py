from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .customer_complaint import MAX_NAME_LENGTH

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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
