from odoo.fields import Command
from odoo.tests import tagged

from ..models.sale_order_line import CreditWish
from .billed_common import BilledCase


@tagged("post_install", "-at_install", "slow")
class TestCreditPosting(BilledCase):
    """What accounting and others did since the draft is compared when it is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger_partner = cls.env["res.partner"].create({"name": "王伟"})
        cls.stranger_partner.property_account_receivable_id = cls.receivable

    def _drafted(self, quantity=5, **values):
        """Return the draft of a refund of some of ten, and the invoice."""
        order = self._order({"product_uom_qty": 10})
        invoice = self._bill(order)
        line = self._refund(order.order_line, quantity, **values)
        return line, line.sudo().credit_note_ids, invoice

    # ------------------------------------------------------------------
    # CREDITED MEANWHILE
    # ------------------------------------------------------------------

    def test_accounting_credited_the_whole_invoice_meanwhile(self):
        """500 + 1,000 of 1,000 would be credited."""
        line, note, invoice = self._drafted()
        whole = invoice._reverse_moves()
        self._post(whole)
        self.assertEqual(whole.amount_total, 1130)
        self._refuse_posting(
            note,
            "(?s)cannot be posted.*5 Units cannot be credited: 0 of what was "
            f"invoiced.*cancel it and tell whoever handles {line.remediation_id.name}",
        )
        self.assertEqual(line.state, "under_way")
        # The other way round accounting knows what it does.
        note.with_user(self.accountant).button_cancel()
        self.assertEqual(line.state, "open")

    def test_accounting_credited_some_meanwhile(self):
        _line, note, invoice = self._drafted()
        other = invoice._reverse_moves()
        other.invoice_line_ids.quantity = 6
        self._post(other)
        self._refuse_posting(note, "5 Units cannot be credited: 4 of")

    def test_draft_of_accounting_does_not_stop_ours(self):
        _line, note, invoice = self._drafted()
        invoice._reverse_moves()
        self._post(note)
        self.assertEqual(note.state, "posted")

    def test_price_was_lowered_meanwhile(self):
        """Nobody gets back more than what is left of the price."""
        _line, note, invoice = self._drafted(10)
        other = invoice._reverse_moves()
        other.invoice_line_ids.write({"quantity": 1, "price_unit": 0.01})
        other.invoice_line_ids.is_complaint_price_reduction = True
        self._post(other)
        self._refuse_posting(note, "more than the")

    def test_two_of_ours_at_once(self):
        line, note, invoice = self._drafted(5)
        more = self._refund(line.complaint_line_id.sale_order_line_id, 5)
        other = invoice._reverse_moves()
        other.invoice_line_ids.quantity = 2
        self._post(other)
        both = note | more.sudo().credit_note_ids
        self._refuse_posting(both, "5 Units cannot be credited: 3 of")
        self._post(note)
        self._refuse_posting(both - note, "cannot be credited: 3 of")

    # ------------------------------------------------------------------
    # WHAT THE DRAFT SAYS
    # ------------------------------------------------------------------

    def test_another_customer_on_the_draft(self):
        line, note, _invoice = self._drafted()
        note.partner_id = self.stranger_partner
        self._refuse_posting(note, "It is for 王伟, and was granted to 李娜")
        self.assertEqual(line.state, "under_way")

    def test_another_customer_on_the_case(self):
        line, note, _invoice = self._drafted()
        self.env.cr.execute(
            "UPDATE customer_complaint SET partner_id = %s WHERE id = %s",
            [self.stranger_partner.id, line.complaint_id.id],
        )
        self.env.invalidate_all()
        self._refuse_posting(note, "It is for 李娜, and was granted to 王伟")

    def test_a_contact_of_the_customer(self):
        """Of the same company: the address of its bookkeeping."""
        _line, note, _invoice = self._drafted()
        note.partner_id = self.env["res.partner"].create(
            {"name": "财务", "parent_id": self.customer.id, "type": "invoice"}
        )
        self._post(note)
        self.assertEqual(note.state, "posted")

    def test_another_currency_on_the_draft(self):
        _line, note, _invoice = self._drafted()
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 0.1, "name": "2020-01-01"}
        )
        note.currency_id = foreign
        self._refuse_posting(note, "is in XTS, and .* was approved in")

    def test_more_goods_on_the_draft(self):
        """Six for the price of five: one more would count as given back."""
        _line, note, _invoice = self._drafted()
        note.invoice_line_ids.write({"quantity": 6, "price_unit": 83.33})
        self._refuse_posting(note, "6 Units are on the credit note, and 5 were granted")

    def test_another_product_on_the_draft(self):
        order = self._order({"product_uom_qty": 1}, {"product_id": self.syrup.id})
        self._bill(order)
        creams, syrups = order.order_line
        note = self._refund(creams).sudo().credit_note_ids
        note.invoice_line_ids.sale_line_ids = syrups
        self._refuse_posting(note, "止咳糖浆: 1 Units are on the credit note, and 0")

    def test_more_money_on_the_draft(self):
        line, note, _invoice = self._drafted(amount=300)
        note.invoice_line_ids.price_unit = 100
        self._refuse_posting(note, "565.00 .*300.00 were approved")
        self.assertEqual(line._get_amount_in_effect(), 0)

    def test_a_line_of_accounting_instead_of_ours(self):
        """The same amount for nothing in particular still comes off the invoice."""
        line, note, _invoice = self._drafted()
        note.invoice_line_ids.unlink()
        note.invoice_line_ids = [
            Command.create(
                {
                    "name": "退款",
                    "price_unit": 565,
                    "quantity": 1,
                    "tax_ids": [Command.clear()],
                    "account_id": self.income.id,
                }
            )
        ]
        self._post(note)
        self.assertEqual(line._get_amount_in_effect(), 565)
        sold = line.complaint_line_id.sale_order_line_id
        self.assertEqual(self._get_left(sold), (10, 565))

    def test_lower_amount_is_posted(self):
        """What a credit note really gives is what was posted."""
        line, note, _invoice = self._drafted()
        note.invoice_line_ids.price_unit = 60
        self.assertEqual(line._get_amount_in_effect(), 0)
        self._post(note)
        self.assertEqual(line._get_amount_in_effect(), 339)
        note._reverse_moves(cancel=True)
        self.assertEqual(line._get_amount_in_effect(), 0)

    def test_what_each_line_of_a_money_note_gives(self):
        self.company.complaint_compensation_account_id = self.expense
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 100},
                {"kind": "travel", "amount": 50},
            ]
        )
        remediation.line_ids[0].action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids
        note.invoice_line_ids[0].price_unit = 60
        self._post(note)
        self.assertEqual(
            [line._get_amount_in_effect() for line in remediation.line_ids], [60, 50]
        )

    def test_what_accounting_keeps_back_lowers_the_others(self):
        """An advance on the fare is taken off: nobody paid less than nothing for it."""
        self.company.complaint_compensation_account_id = self.expense
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 100},
                {"kind": "travel", "amount": 50},
            ]
        )
        remediation.line_ids[0].action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids
        note.invoice_line_ids[1].price_unit = -20
        self._post(note)
        self.assertEqual(remediation.line_ids.mapped("amount_given"), [80, 0])
        self.assertEqual(remediation.amount_total, 80)

    def test_money_to_another_customer(self):
        self.company.complaint_compensation_account_id = self.expense
        line = self._approved().line_ids
        line.action_carry_out()
        note = line.sudo().credit_note_ids
        note.partner_id = self.stranger_partner
        self._refuse_posting(note, "It is for 王伟, and was granted to 李娜")

    # ------------------------------------------------------------------
    # OTHER CREDIT NOTES
    # ------------------------------------------------------------------

    def test_credit_notes_of_accounting_alone_are_its_own_affair(self):
        """More than was billed: nothing of ours is asked."""
        order = self._order({"product_uom_qty": 1})
        invoice = self._bill(order)
        notes = invoice._reverse_moves() | invoice._reverse_moves()
        self._post(notes)
        self.assertEqual(self._get_left(order.order_line), (0, 0))

    def test_cost_of_posting(self):
        """What was billed is compared with at most six queries more than core's."""
        _line, note, _invoice = self._drafted()
        check = type(note)._check_complaint_credits
        counts = []

        def count(notes, *args):
            self.env.flush_all()
            before = self.cr.sql_log_count
            check(notes, *args)
            counts.append(self.cr.sql_log_count - before)

        self.patch(type(note), "_check_complaint_credits", count)
        self.env.flush_all()
        self.env.invalidate_all()
        self._post(note)
        self.assertLessEqual(counts[0], 6)

    def test_locked_until_it_is_decided(self):
        """Posting writes the order lines: of two at once the later starts anew."""
        _line, note, _invoice = self._drafted()
        queries = []
        execute = type(self.cr).execute

        def watch(cr, query, *args, **kwargs):
            queries.append(str(query))
            return execute(cr, query, *args, **kwargs)

        self.patch(type(self.cr), "execute", watch)
        self._post(note)
        self.assertTrue(
            [q for q in queries if "UPDATE sale_order_line SET write_date" in q]
        )

    def test_wish_without_unit_is_in_that_of_the_line(self):
        order = self._order({"product_uom_qty": 1})
        wish = CreditWish(order.order_line, 1)
        self.assertEqual(wish.get_unit(), order.order_line.product_uom_id)
        self.assertFalse(wish.exceeds(1))
        self.assertTrue(wish.exceeds(0.99))
