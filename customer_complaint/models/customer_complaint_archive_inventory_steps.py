import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from .customer_complaint_archive_inventory_line import LEFT

BATCH_SIZE = 500
# As many cards are compared while the user waits; more by a job.
DIRECT_LIMIT = 2000
# The address on a label, with or without the rest of a page's address.
LABEL_ADDRESS = re.compile(r"/complaint-archive/(\d{1,9})(?:[/?#].*)?$")
# Of what was scanned, as much is shown again.
MAX_SHOWN = 60


class CustomerComplaintArchiveInventory(models.Model):
    """The steps of an inventory: start, scan, finish."""

    _inherit = "customer.complaint.archive.inventory"

    # ------------------------------------------------------------------
    # START
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
            self.sudo().env.ref("customer_complaint.cron_archive_retention")._trigger()

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

    # ------------------------------------------------------------------
    # SCANNING
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # FINISH
    # ------------------------------------------------------------------

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


class CustomerComplaintArchiveInventoryLine(models.Model):
    _inherit = "customer.complaint.archive.inventory.line"

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
