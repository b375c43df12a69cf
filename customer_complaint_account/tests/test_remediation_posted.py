from odoo.fields import Command
from odoo.tests import tagged

from .accounting_common import AccountingCase


@tagged("post_install", "-at_install", "slow")
class TestRemediationPosted(AccountingCase):
    """What was posted is what was given: on the card, the papers and in the figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.complaint_compensation_account_id = cls.expense

    def _refund_under_way(self, amount=100.0):
        """Return an approved refund of one cream at 100, and its draft."""
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
                    "amount": amount,
                }
            ],
        )
        remediation.line_ids.action_carry_out()
        return remediation, remediation.line_ids.sudo().credit_note_ids.sudo()

    def _money_under_way(self, *amounts):
        """Return approved money, one kind after the other, and its draft."""
        kinds = ("compensation", "travel", "medical")
        remediation = self._approved(
            lines=[
                {"kind": kind, "amount": amount}
                for kind, amount in zip(kinds, amounts, strict=False)
            ]
        )
        remediation.line_ids[0].action_carry_out()
        return remediation, remediation.line_ids.sudo().credit_note_ids.sudo()

    def _reverse(self, note, amount):
        """Reverse a part of a posted credit note."""
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=note.ids)
            .create({"journal_id": note.journal_id.id})
        )
        reversal.refund_moves()
        reversal.new_move_ids.invoice_line_ids[:1].price_unit = amount
        reversal.new_move_ids.action_post()
        return reversal.new_move_ids

    def _print(self, name, remediation):
        report = self.env.ref(f"customer_complaint.report_{name}")
        return (
            self.env["ir.actions.report"]
            .with_context(lang="en_US")
            ._render_qweb_html(report, remediation.ids)[0]
            .decode()
        )

    def assertGiven(self, remediation, amount, approved):
        complaint = remediation.complaint_id
        self.assertRecordValues(
            remediation, [{"state": "done", "amount_total": amount}]
        )
        self.assertRecordValues(
            complaint, [{"compensation_total": amount, "granted_total": amount}]
        )
        self.assertEqual(sum(remediation.line_ids.mapped("amount_carried_out")), amount)
        if "approval_ids" in remediation._fields:
            self.assertEqual(remediation.approval_ids[:1].amount_total, approved)
        for name in ("settlement_agreement", "compensation_receipt"):
            text = self._print(name, remediation)
            total = text.split('name="amount_total"')[1][:200]
            self.assertIn(f"{amount:,.2f}", total)

    def test_lowered_refund_is_what_was_given(self):
        remediation, note = self._refund_under_way()
        note.invoice_line_ids.price_unit = 60
        self._post(note)
        self.assertGiven(remediation, 60, 100)
        self.assertEqual(remediation.line_ids.amount, 100)
        bodies = "".join(remediation.complaint_id.message_ids.mapped("body"))
        self.assertIn("60.00 of the", bodies)
        self.assertIn(self.agent, self._get_todo_users(remediation))
        self.assertTrue(remediation.complaint_id.has_return)
        # What is still owed can be granted, and counts once.
        rest = self._propose(40, remediation.complaint_id)
        if "amount_counted" in rest._fields:
            self.assertEqual(rest.amount_counted, 100)

    def test_lowered_money_is_shared_by_its_own_lines(self):
        remediation, note = self._money_under_way(300, 50.1)
        note.invoice_line_ids[1].unlink()
        note.invoice_line_ids.price_unit = 250
        self._post(note)
        money, travel = remediation.line_ids
        self.assertEqual((money.amount_given, travel.amount_given), (250, 0))
        self.assertGiven(remediation, 250, 350.1)
        self.assertFalse(remediation.complaint_id.has_travel)
        self.assertTrue(remediation.complaint_id.has_compensation)

    def test_shares_add_up_to_the_cent(self):
        remediation, note = self._money_under_way(10, 10, 10)
        for line in note.invoice_line_ids:
            line.price_unit = 3.33
        note.invoice_line_ids[:1].price_unit = 3.34
        self._post(note)
        self.assertEqual(
            remediation.line_ids.mapped("amount_given"), [3.34, 3.33, 3.33]
        )
        self.assertEqual(remediation.amount_total, 10)

    def test_reversed_in_part(self):
        remediation, note = self._money_under_way(100)
        self._post(note)
        self._reverse(note, 30)
        self.assertGiven(remediation, 70, 100)
        bodies = "".join(remediation.complaint_id.message_ids.mapped("body"))
        self.assertIn("70.00 of the", bodies)
        # Of a reversal that is taken back nothing is left.
        note.reversal_move_ids.button_draft()
        self.assertGiven(remediation, 100, 100)

    def test_one_of_two_credit_notes_cancelled_after_posting(self):
        sold = self._sold({"product_uom_qty": 2})
        for _i in range(2):
            self._invoice(sold, quantity=1)
        complaint = self._decided(
            sale_order_id=sold.order_id.id,
            line_ids=[Command.create({"sale_order_line_id": sold.id, "quantity": 2})],
        )
        remediation = self._approved(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": complaint.line_ids.id,
                    "quantity": 2,
                    "amount": 200,
                }
            ],
        )
        remediation.line_ids.action_carry_out()
        notes = remediation.line_ids.sudo().credit_note_ids.sudo()
        self.assertEqual(len(notes), 2)
        self._post(notes)
        self.assertGiven(remediation, 200, 200)
        notes[0].button_draft()
        notes[0].button_cancel()
        remediation.invalidate_recordset()
        self.assertEqual(remediation.amount_total, 100)
        self.assertEqual(complaint.compensation_total, 100)

    def test_payment_taken_back(self):
        remediation, note = self._money_under_way(100)
        self._post(note)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        ).create({}).action_create_payments()
        line = remediation.line_ids
        self.assertRecordValues(line, [{"payment_state": "paid", "amount_paid": 100}])
        note.line_ids.remove_move_reconcile()
        self.assertRecordValues(
            line,
            [{"payment_state": "not_paid", "amount_paid": 0, "date_paid": False}],
        )
        self.assertFalse(remediation.lacks_receipt)

    def test_foreign_currency_posted_lower(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": self._today(),
                "rate": 0.5,
            }
        )
        remediation = self._approved(
            lines=[{"kind": "compensation", "amount": 100, "currency_id": currency.id}]
        )
        self.assertEqual(remediation.amount_total, 200)
        remediation.line_ids.action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids.sudo()
        note.invoice_line_ids.price_unit = 60
        self._post(note)
        self.assertEqual(remediation.line_ids.amount_given, 60)
        self.assertEqual(remediation.amount_total, 120)
