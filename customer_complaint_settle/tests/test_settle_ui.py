from odoo.tests import HttpCase, tagged

from .test_settle import SettleCase


@tagged("post_install", "-at_install", "slow")
class TestSettleUi(HttpCase, SettleCase):
    """A scratched coat, settled in the browser as an assistant does it."""

    def test_from_the_order_to_the_signature(self):
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        tax = self._new_tax(15)
        coat = self.env["product.product"].create(
            {
                "name": "羊毛大衣",
                "list_price": 249,
                "type": "consu",
                "invoice_policy": "order",
                "property_account_income_id": self.income.id,
                "taxes_id": [(6, 0, tax.ids)],
            }
        )
        sold = self._sold(
            {
                "product_id": coat.id,
                "product_uom_qty": 1,
                "price_unit": 249,
                "tax_ids": [(6, 0, tax.ids)],
            },
            {"product_uom_qty": 1},
        )
        order = sold.order_id
        self._invoice(sold)
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "customer_complaint_settle",
            login=self.agent.login,
            timeout=180,
        )
        complaint = self.env["customer.complaint"].search(
            [("sale_order_id", "=", order.id)]
        )
        remediation = complaint.remediation_ids
        self.assertEqual(remediation.state, "to_approve")
        self.assertEqual(remediation.amount_total, 286.35)
        self.assertTrue(remediation.spot_signature)
        self.start_tour(
            f"/odoo/customer.complaint.remediation/{remediation.id}",
            "customer_complaint_settle_approve",
            login=self.supervisor.login,
        )
        self.assertEqual((complaint.state, remediation.state), ("followup", "agreed"))
        remediation.line_ids.sudo().credit_note_ids.action_post()
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.archive_card_id.state, "sealed")
