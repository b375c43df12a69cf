from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_confidential.tests.archive_access_common import (
    ArchiveAccessCase,
)


@tagged("post_install", "-at_install", "slow")
class TestTeamLeader(ArchiveAccessCase):
    """Leading a team opens confidential papers: somebody else has to mean it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_manager = cls._new_user("second_manager", "manager")

    def _is_open(self, user):
        self.env.invalidate_all()
        return self.medical.with_user(user).has_access("read")

    def test_leader_by_their_own_doing_sees_nothing_until_another_confirms(self):
        self.assertFalse(self._is_open(self.manager))
        team = self.team.with_user(self.manager)
        team.leader_id = self.manager
        self.assertTrue(self.team.is_leader_unconfirmed)
        self.assertFalse(self._is_open(self.manager))
        with self.assertRaises(AccessError):
            self.file.with_user(self.manager).read(["raw"])
        for user in (self.manager, self.supervisor, self.agent):
            with self.assertRaises(AccessError):
                self.team.with_user(user).action_confirm_leader()
        self.assertFalse(self._is_open(self.manager))
        self.team.with_user(self.second_manager).action_confirm_leader()
        self.assertTrue(self._is_open(self.manager))

    def test_it_is_logged(self):
        Log = self.env["customer.complaint.configuration.log"]
        last = Log.search([], limit=1).id
        self.team.with_user(self.manager).leader_id = self.manager
        self.team.with_user(self.second_manager).action_confirm_leader()
        told = Log.search(
            [("res_model", "=", self.team._name), ("id", ">", last)], order="id"
        )
        leader = told.filtered(lambda entry: entry.field_name == "Team Leader")
        self.assertRecordValues(
            leader,
            [
                {
                    "user_id": self.manager.id,
                    "old_value": self.supervisor.name,
                    "new_value": self.manager.name,
                    "record_name": "Chaoyang Shop",
                }
            ],
        )
        self.assertEqual(told[-1].user_id, self.second_manager)
        self.assertEqual(told[-1].new_value, "No")

    def test_flag_is_not_written_by_hand(self):
        team = self.team.with_user(self.manager)
        team.leader_id = self.manager
        with self._refused("another manager"):
            team.write({"is_leader_unconfirmed": False})
        with self._refused("another manager"):
            team.write({"leader_id": self.manager.id, "is_leader_unconfirmed": False})
        new = team.create(
            {
                "name": "夜班",
                "leader_id": self.manager.id,
                "is_leader_unconfirmed": False,
            }
        )
        self.assertTrue(new.is_leader_unconfirmed)
        self.assertFalse(self._is_open(self.manager))

    def test_leader_given_by_somebody_else_needs_no_confirmation(self):
        self.team.with_user(self.second_manager).leader_id = self.manager
        self.assertFalse(self.team.is_leader_unconfirmed)
        self.assertTrue(self._is_open(self.manager))

    def test_case_does_not_follow_a_category_to_ones_own_team(self):
        mine = self.env["customer.complaint.team"].create(
            {"name": "夜班", "leader_id": self.manager.id}
        )
        self.category_service.team_id = mine
        with self._refused("nobody opens them to themselves", AccessError):
            self.complaint.with_user(self.manager).write(
                {"category_id": self.category_service.id}
            )
        with self._refused("nobody opens them to themselves", AccessError):
            self.complaint.with_user(self.manager).write({"team_id": mine.id})
        self.complaint.with_user(self.second_manager).write({"team_id": mine.id})
        self.assertTrue(self._is_open(self.manager))

    def test_roles_in_complaint_handling_are_logged(self):
        Log = self.env["customer.complaint.configuration.log"]
        group = self.env.ref("customer_complaint.group_complaint_archivist")
        self.employee.group_ids = [Command.link(group.id)]
        entry = Log.search([], limit=1)
        self.assertEqual(entry.record_name, self.employee.display_name)
        self.assertIn(group.name, entry.new_value)
        group.user_ids = [Command.unlink(self.employee.id)]
        entry = Log.search([], limit=1)
        self.assertEqual(entry.record_name, self.employee.display_name)
        self.assertIn(group.name, entry.old_value)
        self.assertNotIn(group.name, entry.new_value or "")


@tagged("post_install", "-at_install", "slow")
class TestSuperiorTeam(ArchiveAccessCase):
    """The leader of a superior team supervises the teams below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Team = cls.env["customer.complaint.team"]
        cls.area_leader = cls._new_user("area_leader", "supervisor")
        cls.area_agent = cls._new_user("area_agent", "agent")
        cls.head = cls._new_user("head_of_region", "supervisor")
        cls.region = Team.create({"name": "华北区", "leader_id": cls.head.id})
        cls.area = Team.create(
            {
                "name": "朝阳片区",
                "leader_id": cls.area_leader.id,
                "member_ids": [Command.set(cls.area_agent.ids)],
                "parent_id": cls.region.id,
            }
        )
        cls.team.parent_id = cls.area
        cls.env.flush_all()

    def test_leaders_above_see_and_supervise(self):
        line = self.complaint.line_ids
        for user in (self.area_leader, self.head):
            case = self.complaint.with_user(user)
            self.assertIn(case, case.search([]))
            self.assertTrue(case.has_access("write"))
            self.assertTrue(line.with_user(user).has_access("write"))
            self.assertTrue(self.photo.with_user(user).has_access("read"))
            # Confidential papers are the team leader's, not every superior's.
            self.assertFalse(self.medical.with_user(user).has_access("read"))
        self.complaint.with_user(self.head).write({"user_id": self.colleague.id})

    def test_members_above_and_leaders_beside_do_not(self):
        beside = self._new_user("leader_beside", "supervisor")
        self.other_team.write({"leader_id": beside.id, "parent_id": self.region.id})
        for user in (self.area_agent, beside, self.stranger):
            case = self.complaint.with_user(user)
            self.assertNotIn(case, case.search([]))
            self.assertFalse(case.has_access("read"))
            self.assertFalse(self.photo.with_user(user).has_access("read"))

    def test_superiors_follow_at_once(self):
        case = self.complaint
        self.assertTrue(case.with_user(self.head).has_access("read"))
        self.area.parent_id = False
        self.assertFalse(case.with_user(self.head).has_access("read"))
        self.assertTrue(case.with_user(self.area_leader).has_access("read"))
        self.area.leader_id = False
        self.area.member_ids -= self.area_leader
        self.assertFalse(case.with_user(self.area_leader).has_access("read"))
        self.team.member_ids |= self.area_agent
        self.assertTrue(case.with_user(self.area_agent).has_access("read"))

    def test_rules_name_teams_and_join_nothing(self):
        Complaint = self.env["customer.complaint"].with_user(self.area_leader)
        query = str(Complaint._search([]).select().code)
        self.assertNotIn("customer_complaint_team_member_rel", query)


