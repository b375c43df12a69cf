from contextlib import ExitStack

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

CONFLICTS = (SerializationFailure, LockNotAvailable)


@tagged("post_install", "-at_install")
class TestReturnConcurrency(BaseCase):
    """Two people return or refund the same goods in the same second.

    Each has a transaction of their own. The server replays a transaction that ends
    with one of these errors; it then finds what the first one wrote. What is committed
    here is removed at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
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
                        "order_line": [Command.create({"product_id": course.id})],
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
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.envs = []
        for _i in range(2):
            cr = stack.enter_context(self.registry.cursor())
            stack.callback(cr.rollback)
            self.envs.append(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"}))

    def _register(self, env):
        order = env["sale.order"].browse(self.order_id)
        return env["customer.complaint.return"].create(
            {
                "sale_order_id": order.id,
                "line_ids": [
                    Command.create(
                        {"sale_order_line_id": order.order_line.id, "quantity": 1}
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
        for env in self.envs:  # both have seen that one can come back
            line = env["sale.order"].browse(self.order_id).order_line
            self.assertEqual(line._get_returnable_quantities()[line], 1)
        self._register(first)
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            self._register(second)
        second.cr.rollback()
        second.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "only 0 of order"):
            self._register(second)

    def test_same_return_is_not_refunded_twice(self):
        first, second = self.envs
        record = self._register(first)
        first.cr.commit()
        other = second["customer.complaint.return"].browse(record.id)
        self.assertEqual(other.state, "registered")
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        first.cr.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            other._refund_otherwise(fields.Datetime.now(), "现金。")
        second.cr.rollback()
        second.invalidate_all()
        with self.assertRaisesRegex(UserError, "Somebody may have taken this step"):
            other._refund_otherwise(fields.Datetime.now(), "现金。")
        second.cr.rollback()
        first["customer.complaint.return"].browse(record.id)._write_unguarded(
            {"state": "cancelled"}
        )
        first.cr.commit()
