from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalDelegation(ApprovalCase):
    """Who approves for an approver while they are away."""

    def test_delegate_approves_for_an_absent_supervisor(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        remediation = self._asked()
        self._assert_refused(remediation, deputy, "")
        self._delegate(self.supervisor, deputy)
        self.assertIn(deputy, self._get_todo_users(remediation))
        mine = remediation.with_user(deputy)
        self.assertEqual(mine.amount_total, 300)
        self.assertEqual(mine.complaint_id.name, remediation.complaint_id.name)
        self.assertTrue(mine.can_approve)
        mine.action_approve()
        self.assertRecordValues(
            remediation.approval_ids,
            [{"user_id": deputy.id, "on_behalf_of_id": self.supervisor.id}],
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.complaint_id.read(["name"])
        approval = remediation.approval_ids.with_user(deputy)
        self.assertEqual(approval.amount_total, 300)

    def test_delegation_holds_in_its_days_only(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        self.team.member_ids += deputy
        boss = self._new_user("complaint_boss", "manager")
        remediation = self._asked(5000)
        self._approve(remediation, self.supervisor)
        for days in ((-7, -1), (1, 7)):
            self._delegate(self.manager, boss, days)
            self.assertFalse(
                self.env["customer.complaint.approval.delegation"]._get_delegators(
                    self.company, boss
                )
            )

    def test_delegate_needs_the_same_or_a_higher_role(self):
        with self._refused("lower role", ValidationError):
            self._delegate(self.supervisor, self.colleague)
        with self._refused("somebody else", ValidationError):
            self._delegate(self.supervisor, self.supervisor)
        with self._refused("ends before", ValidationError):
            self._delegate(self.supervisor, self.manager, (7, 0))
        with self._refused("their own", AccessError):
            self._delegate(self.agent, self.manager, user_id=self.supervisor.id)
        delegation = self._delegate(self.supervisor, self.manager)
        with self.assertRaises(AccessError):
            delegation.with_user(self.colleague).date_to = self._today()
        with self._refused("their own", AccessError):
            delegation.with_user(self.manager).date_to = self._today()

    def test_delegate_demoted_or_delegator_gone(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        remediation = self._asked()
        self._delegate(self.supervisor, deputy)
        group = self.quick_ref("customer_complaint.group_complaint_supervisor")
        agent = self.quick_ref("customer_complaint.group_complaint_agent")
        deputy.group_ids = [Command.unlink(group.id), Command.link(agent.id)]
        self._assert_refused(remediation, deputy, "above your limit")
        deputy.group_ids = [Command.link(group.id)]
        self.supervisor.active = False
        self._assert_refused(remediation, deputy, "above your limit")

    def test_delegation_does_not_get_around_four_eyes(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        remediation = self._asked(300, complaint=self._decided(), user=self.supervisor)
        self._delegate(self.supervisor, deputy)
        self._assert_refused(remediation, deputy, "")
        own = self._asked(300, complaint=self._decided())
        self._recuse(own.complaint_id, self.supervisor)
        self._assert_refused(own, deputy, "")

    def test_two_delegates_at_once(self):
        """Delegations may overlap: either approves, once, and each is asked once."""
        deputies = self._new_user("complaint_deputy", "supervisor") | self._new_user(
            "complaint_second_deputy", "supervisor"
        )
        remediation = self._asked()
        for deputy in deputies:
            self._delegate(self.supervisor, deputy)
            self._delegate(self.supervisor, deputy, (-3, 3))
        todos = remediation.activity_ids
        self.assertEqual(todos.user_id, self.supervisor | deputies)
        self.assertEqual(len(todos), 3)
        self._approve(remediation, deputies[1])
        self.assertEqual(len(remediation.approval_ids), 1)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._approve(remediation, deputies[0])

    def test_delegate_stays_let_in(self):
        """A reminder, or another remediation of the case, takes nobody's sight."""
        deputy = self._new_user("complaint_deputy", "supervisor")
        complaint = self._decided()
        self._delegate(self.supervisor, deputy)
        first = self._asked(complaint=complaint)
        second = self._asked(complaint=complaint)
        for _i in range(2):
            self._remind()
            for remediation in (first, second):
                self.assertEqual(remediation.guest_approver_ids, deputy)
        self._approve(first | second, deputy)
        self.assertEqual(set((first | second).mapped("state")), {"approved"})
        self.assertFalse((first | second).guest_approver_ids)

    def test_delegation_is_not_passed_on(self):
        first, second = (
            self._new_user(f"complaint_deputy_{number}", "supervisor")
            for number in (1, 2)
        )
        remediation = self._asked()
        self._delegate(self.supervisor, first)
        self._delegate(first, second)
        self.assertNotIn(second, self._get_todo_users(remediation))
        self._assert_refused(remediation, second, "")
        self._approve(remediation, first)

    def test_delegate_must_see_what_they_approve(self):
        with self._refused("role in complaint handling", ValidationError):
            self._delegate(self.quality_user, self.employee)
        self._delegate(self.quality_user, self.auditor)

    def test_director_delegates_to_a_manager_or_another_director(self):
        """Who is named stands above the roles, whatever role they have."""
        self.tiers["director"].user_ids = self.colleague
        for user in (self.stranger, self.supervisor, self.auditor):
            with self._refused("lower role", ValidationError):
                self._delegate(self.colleague, user)
        remediation = self._asked(50000)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self._assert_refused(remediation, self.director, "above your limit")
        self._delegate(self.colleague, self.director)
        self._approve(remediation, self.director)
        self.assertEqual(remediation.approval_ids[0].on_behalf_of_id, self.colleague)
        # Named no longer: an agent, whose delegate approves nothing of the kind.
        another = self._asked(50000)
        self.tiers["director"].user_ids = self.auditor
        self._approve(another, self.supervisor)
        self._approve(another, self.manager)
        self._assert_refused(another, self.director, "above your limit")

    def test_delegate_who_proposed_it_is_not_asked(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        self.team.member_ids += deputy
        self._delegate(self.supervisor, deputy)
        remediation = self._asked(300, complaint=self._decided(), user=deputy)
        self.assertEqual(self._get_todo_users(remediation), self.supervisor)
        self._assert_refused(remediation, deputy, "you proposed it yourself")

    def test_delegate_who_left(self):
        deputy = self._new_user("complaint_deputy", "supervisor")
        self._delegate(self.supervisor, deputy)
        remediation = self._asked()
        self.assertIn(deputy, self._get_todo_users(remediation))
        deputy.active = False
        self._remind()
        self.assertEqual(self._get_todo_users(remediation), self.supervisor)

    def test_delegate_does_not_take_two_steps(self):
        """Standing in for the manager does not make a second pair of eyes."""
        boss = self._new_user("complaint_boss", "manager")
        self._delegate(self.supervisor, boss)
        self._delegate(self.manager, boss)
        remediation = self._asked(5000)
        self._approve(remediation, boss)
        self._assert_refused(remediation, boss, "the tier before")
        self._approve(remediation, self.manager)
