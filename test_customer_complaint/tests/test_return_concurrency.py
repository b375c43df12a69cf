from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.test_customer_complaint.tests.race_common import (
    CONFLICTS,
    TwoAtOnceCase,
)


@tagged("post_install", "-at_install", "slow")
class TestReturnConcurrency(TwoAtOnceCase):
    """Two people return or refund the same goods in the same second."""

    seen_model = "customer.complaint.return"

    @classmethod
    def _set_up_case(cls, env):
        company = env.ref("base.main_company")
        customer = env["res.partner"].create({"name": "李娜"})
        course = env["product.product"].create(
            {"name": "线上课程", "type": "service", "list_price": 50}
        )
        order = (
            env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create({"product_id": course.id, "product_uom_qty": 3})
                    ],
                }
            )
        )
        order.action_confirm()
        cls.ids = {
            "res.partner": customer.ids,
            "product.template": course.product_tmpl_id.ids,
            "sale.order": order.ids,
        }
        cls.order_id = order.id

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            returns = env["customer.complaint.return"].search(
                [("sale_order_id", "=", cls.order_id)]
            )
            cr.execute(
                "DELETE FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)",
                [returns._name, returns.ids],
            )
            cr.execute(
                "DELETE FROM customer_complaint_return WHERE sale_order_id = %s",
                [cls.order_id],
            )
            env.invalidate_all()
            order = env["sale.order"].browse(cls.order_id)
            order._action_cancel()
            order.unlink()
            env["product.template"].browse(cls.ids["product.template"]).unlink()
            env["res.partner"].browse(cls.ids["res.partner"]).unlink()

    def setUp(self):
        super().setUp()
        self.envs = [
            api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            for cr in (self.first, self.second)
        ]

    def _register(self, env, quantity=1):
        order = env["sale.order"].browse(self.order_id)
        return env["customer.complaint.return"].create(
            {
                "sale_order_id": order.id,
                "line_ids": [
                    Command.create(
                        {
                            "sale_order_line_id": order.order_line.id,
                            "quantity": quantity,
                        }
                    )
                ],
            }
        )

    def _cancel_all(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            env["customer.complaint.return"].search(
                [("sale_order_id", "=", self.order_id), ("state", "=", "registered")]
            )._cancel(False)

    def test_same_goods_are_not_returned_twice(self):
        self.addCleanup(self._cancel_all)
        first, second = self.envs
        for env in self.envs:  # both have seen that all can come back
            line = env["sale.order"].browse(self.order_id).order_line
            self.assertEqual(line._get_returnable_quantities()[line], 3)
        self._register(first, 3)
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            self._register(second, 3)
        self._restart(second.cr)
        second.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "only 0 of order"):
            self._register(second, 3)
        second.cr.rollback()

    def test_two_returns_are_not_raised_beyond_what_was_sold(self):
        """Each raise alone would fit."""
        self.addCleanup(self._cancel_all)
        first, second = self.envs
        own = self._register(first).line_ids
        other = self._register(first).line_ids
        first.cr.commit()
        self._restart(second.cr)
        other = second[other._name].browse(other.id)
        self.assertEqual(other.quantity_left, 2)
        own.quantity = 2
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            other.quantity = 2
        self._restart(second.cr)
        second.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "only 1 of order"):
            other.quantity = 2
        second.cr.rollback()

    def test_same_return_is_not_refunded_twice(self):
        first, second = self.envs
        record = self._register(first)
        first.cr.commit()
        self._restart(second.cr)
        other = second["customer.complaint.return"].browse(record.id)
        self.assertEqual(other.state, "registered")
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            other._refund_otherwise(fields.Datetime.now(), "现金。")
        self._restart(second.cr)
        second.invalidate_all()
        with self.assertRaisesRegex(UserError, "Somebody may have taken this step"):
            other._refund_otherwise(fields.Datetime.now(), "现金。")
        second.cr.rollback()
        first["customer.complaint.return"].browse(record.id)._write_unguarded(
            {"state": "cancelled"}
        )
        first.cr.commit()
