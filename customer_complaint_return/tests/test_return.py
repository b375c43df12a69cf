from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_deadline.tests.clock_common import at

from .return_common import ReturnCase

SCRIPT = "<script>alert('张三')</script>"


@tagged("post_install", "-at_install")
class TestReturn(ReturnCase):
    """From the order to the refund."""

    # ------------------------------------------------------------------
    # REGISTERING
    # ------------------------------------------------------------------

    def test_from_the_order_in_few_clicks(self):
        action = self.order.with_user(self.agent).action_open_complaint_return()
        form = Form(self._follow(action))
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(len(form.line_ids), 2)
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.quantity, line.quantity_left), (0, 3))
            line.quantity = 2
        form.date_delivered = self._today()
        record = form.save()
        self.assertRecordValues(
            record,
            [
                {
                    "state": "registered",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                    "company_id": self.company.id,
                    "amount_total": 257.0,
                    "right_days": 7,
                    "is_after_last_day": False,
                }
            ],
        )
        # What the customer keeps is left out.
        self.assertEqual(record.line_ids.sale_order_line_id, self.cream_line)
        self.assertRegex(record.name, r"^TH/\d{4}/\d{5}$")
        self.assertFalse(self.order.complaint_ids)
        self.assertEqual(self.order.with_user(self.agent).complaint_return_count, 1)
        self.assertEqual(self.customer.with_user(self.agent).complaint_return_count, 1)

    def test_single_product_is_proposed_with_all_that_can_come_back(self):
        lines = self._sold({"product_uom_qty": 4})
        self._return((lines, 1), sale_order_id=lines.order_id.id)
        form = Form(
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .with_context(default_sale_order_id=lines.order_id.id)
        )
        with form.line_ids.edit(0) as line:
            self.assertEqual((line.quantity, line.quantity_left), (3, 3))

    def test_no_field_demands_a_reason(self):
        record = self._return()
        self.assertFalse(record.note)
        required = {
            name
            for name, field in record._fields.items()
            if field.required and not field.readonly
        }
        self.assertFalse({name for name in required if "reason" in name})

    def test_numbers_of_its_own_for_each_company(self):
        first, second = self._return(), self._return((self.syrup_line, 1))
        self.assertEqual(int(second.name[-5:]), int(first.name[-5:]) + 1)
        complaint = self._create_complaint()
        self.assertTrue(complaint.name.startswith("TS/"))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            second._write_unguarded({"name": first.name})
            second.flush_recordset()

    def test_number_of_the_year_of_the_company(self):
        self.order.date_order = at("2026-12-27 12:00")
        with freeze_time(at("2027-01-01 01:30")):
            record = self._return(date_received=at("2027-01-01 01:00"))
            self.assertTrue(record.name.startswith("TH/2027/"))

    # ------------------------------------------------------------------
    # ACKNOWLEDGEMENT
    # ------------------------------------------------------------------

    def _get_mails(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)]
        )

    def test_acknowledged_at_once_with_moment_and_zone(self):
        self.order.date_order = at("2026-02-27 12:00")
        with freeze_time(at("2026-03-05 10:05")):
            record = self._return(date_delivered="2026-03-04")
            mail = self._get_mails(record)
            self.assertEqual(mail.recipient_ids, self.customer)
            for text in (record.name, "(Asia/Shanghai)", "10:05", "保湿面霜", "7 days"):
                self.assertIn(text, mail.body_html)
            self.assertRecordValues(
                record,
                [
                    {
                        "date_acknowledged": at("2026-03-05 10:05"),
                        "acknowledged_to": "lina@example.com",
                    }
                ],
            )

    def test_acknowledged_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        template = self.quick_ref(
            "customer_complaint_return.mail_template_return_acknowledgement"
        )
        template.with_context(lang="zh_CN").subject = "已收到您的退货 {{ object.name }}"
        record = self._return()
        mail = self._get_mails(record)
        self.assertEqual(mail.subject, f"已收到您的退货 {record.name}")

    def test_without_address_it_is_printed(self):
        self.customer.email = False
        record = self._return()
        self.assertFalse(self._get_mails(record))
        self.assertFalse(record.date_acknowledged)
        action = record.action_print_acknowledgement()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertTrue(record.date_acknowledged)
        self.assertFalse(record.acknowledged_to)
        first = record.date_acknowledged
        record.action_print_acknowledgement()
        self.assertEqual(record.date_acknowledged, first)

    def test_without_template_it_is_registered_all_the_same(self):
        self.quick_ref(
            "customer_complaint_return.mail_template_return_acknowledgement"
        ).unlink()
        self.assertFalse(self._return().date_acknowledged)

    def test_broken_template_keeps_nobody_from_their_right(self):
        self.quick_ref(
            "customer_complaint_return.mail_template_return_acknowledgement"
        ).body_html = (
            # Odoo tries a template on some record when it is saved.
            f'<t t-if="object.sale_order_id.id == {self.order.id}">'
            '<p t-out="object.no_such_field"/></t>'
        )
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin",
            "odoo.addons.mail.models.mail_template",
        ):
            record = self._return()
        self.assertFalse(record.date_acknowledged)
        self.assertIn("could not be written", record.message_ids[0].body)

    # ------------------------------------------------------------------
    # THE RIGHT
    # ------------------------------------------------------------------

    def test_days_of_the_right_from_the_day_after_receipt(self):
        """Received on 1 March at any hour: the 8th, to its end in Shanghai."""
        self.order.date_order = at("2026-02-27 12:00")
        for told, is_late in (
            ("2026-03-01 09:00", False),
            ("2026-03-08 00:00", False),
            ("2026-03-08 23:59", False),
            ("2026-03-09 00:00", True),
        ):
            with self.subTest(told=told):
                record = self._return(
                    (self.syrup_line, 1),
                    date_delivered="2026-03-01",
                    date_received=at(told),
                )
                self.assertEqual(str(record.date_last_day), "2026-03-08")
                self.assertEqual(record.is_after_last_day, is_late)
                self.assertIn("goodwill" if is_late else "In time", record.advice)

    def test_day_of_receipt_not_known(self):
        record = self._return(date_delivered=False)
        self.assertFalse(record.date_last_day)
        self.assertIn("Enter that day", record.advice)
        self._back(record)
        with self._refused("enter the day the customer received"):
            record.action_refund_otherwise()
            record._refund_otherwise(fields.Datetime.now(), "现金退款。")
        record.date_delivered = self._today()
        self.assertIn("In time", record.advice)

    def test_settings_of_the_day_it_was_registered(self):
        self.company.complaint_no_reason_days = 14
        record = self._late(days=10)
        self.assertFalse(record.is_after_last_day)
        self.company.complaint_no_reason_days = 7
        record.date_delivered -= timedelta(days=1)
        self.assertEqual(record.right_days, 14)
        self.assertFalse(record.is_after_last_day)

    # ------------------------------------------------------------------
    # LATE
    # ------------------------------------------------------------------

    def test_late_return_needs_a_supervisor(self):
        record = self._late()
        self._back(record)
        with self._refused("told after the last day"):
            record.action_refund()
        with self._refused("a supervisor accepts late returns", AccessError):
            record.action_accept_late()
        self.assertFalse(record.can_accept_late)
        own = record.with_user(self.supervisor)
        self.assertTrue(own.can_accept_late)
        own.action_accept_late()
        self.assertEqual(record.late_accepted_by_id, self.supervisor)
        with self._refused("accepted already"):
            own.action_accept_late()
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        self.assertEqual(record.state, "done")

    def test_nobody_accepts_their_own_late_return(self):
        record = self._late(user=self.manager)
        self.assertFalse(record.can_accept_late)
        with self._refused("you registered it yourself", AccessError):
            record.action_accept_late()
        record.with_user(self.supervisor).action_accept_late()

    def test_in_time_there_is_nothing_to_accept(self):
        with self._refused("in time"):
            self._return().with_user(self.supervisor).action_accept_late()

    # ------------------------------------------------------------------
    # GOODS AND REFUND
    # ------------------------------------------------------------------

    def test_goods_back_start_the_limit_of_seven_days(self):
        with freeze_time(at("2026-03-05 09:00")):
            self.order.date_order = at("2026-02-27 12:00")
            record = self._return(date_delivered="2026-03-01")
            self.assertFalse(record.date_refund_due)
        with freeze_time(at("2026-03-06 23:30")):
            self._back(record)
        self.assertRecordValues(
            record,
            [
                {
                    "state": "goods_back",
                    "date_goods_back": at("2026-03-06 23:30"),
                    "date_refund_due": fields.Date.to_date("2026-03-13"),
                    "goods_note": "完好。",
                }
            ],
        )
        todo = record.sudo().activity_ids
        self.assertEqual(
            (todo.user_id, todo.date_deadline),
            (self.agent, fields.Date.to_date("2026-03-13")),
        )
        Return = self.env["customer.complaint.return"]
        late = [("is_late", "=", True), ("id", "=", record.id)]
        for moment, is_late in (
            ("2026-03-13 23:59", False),
            ("2026-03-14 00:00", True),
        ):
            with freeze_time(at(moment)):
                self.assertEqual(bool(Return.search_count(late)), is_late)
                record.invalidate_recordset(["is_late"])
                self.assertEqual(record.is_late, is_late)
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        self.assertFalse(Return.search_count(late))
        self.assertFalse(record.sudo().activity_ids)

    def test_goods_cannot_come_back_before_they_arrived(self):
        record = self._return()
        now = fields.Datetime.now()
        with self._refused("before the customer received"):
            self._back(record, date=now - timedelta(days=3))
        with self._refused("in the future"):
            self._back(record, date=now + timedelta(days=1))

    def test_the_stock_notes_the_goods_and_never_refuses(self):
        record = self._return()
        moment = fields.Datetime.now() - timedelta(days=3)
        record._note_goods_received(moment)
        record._note_goods_received(moment + timedelta(days=1))
        self.assertRecordValues(
            record, [{"state": "goods_back", "date_goods_back": moment}]
        )
        kept = self._return((self.syrup_line, 1))
        kept._cancel(False)
        kept._note_goods_received(moment)
        self.assertFalse(kept.date_goods_back)

    def test_no_refund_before_the_goods(self):
        record = self._return()
        with self._refused("the goods are not back yet"):
            record.action_refund()
        with self._refused("the goods are not back yet"):
            record._refund_otherwise(fields.Datetime.now(), "原路退回。")

    def test_nothing_has_to_come_back(self):
        service = self.env["product.product"].create(
            {"name": "线上课程", "type": "service", "list_price": 50}
        )
        lines = self._sold({"product_id": service.id, "product_uom_qty": 1})
        record = self._return((lines, 1), sale_order_id=lines.order_id.id)
        self.assertFalse(record.has_goods)
        self.assertEqual(record.date_refund_due, self._today() + timedelta(days=7))
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        self.assertEqual(record.state, "done")

    def test_credit_note_posted_by_accounting_ends_it(self):
        invoice = self._invoice(self.order.order_line)
        record = self._back()
        record.action_refund()
        note = record.sudo().credit_note_ids
        self.assertRecordValues(
            note,
            [
                {
                    "state": "draft",
                    "move_type": "out_refund",
                    "reversed_entry_id": invoice.id,
                    "amount_total": 257.0,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(record.state, "refunding")
        self.assertIn("Draft", record.refund_text)
        with self._refused("", (AccessError, UserError)):
            note.with_user(self.agent).action_post()
        with self._refused("", AccessError):
            record.action_open_credit_notes()
        note.with_user(self.accountant).action_post()
        self.assertRecordValues(
            record,
            [
                {
                    "state": "done",
                    "refund_note": note.display_name,
                    "credit_note_count": 1,
                }
            ],
        )
        self.assertTrue(record.date_refunded)
        self.assertEqual(self.cream_line.qty_invoiced, 1)

    def test_nothing_is_refunded_twice(self):
        self._invoice(self.order.order_line)
        record = self._back()
        record.action_refund()
        with self._refused("Somebody may have taken this step"):
            record.action_refund()
        with self._refused("Somebody may have taken this step"):
            record._refund_otherwise(fields.Datetime.now(), "现金。")
        with self._refused("Somebody may have taken this step"):
            record._refuse(self.perishable, "已开封。")
        record.sudo().credit_note_ids.action_post()
        with self._refused("Somebody may have taken this step"):
            record.action_refund()
        with self._refused("no refund is under way"):
            record.action_take_back_refund()

    def test_accounting_resets_and_cancels(self):
        self._invoice(self.order.order_line)
        record = self._back()
        record.action_refund()
        note = record.sudo().credit_note_ids
        note.action_post()
        note.button_draft()
        self.assertRecordValues(
            record,
            [{"state": "refunding", "date_refunded": False, "refund_note": False}],
        )
        note.button_cancel()
        self.assertEqual(record.state, "goods_back")
        record.action_refund()
        fresh = record.sudo().credit_note_ids - note
        fresh.with_user(self.accountant).unlink()
        self.assertRecordValues(
            record, [{"state": "goods_back", "credit_note_count": 1}]
        )
        record.action_refund()
        (record.sudo().credit_note_ids - note).action_post()
        self.assertEqual(record.state, "done")

    def test_take_back_the_drafts(self):
        self._invoice(self.order.order_line)
        record = self._back()
        record.action_refund()
        note = record.sudo().credit_note_ids
        record.action_take_back_refund()
        self.assertEqual((note.state, record.state), ("cancel", "goods_back"))
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        self.assertEqual(record.state, "done")
        # It does not go back because of a credit note that no longer counts.
        note.button_draft()
        self.assertEqual(record.state, "done")

    def test_posted_refund_is_not_taken_back_here(self):
        invoices = self._invoice(self.order.order_line, quantity=1)
        invoices |= self._invoice(self.order.order_line)
        record = self._back(self._return((self.cream_line, 3)))
        record.action_refund()
        notes = record.sudo().credit_note_ids
        self.assertEqual(len(notes), 2)
        notes[:1].action_post()
        self.assertEqual(record.state, "refunding")
        with self._refused("posted already"):
            record.action_take_back_refund()

    def test_what_was_not_invoiced_is_refunded_otherwise(self):
        record = self._back()
        with self._refused("not invoiced"):
            record.action_refund()
        self.assertEqual(record.state, "goods_back")
        with self._refused("Say how"):
            record._refund_otherwise(fields.Datetime.now(), "  ")
        with self._refused("in the future"):
            record._refund_otherwise(
                fields.Datetime.now() + timedelta(days=1), "现金。"
            )
        self._settle(record, "refund_otherwise", note="支付宝原路退回 20260117。")
        self.assertRecordValues(
            record,
            [{"state": "done", "refunded_by_id": self.agent.id}],
        )

    # ------------------------------------------------------------------
    # REFUSAL AND THE END
    # ------------------------------------------------------------------

    def test_exception_is_proposed_by_category_and_refuses_nothing(self):
        food = self.env["product.category"].create({"name": "食品"})
        fresh = self.env["product.category"].create(
            {"name": "生鲜", "parent_id": food.id}
        )
        self.perishable.product_category_ids = food
        self.cream.categ_id = fresh
        record = self._return((self.cream_line, 2), (self.syrup_line, 1))
        marked, plain = record.line_ids.sorted("quantity", reverse=True)
        self.assertEqual(marked.exception_id, self.perishable)
        self.assertFalse(plain.exception_id)
        self.assertIn("Fresh or perishable", record.advice)
        self.assertIn("your decision", record.advice)
        # The nearest category decides.
        nature = self.quick_ref("customer_complaint_return.return_exception_nature")
        nature.product_category_ids = fresh
        other = self._return((self.cream_line, 1))
        self.assertEqual(other.line_ids.exception_id, nature)
        self.assertIn("confirmed it at the purchase", other.advice)
        self._back(record)
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        self.assertEqual(record.state, "done")

    def test_refused_with_a_reason_that_is_told(self):
        self.cream.categ_id = self.env["product.category"].create({"name": "生鲜"})
        self.perishable.product_category_ids = self.cream.categ_id
        record = self._return()
        acknowledged = self._get_mails(record)
        dialog = self._ask("refuse", record)
        self.assertEqual(dialog.exception_id, self.perishable)
        self.assertIn("Fresh or perishable", dialog.reason)
        dialog.action_confirm()
        self.assertEqual(record.state, "refused")
        mail = self._get_mails(record) - acknowledged
        self.assertIn("Fresh or perishable", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)
        with self._refused("Say why"):
            self._return((self.syrup_line, 1))._refuse(self.perishable, " ")

    def test_refusal_proposes_the_last_day(self):
        dialog = self._ask("refuse", self._late())
        self.assertIn("ended on", dialog.reason)

    def test_customer_keeps_it_without_saying_why(self):
        record = self._settle(self._return(), "cancel")
        self.assertEqual(record.state, "cancelled")
        self.assertTrue(record.date_cancelled)
        # The goods can come back by another return.
        self._return((self.cream_line, 3))
        with self._refused("cannot come back", ValidationError):
            record.action_start_again()

    def test_start_again(self):
        record = self._back()
        record._refuse(self.perishable, "已开封。")
        record.action_start_again()
        self.assertRecordValues(
            record,
            [
                {
                    "state": "goods_back",
                    "refusal_reason": False,
                    "refusal_exception_id": False,
                }
            ],
        )
        with self._refused("neither refused nor cancelled"):
            record.action_start_again()

    def test_exception_in_use_is_archived_not_deleted(self):
        record = self._return()
        record.line_ids.exception_id = self.perishable
        self._give_all_companies(self.manager)
        with self._refused("Archive it"):
            self.perishable.with_user(self.manager).unlink()
        self.perishable.with_user(self.manager).active = False

    # ------------------------------------------------------------------
    # PAPERS
    # ------------------------------------------------------------------

    def _print(self, name, record, user=None):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.agent)
            ._render_qweb_html(f"customer_complaint_return.{name}", record.ids)
        )
        return html.decode()

    def test_papers(self):
        record = self._return(date_received=fields.Datetime.now())
        html = self._print("report_return_acknowledgement", record)
        for text in (record.name, "(Asia/Shanghai)", "保湿面霜", "257", "李娜"):
            self.assertIn(text, html)
        with self._refused("it is not refused"):
            self._print("report_return_refusal", record)
        record._refuse(self.perishable, SCRIPT)
        html = self._print("report_return_refusal", record)
        self.assertIn("&lt;script&gt;alert", html)
        self.assertNotIn("<script>alert", html)
        for user in (self.stranger, self.employee):
            with self._refused("", AccessError):
                self._print("report_return_acknowledgement", record, user)

    def test_papers_speak_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        self.order.date_order = at("2026-02-27 12:00")
        with freeze_time(at("2026-03-05 10:05")):
            html = self._print(
                "report_return_acknowledgement",
                self._return(date_delivered="2026-03-04"),
            )
        self.assertIn("2026/03/05", html)


@tagged("post_install", "-at_install", "slow")
class TestReturnInput(ReturnCase):
    """What must not be entered, by whichever way."""

    def test_more_than_was_sold(self):
        for quantity, text in ((4, "only 3 of order"), (1e12, "Enter a number")):
            with self._refused(text, ValidationError):
                self._return((self.cream_line, quantity))
        with self._refused("only 3 of order", ValidationError):
            self._return((self.cream_line, 2), (self.cream_line, 2))
        record = self._return((self.cream_line, 2))
        with self._refused("only 1 of order", ValidationError):
            self._return((self.cream_line, 2))
        with self._refused("only 3 of order", ValidationError):
            record.line_ids.quantity = 4
        record.line_ids.quantity = 3

    def test_numbers_that_are_none(self):
        for quantity in (-1, float("nan"), float("inf")):
            with self._refused("", ValidationError):
                self._return((self.cream_line, quantity))
        record = self._return()
        for quantity in (0, -1, float("nan")):
            with self._refused("", ValidationError):
                record.line_ids.write({"quantity": quantity})

    def test_nothing_comes_back(self):
        for lines in ([], [Command.create({"sale_order_line_id": 0, "quantity": 0})]):
            with self._refused("enter how many of which", ValidationError):
                self._return(line_ids=lines)
        record = self._return()
        with self._refused("enter how many of which", ValidationError):
            record.line_ids.unlink()

    def test_goods_refunded_by_complaints_count(self):
        complaint = self._take_to(
            self._create_complaint(team_id=self.team.id), "remediation"
        )
        self._asked(
            complaint=complaint,
            lines=[
                {
                    "kind": "refund",
                    "complaint_line_id": complaint.line_ids.id,
                    "quantity": 2,
                    "amount": 257,
                }
            ],
        )
        with self._refused("only 1 of order", ValidationError):
            self._return((self.cream_line, 2))
        self._return((self.cream_line, 1))

    def test_goods_on_credit_notes_count(self):
        invoice = self._invoice(self.order.order_line)
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        reversal.refund_moves()
        with self._refused("only 0 of order", ValidationError):
            self._return((self.cream_line, 1))
        reversal.new_move_ids.button_cancel()
        record = self._back(self._return((self.cream_line, 2)))
        record.action_refund()
        record.sudo().credit_note_ids.action_post()
        # Counted once: by the return, not by its credit note as well.
        self._return((self.cream_line, 1))

    def test_order_that_is_not_theirs(self):
        other = self.env["res.partner"].create({"name": "王伟"})
        with self._refused("was not sold to", ValidationError):
            self._return(partner_id=other.id)
        quotation = self.order.copy()
        with self._refused("not confirmed", ValidationError):
            self._return(
                (quotation.order_line[0], 1),
                sale_order_id=quotation.id,
            )
        foreign = self._create_confirmed_order()
        with self._refused("was not sold with order", ValidationError):
            self._return((foreign.order_line[0], 1))

    def test_days_that_cannot_be(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self._refused("in the future", ValidationError):
            self._return(date_received=tomorrow)
        with self._refused("in the future", ValidationError):
            self._return(date_delivered=self._today() + timedelta(days=1))
        with self._refused("before they bought", ValidationError):
            self._return(date_delivered=self._today() - timedelta(days=400))

    def test_what_the_steps_set_is_refused(self):
        record = self._return()
        moment = fields.Datetime.now()
        for values in (
            {"state": "done"},
            {"name": "TH/2026/99999"},
            {"date_refunded": moment},
            {"late_accepted_by_id": self.agent.id},
            {"date_goods_back": moment},
            {"right_days": 365},
            {"date_acknowledged": moment},
            {"is_after_last_day": False},
            {"credit_note_count": 3},
        ):
            with self.subTest(values=values), self._refused("use the buttons"):
                record.write(values)
        for values in (
            {"partner_id": self.env["res.partner"].create({"name": "王伟"}).id},
            {"sale_order_id": self._create_confirmed_order().id},
        ):
            with self._refused("so they stay"):
                record.write(values)
        with self._refused("never deleted|not allowed|stays", (UserError, AccessError)):
            record.with_user(self.manager).unlink()

    def test_forged_values_of_a_new_return(self):
        forged = {
            "state": "done",
            "name": "TH/1999/00001",
            "right_days": 365,
            "late_accepted_by_id": self.agent.id,
            "date_refunded": fields.Datetime.now(),
            "amount_total": 9,
        }
        system = self.env["customer.complaint.return"]._get_marked_fields("system")
        self.assertLessEqual(forged.keys(), system)
        by_values = self._return(**forged)
        context = {f"default_{name}": value for name, value in forged.items()}
        by_context = (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .with_context(**context)
            .create(self._prepare_return_vals((self.syrup_line, 1)))
        )
        for record, amount in ((by_values, 257), (by_context, 36)):
            self.assertRecordValues(
                record,
                [
                    {
                        "state": "registered",
                        "right_days": 7,
                        "late_accepted_by_id": False,
                        "date_refunded": False,
                        "amount_total": amount,
                    }
                ],
            )
            self.assertNotEqual(record.name, "TH/1999/00001")

    def test_forged_amount_of_a_line(self):
        record = self._return(
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": self.cream_line.id,
                        "quantity": 1,
                        "amount_total": 9999,
                    }
                )
            ]
        )
        record.line_ids.write({"amount_total": 9999})
        self.assertEqual(record.amount_total, 128.5)

    def test_settled_returns_do_not_change(self):
        record = self._back()
        record._refund_otherwise(fields.Datetime.now(), "原路退回。")
        line = record.line_ids
        for change in (
            lambda: line.write({"quantity": 1}),
            lambda: line.unlink(),
            lambda: record.write(
                {"line_ids": [Command.update(line.id, {"quantity": 1})]}
            ),
            lambda: record.write({"line_ids": [Command.clear()]}),
            lambda: record.write({"date_delivered": "2026-01-01"}),
            lambda: record.write({"has_goods": False}),
            lambda: line.create(
                {"return_id": record.id, "sale_order_line_id": self.syrup_line.id}
            ),
        ):
            with self._refused("no longer changes"):
                change()

    def test_line_stays_with_its_return(self):
        first, second = self._return(), self._return((self.syrup_line, 1))
        with self._refused("stays with its return", ValidationError):
            first.line_ids.write({"return_id": second.id})

    def test_changes_after_the_acknowledgement_are_noted(self):
        record = self._return()
        record.line_ids.quantity = 1
        self.assertIn("保湿面霜 × 1", record.message_ids[0].body)
        record.write(
            {
                "line_ids": [
                    Command.create(
                        {"sale_order_line_id": self.syrup_line.id, "quantity": 2}
                    )
                ]
            }
        )
        self.assertIn("added", record.message_ids[0].body)

    def test_import(self):
        names = [
            "sale_order_id/.id",
            "line_ids/sale_order_line_id/.id",
            "line_ids/quantity",
        ]
        Return = self.env["customer.complaint.return"].with_user(self.agent)
        order, cream = str(self.order.id), str(self.cream_line.id)
        result = Return.load(names, [[order, cream, "9"]])
        self.assertIn("cannot come back", result["messages"][0]["message"])
        result = Return.load([*names, "state"], [[order, cream, "1", "Refunded"]])
        self.assertEqual(Return.browse(result["ids"]).state, "registered")

    def test_script_is_text(self):
        self.customer.name = SCRIPT
        record = self._return(note=SCRIPT)
        self._back(record, note=SCRIPT)
        record._refund_otherwise(fields.Datetime.now(), SCRIPT)
        kept = self._return((self.syrup_line, 1))
        kept._cancel(SCRIPT)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "customer_complaint_return.report_return_acknowledgement", record.ids
        )
        self.assertNotIn(b"<script>alert", html)
        self.env.flush_all()
        self.cr.flush()
        for message in (record | kept).sudo().message_ids:
            self.assertNotIn("<script", message.body or "")
        mails = self.env["mail.mail"].search([("model", "=", record._name)])
        self.assertTrue(mails)
        for mail in mails:
            self.assertNotIn("<script", mail.body_html)


