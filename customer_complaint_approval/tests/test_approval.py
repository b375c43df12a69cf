from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    """Who approves what: the ladder, four eyes, recusal, append-only records."""

    def test_ladder(self):
        for amount, route in {
            0: ["agent"],
            0.01: ["supervisor"],
            1000: ["supervisor"],
            1000.01: ["supervisor", "manager"],
            20000: ["supervisor", "manager"],
            20000.01: ["supervisor", "manager", "director"],
        }.items():
            lines = [
                {"kind": "compensation" if amount else "apology", "amount": amount}
            ]
            remediation = self._asked(lines=lines)
            steps = remediation._get_open_steps(
                remediation._read_figures()[remediation.id]
            )
            self.assertEqual(
                [step.tier_id for step in steps],
                [self.tiers[role].id for role in route],
                amount,
            )
            self.assertEqual(remediation.tier_id, self.tiers[route[0]])

    def test_supervisor_then_manager(self):
        remediation = self._asked(5000)
        self.assertEqual(self._get_todo_users(remediation), self.supervisor)
        self._assert_refused(remediation, self.colleague, "above your limit")
        self._approve(remediation, self.supervisor)
        self.assertRecordValues(
            remediation,
            [{"state": "to_approve", "tier_id": self.tiers["manager"].id}],
        )
        self.assertIn(self.manager, self._get_todo_users(remediation))
        self.assertNotIn(self.supervisor, self._get_todo_users(remediation))
        self._assert_refused(remediation, self.supervisor, "above your limit")
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.state, "approved")
        self.assertFalse(self._get_todo_users(remediation))
        self.assertRecordValues(
            remediation.approval_ids.sorted("id"),
            [
                {
                    "user_id": user.id,
                    "decision": "approved",
                    "tier_name": name,
                    "amount": 5000,
                    "round": 1,
                }
                for user, name in (
                    (self.supervisor, "Supervisor"),
                    (self.manager, "Manager"),
                )
            ],
        )
        self._assert_refused(remediation, self.manager, "does not wait", UserError)

    def test_lower_tiers_skipped(self):
        self.tiers["manager"].skips_lower = True
        remediation = self._asked(5000)
        self._assert_refused(remediation, self.supervisor, "above your limit")
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.state, "approved")

    def test_named_director(self):
        remediation = self._asked(50000)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self._assert_refused(remediation, self.manager, "above your limit")
        self._approve(remediation, self.director)
        self.assertEqual(remediation.state, "approved")

    def test_director_who_only_reads(self):
        self.tiers["director"].user_ids = self.auditor
        remediation = self._asked(50000)
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        self._give_reason(remediation, "send_back", self.auditor)
        remediation.action_ask()
        for user in (self.supervisor, self.manager, self.auditor):
            self._approve(remediation, user)
        self.assertEqual(remediation.state, "approved")

    # ------------------------------------------------------------------
    # FOUR EYES AND RECUSAL
    # ------------------------------------------------------------------

    def test_nobody_approves_their_own(self):
        for user in (self.supervisor, self.manager, self.env.ref("base.user_admin")):
            remediation = self._asked(300, complaint=self._decided(), user=user)
            self._assert_refused(remediation, user, "you proposed it yourself")
            self.assertFalse(remediation.with_user(user).can_approve)
            self.assertNotIn(user, self._get_todo_users(remediation))

    def test_who_wrote_a_line_does_not_approve_it(self):
        remediation = self._propose()
        remediation.line_ids.with_user(self.supervisor).amount = 280
        remediation.action_ask()
        self._assert_refused(remediation, self.supervisor, "you proposed it yourself")
        self._approve(remediation, self.manager)

    def test_what_the_system_notes_makes_nobody_an_author(self):
        """Whoever looks, approves or carries out is not taken for the proposer."""
        remediation = self._asked(5000)
        line = remediation.line_ids
        for user in (self.supervisor, self.manager):
            line.with_user(user).sudo()._write_unguarded({"done_note": "x"})
            self.env.flush_all()
            self.assertFalse(remediation.author_ids)
            self._give_reason(remediation, "send_back", user)
            remediation.action_ask()
        self._approve(remediation, self.supervisor)
        self._approve(remediation, self.manager)
        with self._refused("use the buttons"):
            remediation.write({"author_ids": [Command.link(self.manager.id)]})

    def test_recused_people_do_not_approve(self):
        remediation = self._asked()
        self._recuse(remediation.complaint_id, self.supervisor)
        self._assert_refused(remediation, self.supervisor, "recused")
        self.assertFalse(remediation.with_user(self.supervisor).can_approve)
        remediation.sudo()._sync_todos()
        self.assertNotIn(self.supervisor, self._get_todo_users(remediation))
        self.assertIn(self.manager, self._get_todo_users(remediation))

    def test_one_person_takes_one_step_as_long_as_there_are_others(self):
        remediation = self._asked(5000)
        self._approve(remediation, self.manager)
        self._assert_refused(remediation, self.manager, "the tier before")
        self.other_managers.write({"active": False})
        self.director.active = False
        self._approve(remediation, self.manager)
        self.assertEqual(remediation.state, "approved")

    def test_strangers_are_refused(self):
        remediation = self._asked()
        for user in (self.stranger, self.employee, self.quality_user):
            self._assert_refused(remediation, user, "")
        for user in (self.auditor, self.archivist):
            self._assert_refused(remediation, user, "above your limit")
        other = self._new_user("complaint_other_supervisor", "supervisor")
        self._assert_refused(remediation, other, "")

    # ------------------------------------------------------------------
    # AGAINST
    # ------------------------------------------------------------------

    def test_refused_with_a_reason(self):
        remediation = self._asked()
        with self._refused("Say why"):
            remediation.with_user(self.supervisor)._refuse("  ")
        self._give_reason(remediation, "refuse", self.supervisor)
        self.assertRecordValues(
            remediation, [{"state": "refused", "decision_note": "单据不全。"}]
        )
        self.assertEqual(remediation.approval_ids.decision, "refused")
        self.assertEqual(remediation.approval_ids.reason, "单据不全。")
        self.assertIn(
            remediation.complaint_id.user_id, self._get_todo_users(remediation)
        )
        self.assertEqual(remediation.complaint_id.granted_total, 0)
        with self._refused("Start Again"):
            remediation.line_ids.amount = 1
        remediation.action_start_again()
        remediation.action_ask()
        self._approve(remediation, self.supervisor)
        self.assertEqual(
            remediation.approval_ids.mapped("decision"), ["approved", "refused"]
        )

    def test_sent_back_and_asked_again(self):
        remediation = self._asked(5000)
        self._approve(remediation, self.supervisor)
        self._give_reason(remediation, "send_back", self.manager)
        self.assertEqual(remediation.state, "draft")
        remediation.line_ids.amount = 4000
        remediation.action_ask()
        # What was approved before counts for what it was about only.
        self.assertEqual(remediation.tier_id, self.tiers["supervisor"])
        self._assert_refused(remediation, self.agent, "you proposed it yourself")

    def test_dialog_of_a_reason_is_ones_own(self):
        remediation = self._asked()
        dialog = self._ask("refuse", remediation, self.supervisor, reason="不同意")
        with self.assertRaises(AccessError):
            dialog.with_user(self.agent).action_confirm()
        with self.assertRaises(AccessError):
            self._give_reason(remediation, "refuse", self.agent)

    # ------------------------------------------------------------------
    # MANY
    # ------------------------------------------------------------------

    def test_many_at_once_all_or_none(self):
        remediations = self.env["customer.complaint.remediation"].union(
            *(self._asked(amount) for amount in (100, 200, 5000))
        )
        mine = self._asked(50, user=self.supervisor)
        with self._refused(mine.name, AccessError):
            self._approve(remediations | mine, self.supervisor)
        self.assertEqual(set(remediations.mapped("state")), {"to_approve"})
        self._approve(remediations, self.supervisor)
        self.assertEqual(
            remediations.mapped("state"), ["approved", "approved", "to_approve"]
        )
        complaint = self._decided()
        several = self._asked(10, complaint=complaint) | self._asked(
            20, complaint=complaint
        )
        self._approve(several, self.supervisor)
        self.assertEqual(set(several.mapped("state")), {"approved"})

    def test_other_company_sees_and_decides_nothing(self):
        branch = self.env["res.company"].create({"name": "上海分公司"})
        values = {"company_id": branch.id, "company_ids": [Command.set(branch.ids)]}
        boss = self._new_user("branch_boss", "manager", **values)
        remediation = self._asked()
        self._assert_refused(remediation, boss, "")
        for record in (remediation, remediation.line_ids):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                record.with_user(boss).read(["display_name"])
        self.assertNotIn(boss, self._get_todo_users(remediation))
        tier = self.tiers["supervisor"]
        tier.company_id = self.company
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            tier.with_user(boss).amount_from = 5


