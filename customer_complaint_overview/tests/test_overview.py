import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .overview_common import OverviewCase

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    """Return a moment of the clock on the wall in Shanghai as naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return local.astimezone(UTC).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestOverview(OverviewCase):
    """Three complaints of Chaoyang Shop, two of Pudong Shop, as each role counts them.

    Other addons count more: what they add is not looked at here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls._create(cls.agent)
        cls.accepted = cls._create(cls.colleague)
        cls.accepted.action_accept()
        cls.closed = cls._create(cls.agent)
        cls._take_to(cls.closed, "closed")
        cls.elsewhere = cls._create(
            cls.stranger, category_id=cls.category_service.id, team_id=cls.other_team.id
        )
        cls.quality_matter = cls._create(cls.stranger, team_id=cls.other_team.id)

    @classmethod
    def _create(cls, user, **values):
        return cls._create_complaint(
            user,
            **{
                "sale_order_id": False,
                "line_ids": [Command.create({"product_id": cls.cream.id})],
                **values,
            },
        )

    def _get_own_card(self, team, user):
        """Return the figures of the trunk on a card."""
        card = self._get_card(team, user)
        names = ("new", "mine", "to_approve")
        return {name: card[name] for name in names if name in card}

    def _propose(self, complaint):
        remediation = (
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "顾客过敏就医，单据齐全。",
                    "line_ids": [Command.create({"kind": "travel", "amount": 30})],
                }
            )
        )
        remediation.action_ask()
        return remediation

    # ------------------------------------------------------------------
    # CARDS
    # ------------------------------------------------------------------

    def test_cards_of_each_role(self):
        both = self.team | self.other_team
        for user, teams in (
            (self.agent, self.team),
            (self.stranger, self.other_team),
            (self.supervisor, self.team),
            (self.manager, both),
            (self.quality_user, both),
            (self.archivist, both),
            (self.auditor, both),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._get_teams(user) & both, teams)

    def test_an_agent_of_one_team(self):
        self.assertEqual(
            self._get_own_card(self.team, self.agent), {"new": 1, "mine": 1}
        )
        self.assertEqual(
            self._get_own_card(self.team, self.colleague), {"new": 1, "mine": 1}
        )
        self.assertEqual(self.team.with_user(self.agent).open_complaint_count, 2)

    def test_an_agent_of_all_teams(self):
        self.other_team.member_ids = [Command.link(self.agent.id)]
        self.assertIn(self.other_team, self._get_teams(self.agent))
        self.assertEqual(self._get_own_card(self.other_team, self.agent), {"new": 2})

    def test_who_leads_a_superior_team_has_the_cards_below(self):
        head_office = self.env["customer.complaint.team"].create(
            {
                "name": "总部",
                "company_id": self.company.id,
                "leader_id": self.supervisor.id,
            }
        )
        self.other_team.parent_id = head_office
        self.assertLessEqual(
            self.other_team | head_office, self._get_teams(self.supervisor)
        )

    def test_a_case_of_another_team_brings_its_card(self):
        self.elsewhere.user_id = self.agent
        self.assertIn(self.other_team, self._get_teams(self.agent))
        self.assertEqual(
            self._get_own_card(self.other_team, self.agent), {"new": 1, "mine": 1}
        )
        self._withdraw(self.elsewhere, self.agent)
        self.assertNotIn(self.other_team, self._get_teams(self.agent))

    def test_quality_counts_quality_matters(self):
        card = self._get_own_card(self.other_team, self.quality_user)
        self.assertEqual(card, {"new": 1})

    def test_an_auditor_counts_all(self):
        card = self._get_own_card(self.other_team, self.auditor)
        self.assertEqual(card, {"new": 2})

    def test_an_archived_team_is_not_shown(self):
        self.other_team.active = False
        self.assertNotIn(self.other_team, self._get_teams(self.manager))
        self.assertNotIn(self.other_team, self._get_teams(self.stranger))

    def test_received_by_me_without_handler_is_mine(self):
        self.new._write_unguarded({"user_id": False})
        self.assertEqual(self._get_own_card(self.team, self.agent)["mine"], 1)
        self.assertIn(self.new, self._open_figure("my_complaints", self.agent))
        self.new.user_id = self.colleague
        self.assertNotIn("mine", self._get_own_card(self.team, self.agent))
        self.assertEqual(self._get_own_card(self.team, self.colleague)["mine"], 2)

    def test_what_waits_for_approval(self):
        self._propose(self._take_to(self.new, "remediation"))
        for user in (self.agent, self.supervisor, self.auditor):
            self.assertEqual(self._get_card(self.team, user)["to_approve"], 1)
        self.assertNotIn("my_approvals", self._get_waiting(self.agent))

    # ------------------------------------------------------------------
    # WHAT WAITS FOR ME
    # ------------------------------------------------------------------

    def test_what_waits_for_whoever_approves(self):
        remediation = self._propose(self._take_to(self.new, "remediation"))
        remediation.sudo().activity_ids.user_id = self.supervisor
        waiting = self._get_waiting(self.supervisor)
        self.assertEqual(waiting["my_approvals"], 1)
        self.assertEqual(
            self._open_figure("my_approvals", self.supervisor), remediation
        )

    def test_todos_of_today_and_before(self):
        self.assertNotIn("my_todos", self._get_waiting(self.colleague))
        today = fields.Date.context_today(self.new.with_user(self.colleague))
        for days in (-1, 0, 1):
            self.new.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today + timedelta(days=days),
                user_id=self.colleague.id,
            )
        # Those of other apps are not of this one.
        self.order.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.colleague.id
        )
        self.assertEqual(self._get_waiting(self.colleague)["my_todos"], 2)
        self.assertEqual(len(self._open_figure("my_todos", self.colleague)), 2)

    def test_supervisors_learn_of_complaints_without_team(self):
        before = self._get_waiting(self.supervisor).get("without_team", 0)
        self.new.team_id = False
        self.assertEqual(self._get_waiting(self.supervisor)["without_team"], before + 1)
        self.assertNotIn("without_team", self._get_waiting(self.stranger))

    def test_each_figure_opens_what_it_counts(self):
        self._propose(self._take_to(self.new, "remediation"))
        self.accepted.with_user(self.manager)._write_unguarded({"user_id": False})
        self.elsewhere.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.stranger.id
        )
        for user in (
            self.agent,
            self.colleague,
            self.stranger,
            self.supervisor,
            self.manager,
            self.quality_user,
            self.auditor,
        ):
            self._check_clicks(user)

    def test_a_list_is_named_after_its_team(self):
        action = self.team.with_user(self.agent).action_open_figure("new")
        self.assertEqual(action["name"], "Chaoyang Shop")
        self.assertEqual(action["context"], {"search_default_registered": 1})

    # ------------------------------------------------------------------
    # THE FIRST STEPS
    # ------------------------------------------------------------------

    def test_a_company_without_complaints_is_taught(self):
        outsider = self._new_outsider("manager")
        teams = self.env["customer.complaint.team"]
        overview = teams.with_user(outsider).get_overview()
        self.assertEqual(
            overview, {"figures": [], "can_create": True, "is_empty": True}
        )
        self.assertFalse(teams.with_user(self.colleague).get_overview()["is_empty"])
        self.assertFalse(teams.with_user(self.auditor).get_overview()["is_empty"])
        self.assertFalse(teams.with_user(self.auditor).get_overview()["can_create"])

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_who_has_no_role_sees_nothing(self):
        portal = new_test_user(
            self.env, login="complaint_portal", groups="base.group_portal"
        )
        menu = self.env.ref(
            "customer_complaint_overview.customer_complaint_menu_overview"
        )
        self.assertIn(menu.id, menu.with_user(self.agent)._visible_menu_ids())
        self.assertNotIn(menu.id, menu.with_user(self.employee)._visible_menu_ids())
        for user in (self.employee, portal):
            team = self.team.with_user(user)
            with self._refused("", AccessError):
                team.browse().get_overview()
            with self._refused("", AccessError):
                team.action_open_figure("new")
            with self._refused("", AccessError):
                team.read(["overview_figures"])
            with self._refused("", AccessError):
                self._get_teams(user)

    def test_another_company_sees_nothing(self):
        outsider = self._new_outsider("manager", "auditor")
        self.assertFalse(self._get_teams(outsider) & (self.team | self.other_team))
        self.assertFalse(self._get_waiting(outsider))
        with self._refused("", AccessError):
            self.team.with_user(outsider).action_open_figure("new")

    def test_a_figure_that_is_not_there(self):
        team = self.team.with_user(self.agent)
        for teams, name in (
            (team, "weather"),
            (team, "my_complaints"),
            (team, None),
            (team.browse(), "new"),
            (team | self.other_team, "new"),
        ):
            with self._refused("no longer counted"):
                teams.action_open_figure(name)

    def test_the_overview_comes_first(self):
        root = self.env.ref("customer_complaint.customer_complaint_menu_root")
        first = root.child_id.sorted("sequence")[0]
        self.assertEqual(
            first.action,
            self.env.ref(
                "customer_complaint_overview.customer_complaint_team_action_overview"
            ),
        )

    # ------------------------------------------------------------------
    # GRAPH
    # ------------------------------------------------------------------

    def _get_bars(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        graph = self.team.with_user(user).overview_graph
        return graph and [
            (bar["label"], bar["value"]) for bar in json.loads(graph)[0]["values"]
        ]

    def _receive_at(self, *moments):
        """Let the complaints of the team have come at these moments, and no others."""
        complaints = self.new | self.accepted | self.closed
        self.env.flush_all()
        for complaint, moment in zip(complaints, moments, strict=True):
            self.env.cr.execute(
                "UPDATE customer_complaint SET date_received = %s WHERE id = %s",
                [at(moment), complaint.id],
            )
        self.env.invalidate_all()

    def test_the_weeks_are_those_of_the_company(self):
        self.env["res.lang"]._lang_get("en_US").week_start = "1"
        # The week before ends on Sunday, the 6th, at midnight in Shanghai.
        self._receive_at("2031-07-06 23:59", "2031-07-07 00:01", "2031-05-18 23:59")
        with freeze_time(at("2031-07-07 00:30")):
            bars = self._get_bars(self.agent)
        self.assertEqual(bars[0], ("5/19", 0))
        self.assertEqual(bars[-2:], [("6/30", 1), ("7/7", 1)])
        self.assertEqual(sum(count for _label, count in bars), 2)

    def test_the_week_starts_as_the_language_has_it(self):
        self.env["res.lang"]._lang_get("en_US").week_start = "7"
        self._receive_at("2031-07-05 23:59", "2031-07-06 00:01", "2031-07-12 23:00")
        with freeze_time(at("2031-07-12 23:30")):
            bars = self._get_bars(self.agent)
        self.assertEqual(bars[-2:], [("6/29", 1), ("7/6", 2)])

    def test_no_graph_of_nothing(self):
        self._receive_at("2031-01-01 10:00", "2031-01-01 10:00", "2031-01-01 10:00")
        with freeze_time(at("2031-07-12 23:30")):
            self.assertFalse(self._get_bars(self.agent))

    # ------------------------------------------------------------------
    # SPEED
    # ------------------------------------------------------------------

    def test_many_teams_cost_no_more_queries_than_one(self):
        def count_queries(teams):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            teams.read(["overview_figures", "overview_graph", "open_complaint_count"])
            return self.env.cr.sql_log_count - before

        teams = self.env["customer.complaint.team"].create(
            [
                {"name": f"第{number}店", "company_id": self.company.id}
                for number in range(20)
            ]
        )
        teams = teams.with_user(self.manager)
        count_queries(teams)  # what is cached for the next ones
        self.assertEqual(count_queries(teams[:1]), count_queries(teams))
