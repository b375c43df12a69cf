from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .race_common import CONFLICTS, RaceCase


@tagged("post_install", "-at_install", "slow")
class TestApprovalConcurrency(RaceCase):
    """Two people decide, or change and decide, in the same second."""

    @mute_logger("odoo.sql_db")
    def test_two_approve_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual((mine.state, other.state), ("to_approve", "to_approve"))
        mine.action_approve()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id), ("approved", 1, 300))

    @mute_logger("odoo.sql_db")
    def test_one_waits_while_the_other_decides(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        self._browse(self.first, "first", remediation_id).action_approve()
        self.second.execute("SET LOCAL lock_timeout = '100ms'")
        with self.assertRaises(CONFLICTS):
            self._browse(self.second, "second", remediation_id).action_approve()

    @mute_logger("odoo.sql_db")
    def test_two_of_one_complaint_do_not_slip_below_the_tier(self):
        """300 and 300, each below 500.01, approved by two people at once."""
        ids = [self._commit_remediation(), self._commit_remediation()]
        # As if neither had counted yet when they were asked for.
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", ids[0])
        other = self._browse(self.second, "second", ids[1])
        self.assertEqual(other.amount_counted, 600)
        mine.action_approve()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()

    @mute_logger("odoo.sql_db")
    def test_two_asked_for_in_the_same_second(self):
        """Neither knows of the other: the later one starts anew, and waits higher."""
        ids = [self._commit_remediation(ask=False) for _i in range(2)]
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", ids[0])
        other = self._browse(self.second, "agent", ids[1])
        self.assertEqual(other.amount_counted, 300)
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_ask()
        self._restart(self.second)
        other = self._browse(self.second, "agent", ids[1])
        other.action_ask()
        self.env_flush(other)
        self.assertEqual(other.amount_counted, 600)
        self.assertIn("High", other.route_text)

    @mute_logger("odoo.sql_db")
    def test_approved_while_another_is_asked_for(self):
        """What is granted at the same moment is not overlooked by who approves."""
        waiting_id = self._commit_remediation()
        draft_id = self._commit_remediation(ask=False)
        for cr in (self.first, self.second):
            self._restart(cr)
        other = self._browse(self.second, "first", waiting_id)
        self.assertEqual(other.amount_counted, 300)
        mine = self._browse(self.first, "agent", draft_id)
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        other = self._browse(self.second, "first", waiting_id)
        other.action_approve()
        self.assertEqual(other.state, "to_approve")
        self.assertEqual(other.approval_ids.amount, 600)

    @mute_logger("odoo.sql_db")
    def test_refused_and_approved_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual(other.state, "to_approve")
        mine._refuse("单据不全。")
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id)[:2], ("refused", 0))

    @mute_logger("odoo.sql_db")
    def test_approved_while_the_proposer_takes_it_back(self):
        remediation_id = self._commit_remediation()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", remediation_id)
        other = self._browse(self.second, "second", remediation_id)
        self.assertEqual(other.state, "to_approve")
        mine.action_take_back()
        mine.line_ids.amount = 499
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_approve()
            self.env_flush(other)
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "does not wait"):
            self._browse(self.second, "second", remediation_id).action_approve()
        self.second.rollback()
        self.assertEqual(self._read(remediation_id), ("draft", 0, 499))

    @mute_logger("odoo.sql_db")
    def test_changed_while_it_is_asked_for(self):
        """A change that does not change the total is noticed, too."""
        remediation_id = self._commit_remediation(ask=False)
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "agent", remediation_id)
        other = self._browse(self.second, "first", remediation_id)
        self.assertEqual(other.line_ids.kind, "compensation")
        mine.action_ask()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.line_ids.kind = "travel"
            self.env_flush(other)
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "Take it back first"):
            line = self._browse(self.second, "first", remediation_id).line_ids
            line.kind = "travel"

    @mute_logger("odoo.sql_db")
    def test_carried_out_twice_in_the_same_second(self):
        remediation_id = self._commit_remediation()
        with self.registry.cursor() as cr:
            self._browse(cr, "first", remediation_id).action_approve()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id).line_ids
        other = self._browse(self.second, "second", remediation_id).line_ids
        self.assertEqual(other.state, "open")
        mine._sign_done("已付")
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other._sign_done("已付")
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "carried out already"):
            self._browse(self.second, "second", remediation_id).line_ids._sign_done("x")
        self.second.rollback()
        self.assertEqual(self._read(remediation_id)[0], "done")
