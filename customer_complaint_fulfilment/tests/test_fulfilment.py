from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase
from odoo.addons.customer_complaint_base.tools.document import Document

LINE = "customer.complaint.remediation.line"
STATES = {"draft": "draft", "sale": "done", "cancel": "cancelled"}


@tagged("post_install", "-at_install")
class TestFulfilment(RemediationCase):
    """Lines follow the documents that carry them out: here quotations do it."""

    def setUp(self):
        super().setUp()
        self.quotations = {}

        def get_documents(line):
            return [
                Document(
                    record=quotation,
                    state=STATES[quotation.state],
                    state_label=quotation.state,
                    cancel="_action_cancel",
                )
                for quotation in self.quotations.get(line.id, ())
            ]

        def draft_quotation(line):
            customer = line.sudo().complaint_id.partner_id
            self.quotations[line.id] = self.env["sale.order"].create(
                {"partner_id": customer.id}
            )
            line._start_documents()

        methods = {
            "_get_documents": get_documents,
            "_action_carry_out_voucher": draft_quotation,
        }
        for name, method in methods.items():
            patcher = patch.object(type(self.env[LINE]), name, method, create=True)
            self.startPatcher(patcher)

    def _under_way(self):
        """Return an approved voucher that is drafted, and the quotation."""
        remediation = self._approved(lines=[{"kind": "voucher", "amount": 50}])
        line = remediation.line_ids
        self.assertIs(line.action_carry_out(), True)
        self.assertEqual(line.state, "under_way")
        return line, self.quotations[line.id]

    def _follow_to(self, line, quotation, state):
        quotation.state = state
        line._follow_documents()
        line.invalidate_recordset()

    def test_app_carries_out_its_kinds(self):
        """An app adds a method for a kind; rights and state are checked before."""
        remediation = self._approved(
            lines=[{"kind": "voucher", "amount": 50}, {"kind": "apology"}]
        )
        voucher, apology = remediation.line_ids
        opened = {"type": "ir.actions.act_window", "res_model": "sale.order"}
        with patch.object(
            type(voucher), "_action_carry_out_voucher", lambda line: opened
        ):
            self.assertEqual(voucher.action_carry_out(), opened)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                voucher.with_user(self.stranger).action_carry_out()
        self.assertNotEqual(apology.action_carry_out(), opened)
        voucher._set_done("券号 A-1", voucher.write_date)
        with self._refused("carried out already"):
            voucher.action_carry_out()

    def test_done_when_in_effect(self):
        line, quotation = self._under_way()
        self.assertIn(quotation.name, line.documents_text)
        self.assertTrue(line.remediation_id.has_drafts)
        self.assertTrue(line.can_take_back)
        with self._refused("is being carried out by"):
            line.action_carry_out()
        self._follow_to(line, quotation, "sale")
        self.assertRecordValues(
            line, [{"state": "done", "can_take_back": False, "can_carry_out": False}]
        )
        self.assertIn(quotation.name, line.done_note)
        self.assertEqual(line.remediation_id.state, "done")

    def test_no_longer_in_effect_is_to_be_done_again(self):
        line, quotation = self._under_way()
        self._follow_to(line, quotation, "sale")
        self._follow_to(line, quotation, "cancel")
        remediation = line.remediation_id
        self.assertEqual((line.state, remediation.state), ("open", "approved"))
        self.assertFalse(line.date_done)
        self.assertIn(self.agent, self._get_todo_users(remediation))

    def test_nothing_changes_while_it_is_under_way(self):
        line, quotation = self._under_way()
        remediation = line.remediation_id

        def choose_other_customer():
            remediation.complaint_id.partner_id = self.customer.copy()

        for change in (
            lambda: line.write({"amount": 60}),
            lambda: line.write({"amount": 40}),
            line.unlink,
            remediation.action_take_back,
            choose_other_customer,
        ):
            with self._refused("Take that back first"):
                change()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            line.with_user(self.stranger).action_take_back()
        line.action_take_back()
        self.assertEqual((line.state, quotation.state), ("open", "cancel"))
        line.amount = 40
        self.assertEqual(remediation.state, "approved")

    def test_in_effect_is_not_taken_back(self):
        line, quotation = self._under_way()
        quotation.state = "sale"
        line.invalidate_recordset()
        self.assertFalse(line.can_take_back)
        for step in (
            line.action_take_back,
            lambda: line.remediation_id._cancel("顾客不要了。"),
            lambda: line.remediation_id._cancel("顾客不要了。", keeps_drafts=True),
        ):
            with self._refused("is in effect already"):
                step()

    def test_cancelling_asks_about_drafts(self):
        for choice, state in (("cancel", "cancel"), ("keep", "draft")):
            line, quotation = self._under_way()
            remediation = line.remediation_id
            dialog = self._ask("cancel", remediation, reason="不要了。", drafts=choice)
            self.assertTrue(dialog.has_drafts)
            dialog.action_confirm()
            self.assertEqual((remediation.state, quotation.state), ("cancelled", state))
        self._follow_to(line, quotation, "sale")
        self.assertEqual(line.state, "under_way")
        self.assertIn(self.agent, self._get_todo_users(remediation))
        idle = self._approved(lines=[{"kind": "apology"}])
        self.assertFalse(self._ask("cancel", idle, reason="不要了。").has_drafts)

    def test_declining_cancels_drafts(self):
        line, quotation = self._under_way()
        self._give_reason(line.remediation_id, "decline", self.agent, "太少了。")
        self.assertEqual((line.state, quotation.state), ("open", "cancel"))
        self.assertEqual(line.remediation_id.state, "draft")

    def test_opens_what_the_user_may_read(self):
        line, quotation = self._under_way()
        self.assertEqual(line.sudo().action_open_documents()["res_id"], quotation.id)
        with (
            patch.object(type(quotation), "has_access", lambda *_args: False),
            self.assertRaisesRegex(UserError, "you have no access to that app"),
        ):
            line.action_open_documents()

    def test_uninstalling_gives_back_what_is_under_way(self):
        line, quotation = self._under_way()
        self.env[LINE]._give_back_under_way()
        self.assertEqual((line.state, quotation.state), ("open", "draft"))
        self.assertIn(self.agent, self._get_todo_users(line.remediation_id))
