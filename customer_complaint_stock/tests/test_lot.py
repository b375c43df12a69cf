from odoo import Command
from odoo.tests import tagged

from .stock_common import StockRemediationCase


@tagged("post_install", "-at_install", "slow")
class TestLot(StockRemediationCase):
    """The lot that the customer got is proposed on the complaint."""

    def _line(self, sold, **values):
        complaint = self._create_complaint(
            sale_order_id=sold.order_id.id,
            line_ids=[
                Command.create({"sale_order_line_id": sold.id, "quantity": 1, **values})
            ],
        )
        return complaint.line_ids

    def test_one_lot_is_proposed_and_two_are_not(self):
        sold = self._order(self.serum, 4)
        self.assertFalse(self._line(sold).lot_name)
        self._deliver(sold, 1, lots={"L1": 1})
        self.assertEqual(self._line(sold).lot_name, "L1")
        self.assertEqual(self._line(sold, lot_name="B1").lot_name, "B1")
        self._deliver(sold, lots={"L2": 3})
        self.assertFalse(self._line(sold, is_repeat_confirmed=True).lot_name)

    def test_goods_without_lots_have_none(self):
        sold = self._order(self.lamp, 1)
        self._deliver(sold)
        self.assertFalse(self._line(sold).lot_name)
