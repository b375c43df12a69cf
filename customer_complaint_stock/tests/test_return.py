from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_complaint_stock.hooks import uninstall_hook

from .stock_common import StockRemediationCase


@tagged("post_install", "-at_install", "slow")
class TestReturn(StockRemediationCase):
    """A refund takes back what was delivered, and no more."""

    def _returned(self, delivery, quantity):
        """Return goods in the stock app, without a complaint."""
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = quantity
        return self.env["stock.picking"].browse(
            dialog.action_create_returns()["res_id"]
        )

    def test_return_of_the_lot_complained_of(self):
        sold = self._order(self.serum, 4)
        delivery = self._deliver(sold, lots={"L1": 3, "L2": 1})
        complaint = self._complain(sold, 2, lot_name="L2")
        line = self._granted(complaint)
        line.action_carry_out()
        self.assertEqual(line.state, "under_way")
        picking = line.sudo().picking_ids
        self.assertRecordValues(
            picking,
            [
                {
                    "state": "assigned",
                    "picking_type_code": "incoming",
                    "return_id": delivery.id,
                    "sale_id": sold.order_id.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(self._lots_of(picking), {"L2": 1, "L1": 1})
        move = picking.move_ids
        self.assertEqual(move.origin_returned_move_id, delivery.move_ids)
        self.assertEqual(move.sale_line_id, sold)
        self.assertTrue(move.to_refund)
        self.assertIn(line.remediation_id.name, picking.origin)
        self.assertIn(picking.name, line.documents_text)
        self.assertEqual(complaint.picking_count, 1)
        self.assertFalse(complaint.date_goods_returned)
        self._move(picking, user=self.keeper)
        self.assertRecordValues(
            line,
            [{"state": "done", "done_by_id": self.keeper.id, "can_take_back": False}],
        )
        self.assertEqual(line.remediation_id.state, "done")
        self.assertTrue(complaint.date_goods_returned)
        self.assertEqual(sold.qty_delivered, 2)
        self.assertEqual(self.lots["L2"].product_qty, 5)

    def test_serial_numbers_come_back_piece_by_piece(self):
        scale = self._create_goods("血压计", 199.0, tracking="serial")
        self.lots.update({name: self._stock(scale, 1, name) for name in "ABC"})
        sold = self._order(scale, 3)
        self._deliver(sold, lots={"A": 1, "B": 1, "C": 1})
        line = self._granted(self._complain(sold, 1, lot_name="B"))
        line.action_carry_out()
        self.assertEqual(self._lots_of(line.sudo().picking_ids), {"B": 1})
        other = self._granted(self._complain(sold, 2, lot_name="not read properly"))
        other.action_carry_out()
        self.assertEqual(self._lots_of(other.sudo().picking_ids), {"A": 1, "C": 1})
        self._move(other.sudo().picking_ids, user=self.keeper)
        self.assertEqual(other.state, "done")

    def test_several_deliveries_come_back_each_by_its_own_return(self):
        sold = self._order(self.lamp, 5)
        first = self._deliver(sold, 2)
        second = self._deliver(sold, 3)
        line = self._granted(self._complain(sold, 4))
        line.action_carry_out()
        back = line.sudo().picking_ids
        self.assertEqual(back.return_id, first | second)
        self.assertEqual(back.move_ids.mapped("product_uom_qty"), [2, 2])
        self.assertEqual(line.remediation_id.complaint_id.picking_count, 2)
        self._move(back[0], user=self.keeper)
        self.assertEqual(line.state, "under_way")
        self.assertFalse(line.can_take_back)
        self._move(back[1], user=self.keeper)
        self.assertEqual(line.state, "done")
        self.assertEqual(sold.qty_delivered, 1)

    # ------------------------------------------------------------------
    # NEVER TOO MUCH
    # ------------------------------------------------------------------

    def test_no_more_than_was_delivered(self):
        sold = self._order(self.lamp, 5)
        self._deliver(sold, 2)
        complaint = self._complain(sold, 5)
        vals = {
            "kind": "refund",
            "amount": 1,
            "complaint_line_id": complaint.line_ids.id,
        }
        for kind in ("refund", "exchange"):
            with self._refused("3 Units cannot be taken back", ValidationError):
                self._propose(
                    complaint=complaint, lines=[{**vals, "kind": kind, "quantity": 3}]
                )
        line = self._propose(complaint=complaint, lines=[{**vals, "quantity": 2}])
        with self._refused("2 are neither returned", ValidationError):
            line.line_ids.quantity = 3
        with self._refused("cannot be taken back", ValidationError):
            line.write({"line_ids": [Command.create({**vals, "quantity": 1})]})
        # What leaves the goods with the customer has no such limit.
        self._propose(
            complaint=complaint,
            lines=[{**vals, "kind": "price_reduction", "quantity": 5}],
        )

    def test_what_came_back_and_is_to_come_back_counts(self):
        sold = self._order(self.lamp, 5)
        delivery = self._deliver(sold)
        self._move(self._returned(delivery, 1))
        planned = self._returned(delivery, 1)
        complaint = self._complain(sold, 5)
        # What is back can be for it; what is planned is for something else so far.
        with self._refused("4 are neither returned", ValidationError):
            self._granted(complaint)
        planned.action_cancel()
        self._granted(complaint)

    def test_other_complaints_count(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        first = self._granted(self._complain(sold, 2))
        other = self._complain(sold, 1)
        other.line_ids.quantity = 1
        about = {"kind": "exchange", "complaint_line_id": other.line_ids.id}
        remediation = self._propose(complaint=other, lines=[about])
        self.assertEqual(sold._get_complaint_returnable(remediation.line_ids)[sold], 1)
        first.action_carry_out()
        self.assertEqual(sold._get_complaint_returnable(remediation.line_ids)[sold], 1)
        self._move(first.sudo().picking_ids)
        self.assertEqual(sold._get_complaint_returnable(remediation.line_ids)[sold], 1)
        self._give_reason(remediation, "cancel", self.agent)
        self.assertEqual(sold._get_complaint_returnable(first)[sold], 1)

    def test_two_drafts_of_which_only_one_can_be_carried_out(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        complaint = self._complain(sold)
        first = self._propose(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "amount": 1,
                    "complaint_line_id": complaint.line_ids.id,
                }
            ],
        )
        second = self._granted(complaint, "exchange")
        with self._refused("0 are neither returned"):
            first.action_ask()
        second.action_carry_out()
        self._move(second.sudo().picking_ids.filtered("return_id"))
        with self._refused("cannot be taken back"):
            first.action_ask()

    def test_returned_by_hand_between_approval_and_carrying_out(self):
        sold = self._order(self.lamp, 2)
        delivery = self._deliver(sold)
        line = self._granted(self._complain(sold, 2))
        back = self._returned(delivery, 1)
        # As long as nobody validated it, it may be for anything.
        with self._refused("2 Units cannot be taken back"):
            line.action_carry_out()
        self._move(back)
        line.action_carry_out()
        self.assertIn(back, line.sudo().picking_ids)
        planned = line.sudo().picking_ids - back
        self.assertEqual(planned.move_ids.product_uom_qty, 1)

    def test_done_by_a_note_counts_once(self):
        sold = self._order(self.lamp, 3)
        delivery = self._deliver(sold)
        line = self._granted(self._complain(sold, 1))
        line._sign_done("顾客已将商品退回柜台。")
        other = self._complain(sold, 2)
        nobody = self.env["customer.complaint.remediation.line"]
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        # The warehouse enters what the note speaks of.
        self._move(self._returned(delivery, 1))
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        self._granted(other)

    def test_other_unit_than_the_order(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.lamp.uom_ids += dozen
        sold = self._order(self.lamp, 1, product_uom_id=dozen.id)
        self._deliver(sold)
        complaint = self._complain(sold, 1)
        unit = self.env.ref("uom.product_uom_unit")
        with self._refused("13 Units cannot be taken back|more than", ValidationError):
            self._granted(complaint, quantity=13, product_uom_id=unit.id)
        line = self._granted(complaint, quantity=5, product_uom_id=unit.id)
        line.action_carry_out()
        self.assertEqual(line.sudo().picking_ids.move_ids.product_qty, 5)
        self.assertEqual(sold._get_complaint_returnable(line)[sold], 7)

    def test_never_delivered_goods_have_nothing_to_return(self):
        sold = self._order(self.lamp, 2)
        line = self._granted(self._complain(sold, 2))
        action = line.action_carry_out()
        self.assertEqual(action["res_model"], "customer.complaint.carry.out")
        self.assertFalse(line.sudo().picking_ids)
        no_order = self._decided(
            line_ids=[Command.create({"product_id": self.lamp.id})]
        )
        line = self._granted(no_order)
        self.assertTrue(line.action_carry_out())
        self.assertFalse(line.sudo().picking_ids)

    # ------------------------------------------------------------------
    # WHAT THE WAREHOUSE DOES
    # ------------------------------------------------------------------

    def test_part_comes_later(self):
        sold = self._order(self.serum, 3)
        self._deliver(sold, lots={"L1": 3})
        complaint = self._complain(sold, 3)
        line = self._granted(complaint)
        line.action_carry_out()
        picking = line.sudo().picking_ids
        self._move(picking, lots={"L1": 2}, user=self.keeper)
        later = line.sudo().picking_ids - picking
        self.assertEqual(later.backorder_id, picking)
        self.assertEqual(line.state, "under_way")
        self.assertEqual(complaint.picking_count, 2)
        self.assertTrue(complaint.date_goods_returned)
        self._move(later, user=self.keeper)
        self.assertEqual(line.state, "done")

    def test_rest_that_never_comes(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line = self._granted(self._complain(sold, 3))
        line.action_carry_out()
        self._move(line.sudo().picking_ids, 2, user=self.keeper, backorder=False)
        self.assertEqual(line.state, "done")
        self.assertEqual(len(line.sudo().picking_ids), 1)
        nobody = self.env["customer.complaint.remediation.line"]
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 1)

    def test_warehouse_cancels_or_deletes_the_return(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        complaint = self._complain(sold, 3)
        line = self._granted(complaint)
        boss = new_test_user(self.env, "boss", groups="stock.group_stock_manager")
        for verb in ("action_cancel", "unlink"):
            line.action_carry_out()
            self.assertEqual(line.state, "under_way")
            waiting = line.sudo().picking_ids.filtered(lambda p: p.state != "cancel")
            getattr(waiting.with_user(boss), verb)()
            self.assertEqual(line.state, "open")
            self.assertIn(complaint.user_id, self._get_todo_users(line.remediation_id))
        line.action_carry_out()
        self.assertEqual(line.state, "under_way")

    def test_take_back(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line = self._granted(self._complain(sold, 3))
        line.action_carry_out()
        with self._refused("is being carried out by"):
            line.action_carry_out()
        with self._refused("is being carried out by"):
            line.quantity = 1
        line.action_take_back()
        self.assertEqual(line.sudo().picking_ids.state, "cancel")
        self.assertEqual(line.state, "open")
        line.quantity = 1
        line.action_carry_out()
        planned = line.sudo().picking_ids.filtered(lambda p: p.state != "cancel")
        self._move(planned)
        with self._refused("carried out already"):
            line.action_carry_out()

    def test_remediation_ends_while_the_return_waits(self):
        sold = self._order(self.lamp, 3)
        self._deliver(sold)
        line = self._granted(self._complain(sold, 3))
        line.action_carry_out()
        line.remediation_id._cancel("顾客改主意。", keeps_drafts=True)
        self.assertEqual(line.sudo().picking_ids.state, "assigned")
        self._move(line.sudo().picking_ids, user=self.keeper)
        self.assertEqual(line.remediation_id.state, "cancelled")
        self.assertTrue(self._get_todo_users(line.remediation_id))

    def test_put_away_in_two_steps_is_the_affair_of_the_warehouse(self):
        self.warehouse.reception_steps = "two_steps"
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        line = self._granted(self._complain(sold))
        line.action_carry_out()
        self._move(line.sudo().picking_ids)
        self.assertEqual(line.state, "done")

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_agent_plans_and_does_not_validate(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        line = self._granted(self._complain(sold))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.with_user(self.stranger).action_carry_out()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.with_user(self.auditor).action_carry_out()
        line.with_user(self.agent).action_carry_out()
        picking = line.picking_ids.with_user(self.agent)
        for deed in (
            lambda: picking.read(["name"]),
            lambda: picking.button_validate(),
            lambda: picking.action_cancel(),
            lambda: picking.write({"origin": "x"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                deed()
        with self._refused("no access to that app"):
            line.remediation_id.with_user(self.agent).action_open_pickings()
        self.assertEqual(line.remediation_id.with_user(self.agent).picking_count, 1)
        self.assertFalse(sold.order_id.picking_ids.filtered("return_id").date_done)

    def test_links_are_not_forged(self):
        sold = self._order(self.lamp, 2)
        delivery = self._deliver(sold)
        line = self._granted(self._complain(sold))
        line.action_carry_out()
        name = "complaint_remediation_line_id"
        seller = new_test_user(
            self.env, login="forger", groups="sales_team.group_sale_salesman"
        )
        for user in (self.keeper, seller):
            move = delivery.move_ids.with_user(user)
            with self._refused("links what carries it out"):
                move.write({name: line.id})
            with self._refused("links what carries it out"):
                delivery.with_user(user).write(
                    {"move_ids": [Command.update(move.id, {name: line.id})]}
                )
        vals = {
            "product_id": self.lamp.id,
            "product_uom_qty": 1,
            "location_id": delivery.location_id.id,
            "location_dest_id": delivery.location_dest_id.id,
        }
        moves = self.env["stock.move"].with_user(self.keeper)
        self.env["ir.default"].set("stock.move", name, line.id, user_id=self.keeper.id)
        forged = (
            moves.create({**vals, name: line.id})
            | moves.with_context(**{f"default_{name}": line.id}).create(vals)
            | moves.create(vals)
        )
        self.assertFalse(forged.sudo().complaint_remediation_line_id)
        copied = line.sudo().picking_ids.with_user(self.keeper).copy()
        self.assertFalse(copied.sudo().move_ids.complaint_remediation_line_id)
        with self._refused("picking_count|Number of Transfers"):
            line.complaint_id.write({"picking_count": 7})

    def test_transfer_leads_to_the_complaint(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        line = self._granted(self._complain(sold))
        line.action_carry_out()
        picking = line.sudo().picking_ids
        with self.assertRaises(AccessError):
            picking.with_user(self.keeper).read(["complaint_count"])
        self.keeper.group_ids += self.env.ref(
            "customer_complaint.group_complaint_agent"
        )
        self.assertEqual(picking.with_user(self.keeper).complaint_count, 0)
        self.manager.group_ids += self.env.ref("stock.group_stock_user")
        mine = picking.with_user(self.manager)
        self.assertEqual(mine.complaint_count, 1)
        action = mine.action_view_complaints()
        self.assertEqual(action["res_id"], line.complaint_id.id)
        for record in (line.complaint_id, line.remediation_id):
            opened = record.with_user(self.manager).action_open_pickings()
            self.assertEqual(opened["res_id"], picking.id)
        for model, field, target in (
            (line, "picking_ids", picking),
            (mine, "complaint_remediation_line_ids", line),
        ):
            self.assertIn(model, model.sudo().search([(field, "in", target.ids)]))
        arch = (
            self.env["stock.picking"].with_user(self.keeper).get_view(view_type="form")
        )
        self.assertIn("action_view_complaints", arch["arch"])

    def test_goods_of_another_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids += company
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._complain(sold).sudo().company_id = company
        complaint = self._complain(sold)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._granted(
                complaint,
                complaint_line_id=self._decided().line_ids.id,
                quantity=1,
            )

    # ------------------------------------------------------------------
    # WITHOUT THE APP
    # ------------------------------------------------------------------

    def test_uninstalled_app_gives_the_line_back(self):
        sold = self._order(self.lamp, 2)
        self._deliver(sold)
        line = self._granted(self._complain(sold))
        line.action_carry_out()
        done = self._granted(self._complain(sold, is_repeat_confirmed=True))
        done.action_carry_out()
        self._move(done.sudo().picking_ids)
        uninstall_hook(self.env)
        self.assertEqual((line.state, done.state), ("open", "done"))
        self.assertEqual(line.remediation_id.state, "approved")
        line._sign_done("已退款。")
        self.assertEqual(line.remediation_id.state, "done")
