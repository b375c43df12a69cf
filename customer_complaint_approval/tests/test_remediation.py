from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.remediation_common import SIGNATURE

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestRemediation(ApprovalCase):
    """What a customer receives: lines, changes, agreement, carrying out, the end."""

    def test_from_the_form_to_carried_out(self):
        complaint = self._decided()
        action = complaint.action_propose_remediation()
        form = Form(self._follow(action))
        with form.line_ids.new() as line:
            line.kind = "refund"
            line.complaint_line_id = complaint.line_ids
            line.amount = 128.5
        with form.line_ids.new() as line:
            line.kind = "apology"
        remediation = form.save()
        with self._refused("say under “Reasons” why"):
            remediation.action_ask()
        remediation.note = "面霜含异物，退货退款。"
        self.assertRecordValues(
            remediation,
            [{"name": f"{complaint.name}-1", "state": "draft", "amount_total": 128.5}],
        )
        self.assertEqual(remediation.line_ids[0].product_id, self.cream)
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(remediation.state, "approved")
        self.assertEqual(complaint.compensation_total, 0)
        self._agree(remediation)
        self.assertRecordValues(
            complaint,
            [
                {
                    "compensation_total": 128.5,
                    "has_return": True,
                    "has_other_measure": True,
                    "has_compensation": False,
                    "date_agreed": remediation.date_agreed,
                    "date_carried_out": False,
                }
            ],
        )
        self._carry_out(remediation.line_ids[0])
        self.assertEqual(remediation.state, "agreed")
        self._carry_out(remediation.line_ids[1], note="已当面致歉。")
        self.assertEqual(remediation.state, "done")
        self.assertTrue(complaint.date_carried_out)
        self.assertEqual(remediation.line_ids[1].done_by_id, self.agent)

    def _agree(self, remediation, **values):
        dialog = self._ask("agree", remediation, **values)
        if not values.get("signature"):
            dialog.attachment_ids = self._upload("协议.pdf")
        dialog.action_confirm()

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_amounts_that_cannot_be(self):
        complaint = self._decided()
        for amount, text in {
            -0.01: "cannot be negative",
            0: "enter the amount",
            1e12: "Check the decimal point",
            10.005: "more decimals",
            float("nan"): "number",
            float("inf"): "number",
            "9e999": "number",
            "-9e999": "number",
            "ten": "number",
        }.items():
            with self.subTest(amount=amount), self._refused(text, ValidationError):
                self._propose(amount, complaint)
        remediation = self._propose(10, complaint)
        for amount in (-1, 0, 1e12, 10.005, float("inf")):
            with (
                self.subTest(amount=amount),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                remediation.line_ids.amount = amount

    def test_kinds_that_cost_nothing(self):
        for kind in ("apology", "redo", "other"):
            self.assertEqual(self._propose(lines=[{"kind": kind}]).amount_total, 0)

    def test_quantity_beyond_what_is_complained_of(self):
        complaint = self._decided()
        about = complaint.line_ids.id
        for quantity, text in {
            2: "more than",
            0: "above zero",
            -1: "above zero",
        }.items():
            with self._refused(text, ValidationError):
                self._propose(
                    complaint=complaint,
                    lines=[
                        {
                            "kind": "refund",
                            "amount": 10,
                            "complaint_line_id": about,
                            "quantity": quantity,
                        }
                    ],
                )

    def test_product_of_another_complaint(self):
        with self._refused("not in this complaint", ValidationError):
            self._propose(
                lines=[
                    {
                        "kind": "refund",
                        "amount": 1,
                        "complaint_line_id": self._decided().line_ids.id,
                    }
                ]
            )

    def test_foreign_currency_at_the_rate_of_the_day(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        line = {"kind": "compensation", "amount": 100, "currency_id": currency.id}
        complaint = self._decided()
        with self._refused("there is no rate for XTS", ValidationError):
            self._propose(complaint=complaint, lines=[line])
        today = self.company._complaint_today()
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": self.company.id,
                    "name": today - timedelta(days=days),
                    "rate": rate,
                }
                for days, rate in ((10, 0.5), (0, 0.25))
            ]
        )
        remediation = self._propose(complaint=complaint, lines=[line])
        self.assertEqual(remediation.amount_total, 400)
        self.assertEqual(remediation.currency_id, self.company.currency_id)
        remediation._write_unguarded({"date_rate": today - timedelta(days=5)})
        self.assertEqual(remediation.amount_total, 200)
        remediation.action_ask()
        self.assertEqual(remediation.amount_total, 400)

    def test_nothing_to_ask_for(self):
        remediation = self._propose()
        remediation.line_ids.unlink()
        with self._refused("enter what the customer gets"):
            remediation.action_ask()

    def test_steps_set_what_the_steps_set(self):
        """Not by a form, an import, RPC or one2many commands of the complaint."""
        complaint = self._decided()
        forged = {
            "state": "approved",
            "round": 3,
            "date_approved": fields.Datetime.now(),
        }
        remediation = self._propose(complaint=complaint, **forged)
        self.assertRecordValues(
            remediation, [{"state": "draft", "round": 0, "date_approved": False}]
        )
        for name, value in {
            "state": "approved",
            "amount_total": 1,
            "date_agreed": fields.Datetime.now(),
            "number": 7,
            "approval_ids": [Command.create({"decision": "approved"})],
        }.items():
            with self._refused("use the buttons"):
                remediation.write({name: value})
            with self._refused("use the buttons"):
                complaint.write(
                    {"remediation_ids": [Command.update(remediation.id, {name: value})]}
                )
        line = remediation.line_ids
        for name, value in {"state": "done", "amount_company": 1}.items():
            with self._refused("use the button"):
                line.write({name: value})
        complaint.write(
            {
                "remediation_ids": [
                    Command.create({"state": "done", "note": "x", "amount_total": 9})
                ]
            }
        )
        self.assertEqual(set(complaint.remediation_ids.mapped("state")), {"draft"})
        result = (
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .load(["complaint_id/.id", "state"], [[str(complaint.id), "Approved"]])
        )
        imported = self.env["customer.complaint.remediation"].browse(result["ids"])
        self.assertEqual(imported.mapped("state"), ["draft"] * len(imported))

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_strangers_are_refused(self):
        remediation = self._propose()
        complaint = remediation.complaint_id
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.subTest(user=user.name):
                for deed in (
                    lambda u: self._propose(complaint=complaint.with_user(u), user=u),
                    lambda u: remediation.with_user(u).write({"note": "x"}),
                    lambda u: remediation.line_ids.with_user(u).write({"amount": 1}),
                    lambda u: remediation.line_ids.with_user(u).unlink(),
                    lambda u: remediation.with_user(u).action_ask(),
                    lambda u: remediation.with_user(u).action_take_back(),
                    lambda u: remediation.with_user(u)._cancel("x"),
                    lambda u: remediation.with_user(u).unlink(),
                ):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        deed(user)
        for user in (self.auditor, self.archivist, self.supervisor, self.manager):
            self.assertEqual(remediation.with_user(user).amount_total, 300)
        for user in (self.stranger, self.employee, self.quality_user):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                remediation.with_user(user).read(["amount_total"])

    def test_recused_people_do_nothing(self):
        remediation = self._approved()
        self._recuse(remediation.complaint_id, self.colleague)
        mine = remediation.with_user(self.colleague)
        for deed in (
            lambda: mine._cancel("x"),
            lambda: mine.line_ids.write({"amount": 1}),
            lambda: mine.line_ids.action_carry_out(),
            lambda: mine._check_may_step(),
        ):
            with self._refused("recused", AccessError):
                deed()

    # ------------------------------------------------------------------
    # WHAT IS READ AND SIGNED
    # ------------------------------------------------------------------

    def test_quantities_read_as_they_were_entered(self):
        """An eighth of a kilo of saffron is no 0.13; a million is no 1e+06."""
        self.env.ref("uom.decimal_product_uom").digits = 3
        kilo = self.quick_ref("uom.product_uom_kgm")
        saffron = self.env["product.product"].create(
            {"name": "西红花", "uom_id": kilo.id, "list_price": 20000}
        )
        complaint = self._decided(
            line_ids=[Command.create({"product_id": saffron.id, "quantity": 0.125})]
        )
        about = {
            "complaint_line_id": complaint.line_ids.id,
            "product_uom_id": kilo.id,
        }
        remediation = self._approved(
            complaint=complaint,
            lines=[
                {"kind": "refund", "quantity": 0.125, "amount": 250, **about},
                {"kind": "other", "quantity": 1234567, "product_id": self.cream.id},
            ],
        )
        self._agree(remediation)
        self.assertIn("0.125 kg", remediation.signed_text)
        self.assertIn("· 1,234,567\n", remediation.signed_text)
        remediation.line_ids[1].unlink()
        self.assertIn("× 1,234,567,", complaint.message_ids[0].body)

    # ------------------------------------------------------------------
    # CHANGES AFTER THE APPROVAL
    # ------------------------------------------------------------------

    def test_waiting_for_approval_nothing_changes(self):
        remediation = self._asked()
        for deed in (
            lambda: remediation.line_ids.write({"amount": 1}),
            lambda: remediation.line_ids.unlink(),
            lambda: remediation.write({"note": "x"}),
            lambda: remediation.write({"line_ids": [Command.clear()]}),
            lambda: remediation.line_ids.create(
                {"remediation_id": remediation.id, "kind": "apology"}
            ),
        ):
            with self._refused("Take it back first"):
                deed()
        remediation.action_take_back()
        remediation.line_ids.amount = 200
        self.assertEqual(remediation.amount_total, 200)

    def test_raise_after_the_approval_needs_it_anew(self):
        for change in (
            lambda rem: rem.line_ids.write({"amount": 300.01}),
            lambda rem: rem.line_ids.write({"kind": "travel"}),
            lambda rem: rem.line_ids.write({"kind": "apology", "amount": 0}),
            lambda rem: rem.line_ids.write({"quantity": 2}),
            lambda rem: rem.line_ids.write({"product_id": self.syrup.id}),
            lambda rem: rem.write({"line_ids": [Command.create({"kind": "apology"})]}),
        ):
            remediation = self._approved()
            change(remediation)
            self.assertRecordValues(
                remediation, [{"state": "draft", "date_approved": False}]
            )
            approval = remediation.approval_ids
            self.assertEqual(approval.amount_total, 300)
            self.assertEqual(approval.snapshot["lines"][0]["amount"], 300)
            self.assertIn("300.00", approval.snapshot_text)
            note = remediation.complaint_id.message_ids[0].body
            self.assertIn("asked for anew", note)
            remediation.action_ask()
            self.assertEqual((remediation.state, remediation.round), ("to_approve", 2))

    def test_lowering_after_the_approval_is_noted(self):
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 300},
                {"kind": "travel", "amount": 50},
            ]
        )
        self._agree(remediation)
        money, travel = remediation.line_ids
        money.amount = 200
        self.assertRecordValues(
            remediation,
            [{"state": "approved", "amount_total": 250, "date_agreed": False}],
        )
        self.assertIn("200.00", remediation.complaint_id.message_ids[0].body)
        travel.unlink()
        self.assertRecordValues(
            remediation, [{"state": "approved", "amount_total": 200}]
        )
        self.assertIn("dropped", remediation.complaint_id.message_ids[0].body)
        with self._refused("keeps a line"):
            money.unlink()
        money.note = "周五前"
        self.assertEqual(remediation.state, "approved")

    def test_what_is_done_stays(self):
        remediation = self._approved(
            lines=[
                {"kind": "compensation", "amount": 300},
                {"kind": "apology"},
            ]
        )
        money, apology = remediation.line_ids
        self._carry_out(money)
        for deed in (lambda: money.write({"amount": 1}), lambda: money.unlink()):
            with self._refused("stays as it is"):
                deed()
        with self._refused("carried out already"):
            money.action_carry_out()
        with self._refused("carried out already"):
            remediation._cancel("顾客不要了。")
        with self._refused("carried out already"):
            self._give_reason(remediation, "decline", self.agent)
        apology.unlink()
        self.assertEqual(remediation.state, "done")
        with self._refused("was carried out"):
            money.write({"amount": 1})

    def test_nothing_is_carried_out_before_the_approval(self):
        remediation = self._propose()
        for step in (None, remediation.action_ask):
            if step:
                step()
            with self._refused("is not approved"):
                remediation.line_ids.action_carry_out()
            with self._refused("is not approved"):
                remediation.line_ids._sign_done("已付")
            with self._refused("now"):
                remediation._agree("李娜", "x", files=self._upload())

    def test_carried_out_by_a_signed_note(self):
        remediation = self._approved()
        with self._refused("Say how"):
            remediation.line_ids._sign_done(" ")
        with self._refused("in the future"):
            remediation.line_ids._sign_done(
                "已付", fields.Datetime.now() + timedelta(days=1)
            )

    def test_goods_returned_start_the_clock_once(self):
        remediation = self._approved()
        moment = fields.Datetime.now()
        remediation.line_ids._note_goods_returned(moment)
        remediation.line_ids._note_goods_returned(moment - timedelta(seconds=5))
        self.assertEqual(remediation.complaint_id.date_goods_returned, moment)

    # ------------------------------------------------------------------
    # AGREEMENT
    # ------------------------------------------------------------------

    def test_agreement_needs_proof(self):
        remediation = self._approved()
        with self._refused("signed copy"):
            self._ask("agree", remediation).action_confirm()
        version = remediation._get_agreement_version()
        with self._refused("say who signed"):
            remediation._agree(" ", version, signature=SIGNATURE)
        with self._refused("in the future"):
            remediation._agree(
                "李娜", version, fields.Datetime.now() + timedelta(days=1), SIGNATURE
            )
        self._agree(remediation, signature=SIGNATURE)
        self.assertRecordValues(
            remediation, [{"state": "agreed", "signer_name": "李娜"}]
        )
        self.assertTrue(remediation.signature)
        with self._refused("reload the page"):
            remediation._agree("李娜", version, signature=SIGNATURE)

    def test_signed_copy_is_filed_with_the_archive_card(self):
        remediation = self._approved()
        self._agree(remediation)
        paper = remediation.agreement_document_id
        self.assertEqual(paper.type_id.card_box, "agreement")
        self.assertEqual(paper.complaint_id, remediation.complaint_id)
        self.assertEqual(paper.attachment_ids.res_id, paper.id)
        dialog = self._ask("file_receipt", remediation)
        with self._refused("add the signed receipt"):
            dialog.action_confirm()
        dialog.attachment_ids = self._upload("收条.jpg")
        dialog.action_confirm()
        self.assertEqual(remediation.receipt_document_id.type_id.card_box, "receipt")

    def test_declined_goes_back_to_the_handler(self):
        remediation = self._approved()
        complaint = remediation.complaint_id
        self._agree(remediation)
        self.assertTrue(complaint.date_agreed)
        self._give_reason(remediation, "decline", self.agent, "金额太低。")
        self.assertRecordValues(
            remediation,
            [{"state": "draft", "decline_reason": "金额太低。", "date_agreed": False}],
        )
        self.assertFalse(complaint.date_agreed)
        self.assertEqual(complaint.compensation_total, 0)
        self.assertIn(complaint.user_id, self._get_todo_users(remediation))
        with self._refused("can be declined"):
            self._give_reason(remediation, "decline", self.agent)

    def test_day_of_agreement_entered_by_hand_stays(self):
        complaint = self._decided()
        moment = fields.Datetime.now()
        complaint.date_agreed = moment
        self._approved(complaint=complaint)
        self.assertEqual(complaint.date_agreed, moment)

    # ------------------------------------------------------------------
    # THE COMPLAINT
    # ------------------------------------------------------------------

    def test_does_not_close_before_it_is_carried_out(self):
        complaint = self._decided()
        self._take_to_followup(complaint)
        remediation = self._asked(complaint=complaint)
        self.assertIn(remediation.name, complaint.next_step_note)
        with self._refused("still waits for approval"):
            complaint.action_close()
        remediation.with_user(self.supervisor).action_approve()
        self.assertFalse(complaint.date_carried_out)
        with self._refused("not carried out yet"):
            complaint.action_close()
        with self._refused("not carried out yet"):
            self._withdraw(complaint)
        self._carry_out(remediation.line_ids)
        self.assertTrue(complaint.date_carried_out)
        draft = self._propose(50, complaint)
        complaint.action_close()
        self.assertEqual(draft.state, "cancelled")
        with self._refused("has ended"):
            self._propose(complaint=complaint)

    def _take_to_followup(self, complaint):
        self._tell_decision(complaint)
        if complaint.state != "followup":
            complaint.action_follow_up()

    def test_withdrawal_ends_what_nobody_approved(self):
        complaint = self._decided()
        remediation = self._asked(complaint=complaint)
        self._withdraw(complaint)
        self.assertEqual(remediation.state, "cancelled")
        self.assertFalse(self._get_todo_users(remediation))

    def test_deleted_draft_leaves_nothing(self):
        complaint = self._decided()
        self._propose(complaint=complaint).unlink()
        self.assertRecordValues(
            complaint, [{"compensation_total": 0, "remediation_count": 0}]
        )
        with self._refused("stays on record"):
            remediation = self._asked(complaint=complaint)
            remediation.action_take_back()
            remediation.unlink()

    def test_cancelled_and_started_again_keeps_its_history(self):
        remediation = self._approved()
        self._agree(remediation)
        with self._refused("Say why"):
            remediation._cancel(" ")
        self._give_reason(remediation, "cancel", self.agent, "顾客改主意。")
        self.assertEqual(remediation.complaint_id.compensation_total, 0)
        remediation.action_start_again()
        self.assertRecordValues(
            remediation, [{"state": "draft", "date_approved": False}]
        )
        self.assertEqual(len(remediation.approval_ids), 1)
        with self._refused("neither refused nor cancelled"):
            remediation.action_start_again()

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def test_foreign_file_is_refused(self):
        document = self._create_document(
            self._decided(), attachment_ids=[Command.link(self._upload().id)]
        )
        with self.assertRaises(UserError):
            self._propose().line_ids.attachment_ids = document.attachment_ids
