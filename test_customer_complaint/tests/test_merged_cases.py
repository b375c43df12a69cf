from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase
from odoo.addons.customer_complaint_deadline.tests.clock_common import PauseCase, at
from odoo.addons.customer_complaint_investigation.tests.test_severity import (
    SeverityCase,
)
from odoo.addons.customer_complaint_merge.tests.test_split import SplitCase


@tagged("post_install", "-at_install")
@freeze_time(at("2026-03-06 16:00"))  # a Friday in Shanghai
class TestMergedInTime(PauseCase):
    """Time limits of what was merged or split off."""

    def test_merging_stops_the_clocks_of_what_was_merged(self):
        target = self._receive("2026-03-06 10:00", self.retail)
        repeat = self._receive("2026-03-06 11:00", self.retail)
        repeat.with_user(self.supervisor).write(
            {
                "merge_reason": "同一顾客同一事项",
                "merged_into_id": target.id,
                "state": "merged",
            }
        )
        self.assertFalse(repeat.date_deadline)
        self.assertEqual(target.date_deadline, at("2026-03-07 10:00"))

    def test_what_is_split_off_has_the_same_time(self):
        complaint = self._receive(
            "2026-03-02 10:00",
            self.cbirc,
            complexity="special",
            line_ids=[
                Command.create({"product_id": product.id})
                for product in self.cream | self.syrup
            ],
        )
        with freeze_time(at("2026-03-03 10:00")):
            pause = self._pause(complaint)
        with freeze_time(at("2026-03-05 10:00")):
            self._resume(pause)
        child = complaint._split_off(
            complaint.line_ids[1:],
            complaint.document_ids,
            {"subject": "另一罐面霜", "description": "另一罐也有异物。"},
        )
        due = self._get_deadline(complaint, "cbirc_answer_special").date_due
        self.assertEqual(due, at("2026-04-03 23:59:59"))
        self.assertEqual(
            self._get_deadline(child, "cbirc_answer_special").date_due, due
        )
        self.assertEqual(child.date_deadline, complaint.date_deadline)

    def test_a_case_split_off_stays_as_complex(self):
        complaint = self._receive(
            "2026-03-05 10:00",
            complexity="complex",
            line_ids=[(0, 0, {"product_id": p.id}) for p in self.cream | self.syrup],
        )
        new = complaint.with_user(self.agent)._split_off(
            complaint.line_ids[:1],
            self.env["customer.complaint.archive.document"],
            {"description": "另一件。", "subject": "糖浆"},
        )
        self.assertEqual(new.complexity, "complex")


@tagged("post_install", "-at_install")
@freeze_time(at("2026-03-20 10:00"))  # four days after the limit
class TestMergedLate(PauseCase):
    """Merging hides no lateness."""

    def test_it_goes_along_when_the_case_is_merged(self):
        main = self._receive("2026-03-19 10:00", self.cbirc)
        self.assertFalse(main.was_late)
        self.complaint.with_user(self.supervisor).write(
            {
                "state": "merged",
                "merged_into_id": main.id,
                "merge_reason": "同一事项。",
            }
        )
        self.assertTrue(self.complaint.was_late)
        self.assertTrue(main.was_late)
        main._sync_deadlines()
        self.assertTrue(main.was_late)


