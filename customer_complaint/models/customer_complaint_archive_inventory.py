from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from .customer_complaint import with_own_defaults
from .customer_complaint_archive_inventory_line import LEFT, RESULTS, WRONG_RESULTS

INVENTORY_SEQUENCE = "customer.complaint.archive.inventory"
INVENTORY_STATES = [
    ("draft", "Draft"),
    ("running", "Counting"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
PLACE_FIELDS = ("room", "cabinet", "box")
# What names the cards; fixed once their list is made.
CHOICE_FIELDS = frozenset({"company_id", "archive_category_id", *PLACE_FIELDS})
# Set by the steps only.
SYSTEM_FIELDS = frozenset(
    {
        "name",
        "state",
        "started_by_id",
        "date_started",
        "done_by_id",
        "date_done",
        "conclusion",
        "added_count",
        "has_findings",
    }
)


class CustomerComplaintArchiveInventory(models.Model):
    """A yearly inventory (盘点): which cards have their papers where they belong.

    The archivist opens it for an archive category, a place or both, ticks or scans
    card by card, and finishes it. From then on it stays as it is.
    """

    _name = "customer.complaint.archive.inventory"
    _description = "Archive Inventory"
    _inherit = ["customer.complaint.kept", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    state = fields.Selection(
        INVENTORY_STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    archive_category_id = fields.Many2one(
        "customer.complaint.archive.category",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', 'in', [company_id, False])]",
        help="Only cards of this archive category; empty: of any.",
    )
    room = fields.Char(help="Only cards whose originals stand here; empty: anywhere.")
    cabinet = fields.Char(
        help="Only cards whose originals stand here; empty: anywhere."
    )
    box = fields.Char(help="Only cards whose originals stand here; empty: anywhere.")
    place = fields.Char(compute="_compute_place")
    note = fields.Text(help="Who helps, in what order the shelves are gone through.")
    line_ids = fields.One2many(
        "customer.complaint.archive.inventory.line", "inventory_id", string="Cards"
    )
    started_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null"
    )
    date_started = fields.Datetime(string="Counting Since", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        "res.users",
        string="Finished By",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    date_done = fields.Datetime(string="Finished On", readonly=True, copy=False)
    conclusion = fields.Text(
        string="Measures to Take",
        readonly=True,
        copy=False,
        help="What follows from it; told when finishing.",
    )
    added_count = fields.Integer(
        string="Added",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Cards that were found but were not on the list.",
    )
    has_findings = fields.Boolean(
        string="Something Wrong",
        readonly=True,
        copy=False,
        index=True,
        help="A card is missing, damaged or misplaced, or its papers differ from what "
        "was sealed.",
    )
    # The counts of the lines
    line_count = fields.Integer(string="Listed", compute="_compute_counts")
    open_count = fields.Integer(string="Not Ticked", compute="_compute_counts")
    found_count = fields.Integer(string="Found", compute="_compute_counts")
    missing_count = fields.Integer(string="Missing", compute="_compute_counts")
    damaged_count = fields.Integer(string="Damaged", compute="_compute_counts")
    misplaced_count = fields.Integer(string="Misplaced", compute="_compute_counts")
    left_count = fields.Integer(
        string="No Longer Kept",
        compute="_compute_counts",
        help="Cards that were destroyed by rule or reopened while it went on.",
    )
    differing_count = fields.Integer(
        string="Papers Differ",
        compute="_compute_counts",
        help="Cards whose papers or files in the system are not those that were "
        "sealed.",
    )
    unchecked_count = fields.Integer(compute="_compute_counts")

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another inventory of the company already has this number.",
    )

    @api.depends(*PLACE_FIELDS)
    def _compute_place(self):
        for inventory in self:
            inventory.place = " / ".join(
                filter(None, (inventory[name] for name in PLACE_FIELDS))
            )

    @api.depends("line_ids.result", "line_ids.check_state")
    def _compute_counts(self):
        counts = {}
        groups = self.env["customer.complaint.archive.inventory.line"]._read_group(
            [("inventory_id", "in", self.ids)],
            ["inventory_id", "result", "check_state"],
            ["__count"],
        )
        for inventory, result, check_state, count in groups:
            own = counts.setdefault(inventory.id, {})
            for key in ("line", result, check_state):
                own[key] = own.get(key, 0) + count
        for inventory in self:
            own = counts.get(inventory.id, {})
            for key in ("line", *dict(RESULTS), LEFT):
                inventory[f"{key}_count"] = own.get(key, 0)
            inventory.differing_count = own.get("differs", 0)
            inventory.unchecked_count = own.get("waiting", 0)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        return with_own_defaults(self, super().default_get(fields_list), SYSTEM_FIELDS)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_archivist()
        default_company_id = self.default_get(["company_id"])["company_id"]
        numbered = []
        for vals in vals_list:
            company = self.env["res.company"].browse(
                vals.get("company_id") or default_company_id
            )
            [name] = company._complaint_next_numbers(INVENTORY_SEQUENCE, 1)
            kept = {
                key: value
                for key, value in vals.items()
                if key not in SYSTEM_FIELDS and key != "line_ids"
            }
            numbered.append({**kept, "company_id": company.id, "name": name})
        return super().create(numbered)

    def write(self, vals):
        if SYSTEM_FIELDS & vals.keys() or "company_id" in vals:
            raise UserError(
                self.env._(
                    "The steps of the inventory set its number, company, state, people "
                    "and dates. Use its buttons."
                )
            )
        if CHOICE_FIELDS & vals.keys():
            self._check_states("draft")
        if {"note", "line_ids"} & vals.keys():
            self._check_states("draft", "running")
        return super().write(vals)

    def _write_unguarded(self, vals):
        """Write what the steps decide, past the guard of write()."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "An inventory keeps its number and is never deleted: %(names)s. Cancel "
                "it instead.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    def _check_archivist(self):
        self.env["customer.complaint.archive.card"]._check_archivist()

    def _check_states(self, *states):
        """Refuse a change to inventories that are in none of the states.

        :raise UserError: naming them, whoever asks
        """
        others = self.filtered(lambda inventory: inventory.state not in states)
        if not others:
            return
        names = format_list(self.env, others.mapped("name"))
        if "draft" not in others.mapped("state"):
            raise UserError(
                self.env._(
                    "This is not possible any more: %(names)s. What an inventory found "
                    "stays as it is; open a new one.",
                    names=names,
                )
            )
        raise UserError(
            self.env._(
                "Start the inventory first, so that it has its list of cards: "
                "%(names)s.",
                names=names,
            )
        )

    def _check_may_count(self):
        """Refuse to tick cards of inventories that are not going on.

        :raise AccessError: unless the user is archivist, or the system
        :raise UserError: naming the inventories
        """
        self._check_archivist()
        self.check_access("write")
        self._check_states("running")

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _get_card_domain(self):
        """Return the domain of the cards to list: sealed, not destroyed, as chosen.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "=", "sealed")
        for name in PLACE_FIELDS:
            if self[name]:
                domain &= Domain(name, "=", self[name])
        if self.archive_category_id:
            domain &= Domain("archive_category_id", "=", self.archive_category_id.id)
        return domain

    def _get_choice_text(self):
        """Return which cards it is about, for people.

        :rtype: str
        """
        self.ensure_one()
        parts = filter(None, (self.archive_category_id.display_name, self.place))
        return ", ".join(parts) or self.env._("All sealed cards")

    def _get_wrong_domain(self):
        """Return the domain of the lines on which something is wrong."""
        return Domain("inventory_id", "in", self.ids) & (
            Domain("result", "in", WRONG_RESULTS)
            | Domain("check_state", "=", "differs")
        )

    def action_open_lines(self):
        """Show the cards; the context chooses which, as a search filter.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_complaint.customer_complaint_archive_inventory_line_action"
        )
        chosen = {
            name: value
            for name, value in self.env.context.items()
            if name.startswith("search_default_")
        }
        return {
            **action,
            "domain": [("inventory_id", "=", self.id)],
            "context": {**chosen, "create": False},
        }