@tagged("post_install", "-at_install")
class TestForgedApproval(ApprovalCase):
    """Approvals are written by deciding, and by nothing else."""

    def _prepare_forged_vals(self, remediation):
        return {
            "remediation_id": remediation.id,
            "complaint_id": remediation.complaint_id.id,
            "company_id": self.company.id,
            "round": 1,
            "decision": "approved",
            "user_id": self.manager.id,
            "date": fields.Datetime.now(),
            "currency_id": self.company.currency_id.id,
            "amount": 1,
        }

    def test_nobody_writes_one(self):
        approval = self._approved().approval_ids
        remediation = self._asked()
        vals = self._prepare_forged_vals(remediation)
        Approval = self.env["customer.complaint.approval"]
        users = (
            self.agent,
            self.supervisor,
            self.manager,
            self.quality_user,
            self.auditor,
            self.env.ref("base.user_admin"),
            self.env.user,
        )
        for user in users:
            mine = approval.with_user(user)
            for deed in (
                lambda u=user: Approval.with_user(u).create(vals),
                lambda m=mine: m.write({"amount": 1}),
                lambda m=mine: m.write({"user_id": self.agent.id}),
                lambda m=mine: m.unlink(),
                lambda m=mine: m.copy(),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    deed()
        for deed in (
            lambda: Approval.sudo().create(vals),
            lambda: approval.sudo().write({"amount": 1}),
            lambda: approval.sudo().unlink(),
        ):
            with self._refused("Use the buttons", AccessError):
                deed()
        self.assertEqual(remediation.state, "to_approve")

    def test_no_import_and_no_commands(self):
        remediation = self._asked()
        names = ["remediation_id/.id", "decision", "round"]
        for user in (self.manager, self.env.ref("base.user_admin")):
            result = (
                self.env["customer.complaint.approval"]
                .with_user(user)
                .load(names, [[str(remediation.id), "Approved", "1"]])
            )
            self.assertFalse(result["ids"])
        command = Command.create(self._prepare_forged_vals(remediation))
        for record in (remediation, remediation.sudo()):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.write({"approval_ids": [command]})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.complaint_id.write(
                    {
                        "remediation_ids": [
                            Command.update(remediation.id, {"approval_ids": [command]})
                        ]
                    }
                )
        self.assertFalse(self._propose(approval_ids=[command]).approval_ids)
        self.assertFalse(remediation.approval_ids)

    def test_nobody_approves_by_the_state(self):
        remediation = self._asked()
        for user in (self.agent, self.supervisor, self.manager):
            for state in ("approved", "done", "agreed"):
                with self._refused("use the buttons"):
                    remediation.with_user(user).write({"state": state})
        for user in (self.auditor, self.archivist):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                remediation.with_user(user).write({"state": "approved"})

    def test_seen_by_who_sees_the_case(self):
        approval = self._approved().approval_ids
        for user in (self.agent, self.manager, self.auditor, self.archivist):
            self.assertEqual(approval.with_user(user).amount, 300)
        for user in (self.stranger, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                approval.with_user(user).read(["amount"])
