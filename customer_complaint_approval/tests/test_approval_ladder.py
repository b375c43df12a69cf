from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalLadder(ApprovalCase):
    """Odd ladders: no tier, gaps, overlaps, nobody named, people who leave."""

    def test_no_tier_at_all(self):
        self.env["customer.complaint.approval.tier"].search([]).active = False
        remediation = self._asked(1)
        self.assertIn("Managers, as no tier applies", remediation.route_text)
        self._assert_refused(remediation, self.supervisor, "no tier of the ladder")
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.state, "approved")

    def test_gap_at_the_bottom(self):
        (self.tiers["agent"] | self.tiers["supervisor"]).active = False
        self.assertIn("managers approve that", self.tiers["manager"].warning)
        remediation = self._asked(10)
        self._assert_refused(remediation, self.supervisor, "no tier of the ladder")
        self._approve(remediation, self.manager)

    def test_overlap(self):
        tier = self.tiers["manager"].copy({"sequence": 99, "name": "Finance"})
        self.assertIn("both approve", tier.warning)
        remediation = self._asked(5000)
        for user in (self.supervisor, self.manager, self.director):
            self.assertEqual(remediation.state, "to_approve")
            self._approve(remediation, user)
        self.assertEqual(remediation.state, "approved")
        self.assertEqual(len(remediation.approval_ids), 3)

    def test_category_replaces_and_kind_adds(self):
        parent = self.category_service.parent_id
        Tier = self.env["customer.complaint.approval.tier"]
        Tier.create(
            {
                "name": "Service",
                "company_id": False,
                "category_id": parent.id,
                "amount_from": 0,
                "role": "manager",
            }
        )
        remediation = self._asked(10)
        self.assertEqual(remediation.tier_id.name, "Service")
        other = self._decided(category_id=self.category.id)
        self.assertEqual(
            self._asked(10, complaint=other).tier_id, self.tiers["supervisor"]
        )
        self.category_service.parent_id = False
        self.assertEqual(self._asked(10).tier_id, self.tiers["supervisor"])
        Tier.create(
            {"name": "Vouchers", "kind": "voucher", "amount_from": 5, "role": "manager"}
        )
        voucher = self._asked(lines=[{"kind": "voucher", "amount": 10}])
        self._approve(voucher, self.supervisor)
        self.assertEqual(voucher.tier_id.name, "Vouchers")

    def test_own_tiers_of_the_company_replace_the_shared_ones(self):
        self.env["customer.complaint.approval.tier"].create(
            {"name": "Branch", "company_id": self.company.id, "role": "manager"}
        )
        self.assertEqual(self._asked(10).tier_id.name, "Branch")

    def test_tier_changed_meanwhile(self):
        remediation = self._asked(900)
        self.tiers["manager"].amount_from = 500
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.state, "to_approve")
        self.tiers["manager"].active = False
        self.tiers["director"].active = False
        self._approve(remediation, self.director)
        self.assertEqual(remediation.state, "approved")

    def test_bad_tiers(self):
        tier = self.tiers["manager"]
        for value in (-1, 1e12):
            with self._refused("starts from an amount", ValidationError):
                tier.amount_from = value
        branch = self.env["res.company"].create({"name": "上海分公司"})
        with self._refused("do not work in the company", ValidationError):
            tier.write({"company_id": branch.id, "user_ids": self.director.ids})
        for user in (self.supervisor, self.agent, self.auditor):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                tier.with_user(user).amount_from = 1
        self._give_all_companies(self.manager)
        tier.with_user(self.manager).amount_from = 1500

    def test_approver_deactivated_or_demoted_meanwhile(self):
        remediation = self._asked()
        self.supervisor.active = False
        self._remind()
        self.assertNotIn(self.supervisor, self._get_todo_users(remediation))
        self.assertIn(self.manager, self._get_todo_users(remediation))
        self.supervisor.write(
            {
                "active": True,
                "group_ids": [
                    Command.unlink(
                        self.quick_ref(
                            "customer_complaint.group_complaint_supervisor"
                        ).id
                    ),
                    Command.link(
                        self.quick_ref("customer_complaint.group_complaint_agent").id
                    ),
                ],
            }
        )
        self._assert_refused(remediation, self.supervisor, "above your limit")

    def test_reminded_after_the_days_of_the_settings(self):
        remediation = self._asked()
        partner = self.supervisor.partner_id

        def count():
            return self.env["mail.message"].search_count(
                [("model", "=", remediation._name), ("partner_ids", "in", partner.ids)]
            )

        self._remind()
        self.assertEqual(count(), 0)
        for hours, expected in ((25, 1), (26, 1), (50, 2)):
            with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
                self._remind()
            self.assertEqual(count(), expected, hours)

    def test_nobody_named(self):
        """As shipped: above the top, managers stand in for directors nobody named."""
        director = self.tiers["director"]
        for change in (
            lambda: director.write({"user_ids": False}),
            lambda: director.write({"user_ids": self.employee.ids}),
            lambda: (
                director.write({"user_ids": self.director.ids})
                and self.director.write({"active": False})
            ),
        ):
            change()
            self.assertIn("managers approve this tier", director.warning)
        remediation = self._propose(50000)
        self.assertIn("nobody is named, so managers approve", remediation.route_text)
        self.assertIn(self.manager.name, remediation.route_text)
        self.assertNotIn(self.director.name, remediation.route_text)
        remediation.action_ask()
        self._approve(remediation, self.supervisor)
        self._assert_refused(remediation, self.supervisor, "above your limit")
        self._approve(remediation, self.manager)
        note = remediation.complaint_id.message_ids[0].body
        self.assertIn("nobody is named, so managers approve", note)
        self.assertEqual(remediation.tier_id, director)
        other_managers = self.other_managers & self._get_todo_users(remediation)
        self.assertTrue(other_managers)
        self._assert_refused(remediation, self.manager, "the tier before")
        self._approve(remediation, other_managers[0])
        self.assertEqual(remediation.state, "approved")
        self.assertEqual(remediation.approval_ids[0].tier_id, director)

    def test_nobody_named_and_a_single_manager(self):
        self.tiers["director"].user_ids = False
        (self.other_managers | self.director).write({"active": False})
        remediation = self._asked(50000)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.state, "approved")

    def test_named_by_name_only(self):
        """Who lost every role meanwhile is not waited for, and the tier says so."""
        director = self.tiers["director"]
        director.user_ids = self.director | self.employee
        self.assertIn(self.employee.name, director.warning)
        self.assertNotIn(self.director.name, director.warning)
        self.auditor.active = False
        director.user_ids |= self.auditor
        self.assertIn(self.auditor.name, director.warning)
        remediation = self._asked(50000)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self.assertEqual(self._get_todo_users(remediation), self.director)
        self._assert_refused(remediation, self.employee, "")
        self.director.group_ids = self.quick_ref("base.group_user")
        self.assertIn("managers approve this tier", director.warning)
        self._remind()
        self.assertIn(self.other_managers[0], self._get_todo_users(remediation))
        self._assert_refused(remediation, self.director, "")

    def test_director_of_another_company_does_not_count(self):
        boss = self._new_outsider("manager")
        self.tiers["director"].user_ids = boss
        remediation = self._propose(50000)
        self.assertIn("nobody is named, so managers approve", remediation.route_text)
        self.assertNotIn(boss.name, remediation.route_text)

    def test_everybody_who_could_proposed_it_or_is_recused(self):
        self._give_all_companies(self.manager)
        complaint = self._decided()
        remediation = self._propose(50000, complaint, user=self.director)
        self.assertRegex(
            remediation.route_text, "Director: nobody can approve this.*Manager"
        )
        remediation.with_user(self.director).action_ask()
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        note = complaint.message_ids[0].body
        self.assertIn("can name somebody under", note)
        self.assertIn(self.manager.name, note)
        self.assertEqual(remediation.state, "to_approve")
        # Somebody is named, and decides.
        self.tiers["director"].with_user(self.manager).user_ids += self.auditor
        self.assertNotIn("nobody", remediation.route_text)
        self._remind()
        self.assertEqual(self._get_todo_users(remediation), self.auditor)
        self._approve(remediation, self.auditor)
        self.assertEqual(remediation.state, "approved")

    def test_nobody_can_approve_is_said_again_as_often_as_reminders(self):
        remediation = self._asked()
        complaint = remediation.complaint_id
        everybody = self.supervisor | self.manager | self.director | self.other_managers
        everybody.write({"active": False})
        before = len(complaint.message_ids)
        for hours, expected in ((1, 0), (25, 1), (26, 1), (50, 2)):
            with freeze_time(fields.Datetime.now() + timedelta(hours=hours)):
                self._remind()
            complaint.invalidate_recordset(["message_ids"])
            self.assertEqual(len(complaint.message_ids) - before, expected, hours)
        self.assertIn("there is no manager", complaint.message_ids[0].body)

    def test_splitting_does_not_help(self):
        self.tiers["manager"].amount_from = 500.01
        complaint = self._decided()
        first = self._approved(300, complaint=complaint)
        self.assertEqual(first.approval_ids.amount, 300)
        second = self._asked(300, complaint=complaint)
        self.assertEqual(second.amount_counted, 600)
        self._approve(second, self.supervisor)
        self.assertEqual(second.state, "to_approve")
        self._approve(second, self.manager)
        self.assertEqual(second.approval_ids[0].amount, 600)
        third = self._propose(300, complaint)
        self.assertIn("Manager", third.route_text)
        first._cancel("顾客不要了。")
        self.assertEqual(third.amount_counted, 600)

    def test_900_as_three_of_300_in_one_complaint(self):
        """Each below the manager's tier; asked for at once, or one after the other."""
        self.tiers["manager"].write({"amount_from": 500.01, "skips_lower": True})
        for at_once in (True, False):
            complaint = self._decided()
            parts = self.env["customer.complaint.remediation"].union(
                *(self._propose(300, complaint) for _i in range(3))
            )
            if at_once:
                parts.action_ask()
            else:
                for part in parts:
                    part.action_ask()
            # Nobody is asked in vain.
            self.assertEqual(parts.tier_id, self.tiers["manager"])
            self.assertNotIn(self.supervisor, self._get_todo_users(parts[0]))
            self.assertIn(self.manager, self._get_todo_users(parts[0]))
            for part in parts:
                self._assert_refused(part, self.supervisor, "above your limit")
            self._assert_refused(parts, self.supervisor, "above your limit")
            self._approve(parts, self.manager)
            self.assertEqual(parts.approval_ids.mapped("amount"), [900] * 3)

    def test_900_as_three_lines_of_300(self):
        self.tiers["manager"].amount_from = 500.01
        lines = [{"kind": "travel", "amount": 300} for _i in range(3)]
        remediation = self._asked(lines=lines)
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.tier_id, self.tiers["manager"])

    def test_900_as_three_complaints_of_one_order(self):
        """Shown to the approver; it raises the tier where the settings say so."""
        self.tiers["manager"].write({"amount_from": 500.01, "skips_lower": True})

        def ask_for_three():
            partner = self.env["res.partner"].create({"name": "王强", "phone": "010"})
            order = self._create_confirmed_order(partner_id=partner.id)
            return self.env["customer.complaint.remediation"].union(
                *(
                    self._asked(
                        300,
                        complaint=self._decided(
                            sale_order_id=order.id,
                            line_ids=[],
                            partner_id=partner.id,
                        ),
                    )
                    for _i in range(3)
                )
            )

        parts = ask_for_three()
        self.assertEqual(parts[2].amount_order_before, 600)
        self._approve(parts, self.supervisor)
        self.company.complaint_earlier_raises_tier = True
        parts = ask_for_three()
        self.assertEqual(
            parts.mapped("tier_id"), self.tiers["supervisor"] | self.tiers["manager"]
        )
        for part in parts:
            # By now each of them counts 900.
            self._assert_refused(part, self.supervisor, "above your limit")
        self._approve(parts, self.manager)

    def test_what_waits_follows_the_total(self):
        self.tiers["manager"].amount_from = 500.01
        complaint = self._decided()
        first = self._asked(300, complaint=complaint)
        second = self._asked(300, complaint=complaint)
        self._approve(first, self.supervisor)
        self.assertEqual(first.state, "to_approve")
        self.assertIn(self.manager, self._get_todo_users(first))
        self._give_reason(second, "refuse", self.supervisor)
        self.assertEqual(first.state, "approved")
        self.assertFalse(self._get_todo_users(first))
        self.assertIn("no further tier", complaint.message_ids[0].body)
        self.assertEqual(first.approval_ids.amount, 600)

    def test_waiting_for_a_tier_that_went(self):
        """The tiers left have approved: who leads the case ends it, nobody else."""
        remediation = self._asked(5000)
        self._approve(remediation, self.supervisor)
        (self.tiers["manager"] | self.tiers["director"]).active = False
        for user in (self.auditor, self.archivist, self.colleague, self.agent):
            self.assertFalse(remediation.with_user(user).can_approve)
            self._assert_refused(remediation, user, "")
        self._assert_refused(remediation, self.colleague, "a supervisor of the case")
        self.assertTrue(remediation.with_user(self.supervisor).can_approve)
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.state, "approved")
        self.assertEqual(len(remediation.approval_ids), 2)

    def test_granted_meanwhile_raises_the_tier(self):
        complaint = self._decided()
        first = self._asked(900, complaint=complaint)
        second = self._propose(900, complaint)
        self._approve(first, self.supervisor)
        second.action_ask()
        self._approve(second, self.supervisor)
        self.assertEqual(second.state, "to_approve")

    def test_what_was_received_before_is_shown_and_can_raise_the_tier(self):
        def decided(**values):
            return self._decided(sale_order_id=self.order.id, line_ids=[], **values)

        partner = self.env["res.partner"].create({"name": "王强", "phone": "010"})
        old = self._approved(900, complaint=decided())
        remediation = self._propose(300, decided())
        self.assertRecordValues(
            remediation,
            [
                {
                    "amount_counted": 300,
                    "amount_customer_before": 900,
                    "amount_order_before": 900,
                }
            ],
        )
        stranger = self._propose(300, self._decided(partner_id=partner.id))
        self.assertEqual(stranger.amount_customer_before, 0)
        self.company.complaint_earlier_raises_tier = True
        remediation.action_ask()
        self.env.invalidate_all()
        # The approver reads the sum that decides: 300 and the 900 of before.
        self.assertEqual(remediation.with_user(self.supervisor).amount_counted, 1200)
        self._approve(remediation, self.supervisor)
        self.assertEqual(remediation.approval_ids.amount, 1200)
        self.assertEqual(remediation.tier_id, self.tiers["manager"])
        long_ago = fields.Datetime.now() - timedelta(days=800)
        old._write_unguarded({"date_requested": long_ago})
        remediation.invalidate_recordset()
        self.assertEqual(remediation.amount_customer_before, 0)
        self.company.complaint_earlier_months = 36
        remediation.invalidate_recordset()
        self.assertEqual(remediation.amount_customer_before, 900)
