from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.sale_order_line import CreditWish
from .accounting_common import AccountingCase


@tagged("post_install", "-at_install", "slow")
class TestCarryOutByCreditNote(AccountingCase):
    """Refunds and lower prices, credited from the invoice of the order."""

    def _pay(self, notes):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=notes.ids
        ).create({}).action_create_payments()

    # ------------------------------------------------------------------
    # REFUND
    # ------------------------------------------------------------------

    def test_refund_posted_by_accounting(self):
        sold = self._sold()
        invoice = self._invoice(sold)
        remediation = self._granted(sold)
        complaint, line = remediation.complaint_id, remediation.line_ids
        action = line.action_carry_out()
        self.assertIn("lowers what the customer owes", action["params"]["message"])
        note = line.sudo().credit_note_ids
        self.assertRecordValues(
            note.sudo(),
            [
                {
                    "state": "draft",
                    "reversed_entry_id": invoice.id,
                    "amount_total": 200,
                    "ref": f"{remediation.name}, Refund with Return",
                    "create_uid": self.agent.id,
                }
            ],
        )
        self.assertRecordValues(
            line, [{"state": "under_way", "payment_state": "not_paid"}]
        )
        self.assertIn("Draft", line.documents_text)
        self.assertEqual((complaint.credit_note_count, sold.qty_invoiced), (1, 1))
        self._take_to_followup(complaint)
        with self._refused("not carried out yet"):
            complaint.action_close()
        self._post(note)
        self.assertRecordValues(
            line,
            [
                {
                    "state": "done",
                    "done_by_id": self.accountant.id,
                    "amount_carried_out": 200,
                }
            ],
        )
        self.assertEqual(remediation.state, "done")
        # Set against the invoice that was not paid yet.
        self.assertRecordValues(
            line,
            [
                {
                    "payment_state": "paid",
                    "amount_paid": 200,
                    "date_paid": note.sudo().date,
                }
            ],
        )
        self.assertIn("Paid", line.documents_text)
        complaint.action_close()
        self.assertEqual(complaint.state, "closed")

    def _take_to_followup(self, complaint):
        self._tell_decision(complaint)
        if complaint.state != "followup":
            complaint.action_follow_up()

    def test_refund_of_a_paid_invoice_is_paid_out(self):
        sold = self._sold()
        self._pay(self._invoice(sold))
        line = self._granted(sold).line_ids
        self.assertIs(line.action_carry_out(), True)
        note = line.sudo().credit_note_ids
        self._post(note)
        self.assertRecordValues(
            line, [{"state": "done", "payment_state": "not_paid", "amount_paid": 0}]
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=note.ids
        ).create({"amount": 50}).action_create_payments()
        self.assertRecordValues(
            line, [{"payment_state": "partial", "amount_paid": 50, "date_paid": False}]
        )
        self._pay(note)
        self.assertRecordValues(line, [{"payment_state": "paid", "amount_paid": 200}])
        self.assertTrue(line.date_paid)

    def test_price_reduction_keeps_what_is_invoiced(self):
        included = self._new_tax(13, price_include_override="tax_included")
        sold = self._sold({"tax_ids": [Command.set(included.ids)]})
        self._invoice(sold)
        line = self._granted(
            sold, kind="price_reduction", quantity=3, amount=33.33
        ).line_ids
        line.action_carry_out()
        note = line.sudo().credit_note_ids
        self.assertRecordValues(note, [{"amount_total": 33.33, "amount_tax": 3.83}])
        self._post(note)
        self.assertEqual(line.state, "done")
        self.assertEqual((sold.qty_invoiced, sold.qty_to_invoice), (3, 0))

    def test_nothing_invoiced_falls_back_on_the_note(self):
        line = self._granted(self._sold()).line_ids
        dialog = self._ask("carry_out", line, note="门店退现金200元。")
        self.assertIn("Nothing of it was invoiced", dialog.hint)
        dialog.action_confirm()
        self.assertRecordValues(
            line, [{"state": "done", "payment_state": "paid", "amount_paid": 200}]
        )
        self.assertFalse(line.sudo().credit_note_ids)

    def test_paid_in_cash_stays_paid_while_the_rest_changes(self):
        """Back to a draft or refused, what was paid is not granted once more."""
        sold = self._sold()
        complaint = self._about(sold)
        refund = {
            "kind": "refund",
            "complaint_line_id": complaint.line_ids.id,
            "quantity": 2,
            "amount": 200,
        }
        remediation = self._approved(
            complaint=complaint, lines=[refund, {"kind": "travel", "amount": 50}]
        )
        paid, travel = remediation.line_ids
        self._carry_out(paid, note="门店退现金200元。")
        travel.amount = 80
        self.assertEqual((remediation.state, paid.state), ("draft", "done"))
        elsewhere = self._about(sold)
        again = {**refund, "complaint_line_id": elsewhere.line_ids.id}
        too_much = "2 Units cannot be refunded: 1 of those sold"
        for state in ("draft", "refused"):
            with self.subTest(state):
                self.assertEqual(remediation.state, state)
                with self._refused(too_much, ValidationError):
                    self._propose(complaint=elsewhere, lines=[again])
                with self._refused(too_much, ValidationError):
                    self._propose(complaint=complaint, lines=[refund])
            if state == "draft":
                remediation.action_ask()
                self._give_reason(remediation, "refuse", self.supervisor)
        self._propose(
            complaint=elsewhere, lines=[{**again, "quantity": 1, "amount": 100}]
        )

    def test_draft_invoice_waits_for_accounting(self):
        sold = self._sold()
        self._invoice(sold, post=False)
        line = self._granted(sold).line_ids
        with self._refused("its invoice is still a draft"):
            line.action_carry_out()
        self.assertEqual(line.state, "open")

    def test_invoice_of_another_customer(self):
        """Who received the goods complains; somebody else was invoiced."""
        receiver = self.env["res.partner"].create(
            {"name": "王伟", "phone": "139 0000 0000"}
        )
        sold = self._sold(partner_shipping_id=receiver.id)
        self._invoice(sold)
        complaint = self._about(sold, partner_id=receiver.id)
        line = self._granted(sold, complaint).line_ids
        with self._refused("invoiced to 李娜, and not to 王伟"):
            line.action_carry_out()
        self.assertEqual((line.state, len(sold.invoice_lines)), ("open", 1))

    # ------------------------------------------------------------------
    # LIMITS
    # ------------------------------------------------------------------

    def test_more_than_sold_or_billed_is_refused_at_entry(self):
        sold = self._sold()
        complaint = self._about(sold)
        about = {"complaint_line_id": complaint.line_ids.id}
        for line, text in (
            ({"kind": "refund", "quantity": 1, "amount": 100.01}, "Lower the amount"),
            ({"kind": "refund", "quantity": 3, "amount": 301}, "more than the"),
            ({"kind": "price_reduction", "quantity": 3, "amount": 301}, "more than"),
        ):
            with self._refused(text, ValidationError):
                self._propose(complaint=complaint, lines=[{**line, **about}])
        with self._refused("1 Units cannot be refunded: 0 of those sold"):
            self._propose(
                complaint=complaint,
                lines=[
                    {"kind": "refund", "quantity": 3, "amount": 300, **about},
                    {"kind": "refund", "quantity": 1, "amount": 1, **about},
                ],
            )
        remediation = self._propose(
            complaint=complaint,
            lines=[{"kind": "refund", "quantity": 3, "amount": 300, **about}],
        )
        for values in ({"amount": 300.5}, {"quantity": 2}):
            with self._refused("more than the"):
                remediation.line_ids.write(values)
        remediation.action_ask()

    def test_what_others_were_promised_counts(self):
        """Drafts of two teams, and a credit note of accounting meanwhile."""
        sold = self._sold()
        self._invoice(sold)
        first, second = self._about(sold), self._about(sold, user=self.stranger)
        mine = self._propose(
            complaint=first,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": first.line_ids.id,
                    "quantity": 2,
                    "amount": 200,
                }
            ],
        )
        other = self._propose(
            complaint=second,
            user=self.manager,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": second.line_ids.id,
                    "quantity": 2,
                    "amount": 200,
                }
            ],
        )
        mine.action_ask()
        with self._refused("2 Units cannot be refunded: 1 of those sold"):
            other.action_ask()
        other.line_ids.write({"quantity": 1, "amount": 100})
        other.action_ask()
        mine.with_user(self.supervisor).action_approve()
        self._credit(CreditWish(sold, 1))
        with self._refused("cannot be refunded"):
            mine.line_ids.action_carry_out()
        other._cancel("顾客改主意。")
        mine.line_ids.action_carry_out()
        self.assertEqual(mine.line_ids.state, "under_way")

    def test_suggested_as_billed(self):
        vat = self._new_tax(13)
        sold = self._sold({"tax_ids": [Command.set(vat.ids)], "discount": 10})
        self._invoice(sold)
        self._credit(CreditWish(sold, 1))
        complaint = self._about(sold)
        action = complaint.action_propose_remediation()
        form = Form(self._follow(action))
        with form.line_ids.new() as line:
            line.kind = "refund"
            line.complaint_line_id = complaint.line_ids
            line.quantity = 2
            self.assertEqual(line.amount, 203.4)
            line.quantity = 1
            self.assertEqual(line.amount, 101.7)
        with form.line_ids.new() as line:
            line.kind = "compensation"
            line.amount = 50
            line.quantity = 1
            self.assertEqual(line.amount, 50)
        form.save()

    # ------------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------------

    def _set_up_compensation(self, **product):
        self.company.complaint_compensation_account_id = self.expense
        self.company.complaint_compensation_journal_id = self.journal
        if product:
            self.company.complaint_compensation_product_id = self.env[
                "product.product"
            ].create({"name": "客户赔偿", "type": "service", **product})

    def _granted_money(self, **values):
        return self._approved(
            lines=[
                {"kind": "compensation", "amount": 300},
                {"kind": "travel", "amount": 45.5},
                {"kind": "apology"},
            ],
            **values,
        )

    def test_money_is_one_credit_note(self):
        self._set_up_compensation()
        remediation = self._granted_money()
        money, travel, apology = remediation.line_ids
        travel.action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_refund",
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_total": 345.5,
                    "amount_tax": 0,
                    "journal_id": self.journal.id,
                    "ref": remediation.name,
                    "invoice_origin": remediation.complaint_id.name,
                }
            ],
        )
        self.assertEqual(note.invoice_line_ids.account_id, self.expense)
        self.assertRecordValues(
            remediation.line_ids,
            [{"state": "under_way"}, {"state": "under_way"}, {"state": "open"}],
        )
        with self._refused("it is being carried out by"):
            money.action_carry_out()
        self._carry_out(apology, note="已致歉。")
        self._post(note)
        self.assertEqual(remediation.state, "done")
        self.assertFalse(remediation.lacks_receipt)
        self._pay(note)
        self.assertRecordValues(
            remediation.line_ids,
            [
                {"payment_state": "paid", "amount_paid": 300},
                {"payment_state": "paid", "amount_paid": 45.5},
                {"payment_state": False, "amount_paid": 0},
            ],
        )
        self.assertTrue(remediation.lacks_receipt)
        self._ask("file_receipt", remediation, attachment_ids=self._upload("收条.jpg"))

    def test_taxes_of_the_product_are_in_the_amount(self):
        vat = self._new_tax(13)
        self._set_up_compensation(taxes_id=[Command.set(vat.ids)])
        remediation = self._granted_money()
        remediation.line_ids[0].action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids
        self.assertRecordValues(note, [{"amount_total": 345.5, "amount_tax": 39.74}])
        self.assertEqual(note.invoice_line_ids.tax_ids, vat)

    def test_not_set_up_falls_back_on_the_note(self):
        remediation = self._granted_money()
        money = remediation.line_ids[0]
        dialog = self._ask("carry_out", money, note="转账")
        self.assertIn("an administrator can choose", dialog.hint)
        dialog.action_confirm()
        self.assertEqual(remediation.line_ids.mapped("state"), ["done", "open", "open"])

    def test_money_of_another_currency_is_another_credit_note(self):
        self._set_up_compensation()
        foreign = self.env.ref("base.JPY")
        if foreign == self.company.currency_id:
            foreign = self.env.ref("base.EUR")
        foreign.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": foreign.id, "rate": 0.5, "name": "2020-01-01"}
        )
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 300},
                {"kind": "travel", "amount": 10, "currency_id": foreign.id},
            ]
        )
        money, travel = remediation.line_ids
        money.action_carry_out()
        self.assertEqual(travel.state, "open")
        travel.action_carry_out()
        self.assertRecordValues(
            remediation.line_ids.sudo().credit_note_ids.sorted("amount_total"),
            [
                {"currency_id": foreign.id, "amount_total": 10},
                {"currency_id": self.company.currency_id.id, "amount_total": 300},
            ],
        )

    def test_no_journal_or_account(self):
        self._set_up_compensation()
        remediation = self._granted_money()
        self.company.complaint_compensation_account_id = False
        product = self.env["product.product"].create(
            {"name": "客户赔偿", "type": "service", "taxes_id": False}
        )
        self.company.complaint_compensation_product_id = product
        self.journal.default_account_id = False
        product.categ_id.property_account_income_categ_id = False
        self.env["ir.default"].search(
            [("field_id.name", "=like", "property_account_income%")]
        ).unlink()
        self.company.income_account_id = False
        with self._refused("There is no account for “客户赔偿”"):
            remediation.line_ids[0].action_carry_out()
        self.company.complaint_compensation_account_id = self.expense
        self._close_sales_journals()
        with self._refused("has no sales journal"):
            remediation.line_ids[0].action_carry_out()
        self.assertEqual(set(remediation.line_ids.mapped("state")), {"open"})

    def test_settings_are_checked(self):
        for name, value, text in (
            ("product", self.cream, "is no service"),
            ("account", self.receivable, "neither an expense nor an income"),
            (
                "journal",
                self.env["account.journal"].search([("type", "=", "bank")], limit=1),
                "is no sales journal",
            ),
        ):
            with self._refused(text, ValidationError):
                self.company[f"complaint_compensation_{name}_id"] = value
        other = self.env["res.company"].create({"name": "浦东分公司"})
        foreign = self.env["product.product"].create(
            {"name": "客户赔偿", "type": "service", "company_id": other.id}
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.company.complaint_compensation_product_id = foreign

    # ------------------------------------------------------------------
    # WHAT ACCOUNTING DOES
    # ------------------------------------------------------------------

    def _under_way(self):
        self._set_up_compensation()
        remediation = self._granted_money()
        remediation.line_ids[0].action_carry_out()
        money, _travel, apology = remediation.line_ids
        self._carry_out(apology, note="已致歉。")
        return remediation, money, money.sudo().credit_note_ids

    def test_not_more_than_was_approved(self):
        """Accounting may lower what it pays, and never raise it."""
        remediation, money, note = self._under_way()
        credit = note.sudo().invoice_line_ids[:1]
        billed = credit.price_unit
        credit.price_unit = billed + 100
        with self._refused("were approved. Lower it"):
            self._post(note)
        self.assertEqual((note.state, money.state), ("draft", "under_way"))
        credit.price_unit = billed - 1
        self._post(note)
        self.assertEqual((remediation.state, money.state), ("done", "done"))

    def test_reset_to_draft_takes_the_line_back(self):
        remediation, money, note = self._under_way()
        self._post(note)
        self.assertEqual(remediation.state, "done")
        note.with_user(self.accountant).button_draft()
        self.assertEqual((money.state, remediation.state), ("under_way", "approved"))
        self.assertEqual(money.amount_carried_out, 0)
        self.assertFalse(remediation.complaint_id.date_carried_out)
        self._post(note)
        self.assertEqual(remediation.state, "done")

    def test_cancelled_or_deleted_draft_reopens_the_line(self):
        for deed in ("button_cancel", "unlink"):
            remediation, money, note = self._under_way()
            getattr(note.with_user(self.accountant), deed)()
            self.assertEqual(money.state, "open")
            self.assertIn(
                remediation.complaint_id.user_id, self._get_todo_users(remediation)
            )
            money.action_carry_out()
            self.assertEqual(money.state, "under_way")

    def test_reversed_by_accounting_reopens_the_line(self):
        remediation, money, note = self._under_way()
        self._post(note)
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=note.ids)
            .create({"journal_id": note.journal_id.id})
        )
        reversal.refund_moves()
        self.assertEqual(money.state, "done")
        reversal.new_move_ids.action_post()
        self.assertRecordValues(
            money, [{"state": "open", "payment_state": "not_paid", "amount_paid": 0}]
        )
        self.assertEqual(remediation.state, "approved")
        self.assertIn("Reversed", money.documents_text or "Reversed")
        reversal.new_move_ids.button_draft()

    def test_take_back_cancels_the_shared_draft(self):
        remediation, money, note = self._under_way()
        travel = remediation.line_ids[1]
        self.assertTrue(money.can_take_back)
        with self._refused("Take that back first"):
            travel.amount = 500
        money.action_take_back()
        self.assertEqual(note.state, "cancel")
        self.assertEqual((money.state, travel.state), ("open", "open"))
        money.action_carry_out()
        self.assertEqual(len(money.sudo().credit_note_ids), 2)
        self._post(money.sudo().credit_note_ids - note)
        with self._refused("carried out already"):
            money.action_carry_out()
        money.action_take_back()
        self.assertEqual(money.state, "done")

    def test_cancelling_asks_what_happens_to_the_draft(self):
        self._set_up_compensation()
        remediation = self._approved()
        remediation.line_ids.action_carry_out()
        note = remediation.line_ids.sudo().credit_note_ids
        dialog = self._ask("cancel", remediation, reason="顾客改主意。")
        self.assertTrue(dialog.has_drafts)
        dialog.action_confirm()
        self.assertEqual((remediation.state, note.state), ("cancelled", "cancel"))

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_strangers_carry_out_nothing(self):
        self._set_up_compensation()
        line = self._granted_money().line_ids[0]
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.with_user(user).action_carry_out()
        self.assertFalse(line.sudo().credit_note_ids)

    def test_complaint_users_do_not_post(self):
        _remediation, _money, note = self._under_way()
        for user in (self.agent, self.supervisor, self.manager):
            for deed in ("action_post", "button_cancel", "button_draft", "unlink"):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    getattr(note.with_user(user), deed)()
        self.assertEqual(note.state, "draft")

    def test_links_and_payments_are_not_forged(self):
        sold = self._sold()
        posted = self._invoice(sold)
        # Somebody who works in accounting, too.
        self.agent.group_ids += self.env.ref("account.group_account_invoice")
        remediation = self._approved()
        line = remediation.line_ids
        for vals in (
            {"credit_note_ids": [Command.link(posted.id)]},
            {"payment_state": "paid"},
            {"amount_paid": 1},
            {"date_paid": "2026-01-01"},
            {"amount_carried_out": 1},
        ):
            with self._refused("use the button"):
                line.write(vals)
            with self._refused("use the button"):
                remediation.write({"line_ids": [Command.update(line.id, vals)]})
            new = self._propose(
                complaint=remediation.complaint_id,
                lines=[{"kind": "travel", "amount": 5, **vals}],
            ).line_ids
            self.assertFalse(new.sudo().credit_note_ids)
            self.assertRecordValues(
                new, [{"payment_state": "not_paid", "amount_paid": 0}]
            )
        forged = {
            "default_credit_note_ids": posted.ids,
            "default_payment_state": "paid",
            "default_state": "posted",
            "default_auto_post": "at_date",
        }
        Line = line.with_context(**forged)
        new = Line.create(
            {"remediation_id": self._propose().id, "kind": "travel", "amount": 1}
        )
        self.assertFalse(new.sudo().credit_note_ids)
        with self._refused("credit_note_count|system|steps"):
            remediation.complaint_id.write({"credit_note_count": 9})
        self._set_up_compensation()
        Line.action_carry_out()
        self.assertRecordValues(
            line.sudo().credit_note_ids, [{"state": "draft", "auto_post": "no"}]
        )

    def test_opens_with_the_readers_own_rights(self):
        remediation, money, note = self._under_way()
        self.assertFalse(money.can_open_documents)
        with self._refused("you have no access to that app"):
            remediation.action_open_credit_notes()
        self.agent.group_ids += self.env.ref("account.group_account_readonly")
        money.invalidate_recordset()
        self.assertTrue(money.can_open_documents)
        for record in (remediation, remediation.complaint_id):
            self.assertEqual(record.action_open_credit_notes()["res_id"], note.id)
        with self._refused("no credit note"):
            self._propose().action_open_credit_notes()

    def test_back_from_the_credit_note(self):
        remediation, money, note = self._under_way()
        note = note.with_user(self.agent)
        self.agent.group_ids += self.env.ref("account.group_account_readonly")
        self.assertEqual(note.complaint_count, 1)
        complaints = self.env["customer.complaint"].search(
            note.action_view_complaints()["domain"]
        )
        self.assertEqual(complaints, remediation.complaint_id)
        self.assertEqual(note.complaint_remediation_line_ids, remediation.line_ids[:2])
        found = note.search([("complaint_remediation_line_ids", "in", money.ids)])
        self.assertEqual(found, note)
        self.stranger.group_ids += self.env.ref("account.group_account_readonly")
        self.assertFalse(note.with_user(self.stranger).complaint_remediation_line_ids)
        self.assertEqual(note.with_user(self.stranger).complaint_count, 0)

    def test_script_stays_text(self):
        self._set_up_compensation()
        self.customer.name = "<script>alert(1)</script>"
        remediation = self._granted_money(
            complaint=self._decided(description="<script>alert(1)</script>")
        )
        remediation.line_ids[0].action_carry_out()
        for body in remediation.complaint_id.message_ids.mapped("body"):
            self.assertNotIn("<script", body)

    # ------------------------------------------------------------------
    # STATISTICS
    # ------------------------------------------------------------------

    def test_granted_and_paid_by_kind(self):
        remediation, money, note = self._under_way()
        self._post(note)
        self._pay(note)
        Line = self.env["customer.complaint.remediation.line"].with_user(self.auditor)
        groups = Line._read_group(
            [
                ("complaint_id", "=", remediation.complaint_id.id),
                ("remediation_id.state", "in", ("approved", "agreed", "done")),
            ],
            ["kind", "category_id", "team_id", "date_approved:month"],
            ["amount_company:sum", "amount_carried_out:sum", "amount_paid:sum"],
        )
        sums = {group[0]: group[4:] for group in groups}
        self.assertEqual(
            sums,
            {
                "compensation": (300, 300, 300),
                "travel": (45.5, 45.5, 45.5),
                "apology": (0, 0, 0),
            },
        )
        action = money.action_open_remediation()
        self.assertEqual(action["res_id"], remediation.id)
