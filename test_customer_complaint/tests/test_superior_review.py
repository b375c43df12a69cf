from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase
from odoo.addons.customer_complaint_review.tests.test_review import NEW_DECISION, NOTES


@tagged("post_install", "-at_install")
class TestSuperiorReview(ApprovalCase):
    """Nobody judges what they had a part in, or what is about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area_leader = cls._new_user("complaint_area_leader", "supervisor")
        cls.head = cls._new_user("complaint_head", "supervisor")
        Team = cls.env["customer.complaint.team"]
        cls.head_office = Team.create({"name": "总部", "leader_id": cls.head.id})
        cls.area = Team.create(
            {
                "name": "华北区",
                "leader_id": cls.area_leader.id,
                "parent_id": cls.head_office.id,
            }
        )
        cls.team.parent_id = cls.area

    def _told(self, **values):
        complaint = self._create_complaint(line_ids=[], **values)
        self._take_to(complaint, "remediation")
        self._write_decision(complaint)
        complaint.sudo()._write_unguarded({"date_notified": fields.Datetime.now()})
        return complaint

    def _request(self, complaint):
        return (
            self.env["customer.complaint.review"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "date_requested": self.company._complaint_today(),
                    "request": "我不同意。",
                }
            )
        )

    def _refused_as_reviewer(self, review, user, text):
        with self._refused(text, ValidationError):
            review.with_user(self.manager).reviewer_id = user

    # ------------------------------------------------------------------
    # TEAMS
    # ------------------------------------------------------------------

    def test_leaders_above_see_the_cases_below(self):
        complaint = self._create_complaint(line_ids=[])
        for user in (self.area_leader, self.head):
            self.assertTrue(complaint.with_user(user).has_access("write"))
        other = self._create_complaint(
            self.stranger, team_id=self.other_team.id, line_ids=[]
        )
        self.assertFalse(other.with_user(self.area_leader).has_access("read"))
        # A new leader above sees them, the old one no more.
        self.area.leader_id = self._new_user("complaint_new_area", "supervisor")
        self.area.member_ids = [Command.unlink(self.area_leader.id)]
        self.assertTrue(complaint.with_user(self.area.leader_id).has_access("read"))
        self.assertFalse(complaint.with_user(self.area_leader).has_access("read"))
        self.team.parent_id = False
        self.assertFalse(complaint.with_user(self.head).has_access("read"))

    # ------------------------------------------------------------------
    # REVIEW
    # ------------------------------------------------------------------

    def test_a_superior_unit_reviews(self):
        review = self._request(self._told())
        # Neither the leader of the branch, nor a colleague of the same rank.
        self._refused_as_reviewer(review, self.supervisor, "A superior unit reviews")
        peer = self._new_user("complaint_peer", "supervisor")
        self.team.member_ids |= peer
        self._refused_as_reviewer(review, peer, "A superior unit reviews")
        review.with_user(self.supervisor).reviewer_id = self.area_leader
        own = review.with_user(self.area_leader)
        own.write(
            {
                "outcome": "upheld",
                "process_note": "程序完整。",
                "time_note": "在期限内。",
                "result_note": "证据充分。",
                "opinion": "维持原处理意见。",
            }
        )
        own.action_decide()
        self.assertEqual(review.state, "decided")

    def test_who_changes_the_decision_confirms_its_findings(self):
        complaint = self._told()
        review = self._request(complaint)
        review.with_user(self.supervisor).reviewer_id = self.area_leader
        own = review.with_user(self.area_leader)
        own.write({"outcome": "changed", **NOTES, **NEW_DECISION})
        own.action_decide()
        self.assertEqual(complaint.conclusion_confirmed_by_id, self.area_leader)

    def test_the_nearest_superior_is_asked(self):
        review = self._request(self._told())
        self.assertEqual(review.sudo().activity_ids.user_id, self.area_leader)

    def test_a_manager_of_another_unit_may_review(self):
        review = self._request(self._told())
        review.with_user(self.supervisor).reviewer_id = self.manager
        self.assertEqual(review.reviewer_id, self.manager)
        self.team.member_ids |= self.manager
        other = self._request(self._told())
        self._refused_as_reviewer(other, self.manager, "does not belong to")

    def test_above_the_area_where_its_leader_decided(self):
        complaint = self._told()
        complaint.sudo()._write_unguarded({"decided_by_id": self.area_leader.id})
        review = self._request(complaint)
        self._refused_as_reviewer(review, self.area_leader, "took part")
        review.with_user(self.manager).reviewer_id = self.head
        self.assertEqual(review.reviewer_id, self.head)

    def test_who_approved_the_money_does_not_review(self):
        complaint = self._told()
        remediation = self._propose(1500.0, complaint)
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        remediation.with_user(self.manager).action_approve()
        review = self._request(complaint)
        self._refused_as_reviewer(review, self.manager, "approved what the customer")
        self._refused_as_reviewer(review, self.supervisor, "approved what")

    def test_nor_does_who_approves_it_after_being_named(self):
        complaint = self._told()
        remediation = self._propose(30000.0, complaint)
        remediation.action_ask()
        review = self._request(complaint)
        review.with_user(self.supervisor).reviewer_id = self.director
        for user in (self.supervisor, self.manager, self.director):
            if remediation.state == "to_approve":
                remediation.with_user(user).action_approve()
        self.assertEqual(remediation.state, "approved")
        own = review.with_user(self.director)
        own.outcome = "upheld"
        with self._refused("approved what", AccessError):
            own.action_decide()

    def test_who_confirmed_the_findings_does_not_review(self):
        complaint = self._told()
        complaint.sudo()._write_unguarded(
            {"conclusion_confirmed_by_id": self.area_leader.id}
        )
        self._refused_as_reviewer(
            self._request(complaint), self.area_leader, "took part"
        )

    # ------------------------------------------------------------------
    # FINDINGS ON SERVICE
    # ------------------------------------------------------------------

    def _service(self, **values):
        complaint = self._create_complaint(
            line_ids=[], category_id=self.category_service.id, **values
        )
        self._take_to(complaint, "investigating")
        complaint.write(
            {
                "conclusion": "established",
                "conclusion_note": "店员态度生硬，属实。",
                "cause": "service",
                "responsible_party": "own",
            }
        )
        return complaint

    def test_findings_on_service_are_not_confirmed_by_the_unit_itself(self):
        complaint = self._service()
        for user in (self.agent, self.colleague):
            self.assertFalse(complaint.with_user(user).can_confirm_findings)
            with self._refused("leader of the responsible department", AccessError):
                complaint.with_user(user).action_confirm_findings()
        self.assertTrue(complaint.with_user(self.supervisor).can_confirm_findings)
        complaint.with_user(self.supervisor).action_confirm_findings()
        self.assertEqual(complaint.conclusion_confirmed_by_id, self.supervisor)

    def test_nor_by_a_leader_who_is_complained_of(self):
        complaint = self._service(
            people_involved=f"店长{self.supervisor.name}，当班收银员"
        )
        own = complaint.with_user(self.supervisor)
        self.assertFalse(own.can_confirm_findings)
        with self._refused("confirmed by", AccessError):
            own.action_confirm_findings()
        # The leader above is asked instead, and confirms.
        complaint.action_ask_for_confirmation()
        todo = complaint.sudo().activity_ids.filtered(
            lambda a: a.summary == "Confirm the findings"
        )
        self.assertEqual(todo.user_id, self.area_leader)
        complaint.with_user(self.area_leader).action_confirm_findings()

    def test_another_unit_may_confirm(self):
        other = self._create_complaint(
            self.stranger,
            team_id=self.other_team.id,
            line_ids=[],
            category_id=self.category_service.id,
        )
        other.user_id = self.stranger
        self._take_to(other, "investigating")
        other.write(
            {
                "conclusion": "established",
                "conclusion_note": "属实。",
                "cause": "service",
                "responsible_party": "own",
                "responsible_team_id": self.team.id,
            }
        )
        other.with_user(self.stranger).action_confirm_findings()
        self.assertEqual(other.conclusion_confirmed_by_id, self.stranger)

    def test_quality_is_not_confirmed_by_whom_it_is_about(self):
        complaint = self._create_complaint(
            people_involved=f"质检员 {self.quality_user.name}"
        )
        self._take_to(complaint, "investigating")
        complaint.write(
            {
                "conclusion": "established",
                "conclusion_note": "属实。",
                "cause": "product",
                "responsible_party": "own",
                "category_id": self.quick_ref(
                    "customer_complaint.category_quality_intrinsic"
                ).id,
            }
        )
        own = complaint.with_user(self.quality_user)
        self.assertFalse(own.can_confirm_findings)
        with self._refused("confirmed by", AccessError):
            own.action_confirm_findings()

    # ------------------------------------------------------------------
    # OTHER JUDGEMENTS
    # ------------------------------------------------------------------

    def test_whoever_it_is_about_judges_nothing_else(self):
        complaint = self._create_complaint(
            severity="serious", people_involved=f"店长{self.supervisor.name}"
        )
        with self._refused("named among the people", AccessError):
            complaint.with_user(self.supervisor)._lower_severity("general", "误报")
        complaint.with_user(self.area_leader)._lower_severity("general", "误报")
        complaint.action_accept()
        complaint._write_unguarded({"has_compensation": True, "compensation_total": 80})
        receipt = self.quick_ref("customer_complaint.document_type_receipt")
        Waiver = self.env["customer.complaint.paper.waiver"]
        vals = {"complaint_id": complaint.id, "type_id": receipt.id, "reason": "遗失"}
        with self._refused("named among the people", AccessError):
            Waiver.with_user(self.supervisor).create(vals)
        Waiver.with_user(self.area_leader).create(vals)

    def test_a_signature_is_not_theirs_either(self):
        complaint = self._told(people_involved=f"质检员{self.quality_user.name}")
        self.assertIn(
            "about them",
            complaint._get_cannot_sign_reason("quality", self.quality_user),
        )

    def test_a_name_within_another_word_names_nobody(self):
        """“Li An” is not named by “Li Andersen”."""
        li_an = self._new_user("complaint_li_an", "supervisor", name="Li An")
        wang = self._new_user("complaint_wang", "supervisor", name="王伟")
        complaint = self._create_complaint(people_involved="Li Andersen")
        self.assertFalse(complaint._is_complained_of(li_an))
        complaint.people_involved = "收银员 Li An、王伟"
        self.assertTrue(complaint._is_complained_of(li_an))
        self.assertTrue(complaint._is_complained_of(wang))
