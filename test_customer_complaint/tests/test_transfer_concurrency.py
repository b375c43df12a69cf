from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.test_customer_complaint.tests.race_common import (
    CONFLICTS,
    TwoAtOnceCase,
)


@tagged("post_install", "-at_install", "slow")
class TestReturnConcurrency(TwoAtOnceCase):
    """Two people take the same goods back in the same second."""

    seen_model = "stock.move"

    @classmethod
    def _set_up_case(cls, env):
        company = env.ref("base.main_company")
        user = new_test_user(
            env,
            login="race_taker",
            groups="base.group_user,customer_complaint.group_complaint_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        cls.user_id = user.id
        product = env["product.product"].create(
            {"name": "Race", "is_storable": True, "taxes_id": [Command.clear()]}
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Racer"}).id,
                "company_id": company.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        delivery = order.picking_ids
        delivery.move_ids.write({"quantity": 1, "picked": True})
        delivery.with_context(skip_sms=True).button_validate()
        cls.order_id, cls.product_id = order.id, product.id
        lines = env["customer.complaint.remediation.line"]
        for _number in range(2):
            complaint = env["customer.complaint"].create(
                {
                    "description": "同一件商品，两份投诉。",
                    "partner_id": order.partner_id.id,
                    "sale_order_id": order.id,
                    "team_id": False,
                    "line_ids": [
                        Command.create(
                            {
                                "sale_order_line_id": order.order_line.id,
                                "is_repeat_confirmed": True,
                            }
                        )
                    ],
                }
            )
            remediation = env["customer.complaint.remediation"].create(
                {
                    "complaint_id": complaint.id,
                    "line_ids": [
                        Command.create(
                            {
                                # An exchange would meet at the goods on the shelf.
                                "kind": "refund",
                                "amount": 1,
                                "complaint_line_id": complaint.line_ids.id,
                            }
                        )
                    ],
                }
            )
            lines += remediation.line_ids
        # Both were approved in the same second.
        lines.remediation_id._write_unguarded({"state": "approved"})
        cls.line_ids = lines.ids
        cls.complaint_ids = lines.complaint_id.ids

    @classmethod
    def _clean_up(cls):
        """Take out what was committed, but the rows other tables may count on."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["sale.order"].browse(cls.order_id)
            pickings = order.picking_ids.ids
            order_lines = order.order_line.ids
            partner = order.partner_id
            for query, ids in (
                (
                    "DELETE FROM customer_complaint_remediation_line"
                    " WHERE id = ANY(%s)",
                    cls.line_ids,
                ),
                (
                    "DELETE FROM customer_complaint_remediation"
                    " WHERE complaint_id = ANY(%s)",
                    cls.complaint_ids,
                ),
                (
                    "DELETE FROM customer_complaint_deadline"
                    " WHERE complaint_id = ANY(%s)",
                    cls.complaint_ids,
                ),
                (
                    "DELETE FROM mail_message WHERE model = 'customer.complaint'"
                    " AND res_id = ANY(%s)",
                    cls.complaint_ids,
                ),
                (
                    "DELETE FROM customer_complaint WHERE id = ANY(%s)",
                    cls.complaint_ids,
                ),
                ("DELETE FROM stock_move_line WHERE picking_id = ANY(%s)", pickings),
                ("DELETE FROM stock_move WHERE picking_id = ANY(%s)", pickings),
                ("DELETE FROM stock_picking WHERE id = ANY(%s)", pickings),
                ("DELETE FROM stock_quant WHERE product_id = %s", cls.product_id),
                ("DELETE FROM sale_order_line WHERE id = ANY(%s)", order_lines),
                ("DELETE FROM sale_order WHERE id = %s", cls.order_id),
            ):
                cr.execute(query, [ids])
            env.invalidate_all(flush=False)
            partner.unlink()
            env["product.product"].browse(cls.product_id).product_tmpl_id.active = False
            user = env["res.users"].browse(cls.user_id)
            user.write({"active": False, "login": f"gone_{user.id}"})

    def _browse(self, cr, line_id):
        env = api.Environment(cr, self.user_id, {"lang": "en_US"})
        return env["customer.complaint.remediation.line"].browse(line_id)

    @mute_logger("odoo.sql_db")
    def test_the_same_goods_come_back_once(self):
        mine = self._browse(self.first, self.line_ids[0])
        other = self._browse(self.second, self.line_ids[1])
        self.assertEqual((mine.state, other.state), ("open", "open"))
        mine.action_carry_out()
        mine.env.flush_all()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_carry_out()
            other.env.flush_all()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            self._browse(self.second, self.line_ids[1]).action_carry_out()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "is being carried out by"):
            self._browse(self.second, self.line_ids[0]).action_carry_out()
