import re
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint.const import ARCHIVIST

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
BATCH_SIZE = 500
# As many cards are compared while the user waits; more by a job.
DIRECT_LIMIT = 2000
# The address on a label, with or without the rest of a page's address.
LABEL_ADDRESS = re.compile(r"/complaint-archive/(\d{1,9})(?:[/?#].*)?$")
# Of what was scanned, as much is shown again.
MAX_SHOWN = 60
# An inventory that was proposed and cancelled is not proposed again for so long.
CANCELLED_DAYS = 30


class CustomerComplaintArchiveInventory(models.Model):
    """A yearly inventory (盘点): which cards have their papers where they belong.

    The archivist opens it for an archive category, a place or both, ticks or scans
    card by card, and finishes it. From then on it stays as it is.
    """

    _name = "customer.complaint.archive.inventory"
    _inherit = ["customer.complaint.numbered", "mail.thread", "mail.activity.mixin"]
    _description = "Archive Inventory"
    _sequence_code = INVENTORY_SEQUENCE
    _order = "id desc"
    _check_company_auto = True

    state = fields.Selection(
        INVENTORY_STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        system=True,
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
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    date_started = fields.Datetime(
        string="Counting Since", readonly=True, copy=False, system=True
    )
    done_by_id = fields.Many2one(
        "res.users",
        string="Finished By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_done = fields.Datetime(
        string="Finished On", readonly=True, copy=False, system=True
    )
    conclusion = fields.Text(
        string="Measures to Take",
        readonly=True,
        copy=False,
        help="What follows from it; told when finishing.",
        system=True,
    )
    added_count = fields.Integer(
        string="Added",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Cards that were found but were not on the list.",
        system=True,
    )
    has_findings = fields.Boolean(
        string="Something Wrong",
        readonly=True,
        copy=False,
        index=True,
        help="A card is missing, damaged or misplaced, or its papers differ from what "
        "was sealed.",
        system=True,
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

    @api.model_create_multi
    def create(self, vals_list):
        self._check_archivist()
        # The system lists the cards.
        return super().create(
            [
                {name: value for name, value in vals.items() if name != "line_ids"}
                for vals in vals_list
            ]
        )

    def _check_vals(self, vals):
        if CHOICE_FIELDS & vals.keys():
            self._check_states("draft")
        if {"note", "line_ids"} & vals.keys():
            self._check_states("draft", "running")
        return super()._check_vals(vals)

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
            "customer_complaint_archive_paper.customer_complaint_archive_inventory_line_action"
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

    # ------------------------------------------------------------------
    # STEPS
    #
    # The steps of an inventory: start, scan, finish.
    # ------------------------------------------------------------------

    def action_start(self):
        """Make the list of the cards and compare what the system knows of them.

        :raise AccessError: unless the user is archivist
        :raise UserError: naming inventories that have started, or list no card
        """
        self._check_archivist()
        self.check_access("write")
        self._check_not_started()
        for inventory in self:
            inventory._make_lines()
            inventory._write_unguarded(
                {
                    "state": "running",
                    "started_by_id": self.env.uid,
                    "date_started": fields.Datetime.now(),
                }
            )
            inventory._compare_or_defer()
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _check_not_started(self):
        started = self.filtered(lambda inventory: inventory.state != "draft")
        if started:
            raise UserError(
                self.env._(
                    "These inventories have been started already: %(names)s. Reload "
                    "the page.",
                    names=format_list(self.env, started.mapped("name")),
                )
            )

    def _make_lines(self):
        """List the cards in one statement, however many they are.

        :raise UserError: if there is no card to list
        """
        self.ensure_one()
        Card = self.env["customer.complaint.archive.card"]
        self.env.flush_all()
        query = Card._search(self._get_card_domain())
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_complaint_archive_inventory_line
                          (inventory_id, company_id, card_id, card_name,
                           archive_category_id, place_expected, is_added, is_final,
                           result, check_state,
                           create_uid, create_date, write_uid, write_date)
                   SELECT %(inventory)s, card.company_id, card.id, card.name,
                          card.archive_category_id,
                          NULLIF(concat_ws(' / ', NULLIF(card.room, ''),
                                 NULLIF(card.cabinet, ''), NULLIF(card.box, '')), ''),
                          false, false, 'open', 'waiting',
                          %(user)s, %(now)s, %(user)s, %(now)s
                     FROM customer_complaint_archive_card card
                    WHERE card.id IN %(cards)s
                    ORDER BY card.name""",
                inventory=self.id,
                user=self.env.uid,
                now=fields.Datetime.now(),
                cards=query.subselect(),
            )
        )
        if not self.env.cr.rowcount:
            raise UserError(
                self.env._(
                    "%(name)s: no sealed card is archived as chosen (%(choice)s). "
                    "Check the category, and room, cabinet and box as written on the "
                    "cards.",
                    name=self.name,
                    choice=self._get_choice_text(),
                )
            )
        self.env.invalidate_all(flush=False)

    def _compare_or_defer(self):
        self.ensure_one()
        if self.unchecked_count <= DIRECT_LIMIT:
            while self._compare_batch():
                pass
        else:
            # The job is the system's; the user only asks for it.
            self.sudo().env.ref(
                "customer_complaint_archive.cron_archive_retention"
            )._trigger()

    def action_compare(self):
        """Compare the papers and files in the system anew.

        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.ensure_one()
        self._check_may_count()
        self.line_ids._write_unguarded({"check_state": "waiting", "check_note": False})
        self._compare_or_defer()
        return True

    def action_scan(self, code):
        """Tick the card whose label was scanned or whose number was typed.

        :param str code: the address in the code of the label, or an archive number
        :return: ``kind`` (success, warning, danger) and ``text`` of what to show, and
            whether the card ``can_add`` to the list
        :rtype: dict
        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.ensure_one()
        self._check_may_count()
        card = self._find_card(code)
        if not card:
            return {
                "kind": "danger",
                "text": self.env._(
                    "No archive card of %(company)s has the number “%(code)s”.",
                    company=self.company_id.name,
                    code=str(code or "").strip()[:MAX_SHOWN],
                ),
            }
        line = self._get_line_of(card)
        if line:
            return line._tick_scanned()
        return {
            "kind": "warning",
            "text": self.env._(
                "%(card)s is not on the list of this inventory (%(state)s; recorded "
                "place: %(place)s).",
                card=card.display_name,
                state=card._get_state_label(),
                place=card.place or "—",
            ),
            "can_add": True,
        }

    def action_add_scanned(self, code):
        """Add a card that is not on the list as misplaced.

        :param str code: as in :meth:`action_scan`
        :return: as in :meth:`action_scan`, or the dialog that asks where it was found
        :rtype: dict
        :raise UserError: if there is no such card, or it is on the list
        """
        self.ensure_one()
        self._check_may_count()
        card = self._find_card(code)
        if card and self.place:
            line = self._add_card(card, self.place)
            return line._tell(
                "warning",
                self.env._(
                    "%(card)s was added as misplaced: found at %(place)s.",
                    card=line.card_name,
                    place=line.place_found,
                ),
            )
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.inventory.mark",
            self.env._("Misplaced"),
            inventory_id=self.id,
            card_id=card.id,
            result="misplaced",
        )

    def _find_card(self, code):
        """Return the company's card of an address, an archive or a complaint number.

        :param str code: as scanned or typed
        :rtype: customer.complaint.archive.card
        """
        self.ensure_one()
        code = str(code or "").strip()
        Card = self.env["customer.complaint.archive.card"]
        own = [("company_id", "=", self.company_id.id)]
        if address := LABEL_ADDRESS.search(code):
            return Card.search([*own, ("id", "=", int(address[1]))])
        if not code or code == "/":
            return Card
        numbers = [code, code.upper()]
        cards = Card.search(
            [
                *own,
                "|",
                ("name", "in", numbers),
                ("complaint_id.name", "in", numbers),
            ]
        )
        return (cards.filtered(lambda card: card.name in numbers) or cards)[:1]

    def _get_line_of(self, card):
        return self.env["customer.complaint.archive.inventory.line"].search(
            [("inventory_id", "=", self.id), ("card_id", "=", card.id)]
        )

    def _add_card(self, card, place, note=False):
        """Add a card that is not on the list as misplaced.

        :param customer.complaint.archive.card card: of the company
        :param str place: where it was found
        :param str note: what else there is to say
        :rtype: customer.complaint.archive.inventory.line
        :raise UserError: if there is no such card, or it is on the list
        """
        self.ensure_one()
        self._check_may_count()
        card.check_access("read")
        if not card or card.company_id != self.company_id or self._get_line_of(card):
            raise UserError(
                self.env._(
                    "The card is on the list already, or no card of the company: "
                    "%(name)s. Reload the page.",
                    name=card.display_name or "—",
                )
            )
        if card.state == "disposed" and not note:
            note = self.env._("Destroyed by rule, but its papers are still there.")
        # Writes the inventory itself: whoever finishes it in the same instant is
        # replayed and meets the new line. The role was checked right above.
        self.sudo()._write_unguarded({"added_count": self.added_count + 1})
        Line = self.env["customer.complaint.archive.inventory.line"]
        line = Line.sudo()._create_unguarded(
            [
                {
                    "inventory_id": self.id,
                    "company_id": self.company_id.id,
                    "card_id": card.id,
                    "card_name": card.display_name,
                    "archive_category_id": card.archive_category_id.id,
                    "place_expected": card.place,
                    "is_added": True,
                    "result": "misplaced",
                    "place_found": place,
                    "note": note,
                    **Line._prepare_ticked_vals(),
                }
            ]
        )
        line._check_complete()
        self._compare_batch()
        return line.sudo(False)

    def action_finish(self):
        """Ask what happens with the cards nobody ticked, and finish.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_count()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.inventory.finish",
            self.env._("Finish the Inventory"),
            inventory_id=self.id,
        )

    def _finish(self, conclusion, open_is_missing=False):
        """Finish the inventory: from now on it stays as it is.

        :param str conclusion: what follows from it; may be empty
        :param bool open_is_missing: the user said that cards nobody ticked are missing
        :raise AccessError: unless the user is archivist
        :raise UserError: if it does not go on, or cards are open and nothing was said
        """
        self.ensure_one()
        self._check_may_count()
        self._check_compared()
        self._set_left()
        if self.open_count and not open_is_missing:
            raise UserError(
                self.env._(
                    "%(name)s: %(count)s cards have not been ticked. Tick them, or "
                    "confirm that they are missing.",
                    name=self.name,
                    count=self.open_count,
                )
            )
        today = self.company_id._complaint_today()
        for lines in self._iter_lines():
            lines.filtered(lambda line: line.result == "open")._write_unguarded(
                {"result": "missing", **lines._prepare_ticked_vals()}
            )
            # Written on every line: whoever ticks one in the same instant is replayed
            # and refused.
            lines._write_unguarded({"is_final": True})
            lines._tell_cards(today)
        self._write_unguarded(
            {
                **self._prepare_ended_vals(),
                "state": "done",
                "conclusion": conclusion,
                "has_findings": bool(
                    self.line_ids.search_count(self._get_wrong_domain(), limit=1)
                ),
            }
        )
        self._tell_managers()

    def _check_compared(self):
        """Compare what is left, unless that takes longer than the user waits.

        :raise UserError: if too much is left
        """
        if self.unchecked_count > DIRECT_LIMIT:
            raise UserError(
                self.env._(
                    "%(name)s: the papers of %(count)s cards are still being compared. "
                    "Finish it later.",
                    name=self.name,
                    count=self.unchecked_count,
                )
            )
        while self._compare_batch():
            pass

    def _prepare_ended_vals(self):
        return {"done_by_id": self.env.uid, "date_done": fields.Datetime.now()}

    def _set_left(self):
        """Set aside cards that were destroyed or reopened since they were listed."""
        left = self.line_ids.search(
            [
                ("inventory_id", "=", self.id),
                ("result", "=", "open"),
                ("card_id.state", "!=", "sealed"),
            ]
        )
        left._write_unguarded(
            {"result": LEFT, "check_state": "agrees", "check_note": False}
        )

    def _iter_lines(self):
        """Yield the lines in batches, each of which can be forgotten afterwards."""
        self.ensure_one()
        Line = self.env["customer.complaint.archive.inventory.line"]
        last = 0
        while lines := Line.search(
            [("inventory_id", "=", self.id), ("id", ">", last)],
            order="id",
            limit=BATCH_SIZE,
        ):
            last = lines[-1].id
            yield lines
            self.env.flush_all()
            lines.invalidate_recordset()

    def _tell_managers(self):
        """Log the counts; where something is wrong, give the managers a to-do."""
        counts = self.env._(
            "Inventory finished. Cards: %(all)s; found: %(found)s, missing: "
            "%(missing)s, damaged: %(damaged)s, misplaced: %(misplaced)s; papers "
            "differ from what was sealed: %(differ)s.",
            all=self.line_count,
            found=self.found_count,
            missing=self.missing_count,
            damaged=self.damaged_count,
            misplaced=self.misplaced_count,
            differ=self.differing_count,
        )
        self._message_log(body=counts)
        if self.has_findings:
            self._create_todos(
                self.company_id._get_complaint_managers(),
                self.env._("The inventory found something wrong: see what to do"),
            )

    def _create_todos(self, users_sudo, summary):
        """Give people a to-do about the inventory.

        :param res.users users_sudo: whom
        :param str summary: what is to be done
        """
        self.ensure_one()
        for user_sudo in users_sudo:
            # The inventory calls for them, whoever finished it.
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._complaint_today(),
                summary=summary,
                user_id=user_sudo.id,
                automated=True,
            )

    def action_cancel(self):
        """Give the inventory up; what was ticked stays readable, cards say nothing.

        :raise AccessError: unless the user is archivist
        :raise UserError: if it is finished
        """
        self._check_archivist()
        self.check_access("write")
        self._check_states("draft", "running")
        # As in finishing: whoever ticks in the same instant is refused.
        for inventory in self:
            for lines in inventory._iter_lines():
                lines._write_unguarded({"is_final": True})
        self._write_unguarded({"state": "cancelled", **self._prepare_ended_vals()})
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    # ------------------------------------------------------------------
    # COMPARISON WITH WHAT SHOULD BE THERE
    #
    # What the system compares by itself: papers and files, in batches.
    # ------------------------------------------------------------------

    def _compare_batch(self):
        """Compare the papers of the next cards.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        lines = self.env["customer.complaint.archive.inventory.line"].search(
            [("inventory_id", "=", self.id), ("check_state", "=", "waiting")],
            order="id",
            limit=BATCH_SIZE,
        )
        lines._compare()
        self.env.flush_all()
        lines.invalidate_recordset()
        self.invalidate_recordset(["unchecked_count", "differing_count"])
        return len(lines) == BATCH_SIZE

    @api.model
    def _cron_compare(self):
        """Go on comparing long lists; a killed comparison goes on where it was."""
        cron = self.env["ir.cron"]
        for inventory in self.search([("state", "=", "running")]):
            # In the language of whoever reads it.
            lang = inventory.started_by_id.lang
            while inventory.with_context(lang=lang)._compare_batch():
                inventory.invalidate_recordset()
                left = inventory.unchecked_count
                if not cron._commit_progress(BATCH_SIZE, remaining=max(left, 1)):
                    return
            cron._commit_progress(remaining=0)

    # ------------------------------------------------------------------
    # WHEN THE NEXT ONE IS DUE
    #
    # Reminders: inventories that are due are drafted, once.
    # ------------------------------------------------------------------

    @api.model
    def _propose_due(self, companies=None):
        """Draft an inventory for each archive category that nobody checked in time.

        The archivists of the company get a to-do. A draft or a running inventory of
        the category, or of all, is reminder enough.

        :param res.company companies: whose archives; all that have a period if not
            given
        """
        if companies is None:
            companies = self.env["res.company"].search(
                [("complaint_inventory_months", ">", 0)]
            )
        for company in companies:
            categories = self._get_due_categories(company)
            archivists_sudo = company._get_complaint_users(ARCHIVIST).sudo()
            inventories = self.with_context(lang=company.partner_id.lang)
            for category, count in categories.items():
                inventory = inventories.create(
                    {
                        "company_id": company.id,
                        "archive_category_id": category.id,
                    }
                )
                inventory._create_todos(
                    archivists_sudo,
                    inventories.env._(
                        "Inventory due: %(count)s cards of %(category)s were not "
                        "checked for %(months)s months",
                        count=count,
                        category=category.with_env(inventories.env).display_name,
                        months=company.complaint_inventory_months,
                    ),
                )

    @api.model
    def _get_due_categories(self, company):
        """Return the archive categories of which cards were not checked in time.

        :param res.company company: whose cards
        :return: how many cards, by archive category
        :rtype: dict
        """
        since = company._complaint_today() - relativedelta(
            months=company.complaint_inventory_months
        )
        never = Domain("inventory_date", "=", False) & Domain(
            "sealed_date", "<", datetime.combine(since, time.min)
        )
        groups = self.env["customer.complaint.archive.card"]._read_group(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "sealed")
            & Domain("archive_category_id", "!=", False)
            & (Domain("inventory_date", "<", since) | never),
            ["archive_category_id"],
            ["__count"],
        )
        if not groups:
            return {}
        reminded = self._get_reminded(company)
        if False in reminded:
            return {}
        return {
            category: count for category, count in groups if category.id not in reminded
        }

    @api.model
    def _get_reminded(self, company):
        """Return the archive categories of which an inventory is under way.

        :return: ids; False when one of all categories is
        :rtype: set
        """
        recently = fields.Datetime.now() - relativedelta(days=CANCELLED_DAYS)
        inventories = self.search(
            Domain("company_id", "=", company.id)
            & Domain([(name, "=", False) for name in ("room", "cabinet", "box")])
            & (
                Domain("state", "in", ("draft", "running"))
                | Domain("state", "=", "cancelled")
                & Domain("date_done", ">=", recently)
            )
        )
        return {inventory.archive_category_id.id for inventory in inventories}
