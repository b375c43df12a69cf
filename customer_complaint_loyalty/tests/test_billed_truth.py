from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_account.tests.billed_common import BilledCase


@tagged("post_install", "-at_install", "slow")
class TestBilledRewards(BilledCase):
    """Coupons, rewards, gift cards and wallets, beside what is refunded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False
        cls.syrup.invoice_policy = "order"

    def _program(self, program_type="promotion", **reward):
        return self.env["loyalty.program"].create(
            {
                "name": program_type,
                "program_type": program_type,
                "trigger": "auto",
                "applies_on": "current",
                "currency_id": self.company.currency_id.id,
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            "required_points": 1,
                            **reward,
                        }
                    )
                ],
            }
        )

    def _draft(self, *lines):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.cream.id,
                            "product_uom_qty": 1,
                            "price_unit": 100,
                            "tax_ids": [Command.set(self.vat.ids)],
                            **line,
                        }
                    )
                    for line in lines or [{}]
                ],
            }
        )

    def _claim(self, order):
        """Claim every reward of the order, and confirm it."""
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[:1], coupon)
        order._update_programs_and_rewards()
        order.action_confirm()
        return order

    def _pay_with(self, order, program_type, points):
        """Pay an order with a gift card or from a wallet, and confirm it."""
        program = self.env["loyalty.program"].create(
            {
                "name": program_type,
                "program_type": program_type,
                **self.env["loyalty.program"]._program_type_default_values()[
                    program_type
                ],
            }
        )
        card = self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "points": points,
                "partner_id": self.customer.id,
            }
        )
        if program_type == "gift_card":
            order._try_apply_code(card.code)
        order._apply_program_reward(program.reward_ids, card)
        order._update_programs_and_rewards()
        order.action_confirm()
        return order

    def _check_order(self, order, expected):
        lines = order._get_complaint_lines()
        self.assertEqual(len(lines), len(expected))
        invoice = self._bill(order)
        self.assertAlmostEqual(invoice.amount_total, sum(expected), 6)
        self._check_refunds(dict(zip(lines, expected, strict=True)))

    def test_coupon_on_the_order(self):
        """100 a piece, 10 % off: 90 a piece was billed."""
        self._program()
        order = self._claim(self._draft({"product_uom_qty": 2, "tax_ids": False}))
        self.assertEqual(len(order.order_line), 2)
        self._check_order(order, [180])

    def test_coupon_by_tax(self):
        self._program()
        order = self._claim(
            self._draft(
                {}, {"tax_ids": [Command.set(self.low_vat.ids)], "price_unit": 33.33}
            )
        )
        self._check_order(order, [101.7, 31.8])

    def test_coupon_for_one_product(self):
        """The other one, taxed alike, was billed in full."""
        self._program(
            discount=50,
            discount_applicability="specific",
            discount_product_ids=[Command.set(self.syrup.ids)],
        )
        order = self._claim(self._draft({}, {"product_id": self.syrup.id}))
        self._check_order(order, [113, 56.5])

    def test_coupon_for_the_cheapest(self):
        self._program(discount=50, discount_applicability="cheapest")
        order = self._claim(
            self._draft({}, {"product_id": self.syrup.id, "price_unit": 40})
        )
        self._check_order(order, [113, 22.6])

    def test_free_product(self):
        """What was given for nothing is a product; nothing was billed for it."""
        self._program(
            program_type="promotion",
            reward_type="product",
            reward_product_id=self.syrup.id,
        )
        order = self._claim(self._draft())
        free = order.order_line.filtered("is_reward_line")
        self.assertEqual((free.product_id, free.price_total), (self.syrup, 0))
        self.assertIn(free, order._get_complaint_lines())
        invoice = self._bill(order)
        self.assertEqual(invoice.amount_total, 113)
        self.assertEqual(self._get_left(free)[1], 0)
        self._check_refunds({order.order_line - free: 113})

    def test_gift_card(self):
        order = self._pay_with(self._draft(), "gift_card", 50)
        self._check_order(order, [63])

    def test_wallet_pays_for_everything(self):
        """Nothing was to be paid in money: a voucher is granted instead."""
        order = self._pay_with(self._draft({"tax_ids": False}), "ewallet", 500)
        self.assertEqual(order.amount_total, 0)
        sold = order._get_complaint_lines()
        self.assertEqual(len(sold), 1)
        self._bill(order)
        self.assertEqual(self._get_left(sold), (1, 0))

    def test_wallet_pays_a_part(self):
        order = self._pay_with(
            self._draft({"tax_ids": False}, {"tax_ids": False}), "ewallet", 30.01
        )
        self._check_order(order, [84.99, 85])

    def test_coupon_and_gift_card(self):
        self._program()
        order = self._draft({"product_uom_qty": 2})
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[:1], coupon)
        self._check_order(self._pay_with(order, "gift_card", 3.4), [200])
