from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .test_archive_inventory import SCRIPT, InventoryCase


@tagged("post_install", "-at_install", "slow")
class TestArchiveInventoryScan(InventoryCase, HttpCase):
    """The field at the top of the form: labels are scanned, numbers typed."""

    def setUp(self):
        super().setUp()
        self.inventory = self._start(box="7")

    def _result(self, card):
        return self._line(self.inventory, card).result

    def test_every_way_to_name_a_card(self):
        card = self.near
        line = self._line(self.inventory, card)
        for code in (
            card._get_label_url(),
            card._get_label_url() + "?debug=1",
            f"https://old.example.com/odoo/complaint-archive/{card.id}",
            card.name,
            f"  {card.name.lower()} ",
            card.complaint_id.name,
        ):
            with self.subTest(code=code):
                line.action_reopen()
                answer = self.inventory.action_scan(code)
                self.assertEqual(answer["kind"], "success", answer)
                self.assertIn(card.name, answer["text"])
                self.assertEqual(line.result, "found")
        self.assertEqual(self._result(self.next), "open")

    def test_codes_that_name_no_card(self):
        for code in (
            "",
            "/",
            False,
            None,
            SCRIPT,
            "%",
            "_" * 5,
            "9" * 400,
            "https://x/odoo/complaint-archive/999999999",
            "https://x/odoo/complaint-archive/99999999999999999999",
            f"https://x/odoo/complaint-archive/{self.near.id}x",
            {"a": 1},
        ):
            with self.subTest(code=code):
                answer = self.inventory.action_scan(code)
                self.assertEqual(answer["kind"], "danger")
                self.assertLess(len(answer["text"]), 200)
        self.assertEqual(self.inventory.open_count, 2)

    def test_second_scan_and_marks_stay(self):
        self._line(self.inventory, self.near).action_missing()
        self.assertEqual(self.inventory.action_scan(self.near.name)["kind"], "success")
        self.assertEqual(self.inventory.action_scan(self.near.name)["kind"], "warning")
        line = self._line(self.inventory, self.next)
        line.write({"result": "damaged", "note": "受潮"})
        answer = self.inventory.action_scan(self.next.name)
        self.assertIn("Damaged", answer["text"])
        self.assertEqual(line.result, "damaged")

    def test_card_that_is_not_on_the_list(self):
        answer = self.inventory.action_scan(self.far.name)
        self.assertTrue(answer["can_add"])
        self.assertFalse(self._line(self.inventory, self.far))
        self.inventory.action_add_scanned(self.far.name)
        self.assertRecordValues(
            self._line(self.inventory, self.far),
            [
                {
                    "is_added": True,
                    "result": "misplaced",
                    "place_expected": "档案室 / 3 / 8",
                    "place_found": "7",
                    "check_state": "agrees",
                    "ticked_by_id": self.archivist.id,
                }
            ],
        )
        self.assertEqual(self.inventory.added_count, 1)
        with self._refused("on the list already"):
            self.inventory.action_add_scanned(self.far.name)

    def test_place_is_asked_for_where_none_was_chosen(self):
        inventory = self._start(
            archive_category_id=self.near.archive_category_id.id,
        )
        late = self._close()
        action = inventory.action_add_scanned(late.name)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._confirm_dialog(inventory, action)
        self._confirm_dialog(inventory, action, place_found="走廊")
        self.assertRecordValues(
            self._line(inventory, late),
            [{"result": "misplaced", "place_found": "走廊"}],
        )

    def test_card_of_another_company(self):
        stranger = self.env["customer.complaint.archive.card"].search(
            [("company_id", "!=", self.company.id)], limit=1
        )
        for code in (stranger._get_label_url(), stranger.name):
            self.assertEqual(self.inventory.action_scan(code)["kind"], "danger")
        with self.assertRaises(UserError):
            self.inventory._add_card(stranger.with_env(self.inventory.env), "7")

    def test_scanning_field(self):
        """Two labels in a row, an unknown number, and one that is added."""
        self.start_tour(
            f"/odoo/complaint-archive-inventories/{self.inventory.id}",
            "customer_complaint_inventory_scan",
            login=self.archivist.login,
            cookies={"cids": str(self.company.id)},
        )
        self.env.invalidate_all()
        self.assertEqual(self._result(self.near), "found")
        self.assertEqual(self._result(self.next), "found")
        self.assertEqual(self._result(self.far), "misplaced")
