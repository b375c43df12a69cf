from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestVoucher(RemediationCase):
    """A voucher is given once, by the program of the settings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gift_cards, cls.wallet, cls.promotion = cls.env["loyalty.program"].create(
            [
                {
                    "name": name,
                    "program_type": program_type,
                    "currency_id": cls.company.currency_id.id,
                    "company_id": cls.company.id,
                }
                for name, program_type in (
                    ("礼品卡", "gift_card"),
                    ("电子钱包", "ewallet"),
                    ("会员积分", "loyalty"),
                )
            ]
        )
        cls.company.complaint_voucher_program_id = cls.gift_cards
        cls.company.complaint_voucher_months = 6

    def _voucher(self, amount=50.0, **values):
        return self._approved(
            lines=[{"kind": "voucher", "amount": amount}], **values
        ).line_ids

    def _get_cards(self, program=None):
        program = program or self.gift_cards
        return self.env["loyalty.card"].search([("program_id", "=", program.id)])

    def test_gift_card_is_given_once(self):
        line = self._voucher()
        line.action_carry_out()
        card = self._get_cards()
        expiry = self.company._complaint_today() + relativedelta(months=6)
        self.assertRecordValues(
            card,
            [
                {
                    "points": 50,
                    "partner_id": self.customer.id,
                    "expiration_date": expiry,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(card.history_ids, [{"issued": 50}])
        self.assertIn(line.remediation_id.name, card.history_ids.description)
        self.assertRecordValues(
            line,
            [
                {
                    "state": "done",
                    "done_by_id": self.agent.id,
                    "voucher_card_id": card.id,
                    "can_take_back": False,
                }
            ],
        )
        self.assertIn(card.code, line.done_note)
        self.assertIn(card.code, line.documents_text)
        self.assertEqual(line.remediation_id.state, "done")
        self.assertEqual(line.complaint_id.compensation_total, 50)
        with self._refused("carried out already"):
            line.action_carry_out()
        self.assertEqual(self._get_cards(), card)

    def test_card_that_never_expires(self):
        self.company.complaint_voucher_months = 0
        self._voucher().action_carry_out()
        self.assertFalse(self._get_cards().expiration_date)
        with self._refused("do not expire before", ValidationError):
            self.company.complaint_voucher_months = -1

    def test_two_vouchers_are_two_cards(self):
        remediation = self._approved(
            lines=[{"kind": "voucher", "amount": amount} for amount in (30, 20)]
        )
        for line in remediation.line_ids:
            line.action_carry_out()
        self.assertEqual(sorted(self._get_cards().mapped("points")), [20, 30])
        self.assertEqual(remediation.state, "done")

    def test_wallet_is_filled_up(self):
        self.company.complaint_voucher_program_id = self.wallet
        self._voucher(30).action_carry_out()
        card = self._get_cards(self.wallet)
        self.assertFalse(card.expiration_date)
        second = self._voucher(20)
        second.action_carry_out()
        self.assertEqual(self._get_cards(self.wallet), card)
        self.assertEqual(card.points, 50)
        self.assertEqual(len(card.complaint_remediation_line_ids), 2)
        self.assertEqual(sorted(card.history_ids.mapped("issued")), [20, 30])

    def test_without_a_program_by_a_note(self):
        self.company.complaint_voucher_program_id = False
        line = self._voucher()
        action = line.action_carry_out()
        dialog = Form(self._follow(action))
        self.assertIn("No voucher program is chosen", dialog.hint)
        dialog.note = "已交付纸质购物券，编号88。"
        dialog.save().action_confirm()
        self.assertEqual(line.state, "done")
        self.assertFalse(self._get_cards())

    def test_program_that_does_not_fit(self):
        line = self._voucher()
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        self.gift_cards.currency_id = foreign
        with self._refused("are in XTS"):
            line.action_carry_out()
        self.gift_cards.currency_id = self.company.currency_id
        self.gift_cards.active = False
        with self._refused("is archived"):
            line.action_carry_out()
        self.assertEqual(line.state, "open")
        with self._refused("are no money", ValidationError):
            self.company.complaint_voucher_program_id = self.promotion
        other = self.env["res.company"].create({"name": "Second"})
        with self._refused("belongs to", ValidationError):
            other.complaint_voucher_program_id = self.wallet

    def test_who_may_give(self):
        line = self._voucher()
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.with_user(user).action_carry_out()
        unapproved = self._asked(lines=[{"kind": "voucher", "amount": 5}]).line_ids
        with self._refused("not approved"):
            unapproved.action_carry_out()
        self.assertFalse(self._get_cards())
        line.action_carry_out()
        card = self._get_cards().with_user(self.agent)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            card.write({"points": 5000})
        with self._refused("Voucher"):
            unapproved.remediation_id.action_take_back()
            unapproved.write({"voucher_card_id": card.id})
        forged = self._propose(
            lines=[{"kind": "voucher", "amount": 5, "voucher_card_id": card.id}]
        )
        self.assertFalse(forged.line_ids.voucher_card_id)

    def test_card_leads_to_the_complaint(self):
        line = self._voucher()
        line.action_carry_out()
        self.manager.group_ids += self.env.ref("sales_team.group_sale_manager")
        card = self._get_cards().with_user(self.manager)
        self.assertEqual(card.complaint_count, 1)
        self.assertEqual(card.action_view_complaints()["res_id"], line.complaint_id.id)
