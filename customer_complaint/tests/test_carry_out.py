from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestCarryOut(RemediationCase):
    """What no other app carries out is done by hand, and signed with a note."""

    def test_signed_line_by_line(self):
        remediation = self._approved(
            lines=[{"kind": "redo", "amount": 0}, {"kind": "apology"}]
        )
        redo, apology = remediation.line_ids
        self._carry_out(redo, note="已重新施工。")
        self.assertRecordValues(
            redo,
            [
                {
                    "state": "done",
                    "done_note": "已重新施工。",
                    "done_by_id": self.agent.id,
                    "can_carry_out": False,
                }
            ],
        )
        self.assertEqual((apology.state, remediation.state), ("open", "approved"))
        with self._refused("carried out already"):
            redo.action_carry_out()
        with self._refused("What was carried out stays as it is"):
            redo.quantity = 2
        with self._refused("carried out already. Drop the lines"):
            remediation._cancel("顾客不要了。")
        self._carry_out(apology, note="已当面致歉。")
        self.assertEqual(remediation.state, "done")
        self.assertTrue(remediation.complaint_id.date_carried_out)

    def test_nothing_asked_for_changes_or_ends_freely(self):
        remediation = self._approved(lines=[{"kind": "apology"}])
        remediation.line_ids.note = "当面"
        remediation.action_take_back()
        self.assertEqual(remediation.state, "draft")
        self._give_reason(remediation, "cancel", self.agent, "顾客不要了。")
        self.assertRecordValues(
            remediation, [{"state": "cancelled", "cancel_reason": "顾客不要了。"}]
        )

    def test_not_before_the_approval_nor_by_strangers(self):
        draft = self._propose(lines=[{"kind": "apology"}])
        with self._refused("is not approved"):
            draft.line_ids.action_carry_out()
        line = self._approved(lines=[{"kind": "apology"}]).line_ids
        with self.assertRaises(AccessError):
            line.with_user(self.stranger)._sign_done("已致歉。")
        with self._refused("in the future"):
            line._sign_done(
                "已致歉。", fields.Datetime.add(fields.Datetime.now(), days=1)
            )
