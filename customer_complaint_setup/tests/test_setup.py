from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

POLICIES = {
    "shop": "policy_retail",
    "web": "policy_retail",
    "pharmacy": "policy_gsp",
    "maker": "policy_opinion",
    "bank": "policy_cbirc",
}


@tagged("post_install", "-at_install")
class TestSetup(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A company of its own, as it is once the addon is there.
        cls.shop = cls.env["res.company"].create({"name": "朝阳药房连锁"})
        cls.boss = cls._new_user(
            "complaint_boss", "manager", company_id=cls.shop.id, name="王总"
        )
        cls.leader, cls.clerk = (
            cls._new_user(login, role, company_id=cls.shop.id, name=name)
            for login, role, name in (
                ("complaint_leader", "supervisor", "赵敏"),
                ("complaint_clerk", "agent", "小李"),
            )
        )
        cls.Setup = cls.env["customer.complaint.setup"].with_user(cls.boss)
        cls.team_one = cls.env["customer.complaint.team"].search(
            [("company_id", "=", cls.shop.id)]
        )
        cls.Tier = cls.env["customer.complaint.approval.tier"]

    def _answer(self, user=None, **values):
        """Answer the questions in the dialog, and press the button."""
        dialog = self._fill_in(user, **values)
        dialog.action_apply()
        self.env.flush_all()
        return dialog

    def _fill_in(self, user=None, **values):
        with Form(self.Setup.with_user(user or self.boss)) as form:
            with form.team_ids.edit(0) as row:
                row.leader_id = self.leader
                row.member_ids.add(self.clerk)
            for name, value in values.items():
                form[name] = value
        return form.record

    def _get_log(self):
        return self.env["customer.complaint.configuration.log"].search(
            [("company_id", "in", (self.shop.id, self.company.id, False))]
        )

    def test_each_business_gets_its_time_limits(self):
        for business, policy in POLICIES.items():
            self._answer(business=business)
            self.assertEqual(self.shop.complaint_business, business)
            self.assertEqual(
                self.shop.complaint_policy_id,
                self.quick_ref(f"customer_complaint_deadline.{policy}"),
            )

    def test_proposals_can_be_overruled(self):
        policy = self.quick_ref("customer_complaint_deadline.policy_service")
        self._answer(business="bank", policy_id=policy, hours="always")
        self.assertEqual(self.shop.complaint_policy_id, policy)
        self.assertEqual(
            self.team_one.resource_calendar_id.complaint_setup_hours, "always"
        )

    def test_team_gets_leader_and_members(self):
        self._answer(business="shop")
        self.assertEqual(self.team_one.leader_id, self.leader)
        self.assertEqual(self.team_one.member_ids, self.leader | self.clerk)
        self.assertFalse(self.team_one.is_leader_unconfirmed)

    def test_further_teams_are_made(self):
        with Form(self.Setup) as form:
            form.business = "shop"
            with form.team_ids.edit(0) as row:
                row.leader_id = self.leader
            with form.team_ids.new() as row:
                row.name = "望京店"
                row.leader_id = self.leader
                row.member_ids.add(self.clerk)
        form.record.action_apply()
        shops = self.env["customer.complaint.team"].search(
            [("company_id", "=", self.shop.id)]
        )
        self.assertEqual(len(shops), 2)
        self.assertIn("望京店", shops.mapped("name"))

    def test_hours_are_made_once_and_shared_by_the_teams(self):
        self._answer(business="maker")
        calendar = self.team_one.resource_calendar_id
        self.assertEqual(calendar.company_id, self.shop)
        self.assertEqual(calendar.tz, self.shop.complaint_tz)
        self.assertEqual(
            sum(calendar.attendance_ids.mapped(lambda a: a.hour_to - a.hour_from)), 40
        )
        self._answer(hours="company")
        self.assertFalse(self.team_one.resource_calendar_id)
        self._answer(hours="office")
        self.assertEqual(self.team_one.resource_calendar_id, calendar)

    def test_round_the_clock_is_every_hour(self):
        self._answer(business="shop")
        calendar = self.team_one.resource_calendar_id
        self.assertEqual(
            sum(calendar.attendance_ids.mapped(lambda a: a.hour_to - a.hour_from)), 168
        )

    def test_holidays_are_added_once(self):
        self._answer(business="maker", with_holidays=True)
        calendar = self.team_one.resource_calendar_id
        holidays, days = calendar.global_leave_ids, calendar.complaint_makeup_day_ids
        self.assertTrue(holidays)
        self.assertTrue(days)
        dialog = self._fill_in()
        self.assertTrue(dialog.with_holidays)
        dialog.action_apply()
        self.assertEqual(calendar.global_leave_ids, holidays)
        self.assertEqual(calendar.complaint_makeup_day_ids, days)

    def test_holidays_are_not_added_to_shared_hours(self):
        shared = self.env["resource.calendar"].create(
            {"name": "全集团工时", "company_id": False}
        )
        self.shop.resource_calendar_id = shared
        with self._refused("All companies share these .*全集团工时", ValidationError):
            self._answer(hours="company", with_holidays=True)

    def test_ladder_becomes_the_company_s_own(self):
        common = self.Tier.search([("company_id", "=", False)])
        before = common.read(["amount_from", "user_ids", "active", "role"])
        self._answer(agent_limit=50, supervisor_limit=500, manager_limit=5000)
        own = self.Tier.search([("company_id", "=", self.shop.id)])
        self.assertEqual(
            own.mapped("role"), ["agent", "supervisor", "manager", "people"]
        )
        self.assertEqual(own.mapped("amount_from"), [0.0, 50.01, 500.01, 5000.01])
        self.assertEqual(
            common.read(["amount_from", "user_ids", "active", "role"]), before
        )
        dialog = self._fill_in()
        self.assertEqual(
            (dialog.agent_limit, dialog.supervisor_limit, dialog.manager_limit),
            (50, 500, 5000),
        )
        self._answer(manager_limit=8000, director_ids=self.boss)
        self.assertEqual(self.Tier.search([("company_id", "=", self.shop.id)]), own)
        self.assertEqual(own.mapped("amount_from"), [0.0, 50.01, 500.01, 8000.01])
        self.assertEqual(own[-1].user_ids, self.boss)

    def test_ladder_left_alone_stays_the_common_one(self):
        self._answer(business="bank")
        self.assertFalse(self.Tier.search([("company_id", "=", self.shop.id)]))

    def test_another_ladder_is_left_alone(self):
        self.Tier.create(
            {
                "name": "店长",
                "company_id": self.shop.id,
                "role": "supervisor",
                "amount_from": 0,
            }
        )
        dialog = self._fill_in(business="shop")
        self.assertFalse(dialog.is_plain_ladder)
        dialog.action_apply()
        self.assertEqual(len(self.Tier.search([("company_id", "=", self.shop.id)])), 1)

    def test_papers_are_asked_for_and_no_longer(self):
        identity = self._get_paper_type("identity")
        photo = self._get_paper_type("photo")
        Requirement = self.env["customer.complaint.paper.requirement"]
        self._answer(paper_type_ids=identity | photo)
        self.assertEqual(Requirement._get_always_types(self.shop), identity | photo)
        self.assertFalse(Requirement._get_always_types(self.company))
        self._answer(paper_type_ids=photo)
        self.assertEqual(Requirement._get_always_types(self.shop), photo)
        self._answer(paper_type_ids=identity | photo)
        self.assertEqual(Requirement._get_always_types(self.shop), identity | photo)

    def test_twice_changes_nothing(self):
        answers = {
            "business": "pharmacy",
            "with_holidays": True,
            "agent_limit": 20,
            "director_ids": self.boss,
            "paper_type_ids": self._get_paper_type("photo"),
        }
        self._answer(**answers)
        log = self._get_log()
        self._answer(**answers)
        self.assertEqual(self._get_log(), log)
        self._answer()
        self.assertEqual(self._get_log(), log)

    def test_changes_are_logged_with_who(self):
        before = self._get_log()
        self._answer(business="bank", agent_limit=10)
        log = self._get_log() - before
        self.assertEqual(log.user_id, self.boss)
        self.assertEqual(log.company_id, self.shop)
        self.assertTrue(
            log.filtered(lambda entry: entry.field_name == "Default Complaint Policy")
        )
        self.assertIn(self.Tier._name, log.mapped("res_model"))

    def test_other_company_is_untouched(self):
        teams = self.env["customer.complaint.team"].search(
            [("company_id", "=", self.company.id)]
        )
        read = ["name", "leader_id", "member_ids", "resource_calendar_id"]
        before = teams.read(read)
        policy = self.company.complaint_policy_id
        categories = self.env["customer.complaint.category"].search([])
        self._answer(
            business="bank",
            agent_limit=10,
            paper_type_ids=self._get_paper_type("photo"),
        )
        self.assertEqual(teams.read(read), before)
        self.assertEqual(self.company.complaint_policy_id, policy)
        self.assertFalse(self.Tier.search([("company_id", "=", self.company.id)]))
        self.assertEqual(self.env["customer.complaint.category"].search([]), categories)
        self.assertFalse(self.company.complaint_setup_settled)

    def test_company_chosen_by_hand_is_not_another_one(self):
        dialog = self.Setup.sudo().create({"company_id": self.company.id})
        dialog.sudo().team_ids.unlink()
        with self.assertRaises(AccessError):
            dialog.with_user(self.boss).action_apply()

    def _use_own_categories(self):
        return self.env["customer.complaint.category"].create(
            [
                {"name": "会员卡", "company_id": self.shop.id},
                {"name": "停车", "company_id": self.shop.id},
            ]
        )

    def test_own_categories_are_left_out_and_come_again(self):
        card, parking = self._use_own_categories()
        self._answer(category_ids=card)
        self.assertEqual((card | parking).mapped("active"), [True, False])
        self._answer(category_ids=card | parking)
        self.assertEqual((card | parking).mapped("active"), [True, True])

    def test_single_company_leaves_out_what_a_bank_has_not(self):
        Category = self.env["customer.complaint.category"]
        used = self.quick_ref("customer_complaint.category_quality_foreign")
        with patch.object(
            type(Category),
            "_get_choosable_domain",
            lambda self, company: Domain("company_id", "in", (company.id, False)),
        ):
            self._create_complaint()
            dialog = self._fill_in(business="bank")
            # Foreign matter has a complaint, and is below product quality.
            self.assertIn(used, dialog.category_ids)
            self.assertIn(used.parent_id, dialog.category_ids)
            self.assertNotIn(
                self.quick_ref("customer_complaint.category_quality_efficacy"),
                dialog.category_ids,
            )
            self.assertIn(
                self.quick_ref("customer_complaint.category_service_attitude"),
                dialog.category_ids,
            )

    def test_team_of_another_company_is_refused(self):
        dialog = self._fill_in()
        dialog.team_ids.sudo().team_id = self.team
        with self._refused("", (AccessError, ValidationError)):
            dialog.action_apply()
        self.assertFalse(self.team.leader_id == self.leader)

    def test_category_with_complaints_stays(self):
        card, parking = self._use_own_categories()
        self._create_complaint(
            user=self.clerk,
            category_id=parking.id,
            team_id=self.team_one.id,
            partner_id=self.env["res.partner"].create({"name": "张伟"}).id,
            sale_order_id=False,
            line_ids=[],
        )
        with self._refused("complaints.*停车", ValidationError):
            self._answer(category_ids=card)
        self.assertTrue(parking.active)

    def test_category_above_another_stays(self):
        card, parking = self._use_own_categories()
        parking.parent_id = card
        with self._refused("stay: 会员卡", ValidationError):
            self._answer(category_ids=parking)

    def test_bad_answers_get_a_sentence(self):
        for values, text in (
            ({"supervisor_limit": 0}, "supervisors more than agents"),
            ({"manager_limit": 900}, "managers more than supervisors"),
            ({"agent_limit": -1}, "Agents approve 0 or more"),
        ):
            with self._refused(text, ValidationError):
                self._answer(**values)
        dialog = self.Setup.create({})
        with self._refused("Nobody leads", ValidationError):
            dialog.action_apply()
        dialog.team_ids.leader_id = self.leader
        dialog.team_ids = [
            Command.create({"name": dialog.team_ids.name, "leader_id": self.leader.id})
        ]
        with self._refused("same name", ValidationError):
            dialog.action_apply()
        dialog.team_ids.unlink()
        with self._refused("Enter a team", ValidationError):
            dialog.action_apply()

    def test_only_managers_set_up(self):
        for user in (self.agent, self.supervisor, self.auditor, self.employee):
            with self.assertRaises(AccessError):
                self.Setup.with_user(user).create({})
            with self.assertRaises(AccessError):
                self.Setup.with_user(user).skip()
            self.assertFalse(self.Setup.with_user(user).is_offered())

    def test_another_manager_s_dialog_is_not_theirs(self):
        dialog = self._fill_in(business="bank")
        other = self._new_user("other_boss", "manager", company_id=self.shop.id)
        with self.assertRaises(AccessError):
            dialog.with_user(other).action_apply()

    def test_offered_until_answered(self):
        self.assertTrue(self.Setup.is_offered())
        self._answer(business="shop")
        self.assertFalse(self.Setup.is_offered())

    def test_offered_until_skipped(self):
        self.assertTrue(self.Setup.skip())
        self.assertFalse(self.Setup.is_offered())
        self.assertFalse(self.shop.complaint_business)

    def test_skip_in_the_dialog_sets_nothing(self):
        self._fill_in(business="bank").action_skip()
        self.assertFalse(self.Setup.is_offered())
        self.assertFalse(self.shop.complaint_business)

    def test_not_offered_where_teams_are(self):
        self.env["customer.complaint.team"].create(
            {"name": "望京店", "company_id": self.shop.id}
        )
        self.assertFalse(self.Setup.is_offered())
