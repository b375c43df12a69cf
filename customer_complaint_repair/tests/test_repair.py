from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase
from odoo.addons.customer_complaint_repair.hooks import uninstall_hook


class RepairCase(RemediationCase):
    """Goods to repair, and whoever repairs them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mechanic = new_test_user(
            cls.env, login="mechanic", groups="stock.group_stock_user", lang="en_US"
        )
        cls.massager = cls.env["product.product"].create(
            {"name": "颈部按摩仪", "is_storable": True, "tracking": "lot"}
        )
        cls.lot = cls.env["stock.lot"].create(
            {"name": "SN-7", "product_id": cls.massager.id}
        )

    def _to_repair(self, days=20, sold=None, **line):
        """Return the line of an approved repair of goods bought some days ago."""
        about = {"lot_name": "SN-7", "is_repeat_confirmed": True}
        if sold:
            about["sale_order_line_id"] = sold.id
        else:
            about["product_id"] = self.massager.id
        complaint = self._decided(
            sale_order_id=sold and sold.order_id.id,
            line_ids=[Command.create(about)],
        )
        received = self.company._complaint_date(complaint.date_received)
        complaint.purchase_date = received - timedelta(days=days)
        vals = {
            "kind": "repair",
            "cost_estimate": 60,
            "complaint_line_id": complaint.line_ids.id,
            "note": "<script>alert(1)</script>\n三天内修好",
            **line,
        }
        return self._approved(complaint=complaint, lines=[vals]).line_ids


@tagged("post_install", "-at_install")
class TestRepair(RepairCase):
    """A repair is drafted as a repair order, and follows it."""

    def test_repair_from_draft_to_done(self):
        line = self._to_repair()
        line.action_carry_out()
        repair = line.sudo().repair_ids
        self.assertRecordValues(
            repair,
            [
                {
                    "state": "draft",
                    "product_id": self.massager.id,
                    "product_qty": 1,
                    "lot_id": self.lot.id,
                    "partner_id": self.customer.id,
                    "under_warranty": True,
                    "user_id": False,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertNotIn("<script>", repair.internal_notes)
        self.assertIn("三天内修好", repair.internal_notes)
        self.assertIn(repair.name, line.documents_text)
        complaint = line.complaint_id
        self.assertEqual((line.state, complaint.repair_count), ("under_way", 1))
        with self._refused("is being carried out by"):
            line.action_carry_out()
        mine = repair.with_user(self.mechanic)
        mine._action_repair_confirm()
        mine.action_repair_start()
        self.assertEqual(line.state, "under_way")
        mine.action_repair_end()
        self.assertRecordValues(
            line, [{"state": "done", "done_by_id": self.mechanic.id}]
        )
        self.assertEqual(line.remediation_id.state, "done")
        with self._refused("carried out already"):
            line.action_carry_out()

    def test_free_within_the_window_and_bound_to_the_order(self):
        sold = self._create_confirmed_order(
            order_line=[Command.create({"product_id": self.massager.id})]
        ).order_line
        days = self.company.complaint_repair_days
        for age, is_free in ((days, True), (days + 1, False)):
            line = self._to_repair(age, sold)
            line.action_carry_out()
            repair = line.sudo().repair_ids
            self.assertEqual(repair.under_warranty, is_free)
            self.assertEqual(
                repair.sale_order_id, sold.order_id if is_free else sold.order_id[:0]
            )
            repair.action_repair_cancel()
            # The order sold what it sold.
            self.assertEqual(sold.order_id.order_line, sold)
            self.assertEqual(sold.product_uom_qty, 1)

    def test_lot_that_the_stock_does_not_know(self):
        line = self._to_repair()
        self.lot.name = "SN-8"
        line.action_carry_out()
        repair = line.sudo().repair_ids
        self.assertFalse(repair.lot_id)
        self.assertIn("SN-7", repair.internal_notes)

    def test_cancelled_or_deleted_order_gives_the_line_back(self):
        line = self._to_repair()
        for verb in ("action_repair_cancel", "unlink"):
            line.action_carry_out()
            waiting = line.sudo().repair_ids.filtered(lambda r: r.state != "cancel")
            getattr(waiting.with_user(self.mechanic), verb)()
            self.assertEqual(line.state, "open")
            self.assertTrue(self._get_todo_users(line.remediation_id))
        line.action_carry_out()
        line.action_take_back()
        self.assertEqual(set(line.sudo().repair_ids.mapped("state")), {"cancel"})
        self.assertEqual(line.state, "open")
        line._sign_done("顾客自行修好。")
        self.assertEqual(line.remediation_id.state, "done")

    def test_what_is_no_goods_is_done_by_a_note(self):
        complaint = self._decided(line_ids=[], event_place="门店")
        line = self._approved(
            complaint=complaint, lines=[{"kind": "repair", "cost_estimate": 60}]
        ).line_ids
        action = line.action_carry_out()
        self.assertEqual(action["res_model"], "customer.complaint.carry.out")
        self.assertFalse(line.sudo().repair_ids)

    def test_company_without_repairs(self):
        line = self._to_repair()
        operations = self.env["stock.picking.type"].search(
            [("code", "=", "repair_operation")]
        )
        operations.active = False
        with self._refused("no operation type for repairs"):
            line.action_carry_out()
        self.assertEqual(line.state, "open")

    def test_agent_drafts_and_does_not_repair(self):
        line = self._to_repair()
        for user in (self.stranger, self.auditor, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.with_user(user).action_carry_out()
        line.action_carry_out()
        repair = line.sudo().repair_ids.with_user(self.agent)
        for deed in (
            lambda: repair.read(["name"]),
            lambda: repair.action_repair_start(),
            lambda: repair.write({"state": "done"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                deed()
        with self._refused("no access to that app"):
            line.remediation_id.action_open_repairs()
        self.assertEqual(line.remediation_id.repair_count, 1)

    def test_links_are_not_forged(self):
        line = self._to_repair()
        line.action_carry_out()
        name = "complaint_remediation_line_id"
        mine = line.sudo().repair_ids.with_user(self.mechanic)
        with self._refused("links what carries it out"):
            mine.write({name: False})
        Repair = self.env["repair.order"].with_user(self.mechanic)
        forged = Repair.create(
            {"product_id": self.massager.id, name: line.id}
        ) | Repair.with_context(**{f"default_{name}": line.id}).create(
            {"product_id": self.massager.id}
        )
        forged |= mine.copy()
        self.assertFalse(forged.sudo().complaint_remediation_line_id)
        with self._refused("Number of Repairs"):
            line.complaint_id.write({"repair_count": 5})

    def test_repair_order_leads_to_the_complaint(self):
        line = self._to_repair()
        line.action_carry_out()
        repair = line.sudo().repair_ids
        with self.assertRaises(AccessError):
            repair.with_user(self.mechanic).read(["complaint_count"])
        self.manager.group_ids += self.env.ref("stock.group_stock_user")
        mine = repair.with_user(self.manager)
        self.assertEqual(mine.complaint_count, 1)
        self.assertEqual(mine.action_view_complaints()["res_id"], line.complaint_id.id)
        for record in (line.complaint_id, line.remediation_id):
            opened = record.with_user(self.manager).action_open_repairs()
            self.assertEqual(opened["res_id"], repair.id)

    def test_uninstalled_app_gives_the_line_back(self):
        line = self._to_repair()
        line.action_carry_out()
        uninstall_hook(self.env)
        self.assertEqual(line.state, "open")
