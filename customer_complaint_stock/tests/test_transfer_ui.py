from odoo.tests import HttpCase, tagged

from .stock_common import StockRemediationCase


@tagged("post_install", "-at_install", "slow")
class TestTransferUi(HttpCase, StockRemediationCase):
    """Agent and warehouse click through a return and an exchange."""

    def _walk(self, kind):
        """Carry out a line as the agent, and validate its transfers as the warehouse.

        :return: the line
        """
        sold = self._order(self.serum, 2)
        self._deliver(sold, lots={"L1": 2})
        line = self._granted(self._complain(sold, 1, lot_name="L1"), kind)
        remediation = f"/odoo/complaint-remediations/{line.remediation_id.id}"
        self.start_tour(
            remediation,
            "customer_complaint_carry_out_by_transfers",
            login=self.agent.login,
        )
        self.assertEqual(line.state, "under_way")
        for picking in line.sudo().picking_ids:
            self.start_tour(
                f"/odoo/action-stock.action_picking_tree_all/{picking.id}",
                "customer_complaint_validate_transfer",
                login=self.keeper.login,
            )
            self.assertEqual(picking.state, "done")
        self.start_tour(
            remediation,
            "customer_complaint_carried_out_by_transfers",
            login=self.agent.login,
        )
        return line

    def test_return(self):
        line = self._walk("refund")
        self.assertEqual(line.complaint_id.picking_count, 1)
        self.assertTrue(line.complaint_id.date_goods_returned)

    def test_exchange(self):
        line = self._walk("exchange")
        self.assertEqual(line.complaint_id.picking_count, 2)
        self.assertEqual(line.remediation_id.state, "done")
