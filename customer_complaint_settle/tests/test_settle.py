from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.models.customer_complaint_category import NEEDS
from odoo.addons.customer_complaint.tests.remediation_common import SIGNATURE
from odoo.addons.customer_complaint_account.tests.accounting_common import (
    AccountingCase,
)
from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase


class SettleCase(AccountingCase, ApprovalCase):
    """A coat that was sold and billed, and an assistant at the counter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold = cls._sold({"product_uom_qty": 1, "price_unit": 100})
        cls.order = cls.sold.order_id
        cls.order.user_id = cls.agent
        cls.invoice = cls._invoice(cls.sold)
        # What a shop finds and confirms by itself.
        cls.appearance = cls.env.ref("customer_complaint.category_quality_appearance")
        cls.appearance.write(dict.fromkeys(NEEDS, False))
        cls.company.complaint_spot_category_id = cls.appearance
        cls.company.complaint_channel_id = cls.env.ref(
            "customer_complaint.channel_counter"
        )

    def _dialog(self, action=None, user=None, **values):
        """Fill in the dialog as it opens from the order."""
        user = user or self.agent
        action = action or self.order.with_user(user).action_settle_complaint()
        Model = self.env[action["res_model"]].with_user(user)
        form = Form(Model.with_context(**action["context"]))
        texts = {"conclusion_note": "左袖有两厘米划痕。"}
        if not form.complaint_id:
            texts["description"] = "大衣左袖有划痕。"
        for name, value in {**texts, **values}.items():
            form[name] = value
        return form.save()

    def _settle(self, **values):
        dialog = self._dialog(**values)
        dialog.action_settle()
        return dialog

    def _sign(self, dialog, **values):
        dialog.write({"signature": SIGNATURE, **values})
        dialog.action_sign()
        return dialog.complaint_id

    def _limit_of_agents(self, amount):
        """Let assistants grant up to an amount alone."""
        self.tiers["supervisor"].amount_from = amount + 0.01


@tagged("post_install", "-at_install")
class TestSettle(SettleCase):
    # ------------------------------------------------------------------
    # THE COMMON CASE
    # ------------------------------------------------------------------

    def test_within_ones_own_limit_it_is_done_at_once(self):
        self._limit_of_agents(200)
        dialog = self._settle()
        # What was billed was proposed; the one product is ticked.
        self.assertEqual(dialog.line_ids.amount, 100)
        self.assertEqual(dialog.remediation_id.state, "approved")
        self.assertIn("100", dialog.text)
        complaint = self._sign(dialog)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "followup",
                    "is_settled_on_the_spot": True,
                    "conclusion": "established",
                    "user_id": self.agent.id,
                    "sale_order_id": self.order.id,
                }
            ],
        )
        remediation = complaint.remediation_ids
        self.assertRecordValues(
            remediation,
            [
                {
                    "state": "agreed",
                    "signer_name": self.customer.name,
                    "amount_total": 100,
                }
            ],
        )
        self.assertTrue(remediation.receipt_document_id)
        self.assertIn("100", remediation.signed_text)
        notice = complaint.notice_ids.filtered(lambda n: n.kind == "decision")
        self.assertRecordValues(notice, [{"way": "hand", "state": "succeeded"}])
        self.assertIn("in person", notice.proof_ref)
        approvals = remediation.approval_ids
        self.assertRecordValues(
            approvals, [{"decision": "approved", "user_id": self.agent.id}]
        )
        # Accounting does the last of it.
        note = remediation.line_ids.sudo().credit_note_ids
        self.assertEqual(note.amount_total, 100)
        note.with_user(self.accountant).action_post()
        self.assertRecordValues(
            complaint, [{"state": "closed", "closed_by_id": self.agent.id}]
        )
        self.assertEqual(complaint.archive_card_id.state, "sealed")

    def test_what_is_refunded_already_is_said(self):
        self._settle()
        dialog = self._dialog()
        self.assertFalse(dialog.line_ids.amount)
        with self._refused("Nothing is left to refund of"):
            dialog.action_settle()
        self.assertFalse(dialog.complaint_id)

    def test_a_fresh_company_has_a_category_to_propose(self):
        company = self.env["res.company"].create({"name": "浦东分店"})
        self.assertEqual(
            company.complaint_spot_category_id,
            self.quick_ref("customer_complaint.category_quality_appearance"),
        )

    def test_above_it_a_supervisor_approves_and_it_goes_on_by_itself(self):
        dialog = self._settle()
        remediation = dialog.remediation_id
        self.assertEqual(remediation.state, "to_approve")
        with self._refused("proposed it yourself", AccessError):
            remediation.with_user(self.agent).action_approve()
        complaint = self._sign(dialog)
        self.assertEqual(complaint.state, "remediation")
        self.assertFalse(complaint.notice_ids)
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual((complaint.state, remediation.state), ("followup", "agreed"))
        self.assertEqual(complaint.notice_ids.user_id, self.agent)
        self.assertTrue(remediation.line_ids.sudo().credit_note_ids)

    def test_approved_before_the_customer_signs(self):
        dialog = self._settle()
        dialog.remediation_id.with_user(self.supervisor).action_approve()
        complaint = dialog.complaint_id
        self.assertEqual(complaint.state, "remediation")
        # The page was closed meanwhile: from the complaint one goes on.
        self.assertTrue(complaint.with_user(self.agent).can_settle)
        action = complaint.with_user(self.agent).action_settle()
        again = (
            self.env["customer.complaint.settle"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((again.page, again.version), ("sign", dialog.version))
        self._sign(again)
        self.assertEqual(complaint.state, "followup")
        self.assertFalse(complaint.with_user(self.agent).can_settle)

    def test_an_apology_is_closed_at_once(self):
        dialog = self._settle(kind="apology")
        # It costs nothing: the tier of agents.
        complaint = self._sign(dialog, is_received=False)
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.archive_card_id.state, "sealed")

    def test_a_lower_price(self):
        self._limit_of_agents(50)
        action = self.order.with_user(self.agent).action_settle_complaint()
        Model = self.env["customer.complaint.settle"].with_user(self.agent)
        form = Form(Model.with_context(**action["context"]))
        form.description, form.conclusion_note = "划痕", "划痕两厘米"
        form.kind = "price_reduction"
        with form.line_ids.edit(0) as line:
            line.amount = 20
        dialog = form.save()
        dialog.action_settle()
        self.assertEqual(dialog.remediation_id.amount_total, 20)
        complaint = self._sign(dialog)
        note = complaint.remediation_ids.line_ids.sudo().credit_note_ids
        self.assertEqual(note.amount_total, 20)

    def test_from_the_invoice_and_from_a_complaint(self):
        self._limit_of_agents(200)
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman")
        dialog = self._dialog(
            self.invoice.with_user(self.agent).action_settle_complaint()
        )
        dialog.action_settle()
        self.assertEqual(dialog.complaint_id.invoice_id, self.invoice)
        other = self._create_complaint(
            self.agent,
            sale_order_id=False,
            line_ids=[],
            category_id=self.appearance.id,
            event_place="专柜",
        )
        dialog = self._dialog(
            other.with_user(self.agent).action_settle(), kind="apology"
        )
        dialog.action_settle()
        self.assertEqual(dialog.complaint_id, other)
        self.assertEqual(other.state, "remediation")
        self.assertEqual(other.conclusion_note, "左袖有两厘米划痕。")

    def test_photographs_are_filed(self):
        dialog = self._dialog()
        photo = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "划痕.jpg",
                    "raw": b"photo",
                    "res_model": dialog._name,
                    "res_id": dialog.id,
                }
            )
        )
        dialog.photo_ids = photo
        dialog.action_settle()
        paper = dialog.complaint_id.document_ids
        self.assertEqual(paper.attachment_ids, photo)
        self.assertEqual(
            paper.type_id, self.env.ref("customer_complaint.document_type_photo")
        )

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_what_is_missing_is_named_and_nothing_is_half_done(self):
        before = self.env["customer.complaint"].search_count([])
        dialog = self._dialog()
        dialog.conclusion_note = False
        with self._refused("“Findings”"):
            dialog.action_settle()
        dialog = self._dialog()
        dialog.line_ids.is_selected = False
        with self._refused("Tick the product"):
            dialog.action_settle()
        dialog = self._dialog()
        dialog.line_ids.amount = 0
        with self._refused("Enter the amount"):
            dialog.action_settle()
        dialog = self._dialog()
        dialog.line_ids.amount = 101
        with self._refused("", ValidationError):
            dialog.action_settle()
        self.assertEqual(self.env["customer.complaint"].search_count([]), before)

    def test_pressed_twice(self):
        dialog = self._settle()
        dialog.action_settle()
        self.assertEqual(self.order.sudo().complaint_count, 1)
        self._limit_of_agents(200)
        complaint = self._sign(dialog)
        dialog.action_sign()
        self.assertEqual(len(complaint.remediation_ids), 1)

    def test_without_a_signature_or_with_another_text(self):
        dialog = self._settle()
        with self._refused("have the customer sign"):
            dialog.action_sign()
        dialog.write({"signature": SIGNATURE, "version": "0" * 64})
        with self._refused("not what was shown"):
            dialog.action_sign()

    def test_only_what_was_settled_at_the_counter_is_signed_there(self):
        remediation = self._approved(50)
        version = remediation._get_agreement_version()
        with self._refused("not to be signed at the counter"):
            remediation.with_user(self.agent)._sign_on_the_spot(
                "李娜", version, SIGNATURE, True
            )

    def test_a_case_that_cannot_be_closed_holds_up_no_posting(self):
        self._limit_of_agents(200)
        complaint = self._sign(self._settle())
        reason = "资料不完整。"

        def refuse(complaints):
            raise UserError(reason)

        self.patch(self.env.registry["customer.complaint"], "action_close", refuse)
        note = complaint.remediation_ids.line_ids.sudo().credit_note_ids
        note.with_user(self.accountant).action_post()
        self.assertEqual((note.state, complaint.state), ("posted", "followup"))
        self.assertIn(reason, complaint.activity_ids.mapped("note")[-1])

    def test_changed_after_the_signature_it_is_not_carried_out_by_itself(self):
        dialog = self._settle()
        complaint = self._sign(dialog)
        remediation = dialog.remediation_id
        remediation.with_user(self.agent).action_take_back()
        remediation.line_ids.with_user(self.agent).amount = 90
        remediation.with_user(self.agent).action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self.assertEqual(remediation.state, "approved")
        todo = complaint.activity_ids.filtered(
            lambda a: (
                a.activity_type_id
                == self.env.ref("customer_complaint_settle.mail_act_settle")
            )
        )
        self.assertEqual(todo.user_id, self.agent)
        self.assertIn("not what was shown", todo.note)

    def test_above_every_tier(self):
        dear = self._sold({"product_uom_qty": 1, "price_unit": 50000})
        self._invoice(dear)
        self.order = dear.order_id
        dialog = self._settle()
        complaint = self._sign(dialog)
        for user in (self.supervisor, self.manager):
            if dialog.remediation_id.with_user(user).can_approve:
                dialog.remediation_id.with_user(user).action_approve()
        self.assertEqual(dialog.remediation_id.state, "to_approve")
        dialog.remediation_id.with_user(self.director).action_approve()
        self.assertEqual(complaint.state, "followup")

    def test_refused_by_the_supervisor(self):
        dialog = self._settle()
        complaint = self._sign(dialog)
        dialog.remediation_id.with_user(self.supervisor)._refuse("划痕早已有之")
        self.assertEqual(complaint.state, "remediation")
        self.assertFalse(complaint.notice_ids)

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_own_limit_is_for_what_one_settles_oneself(self):
        self._limit_of_agents(200)
        remediation = self._propose(100)
        remediation.action_ask()
        # In a longer case four eyes hold whatever the limit.
        with self._refused("proposed it yourself", AccessError):
            remediation.with_user(self.agent).action_approve()
        with self._refused("The steps set these"):
            remediation.with_user(self.agent).write({"is_on_the_spot": True})

    def test_granted_before_counts(self):
        self._limit_of_agents(150)
        two = self._sold({"product_uom_qty": 2, "price_unit": 100})
        self._invoice(two)
        self.order = two.order_id
        dialog = self._dialog()
        dialog.line_ids.quantity = 1
        dialog.line_ids.amount = 100
        dialog.action_settle()
        self.assertEqual(dialog.remediation_id.state, "approved")
        complaint = dialog.complaint_id
        more = self.env["customer.complaint.remediation"].with_user(self.agent)
        more = more.create(
            {
                "complaint_id": complaint.id,
                "note": "再补一百",
                "line_ids": [(0, 0, {"kind": "compensation", "amount": 100})],
            }
        )
        more._write_unguarded({"is_on_the_spot": True})
        more.action_ask()
        self.assertFalse(more._is_within_own_limit(self.agent))

    def test_strangers(self):
        for user in (self.employee, self.auditor, self.archivist):
            with (
                self.subTest(user=user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._dialog(user=user)
        dialog = self._settle()
        complaint = dialog.complaint_id
        self.assertFalse(complaint.with_user(self.auditor).can_settle)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog.with_user(self.colleague).action_sign()

    def test_who_is_recused_settles_nothing(self):
        complaint = self._create_complaint(
            self.supervisor, sale_order_id=False, line_ids=[]
        )
        self._recuse(complaint, self.agent)
        self.assertFalse(complaint.with_user(self.agent).can_settle)
