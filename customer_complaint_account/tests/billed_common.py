from odoo.fields import Command

from .accounting_common import AccountingCase


class BilledCase(AccountingCase):
    """Orders with everything that makes the price another one, refunded line by line.

    What was billed is what the customer has to pay; it is what we propose, what is
    approved, what is drafted and what is posted, to the cent.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._new_tax(13)
        cls.low_vat = cls._new_tax(6)
        cls.included = cls._new_tax(13, price_include_override="tax_included")

    @classmethod
    def _decided(cls, **values):
        """Return a case that has a remediation; how it came so far is not asked."""
        return cls._create_complaint(
            **{"category_id": cls.category_service.id, **values}
        )

    def _order(self, *lines, **values):
        """Return a confirmed order of creams at 100 with 13 % of tax by default."""
        return self._sold(
            *[{"tax_ids": [Command.set(self.vat.ids)], **line} for line in lines],
            **values,
        ).order_id

    @classmethod
    def _take_off(cls, order, price, taxes=None, **values):
        """Add a line that takes money off, as salespeople enter it."""
        service = cls.env["product.product"].create(
            {
                "name": "优惠",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.income.id,
            }
        )
        order.order_line = [
            Command.create(
                {
                    "product_id": service.id,
                    "product_uom_qty": 1,
                    "price_unit": price,
                    "tax_ids": [Command.set(taxes.ids if taxes else [])],
                    **values,
                }
            )
        ]
        return order.order_line[-1:]

    def _bill(self, orders, **values):
        """Invoice all of the orders, by one invoice, and post it."""
        invoices = orders._create_invoices(final=True)
        if values:
            invoices.write(values)
        invoices.action_post()
        return invoices

    def _get_left(self, line):
        """Return how much of an order line can be credited, and with what."""
        left = line._get_complaint_creditable()[line]
        return round(left.quantity, 6), round(left.amount, 6)

    def _refund(self, sold, quantity=None, uom=None, kind="refund", amount=None):
        """Refund of an order line as people do, up to the draft.

        :return: the line of the remediation, carried out
        """
        quantity = quantity or sold.product_uom_qty
        complaint = self._decided(
            sale_order_id=sold.order_id.id,
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": sold.id,
                        "quantity": sold.product_uom_qty,
                        "is_repeat_confirmed": True,
                    }
                )
            ],
        )
        values = {
            "kind": kind,
            "complaint_line_id": complaint.line_ids.id,
            "quantity": quantity,
        }
        if uom:
            values["product_uom_id"] = uom.id
        if amount is not None:
            values["amount"] = amount
        line = self._approved(complaint=complaint, lines=[values]).line_ids
        line.action_carry_out()
        return line

    def _check_refunds(self, expected):
        """Refund all of some order lines, one after the other, each by a case.

        :param dict expected: what was billed for each order line, with taxes
        """
        for sold, billed in expected.items():
            with self.subTest(sold.name):
                self.assertEqual(self._get_left(sold), (sold.product_uom_qty, billed))
                self._check_refund(sold, billed)
                self.assertEqual(self._get_left(sold), (0, 0))

    def _check_refund(self, sold, billed, **values):
        line = self._refund(sold, **values)
        self.assertEqual(line.amount, billed)
        notes = line.sudo().credit_note_ids
        self.assertAlmostEqual(sum(notes.mapped("amount_total")), billed, 6)
        # In a request of their own: nothing is known that they may not read.
        self.env.invalidate_all()
        notes.with_user(self.accountant).action_post()
        self.assertAlmostEqual(line._get_amount_in_effect(), billed, 6)
        self.assertEqual(line.state, "done")
        return notes

    def _discount(self, order, kind="so_discount", **values):
        """Press Odoo's own button "Discount" on an order."""
        self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": kind, **values}
        ).action_apply_discount()

    def _refuse_posting(self, notes, text):
        with self._refused(text):
            self._post(notes)
        self.assertEqual(set(notes.mapped("state")), {"draft"})
