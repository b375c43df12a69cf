from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_account.tests.accounting_common import (
    AccountingCase,
)
from odoo.addons.test_customer_complaint.tests.race_common import CONFLICTS, RaceCase


@tagged("post_install", "-at_install", "slow")
class TestRemediationPayee(AccountingCase):
    """Who receives it is part of what is approved, until the money is out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.complaint_compensation_account_id = cls.expense
        cls.other = cls.env["res.partner"].create({"name": "王强"})
        cls.bank, cls.new_bank, cls.other_bank = cls.env["res.partner.bank"].create(
            [
                {"acc_number": number, "partner_id": partner.id}
                for number, partner in (
                    ("6222 0000 1111", cls.customer),
                    ("6222 0000 2222", cls.customer),
                    ("6222 9999 3333", cls.other),
                )
            ]
        )

    def _without_products(self):
        """Return a complaint whose order can be another one."""
        return self._decided(
            line_ids=[],
            event_date=self._today() - timedelta(days=1),
            event_place="朝阳门店",
        )

    def _drafted(self, remediation):
        remediation.line_ids[:1].action_carry_out()
        return remediation.line_ids.sudo().credit_note_ids.sudo()

    def _merge(self, gone, kept):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (gone | kept).ids, kept, extra_checks=False
        )
        self.env.invalidate_all()

    def test_recipient_is_shown_approved_and_paid(self):
        remediation = self._approved()
        self.assertEqual(remediation.bank_id, self.bank)
        terms = remediation.approval_ids.snapshot["terms"]
        self.assertEqual((terms["partner"], terms["bank"]), ("李娜", "622200001111"))
        self.assertIn("李娜 · 622200001111", remediation.approval_ids.snapshot_text)
        # Whatever accounts the customer has by now.
        self.env["res.partner.bank"].create(
            {"acc_number": "1", "partner_id": self.customer.id, "sequence": -1}
        )
        note = self._drafted(remediation)
        self.assertRecordValues(
            note,
            [{"partner_id": self.customer.id, "partner_bank_id": self.bank.id}],
        )
        self._post(note)
        self.assertEqual(remediation.state, "done")

    def test_another_customer_or_order_asks_anew(self):
        for name, value in (
            ("partner_id", self.other.id),
            ("sale_order_id", self._create_confirmed_order().id),
        ):
            for state in ("to_approve", "approved", "agreed"):
                with self.subTest(field=name, state=state):
                    complaint = self._without_products()
                    remediation = self._asked(complaint=complaint)
                    if state != "to_approve":
                        remediation.with_user(self.supervisor).action_approve()
                    if state == "agreed":
                        version = remediation._get_agreement_version()
                        remediation._agree("李娜", version, files=self._upload())
                    self.assertEqual(remediation.state, state)
                    complaint.with_user(self.colleague).write({name: value})
                    self.assertRecordValues(
                        remediation, [{"state": "draft", "date_approved": False}]
                    )
                    self.assertIn(
                        "asked for anew", "".join(complaint.message_ids.mapped("body"))
                    )
                    with self._refused("is not approved"):
                        remediation.line_ids.action_carry_out()
                    # What was approved before stays readable.
                    self.assertEqual(
                        len(remediation.approval_ids), state != "to_approve"
                    )
        self.assertEqual(remediation.bank_id, self.bank)

    def test_account_of_another_customer_goes_with_them(self):
        remediation = self._approved()
        remediation.complaint_id.partner_id = self.other
        self.assertEqual(remediation.bank_id, self.other_bank)
        with self._refused("not one of 王强", ValidationError):
            remediation.bank_id = self.bank

    def test_another_account_asks_anew(self):
        remediation = self._approved()
        remediation.with_user(self.colleague).bank_id = self.new_bank
        self.assertEqual(remediation.state, "draft")
        remediation.action_ask()
        with self._refused("Take it back first"):
            remediation.bank_id = self.bank
        with self._refused("you proposed it yourself", AccessError):
            remediation.with_user(self.colleague).action_approve()

    def test_nothing_of_it_changes_while_money_is_under_way(self):
        complaint = self._without_products()
        remediation = self._approved(complaint=complaint)
        note = self._drafted(remediation)
        for deed in (
            lambda: complaint.write({"partner_id": self.other.id}),
            lambda: complaint.write({"partner_id": False}),
            lambda: complaint.write({"sale_order_id": self.order.id}),
            lambda: remediation.write({"bank_id": self.new_bank.id}),
            lambda: remediation.action_take_back(),
        ):
            with self._refused("Take that back first"):
                deed()
        self.assertEqual((remediation.state, note.state), ("approved", "draft"))
        remediation.line_ids.action_take_back()
        complaint.partner_id = self.other
        self.assertEqual(remediation.state, "draft")

    def test_who_changed_the_recipient_does_not_approve(self):
        """Neither as a draft nor later; nor who wrote another number to the account."""
        remediation = self._propose()
        complaint = remediation.complaint_id
        complaint.with_user(self.supervisor).partner_id = self.other
        remediation.action_ask()
        with self._refused("you proposed it yourself", AccessError):
            remediation.with_user(self.supervisor).action_approve()
        remediation.with_user(self.manager).action_approve()
        self.assertEqual(remediation.state, "approved")

        self.supervisor.group_ids += self.quick_ref("base.group_partner_manager")
        remediation = self._asked()
        self.env.cr.execute(
            "UPDATE customer_complaint SET create_date = '2020-01-01' WHERE id = %s",
            [remediation.complaint_id.id],
        )
        self.env.invalidate_all()
        self.bank.with_user(self.supervisor).acc_number = "6222 0000 1112"
        remediation.action_take_back()
        remediation.action_ask()
        with self._refused("you proposed it yourself", AccessError):
            remediation.with_user(self.supervisor).action_approve()

    def test_last_author_does_not_hide_the_one_before(self):
        remediation = self._propose(300)
        remediation.line_ids.with_user(self.supervisor).amount = 900
        remediation.line_ids.with_user(self.colleague).note = "周五前"
        remediation.action_ask()
        for user in (self.supervisor, self.colleague, self.agent):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                remediation.with_user(user).action_approve()
        remediation.with_user(self.manager).action_approve()

    def test_number_changed_on_the_contact_is_noticed(self):
        remediation = self._asked()
        self.bank.acc_number = "6222 0000 9999"
        with self._refused("622200001111 → 622200009999"):
            remediation.with_user(self.supervisor).action_approve()
        self.bank.acc_number = "6222 0000 1111"
        remediation.with_user(self.supervisor).action_approve()
        self.bank.acc_number = "6222 0000 9999"
        self.assertIn("622200009999", remediation.changed_terms_note)
        with self._refused("rests on what was changed"):
            remediation.line_ids.action_carry_out()
        remediation.action_take_back()
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(self._drafted(remediation).partner_bank_id, self.bank)

    def test_merged_contact_is_noticed(self):
        """The merge of contacts writes past every guard."""
        remediation = self._approved()
        self._merge(self.customer, self.other)
        complaint = remediation.complaint_id
        self.assertEqual(complaint.partner_id, self.other)
        self.assertEqual(remediation.state, "approved")
        with self._refused("李娜 → 王强"):
            remediation.line_ids.action_carry_out()
        with self._refused("李娜 → 王强"):
            remediation.line_ids._sign_done("现金已付。")
        remediation.action_take_back()
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(self._drafted(remediation).partner_id, self.other)

    def test_merged_while_it_waits_or_is_drafted(self):
        waiting = self._asked()
        drafted = self._approved()
        note = self._drafted(drafted)
        self._merge(self.customer, self.other)
        with self._refused("李娜 → 王强"):
            waiting.with_user(self.supervisor).action_approve()
        self._give_reason(waiting, "send_back", self.supervisor)
        with self._refused("李娜 → 王强"):
            self._post(note)
        self.assertEqual(note.state, "draft")

    def test_archived_or_renamed_customer_is_noticed(self):
        for values, text in (
            ({"active": False}, "李娜 was archived"),
            ({"name": "李四"}, "李娜 → 李四"),
        ):
            with self.subTest(values=values):
                remediation = self._approved()
                drafted = self._approved()
                note = self._drafted(drafted)
                self.customer.write(values)
                with self._refused(text):
                    remediation.line_ids.action_carry_out()
                with self._refused(text):
                    self._post(note)
                self.customer.write({"active": True, "name": "李娜"})
                self._post(note)

    def test_draft_made_out_to_somebody_else(self):
        note = self._drafted(self._approved())
        self.other.property_account_receivable_id = self.receivable
        note.partner_bank_id = self.new_bank
        with self._refused("6222 0000 1111 was approved"):
            self._post(note)
        note.partner_bank_id = False
        note.partner_id = self.other
        note.partner_bank_id = False
        with self._refused("It is for 王强, and was granted to 李娜"):
            self._post(note)
        note.partner_id = self.customer
        note.partner_bank_id = self.bank
        self._post(note)

    def test_no_account_was_approved(self):
        (self.bank | self.new_bank).unlink()
        remediation = self._approved()
        self.assertFalse(remediation.bank_id)
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "6222 5", "partner_id": self.customer.id}
        )
        note = self._drafted(remediation)
        self.assertFalse(note.partner_bank_id)
        note.partner_bank_id = bank
        with self._refused("no account was approved"):
            self._post(note)
        note.partner_bank_id = False
        self._post(note)

    def test_order_line_changed_behind_it(self):
        sold = self._sold({"product_uom_qty": 1})
        self._invoice(sold)
        complaint = self._decided(
            sale_order_id=sold.order_id.id,
            line_ids=[Command.create({"sale_order_line_id": sold.id, "quantity": 1})],
        )
        remediation = self._approved(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": complaint.line_ids.id,
                    "amount": 100,
                }
            ],
        )
        self.env.cr.execute(
            "UPDATE customer_complaint_line SET sale_order_line_id = NULL"
            " WHERE id = %s",
            [complaint.line_ids.id],
        )
        self.env.invalidate_all()
        with self._refused("another order line"):
            remediation.line_ids.action_carry_out()

    def test_terms_are_not_forged(self):
        remediation = self._propose(terms={"partner_id": 1})
        self.assertFalse(remediation.terms)
        with self._refused("use the buttons"):
            remediation.terms = {"partner_id": self.other.id}
        with self._refused("not one of"):
            remediation.bank_id = self.other_bank


@tagged("post_install", "-at_install", "slow")
class TestPayeeRace(RaceCase):
    """The recipient is changed in the second in which it is approved."""

    def _commit_partners(self):
        with self.registry.cursor() as cr:
            env = self._env(cr, "first")
            partners = (
                env["res.partner"].sudo().create([{"name": "甲"}, {"name": "乙"}])
            )
            complaint = env["customer.complaint"].browse(self.complaint_id)
            complaint.partner_id = partners[0]
        self.addCleanup(self._commit_no_partner, partners.ids)
        return partners.ids

    def _commit_no_partner(self, partner_ids):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE customer_complaint SET partner_id = NULL,"
                " commercial_partner_id = NULL WHERE id = %s",
                [self.complaint_id],
            )
            cr.execute("DELETE FROM res_partner WHERE id IN %s", [tuple(partner_ids)])

    def _complaint(self, cr, name):
        return self._env(cr, name)["customer.complaint"].browse(self.complaint_id)

    @mute_logger("odoo.sql_db")
    def test_changed_first(self):
        _one, other_id = self._commit_partners()
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        complaint = self._complaint(self.first, "agent")
        waiting = self._browse(self.second, "second", remediation_id)
        self.assertEqual(waiting.state, "to_approve")
        complaint.partner_id = other_id
        self.env_flush(complaint)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            waiting.action_approve()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "does not wait"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id)[:2], ("draft", 0))

    @mute_logger("odoo.sql_db")
    def test_approved_first(self):
        _one, other_id = self._commit_partners()
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        complaint = self._complaint(self.second, "agent")
        self.assertTrue(complaint.partner_id)
        waiting = self._browse(self.first, "first", remediation_id)
        waiting.action_approve()
        self.env_flush(waiting)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            complaint.partner_id = other_id
            self.env_flush(complaint)
        self._restart(self.second)
        complaint = self._complaint(self.second, "agent")
        complaint.partner_id = other_id
        self.env_flush(complaint)
        self.second.commit()
        self.assertEqual(self._read(remediation_id)[:2], ("draft", 1))

    @mute_logger("odoo.sql_db")
    def test_account_changed_in_the_second_of_the_approval(self):
        one, _other_id = self._commit_partners()
        with self.registry.cursor() as cr:
            env = self._env(cr, "agent")
            bank_ids = (
                env["res.partner.bank"]
                .sudo()
                .create(
                    [{"acc_number": f"RACE {n}", "partner_id": one} for n in range(2)]
                )
                .ids
            )
        remediation_id = self._commit_remediation()
        with self.registry.cursor() as cr:
            self._browse(cr, "first", remediation_id).action_approve()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", remediation_id)
        other = self._browse(self.second, "second", remediation_id).line_ids
        self.assertEqual(other.state, "open")
        mine.bank_id = bank_ids[1]
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other._sign_done("已付")
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "is not approved"):
            self._browse(self.second, "second", remediation_id).line_ids._sign_done("x")