@tagged("post_install", "-at_install")
class TestMergedWorth(ApprovalCase):
    """What was granted on merged and split cases counts together."""

    def _merge(self, source, target):
        source.with_user(self.supervisor).write(
            {
                "state": "merged",
                "merged_into_id": target.id,
                "merge_reason": "同一顾客同一问题。",
            }
        )

    def _split(self, complaint, lines):
        return complaint._split_off(
            lines,
            complaint.document_ids.browse(),
            {
                "category_id": self.category_service.id,
                "description": "另案处理。",
                "team_id": self.team.id,
            },
        )

    def test_merged_complaints_count_together(self):
        first, second = self._decided(), self._decided()
        paid = self._asked(900, complaint=first)
        self._approve(paid, self.supervisor)
        self._carry_out(paid.line_ids)
        waiting = self._asked(900, complaint=second)
        self.assertEqual(waiting.tier_id, self.tiers["supervisor"])
        self._merge(first, second)
        self.assertEqual(waiting.amount_counted, 1800)
        self.assertEqual(waiting.amount_customer_before, 0)
        self._approve(waiting, self.supervisor)
        self.assertEqual(waiting.state, "to_approve")
        self.assertEqual(waiting.tier_id, self.tiers["manager"])
        self._approve(waiting, self.manager)
        self.assertEqual(waiting.approval_ids[:1].amount, 1800)

    def test_merging_lets_what_waits_follow(self):
        first, second = self._decided(), self._decided()
        paid = self._asked(900, complaint=first)
        self._approve(paid, self.supervisor)
        self._carry_out(paid.line_ids)
        self._asked(900, complaint=second)
        third = self._asked(200, complaint=self._decided())
        self.assertEqual(third.tier_id, self.tiers["supervisor"])
        self._merge(first, third.complaint_id)
        self._approve(third, self.supervisor)
        self.assertEqual(third.tier_id, self.tiers["manager"])
        self.assertIn(self.manager, self._get_todo_users(third))

    def test_split_complaints_count_together_both_ways(self):
        laptop = self.env["product.product"].create({"name": "笔记本电脑"})
        complaint = self._decided(
            line_ids=[
                Command.create({"product_id": product.id})
                for product in (self.cream, self.syrup, laptop)
            ]
        )
        parts = [self._split(complaint, line) for line in complaint.line_ids[:2]]
        for part in parts:
            self._take_to(part, "remediation")
        grants = [self._asked(500, complaint=part) for part in parts]
        own = self._asked(500, complaint=complaint)
        self.assertEqual(
            [rem.amount_counted for rem in (*grants, own)], [1500, 1500, 1500]
        )
        self._approve(grants[0], self.supervisor)
        self.assertEqual(grants[0].state, "to_approve")
        self.assertEqual(grants[0].tier_id, self.tiers["manager"])
        # What is taken back on one lets what waits on the others go on.
        self._give_reason(own, "cancel", self.agent)
        self.assertEqual(grants[0].state, "approved")

    def test_merged_and_split_chain(self):
        """A goes into B, from which C was split: all three are one matter."""
        one, two = (
            self._decided(),
            self._decided(
                line_ids=[
                    Command.create({"product_id": self.cream.id}),
                    Command.create({"product_id": self.syrup.id}),
                ]
            ),
        )
        paid = self._asked(900, complaint=one)
        self._approve(paid, self.supervisor)
        self._carry_out(paid.line_ids)
        part = self._split(two, two.line_ids[:1])
        self._merge(one, two)
        self._take_to(part, "remediation")
        last = self._asked(300, complaint=part)
        self.assertEqual(last.amount_counted, 1200)
        self.assertEqual(part._get_family(), one | two | part)


@tagged("post_install", "-at_install")
class TestMergedSeverity(SeverityCase):
    """Complaints that go together may be a major one."""

    def test_group_that_grew_by_merging_is_major(self):
        group = {"representation": "group"}
        other = self.env["res.partner"].create({"name": "王芳"})
        main = self._new(complainant_count=12, **group)
        others = self._new(partner_id=other.id, complainant_count=8, **group)
        self._ask(
            "merge", others, self.supervisor, target_id=main, reason="同一批次"
        ).action_merge()
        self.assertEqual(main.severity, "major", "20 complainants act together now")


@tagged("post_install", "-at_install")
class TestSplitVerified(SplitCase):
    """Products that leave take the verification of the matter along."""

    def test_what_was_verified_is_open_again(self):
        complaint = self._create_double()
        self._verify(complaint)
        self._split(complaint, complaint.line_ids[1])
        self.assertFalse(complaint.matter_verified_by_id)
        self.assertTrue(complaint.complainant_verified_by_id)