@tagged("post_install", "-at_install", "slow")
class TestSharedConfiguration(ArchiveAccessCase):
    """What all companies share is changed by whoever has all of them, and told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create({"name": "沪上分公司"})
        cls.boss = cls._new_user("boss_of_all", "manager")
        cls.boss.company_ids = cls.env["res.company"].search([])

    def _get_shared(self):
        """Return one row of each kind that belongs to all companies."""
        ref = self.quick_ref
        policy = ref("customer_complaint_deadline.policy_retail")
        return [
            self.env["customer.complaint.approval.tier"].search(
                [("company_id", "=", False)], limit=1
            ),
            policy,
            policy.milestone_ids[:1],
            self.category,
            self.channel,
            ref("customer_complaint.document_type_photo"),
            ref("customer_complaint.refusal_ground_not_ours"),
            self.env["customer.complaint.escalation.rule"].search(
                [("company_id", "=", False)], limit=1
            ),
            self.env["customer.complaint.archive.category"].search(
                [("company_id", "=", False)], limit=1
            ),
            self.env["customer.complaint.paper.requirement"].search(
                [("company_id", "=", False)], limit=1
            ),
            self.env["customer.complaint.return.exception"].search([], limit=1),
        ]

    def test_manager_of_one_company_changes_and_deletes_none_of_it(self):
        for row in self._get_shared():
            self.assertTrue(row, row._name)
            theirs = row.with_user(self.manager)
            name = "name" if "name" in row._fields else "company_id"
            with self.assertRaises(AccessError, msg=row._name):
                theirs.write({name: theirs[name]})
            with self.assertRaises(AccessError, msg=row._name):
                theirs.unlink()
            self.assertTrue(row.exists())

    def test_whoever_has_all_companies_changes_it(self):
        for row in self._get_shared():
            if "active" in row._fields:
                row.with_user(self.boss).active = row.active

    def test_nobody_makes_a_row_of_theirs_that_of_all(self):
        Tier = self.env["customer.complaint.approval.tier"].with_user(self.manager)
        values = {
            "name": "店长",
            "role": "supervisor",
            "amount_from": 7.0,
            "category_id": self.category.id,
        }
        with self._refused("All companies share this", AccessError):
            Tier.create({**values, "company_id": False})
        own = Tier.create({**values, "company_id": self.company.id})
        with self._refused("All companies share this", AccessError):
            own.write({"company_id": False})
        own.write({"amount_from": 8.0})
        own.unlink()

    def test_a_tag_goes_from_the_cases_of_all_companies(self):
        """Whoever is on a case tags it; to delete a tag takes all companies."""
        tag = self.env["customer.complaint.tag"].create({"name": "回头客"})
        tag.with_user(self.manager).color = 3
        with self._refused("All companies share this: 回头客", AccessError):
            tag.with_user(self.manager).unlink()
        tag.with_user(self.boss).unlink()
        self.assertFalse(tag.exists())

    def test_changes_are_told_with_old_and_new_value(self):
        Log = self.env["customer.complaint.configuration.log"]
        policy = self.quick_ref("customer_complaint_deadline.policy_retail")
        milestone = policy.milestone_ids[:1]
        last = Log.search([], limit=1).id
        old = milestone.length
        policy.with_user(self.boss).write(
            {"milestone_ids": [Command.update(milestone.id, {"length": old + 3})]}
        )
        told = Log.search([("id", ">", last)])
        self.assertRecordValues(
            told,
            [
                {
                    "user_id": self.boss.id,
                    "res_model": milestone._name,
                    "res_id": milestone.id,
                    "old_value": str(int(old)),
                    "new_value": str(int(old + 3)),
                    "deed": "write",
                }
            ],
        )

    def test_deleted_rows_stay_in_the_log(self):
        Log = self.env["customer.complaint.configuration.log"]
        rule = (
            self.env["customer.complaint.refusal.ground"]
            .with_user(self.boss)
            .create({"name": "超过保质期"})
        )
        rule.unlink()
        told = Log.search([("res_model", "=", rule._name)], limit=2)
        self.assertEqual(told.mapped("deed"), ["unlink", "create"])
        self.assertEqual(set(told.mapped("record_name")), {"超过保质期"})

    def test_log_is_read_by_managers_and_auditors_and_written_by_nobody(self):
        Log = self.env["customer.complaint.configuration.log"]
        self.channel.with_user(self.boss).name = "柜台或货架"
        entry = Log.search([], limit=1)
        for user in (self.manager, self.auditor):
            self.assertTrue(entry.with_user(user).read(["new_value"]))
        for user in (self.agent, self.supervisor, self.employee, self.archivist):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(["new_value"])
        for deed in (
            lambda: entry.sudo().write({"new_value": "x"}),
            lambda: entry.sudo().unlink(),
            lambda: entry.sudo().copy(),
        ):
            with self.assertRaises(UserError):
                deed()
