import os
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint.tests.pdf_tools import read_text
from odoo.addons.customer_complaint_archive.tests.archive_common import ArchiveCase

MODEL = "customer.complaint.archive.inventory"
REPORT = "customer_complaint_archive_paper.report_archive_inventory"
SCRIPT = "<script>alert('张三')</script>"


class InventoryCase(ArchiveCase):
    """Three sealed cards: two in box 7, one elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.near, cls.next, cls.far = (cls._close() for _n in range(3))
        cls._place(cls.near | cls.next, "7")
        cls._place(cls.far, "8")

    @classmethod
    def _place(cls, cards, box):
        cards.write({"room": "档案室", "cabinet": "3", "box": box})

    def _open(self, user=None, **values):
        return (
            self.env[MODEL]
            .with_user(user or self.archivist)
            .with_company(self.company)
            .create({"company_id": self.company.id, **values})
        )

    def _start(self, user=None, **values):
        inventory = self._open(user, **values)
        inventory.action_start()
        return inventory

    def _line(self, inventory, card):
        return inventory.line_ids.filtered(lambda line: line.card_id == card)

    def _finish(self, inventory, **values):
        """Finish by the dialog."""
        action = inventory.action_finish()
        self.env[action["res_model"]].with_user(inventory.env.user).with_context(
            **action["context"]
        ).create(values).action_confirm()
        return inventory

    def _confirm_dialog(self, records, action, **values):
        return self._follow(action, records.env.user).create(values).action_confirm()


@tagged("post_install", "-at_install", "slow")
class TestArchiveInventory(InventoryCase):
    # ------------------------------------------------------------------
    # THE LIST
    # ------------------------------------------------------------------

    def test_lists_sealed_cards_as_chosen(self):
        running = self._take_to(self._new(), "accepted").archive_card_id.sudo()
        self._place(running, "7")
        by_box = self._start(box="7")
        self.assertEqual(by_box.line_ids.card_id, self.near | self.next)
        everything = self._start()
        self.assertEqual(everything.line_ids.card_id, self.near | self.next | self.far)
        category = self.near.archive_category_id
        by_both = self._start(archive_category_id=category.id, room="档案室", box="8")
        self.assertEqual(by_both.line_ids.card_id, self.far)
        self.assertRecordValues(
            by_both.line_ids,
            [
                {
                    "card_name": self.far.name,
                    "place_expected": "档案室 / 3 / 8",
                    "archive_category_id": category.id,
                    "company_id": self.company.id,
                    "result": "open",
                    "check_state": "agrees",
                    "paper_count": 2,
                    "sealed_paper_count": 2,
                    "file_count": 2,
                    "is_final": False,
                }
            ],
        )
        self.assertRegex(by_box.name, r"^PD/\d{4}/\d{5}$")

    def test_no_card_as_chosen(self):
        with self._refused("no sealed card"):
            self._start(room="地下室")

    def test_of_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "上海分公司"})
        with self.assertRaises(AccessError):
            self._open(company_id=elsewhere.id)
        inventory = self._start()
        clerk = self._new_user(
            "clerk",
            "archivist",
            company_id=elsewhere.id,
        )
        for records in (inventory, inventory.line_ids):
            with self.assertRaises(AccessError):
                records.with_user(clerk).with_context(
                    allowed_company_ids=elsewhere.ids
                ).read(["display_name"])

    # ------------------------------------------------------------------
    # TICKING
    # ------------------------------------------------------------------

    def test_ticks_and_counts(self):
        inventory = self._start()
        near, next_, far = (
            self._line(inventory, card) for card in (self.near, self.next, self.far)
        )
        near.action_found()
        action = next_.action_damaged()
        self._confirm_dialog(inventory, action, note="受潮，第2页无法辨认")
        action = far.action_misplaced()
        self._confirm_dialog(inventory, action, place_found="档案室 / 3 / 9")
        self.assertRecordValues(
            inventory,
            [
                {
                    "line_count": 3,
                    "open_count": 0,
                    "found_count": 1,
                    "damaged_count": 1,
                    "misplaced_count": 1,
                    "missing_count": 0,
                }
            ],
        )
        self.assertEqual(far.place_found, "档案室 / 3 / 9")
        self.assertEqual(near.ticked_by_id, self.archivist)
        far.action_reopen()
        self.assertRecordValues(far, [{"result": "open", "place_found": False}])
        self.assertEqual(inventory.open_count, 1)

    def test_what_is_wrong_is_explained(self):
        lines = self._start().line_ids
        for vals in (
            {"result": "damaged"},
            {"result": "damaged", "note": "  "},
            {"result": "misplaced"},
            {"result": "found", "note": "长" * 1000},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                lines[0].write(vals)
        with self._refused("by itself"):
            lines[0].write({"result": "left"})

    # ------------------------------------------------------------------
    # FINISHING
    # ------------------------------------------------------------------

    def test_open_cards_are_missing_when_confirmed(self):
        inventory = self._start()
        self._line(inventory, self.near).action_found()
        with self._refused("2 cards have not been ticked"):
            self._finish(inventory)
        self.assertEqual(inventory.state, "running")
        with freeze_time("2027-03-01 18:00:00"):
            self._finish(inventory, open_is_missing=True, conclusion="再找一遍")
        self.assertRecordValues(
            inventory,
            [
                {
                    "state": "done",
                    "missing_count": 2,
                    "has_findings": True,
                    "conclusion": "再找一遍",
                    "done_by_id": self.archivist.id,
                }
            ],
        )
        # The next day already in Shanghai.
        day = fields.Date.to_date("2027-03-02")
        self.assertRecordValues(
            self.near | self.far,
            [
                {
                    "inventory_id": inventory.id,
                    "inventory_date": day,
                    "inventory_result": result,
                }
                for result in ("found", "missing")
            ],
        )
        self.assertEqual(
            set(inventory.activity_ids.filtered("active").user_id),
            set(self.company._get_complaint_managers()),
        )
        self.assertIn(self.manager, inventory.activity_ids.user_id)
        inventory.activity_ids.filtered(
            lambda todo: todo.user_id == self.manager
        ).with_user(self.manager).action_feedback("已知悉")

    def test_in_order_troubles_nobody(self):
        inventory = self._start()
        inventory.line_ids.action_found()
        self._finish(inventory)
        self.assertFalse(inventory.has_findings)
        self.assertFalse(inventory.activity_ids)

    def test_destroyed_or_reopened_meanwhile_is_not_missing(self):
        inventory = self._start()
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'disposed'"
            " WHERE id = %s",
            self.far.id,
        )
        self._reopen(self.next.complaint_id, self.supervisor)
        self._line(inventory, self.near).action_found()
        self._finish(inventory)
        self.assertRecordValues(
            inventory, [{"left_count": 2, "missing_count": 0, "has_findings": False}]
        )
        self.assertFalse(self.far.inventory_date)

    def test_frozen_when_finished(self):
        inventory = self._start()
        inventory.line_ids.action_found()
        self._finish(inventory)
        line = inventory.line_ids[0]
        deeds = {
            "tick": lambda i, li: li.write({"result": "missing"}),
            "note": lambda i, li: li.write({"note": "改"}),
            "button": lambda i, li: li.action_missing(),
            "scan": lambda i, li: i.action_scan(self.near.name),
            "add": lambda i, li: i.action_add_scanned(self.near.name),
            "again": lambda i, li: i._finish("改", True),
            "cancel": lambda i, li: i.action_cancel(),
            "start": lambda i, li: i.action_start(),
            "compare": lambda i, li: i.action_compare(),
            "choice": lambda i, li: i.write({"box": "9"}),
            "text": lambda i, li: i.write({"note": "改"}),
            "command": lambda i, li: i.write(
                {"line_ids": [Command.update(li.id, {"result": "missing"})]}
            ),
            "state": lambda i, li: i.write({"state": "running"}),
            "delete": lambda i, li: i.unlink(),
            "delete line": lambda i, li: li.unlink(),
        }
        for name, deed in deeds.items():
            for sudo in (False, True):
                with (
                    self.subTest(deed=name, sudo=sudo),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    deed(inventory.sudo(sudo), line.sudo(sudo))
        self.assertEqual(set(inventory.line_ids.mapped("result")), {"found"})

    def test_cancelled_says_nothing_of_cards(self):
        inventory = self._start()
        inventory.line_ids.action_missing()
        inventory.action_cancel()
        self.assertFalse(self.near.inventory_date)
        with self.assertRaises(UserError):
            inventory.line_ids[0].action_found()

    # ------------------------------------------------------------------
    # WHAT THE SYSTEM COMPARES
    # ------------------------------------------------------------------

    def test_unreadable_file_is_found(self):
        file = self.near.document_ids.attachment_ids[0]
        path = file._full_path(file.store_fname)
        content = file.raw
        self.addCleanup(self._put_back, path, content)
        os.remove(path)
        other = self.next.document_ids.attachment_ids[0]
        cut = other._full_path(other.store_fname)
        self.addCleanup(self._put_back, cut, other.raw)
        self._put_back(cut, b"")
        inventory = self._start()
        for card in (self.near, self.next):
            line = self._line(inventory, card)
            self.assertRecordValues(
                line, [{"check_state": "differs", "unreadable_count": 1}]
            )
            self.assertIn("cannot be read", line.check_note)
            # Types tell nothing; names may.
            self.assertNotIn("受理单", line.check_note)
        self.assertEqual(self._line(inventory, self.far).check_state, "agrees")
        self._put_back(path, content)
        inventory.action_compare()
        self.assertEqual(self._line(inventory, self.near).check_state, "agrees")
        inventory.line_ids.action_found()
        self._finish(inventory)
        # Everything was found, but the file is still cut short.
        self.assertTrue(inventory.has_findings)

    @staticmethod
    def _put_back(path, content):
        with open(path, "wb") as stream:
            stream.write(content)

    def test_papers_against_the_seal(self):
        paper = self.near.document_ids[0]
        self._sql(
            "UPDATE customer_complaint_archive_document SET card_id = %s WHERE id = %s",
            self.next.id,
            paper.id,
        )
        self._sql(
            "UPDATE customer_complaint_archive_entry SET content = '{'"
            " WHERE card_id = %s",
            self.far.id,
        )
        inventory = self._start()
        notes = [
            self._line(inventory, card).check_note
            for card in (self.near, self.next, self.far)
        ]
        self.assertEqual(
            notes,
            [
                "Papers sealed, not filed any more: 1.",
                "Papers filed that were not sealed: 1.",
                "What was sealed cannot be read.",
            ],
        )

    def test_cost_does_not_grow_with_the_cards(self):
        cards = self.near | self.next | self.far
        for _n in range(9):
            cards |= self._close(papers=False)
        self._place(cards[:2], "small")
        self._place(cards[2:], "large")

        def count(box):
            inventory = self._open(box=box)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            inventory.action_start()
            inventory.line_ids.action_found()
            inventory._finish(False)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count("small")  # what is cached once
        small, large = count("small"), count("large")
        self.assertLessEqual(large - small, 4, (small, large))

    def test_long_lists_are_compared_by_the_job(self):
        steps = "odoo.addons.customer_complaint_archive_paper.models"
        steps += ".customer_complaint_archive_inventory.DIRECT_LIMIT"
        with patch(steps, 1):
            inventory = self._start()
            self.assertEqual(inventory.unchecked_count, 3)
            inventory.line_ids.action_found()
            with self._refused("still being compared"):
                inventory._finish(False)
            with self._without_commits():
                inventory.sudo()._cron_compare()
            inventory.invalidate_recordset()
            self.assertEqual(inventory.unchecked_count, 0)
            inventory._finish(False)
        self.assertEqual(inventory.state, "done")

    # ------------------------------------------------------------------
    # REMINDERS
    # ------------------------------------------------------------------

    def test_due_category_is_drafted_once(self):
        Inventory = self.env[MODEL]
        mine = [("company_id", "=", self.company.id)]
        Inventory._propose_due()
        self.assertFalse(Inventory.search(mine))
        with freeze_time(fields.Date.add(self._today(), months=12, days=3)):
            with self._without_commits():
                self.Disposal._cron_archive_retention()
                self.Disposal._cron_archive_retention()
            draft = Inventory.search(mine)
            self.assertRecordValues(
                draft,
                [
                    {
                        "state": "draft",
                        "archive_category_id": self.near.archive_category_id.id,
                    }
                ],
            )
            self.assertIn(self.archivist, draft.activity_ids.user_id)
            own = draft.with_user(self.archivist).with_company(self.company)
            own.action_start()
            self.assertFalse(draft.activity_ids)
            own.line_ids.action_found()
            own._finish(False)
            Inventory._propose_due()
            self.assertEqual(Inventory.search(mine), draft)
        with freeze_time(fields.Date.add(self._today(), months=30)):
            Inventory._propose_due()
            self.assertEqual(Inventory.search_count(mine), 2)

    def test_no_reminder_when_switched_off_or_cancelled(self):
        Inventory = self.env[MODEL]
        mine = [("company_id", "=", self.company.id)]
        with freeze_time(fields.Date.add(self._today(), months=13)):
            self.company.complaint_inventory_months = 0
            Inventory._propose_due()
            self.assertFalse(Inventory.search(mine))
            self.company.complaint_inventory_months = 12
            Inventory._propose_due()
            draft = Inventory.search(mine)
            draft.with_user(self.archivist).with_company(self.company).action_cancel()
            Inventory._propose_due()
            self.assertEqual(Inventory.search(mine), draft)

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_archivist_does_manager_and_auditor_read(self):
        inventory = self._start()
        line = self._line(inventory, self.near)
        for user in (self.manager, self.auditor):
            self.assertTrue(inventory.with_user(user).read(["name", "open_count"]))
            self.assertTrue(line.with_user(user).read(["card_name", "check_note"]))
        portal = self._new_user(
            "portal_inventory", group_ids=[self.env.ref("base.group_portal").id]
        )
        for user in (
            self.agent,
            self.colleague,
            self.supervisor,
            self.quality_user,
            self.employee,
            portal,
        ):
            for records in (inventory, line):
                with (
                    self.subTest(user=user.login, model=records._name),
                    self.assertRaises(AccessError),
                ):
                    records.with_user(user).read(["display_name"])
        deeds = {
            "open": lambda i, li: i.create({"company_id": self.company.id}),
            "tick": lambda i, li: li.action_found(),
            "write": lambda i, li: li.write({"result": "found"}),
            "note": lambda i, li: i.write({"note": "改"}),
            "scan": lambda i, li: i.action_scan(self.near.name),
            "add": lambda i, li: i.action_add_scanned(self.near.name),
            "finish": lambda i, li: i._finish("", True),
            "dialog": lambda i, li: li.action_damaged(),
            "cancel": lambda i, li: i.action_cancel(),
            "compare": lambda i, li: i.action_compare(),
        }
        for user in (self.manager, self.auditor, self.supervisor, self.employee):
            for name, deed in deeds.items():
                with (
                    self.subTest(user=user.login, deed=name),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    deed(inventory.with_user(user), line.with_user(user))
        self.assertEqual(line.result, "open")

    def test_nothing_is_forged(self):
        Inventory = self.env[MODEL].with_user(self.archivist)
        Inventory = Inventory.with_company(self.company)
        forged = Inventory.with_context(
            default_state="done", default_has_findings=True, default_added_count=5
        ).create(
            {
                "state": "done",
                "name": "PD/1",
                "done_by_id": self.manager.id,
                "line_ids": [Command.create({"card_id": self.near.id})],
            }
        )
        self.assertRecordValues(
            forged,
            [
                {
                    "state": "draft",
                    "has_findings": False,
                    "added_count": 0,
                    "done_by_id": False,
                    "line_ids": [],
                }
            ],
        )
        self.assertNotEqual(forged.name, "PD/1")
        inventory = self._start()
        line = inventory.line_ids[0]
        for vals in (
            {"check_state": "agrees"},
            {"card_id": self.far.id},
            {"is_final": True},
            {"ticked_by_id": self.manager.id},
            {"inventory_id": forged.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                line.write(vals)
        for command in (
            Command.create({"card_id": self.far.id}),
            Command.delete(line.id),
            Command.update(line.id, {"is_final": True}),
        ):
            with (
                self.subTest(command=command),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                inventory.write({"line_ids": [command]})
        with self.assertRaises(UserError):
            line.create({"inventory_id": inventory.id, "card_id": self.far.id})
        with self._refused("The steps set these"):
            self.near.with_user(self.archivist).write({"inventory_result": "found"})
        result = (
            self.env["customer.complaint.archive.inventory.line"]
            .with_user(self.archivist)
            .load([".id", "check_state"], [[str(line.id), "Differs"]])
        )
        self.assertTrue(result["messages"])

    # ------------------------------------------------------------------
    # THE REPORT
    # ------------------------------------------------------------------

    def _render(self, inventory, user=None, lang="en_US"):
        reports = self.env["ir.actions.report"].with_user(user or self.archivist)
        return (
            reports.with_context(lang=lang, allowed_company_ids=self.company.ids)
            ._render_qweb_html(REPORT, inventory.ids)[0]
            .decode()
        )

    def test_report_lists_what_is_wrong(self):
        inventory = self._start(note=SCRIPT)
        with self._refused("Nothing was counted"):
            self._render(self._open())
        self._line(inventory, self.near).write({"result": "damaged", "note": SCRIPT})
        self._line(inventory, self.next).write(
            {"result": "misplaced", "place_found": SCRIPT}
        )
        self.assertIn("not finished", self._render(inventory))
        self._finish(inventory, open_is_missing=True, conclusion=SCRIPT)
        for user in (self.archivist, self.manager, self.auditor):
            content = self._render(inventory, user)
            self.assertNotIn("<script>alert", content)
            self.assertNotIn("not finished", content)
            for card in (self.near, self.next, self.far):
                self.assertIn(card.name, content)
        for user in (self.agent, self.employee):
            with self.assertRaises(AccessError):
                self._render(inventory, user)
        for message in inventory.sudo().message_ids:
            self.assertNotIn("<script", message.body or "")
        pdf = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            .with_context(
                force_report_rendering=True, allowed_company_ids=self.company.ids
            )
            ._render_qweb_pdf(REPORT, inventory.ids)[0]
        )
        text = read_text(pdf)
        self.assertIn(inventory.name, text)
        self.assertIn(self.far.name, text)
