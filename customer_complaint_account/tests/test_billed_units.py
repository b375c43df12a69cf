from odoo.fields import Command
from odoo.tests import tagged

from ..models.sale_order_line import CreditWish
from .billed_common import BilledCase


@tagged("post_install", "-at_install", "slow")
class TestBilledUnits(BilledCase):
    """Exactly what was approved, in whatever unit the goods are counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.cream.uom_id = cls.unit

    def _sell_in(self, uom, quantity, price, product=None, taxes=()):
        order = self._order(
            {
                "product_id": (product or self.cream).id,
                "product_uom_id": uom.id,
                "product_uom_qty": quantity,
                "price_unit": price,
                "tax_ids": [Command.set([tax.id for tax in taxes])],
            }
        )
        self._bill(order)
        return order.order_line

    def test_pieces_of_dozens(self):
        """2 dozen at 24: five pieces are 10.00, one is 2.00, and 17 are 34.00."""
        sold = self._sell_in(self.dozen, 2, 24)
        for quantity, billed in ((5, 10), (1, 2), (17, 34)):
            note = self._check_refund(sold, billed, quantity=quantity, uom=self.unit)
            self.assertRecordValues(
                note.invoice_line_ids,
                [{"quantity": quantity, "product_uom_id": self.unit.id}],
            )
            self.assertAlmostEqual(note.invoice_line_ids.price_unit, 2, 6)
            # The order does not offer to bill it again.
            self.assertEqual(sold.qty_to_invoice, 0)
        self.assertEqual(self._get_left(sold), (round(1 / 12, 6), 2))

    def test_what_the_unit_billed_can_say_stays_in_it(self):
        sold = self._sell_in(self.dozen, 2, 24)
        note = self._check_refund(sold, 12, quantity=6, uom=self.unit)
        self.assertRecordValues(
            note.invoice_line_ids, [{"quantity": 0.5, "product_uom_id": self.dozen.id}]
        )

    def test_any_ratio(self):
        """Thirds, sevenths, grams of kilograms; with taxes of every kind."""
        fixed = self._new_tax(1.37, amount_type="fixed")
        third, seventh = self.env["uom.uom"].create(
            [
                {
                    "name": name,
                    "relative_factor": ratio,
                    "relative_uom_id": self.unit.id,
                }
                for name, ratio in (("三件装", 3), ("七件装", 7))
            ]
        )
        for taxes in ((), self.included, fixed | self.vat):
            for uom, quantity in ((third, 1), (seventh, 5)):
                with self.subTest(taxes=[t.name for t in taxes], uom=uom.name):
                    sold = self._sell_in(uom, quantity, 9.99, taxes=taxes)
                    left = self._get_left(sold)[1]
                    given = 0
                    pieces = int(uom.relative_factor * quantity)
                    for count in (1, pieces - 2, 1):
                        note = self._credit(
                            CreditWish(sold, count / uom.relative_factor, uom=self.unit)
                        )
                        given += note.amount_total
                    self.assertAlmostEqual(given, left, 6)
                    self.assertEqual(self._get_left(sold), (0, 0))

    def test_grams_of_kilograms(self):
        gram = self.env.ref("uom.product_uom_gram")
        kilogram = self.env.ref("uom.product_uom_kgm")
        self.syrup.uom_id = gram
        sold = self._sell_in(kilogram, 1, 500, self.syrup, self.vat)
        note = self._check_refund(sold, 2.26, quantity=4, uom=gram)
        self.assertEqual(note.invoice_line_ids.quantity, 4)
        self.assertEqual(self._get_left(sold), (0.996, 562.74))
        # A price for four grams is lowered by the cent, too.
        line = self._refund(
            sold, quantity=7, uom=gram, kind="price_reduction", amount=1.11
        )
        self.assertEqual(line.sudo().credit_note_ids.amount_total, 1.11)

    def test_kilograms_of_grams(self):
        gram = self.env.ref("uom.product_uom_gram")
        kilogram = self.env.ref("uom.product_uom_kgm")
        self.syrup.uom_id = gram
        sold = self._sell_in(gram, 1500, 0.5, self.syrup)
        self._check_refund(sold, 750, quantity=1.5, uom=kilogram)

    def test_more_than_was_sold_in_the_smaller_unit(self):
        """24.05 pieces are 2.00 dozen, and more than two dozen."""
        sold = self._sell_in(self.dozen, 2, 24)
        with self._refused("24.05 .* cannot be credited: 24 of"):
            self._credit(CreditWish(sold, 24.05 / 12, uom=self.unit))
