from odoo.tests import Form, tagged

from .accounting_common import AccountingCase


@tagged("post_install", "-at_install")
class TestInvoiceOfOrder(AccountingCase):
    """A complaint opened from an order has its invoice, where there is one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.quick_ref("sales_team.group_sale_salesman")

    def _open(self, line):
        order = line.order_id
        order.user_id = self.agent
        action = order.with_user(self.agent).action_open_complaint()
        dialog = Form(self._follow(action))
        dialog.category_id = self.category_service
        dialog.channel_id = self.channel
        dialog.description = "包装破损。"
        return self.env["customer.complaint"].browse(
            dialog.save().action_open()["res_id"]
        )

    def test_the_only_invoice_goes_along(self):
        line = self._sold({"product_uom_qty": 2, "price_unit": 100})
        invoice = line.order_id.invoice_ids or self._invoice(line)
        invoice.invoice_user_id = self.agent
        self.assertEqual(self._open(line).invoice_id, invoice)

    def test_one_that_the_user_may_not_read_does_not(self):
        line = self._sold({"product_uom_qty": 2, "price_unit": 100})
        invoice = line.order_id.invoice_ids or self._invoice(line)
        invoice.invoice_user_id = self.manager
        self.assertFalse(invoice.with_user(self.agent).has_access("read"))
        self.assertFalse(self._open(line).sudo().invoice_id)

    def test_a_draft_is_none_yet(self):
        line = self._sold({"product_uom_qty": 2, "price_unit": 100})
        self._invoice(line, post=False)
        self.assertFalse(self._open(line).invoice_id)

    def test_of_two_nobody_knows_which(self):
        line = self._sold({"product_uom_qty": 2, "price_unit": 100})
        invoice = line.order_id.invoice_ids or self._invoice(line)
        second = invoice.copy({"invoice_date": invoice.invoice_date})
        second.line_ids.filtered("product_id").sale_line_ids = line
        second.action_post()
        self.assertFalse(self._open(line).invoice_id)