@tagged("post_install", "-at_install", "slow")
class TestReturnRights(ReturnCase):
    """Who registers, reads and carries out returns."""

    def test_who_registers(self):
        for user in (self.agent, self.stranger, self.supervisor, self.manager):
            with self.subTest(user=user.login):
                self._return((self.syrup_line, 1), user=user)
        for user in (
            self.auditor,
            self.archivist,
            self.quality_user,
            self.employee,
            self.accountant,
        ):
            with self.subTest(user=user.login), self._refused("", AccessError):
                self._return((self.cream_line, 1), user=user)

    def test_who_reads(self):
        record = self._return()
        for user, sees in (
            (self.agent, True),
            (self.colleague, True),
            (self.supervisor, True),
            (self.manager, True),
            (self.auditor, True),
            (self.stranger, False),
        ):
            with self.subTest(user=user.login):
                own = record.with_user(user)
                found = own.search([("id", "=", record.id)])
                self.assertEqual(bool(found), sees)
                lines = self.env["customer.complaint.return.line"].with_user(user)
                self.assertEqual(
                    bool(lines.search([("return_id", "=", record.id)])), sees
                )
        for user in (self.archivist, self.quality_user, self.employee):
            with self.subTest(user=user.login), self._refused("", AccessError):
                record.with_user(user).read(["name"])
            with self._refused("", AccessError):
                record.line_ids.with_user(user).read(["quantity"])

    def _get_deeds(self, record):
        """Return each step of a return, as a call by RPC takes it."""
        settle = self.env["customer.complaint.return.settle"]
        return {
            **{
                name: lambda own, name=name: getattr(own, f"action_{name}")()
                for name in (
                    "accept_late",
                    "refund",
                    "take_back_refund",
                    "print_acknowledgement",
                    "start_again",
                )
            },
            **{
                deed: lambda own, deed=deed: (
                    settle.with_user(own.env.user)
                    .create(
                        {"return_id": own.id, "deed": deed, "note": "x", "reason": "x"}
                    )
                    .action_confirm()
                )
                for deed in ("goods_back", "refund", "refuse", "cancel")
            },
            "write": lambda own: own.write({"note": "x"}),
            "lines": lambda own: own.write(
                {"line_ids": [Command.update(record.line_ids.id, {"quantity": 1})]}
            ),
            "line": lambda own: own.line_ids.browse(record.line_ids.ids).write(
                {"quantity": 1}
            ),
            "drop": lambda own: own.line_ids.browse(record.line_ids.ids).unlink(),
            "delete": lambda own: own.unlink(),
        }

    def test_strangers_and_readers_take_no_step(self):
        record = self._return()
        for user in (
            self.stranger,
            self.auditor,
            self.archivist,
            self.quality_user,
            self.employee,
            self.accountant,
        ):
            for name, deed in self._get_deeds(record).items():
                with (
                    self.subTest(user=user.login, deed=name),
                    self._refused("", AccessError),
                ):
                    deed(record.with_user(user))
        self.assertEqual(record.state, "registered")

    def test_portal_sees_nothing(self):
        portal = new_test_user(
            self.env, login="portal_lina", groups="base.group_portal"
        )
        portal.partner_id.parent_id = self.customer
        record = self._return()
        with self._refused("", AccessError):
            record.with_user(portal).read(["name"])

    def test_other_company(self):
        manager = self._new_outsider("manager")
        record = self._return()
        own = record.with_user(manager)
        self.assertFalse(own.search([("id", "=", record.id)]))
        with self._refused("", AccessError):
            own.action_refund()
        with self._refused("", (AccessError, ValidationError)):
            self._return((self.syrup_line, 1), user=manager)

    def test_order_that_one_may_not_read(self):
        self.env["ir.rule"].create(
            {
                "name": "own orders",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "domain_force": f"[('id', '!=', {self.order.id})]",
                "groups": [
                    Command.link(
                        self.quick_ref("customer_complaint.group_complaint_agent").id
                    )
                ],
            }
        )
        with self._refused("", AccessError):
            self._return()

    def test_exceptions_are_the_managers(self):
        for user in (self.agent, self.supervisor, self.auditor):
            with self._refused("", AccessError):
                self.perishable.with_user(user).name = "x"
        self._give_all_companies(self.manager)
        self.perishable.with_user(self.manager).name = "生鲜易腐"
        self.perishable.with_user(self.agent).read(["name"])

    def test_accountant_without_role_posts(self):
        """The return follows although whoever posts does not see it."""
        self._invoice(self.order.order_line)
        record = self._back()
        record.action_refund()
        note = record.sudo().credit_note_ids.with_user(self.accountant)
        note.read(["name", "state"])
        note.action_post()
        self.assertEqual(record.state, "done")

    def test_list_of_eighty_costs_as_much_as_of_two(self):
        lines = self._sold(*({"product_uom_qty": 9} for _i in range(2)))
        records = self.env["customer.complaint.return"].browse()
        for _i in range(8):
            records |= self._return(
                (lines[0], 1), (lines[1], 1), sale_order_id=lines.order_id.id
            )
        fields_read = ["name", "partner_id", "is_late", "amount_total", "state"]

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.agent).read(fields_read)
            return self.cr.sql_log_count - before

        count(records)
        self.assertLessEqual(count(records), count(records[:2]) + 1)
