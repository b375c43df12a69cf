from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_stock.tests.stock_common import GoodsBackCase


@tagged("post_install", "-at_install", "slow")
class TestGoodsBack(GoodsBackCase):
    """No-reason returns and the transfers that bring their goods back."""

    def _register_no_reason(self, sold, quantity):
        return (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "sale_order_id": sold.order_id.id,
                    "line_ids": [
                        Command.create(
                            {"sale_order_line_id": sold.id, "quantity": quantity}
                        )
                    ],
                }
            )
        )

    def test_no_reason_return_of_what_is_back(self):
        sold, delivery = self._sold(2)
        back = self._return(delivery, 1)
        order = sold.order_id
        form = (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .new({"sale_order_id": order.id})
        )
        form._onchange_sale_order_id()
        self.assertEqual(form.line_ids.quantity_left, 2)
        record = self._register_no_reason(sold, 1)
        self.assertEqual(record.state, "goods_back")
        self.assertEqual(record.date_goods_back, back.move_ids.date)
        self.assertIn(back.name, "".join(record.message_ids.mapped("body")))
        self.assertIn("The goods are back", record._get_promise_text())
        # The other piece is still with the customer, and the first is spoken for.
        self.assertEqual(sold._get_complaint_returnable(self.nobody), {sold: 1})
        self.assertEqual(self._register_no_reason(sold, 1).state, "registered")
        with self._refused("cannot come back", ValidationError):
            self._register_no_reason(sold, 1)

    def test_no_reason_return_learns_that_the_goods_came(self):
        sold, delivery = self._sold(3)
        record = self._register_no_reason(sold, 2)
        self._return(delivery, 1)
        self.assertEqual(record.state, "registered")
        self._return(delivery, 1)
        self.assertEqual(record.state, "goods_back")
        # What comes for a complaint is not for the return.
        other = self._register_no_reason(sold, 1)
        self.assertEqual(other.state, "registered")

    def test_goods_taken_back_for_a_complaint_are_not_for_a_return(self):
        sold, delivery = self._sold(2)
        line = self._granted(self._complain(sold, 1), amount=99)
        record = self._register_no_reason(sold, 1)
        line.action_carry_out()
        self._move(line.sudo().picking_ids)
        self.assertEqual(record.state, "registered")
        self._return(delivery, 1)
        self.assertEqual(record.state, "goods_back")

    def test_no_reason_returns_count(self):
        sold = self._order(self.lamp, 4)
        delivery = self._deliver(sold, 3)
        nobody = self.env["customer.complaint.remediation.line"]
        no_reason = (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "sale_order_id": sold.order_id.id,
                    "line_ids": [
                        Command.create({"sale_order_line_id": sold.id, "quantity": 1})
                    ],
                }
            )
        )
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        no_reason._note_goods_received(no_reason.date_received)
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        # The warehouse enters the same goods, and then others.
        self._return(delivery, 1)
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        self._return(delivery, 1)
        # They are for nothing yet: a complaint can have them.
        self.assertEqual(sold._get_complaint_returnable(nobody)[sold], 2)
        # One is in the return, one was never delivered.
        self.assertEqual(sold._get_returnable_quantities()[sold], 3)
        self.assertEqual(sold._get_returnable_quantities(no_reason)[sold], 4)

    def test_what_was_exchanged_can_come_back(self):
        sold, delivery = self._sold(1, "delivery")
        back = self._return(delivery, 1)
        line = self._granted(self._complain(sold), "exchange")
        line.action_carry_out()
        self._move(line.sudo().picking_ids - back)
        self.assertEqual(sold._get_returnable_quantities()[sold], 1)
