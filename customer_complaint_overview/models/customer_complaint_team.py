import json
from bisect import bisect
from collections import Counter
from datetime import timedelta

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.date_utils import start_of
from odoo.tools.misc import babel_locale_parse, get_lang
from odoo.tools.safe_eval import safe_eval

from odoo.addons.customer_complaint.const import OPEN_STATES
from odoo.addons.customer_complaint_base.tools.figure import Figure

# Who sees the complaints of all teams, some of them at least.
SEES_ALL_TEAMS = ",".join(
    f"customer_complaint.group_complaint_{role}"
    for role in ("manager", "quality", "archivist", "auditor")
)
# How many weeks the graph of a card shows, this one included.
WEEKS = 8
ONE_WEEK = timedelta(weeks=1)


class CustomerComplaintTeam(models.Model):
    """How a team stands, and what waits for the user: the first page of the app.

    What is counted addons name in :meth:`_get_overview_figures`. It is counted for all
    teams at once, with the rights of who looks.
    """

    _inherit = "customer.complaint.team"

    is_on_overview = fields.Boolean(
        string="On My Overview",
        compute="_compute_is_on_overview",
        search="_search_is_on_overview",
        help="Teams whose complaints you see, and those of a complaint you handle.",
    )
    overview_figures = fields.Json(compute="_compute_overview_figures")
    overview_graph = fields.Text(compute="_compute_overview_graph")

    @api.depends_context("uid")
    def _compute_is_on_overview(self):
        shown = self.filtered_domain(self._get_overview_domain())
        for team in self:
            team.is_on_overview = team in shown

    @api.model
    def _search_is_on_overview(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_overview_domain()

    @api.model
    def _get_overview_domain(self):
        """Return the domain of the teams whose cards the user is shown.

        :rtype: odoo.fields.Domain
        """
        user = self.env.user
        if user.has_groups(SEES_ALL_TEAMS):
            return Domain.TRUE
        handled = self.env["customer.complaint"]._read_group(
            Domain("user_id", "=", user.id) & Domain("state", "in", OPEN_STATES),
            ["team_id"],
        )
        handled_ids = [team.id for (team,) in handled]
        return Domain("id", "in", user.complaint_team_ids.ids + handled_ids)

    # ------------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------------

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_overview_figures(self):
        counted = [
            (figure, self._count_by_team(figure))
            for figure in self._get_shown_figures()
            if figure.team_path
        ]
        for team in self:
            team.overview_figures = [
                self._describe(figure, counts.get(team.id, 0))
                for figure, counts in counted
            ]

    @api.model
    def get_overview(self):
        """Return what waits for the user, and whether there is anything at all.

        :return: ``figures`` other than zero, whether the user ``can_create``
            complaints, and whether these will be the company's first (``is_empty``)
        :rtype: dict
        """
        complaints = self.env["customer.complaint"]
        complaints.check_access("read")
        figures = [
            self._describe(figure, count)
            for figure in self._get_shown_figures()
            if not figure.team_path
            and (count := self.env[figure.model].search_count(figure.domain))
        ]
        return {
            "figures": figures,
            "can_create": complaints.has_access("create"),
            "is_empty": not figures and self._is_without_complaints(),
        }

    @api.model
    def _is_without_complaints(self):
        # Whether there is one, whoever sees it.
        complaints_sudo = self.env["customer.complaint"].sudo()
        companies = Domain("company_id", "in", self.env.companies.ids)
        return not complaints_sudo.search(companies, order="id", limit=1)

    @api.model
    def _get_overview_figures(self):
        mine = Domain("user_id", "=", self.env.uid)
        mine |= Domain("user_id", "=", False) & Domain(
            "received_by_id", "=", self.env.uid
        )
        is_open = Domain("state", "in", OPEN_STATES)
        waiting = Domain("state", "=", "to_approve")
        new = Figure(
            name="new",
            label=self.env._("New"),
            model="customer.complaint",
            domain=Domain("state", "=", "registered"),
            action="customer_complaint.customer_complaint_action",
            filters=("registered",),
            sequence=10,
            team_path="team_id",
        )
        own = new._replace(
            name="mine",
            label=self.env._("Mine"),
            domain=mine & is_open,
            filters=("my", "received_by_me", "open"),
            sequence=20,
        )
        to_approve = new._replace(
            name="to_approve",
            label=self.env._("Waiting for Approval"),
            model="customer.complaint.remediation",
            domain=waiting,
            action="customer_complaint.customer_complaint_remediation_action_to_approve",
            filters=("to_approve",),
            sequence=50,
            team_path="complaint_id.team_id",
        )
        my_own = own._replace(
            name="my_complaints",
            label=self.env._("My Complaints"),
            action="customer_complaint.customer_complaint_action_my",
            team_path="",
        )
        my_approvals = to_approve._replace(
            name="my_approvals",
            label=self.env._("To Approve"),
            domain=waiting & Domain("activity_user_id", "=", self.env.uid),
            filters=("my_todo",),
            team_path="",
        )
        my_todos = Figure(
            name="my_todos",
            label=self.env._("To-Dos Due"),
            model="mail.activity",
            domain=Domain("user_id", "=", self.env.uid)
            & Domain("res_model", "=like", "customer.complaint%")
            & Domain("date_deadline", "<=", "today"),
            action="customer_complaint_overview.mail_activity_action_my",
            filters=(
                "filter_user_id_uid",
                "filter_date_deadline_past",
                "filter_date_deadline_today",
            ),
            sequence=80,
        )
        teamless = new._replace(
            name="without_team",
            label=self.env._("Without Team"),
            domain=Domain("team_id", "=", False) & is_open,
            filters=("open",),
            sequence=90,
            team_path="",
        )
        return [
            *super()._get_overview_figures(),
            *(new, own, to_approve, my_own, my_approvals, my_todos, teamless),
        ]

    @api.model
    def _get_shown_figures(self):
        """Return the figures of what the user may read, in their order.

        :rtype: list[Figure]
        """
        return sorted(
            (
                figure
                for figure in self._get_overview_figures()
                if self.env[figure.model].has_access("read")
            ),
            key=lambda figure: figure.sequence,
        )

    @api.model
    def _count_by_team(self, figure):
        """Return how many of a figure there are, by the ids of the teams.

        :param Figure figure: one that is counted by team
        :rtype: dict[int, int]
        """
        groups = self.env[figure.model]._read_group(
            figure.domain, [figure.team_path], ["__count"]
        )
        return {team.id: count for team, count in groups}

    @api.model
    def _describe(self, figure, count):
        """Return what the page shows of a figure.

        :rtype: dict
        """
        return {
            "name": figure.name,
            "label": figure.label,
            "tone": figure.tone,
            "count": count,
        }

    def action_open_figure(self, name):
        """Open the list of what a figure of this team counts, or one of the user's.

        :param str name: of the figure
        :rtype: dict
        :raise UserError: if nothing of that name is counted here
        """
        self.check_access("read")
        figures = {figure.name: figure for figure in self._get_shown_figures()}
        figure = figures.get(name)
        if not figure or bool(figure.team_path) != (len(self) == 1):
            raise UserError(
                self.env._("This is no longer counted on the overview. Reload it.")
            )
        action = self.env["ir.actions.actions"]._for_xml_id(figure.action)
        domain = Domain(safe_eval(action["domain"] or "[]", {"uid": self.env.uid}))
        if self:
            domain &= Domain(figure.team_path, "=", self.id)
            action["display_name"] = action["name"] = self.name
        return {
            **action,
            "domain": list(domain),
            "context": {f"search_default_{name}": 1 for name in figure.filters},
        }

    # ------------------------------------------------------------------
    # GRAPH
    # ------------------------------------------------------------------

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_overview_graph(self):
        weeks = self._get_last_weeks()
        received = self._count_received(weeks)
        for team in self:
            team.overview_graph = team.id in received and json.dumps(
                [self._prepare_graph(weeks, received[team.id])]
            )

    @api.model
    def _get_last_weeks(self):
        """Return the first days of the last weeks, as the user's language has them.

        :rtype: list[datetime.date]
        """
        # From Monday on, or from as many days before as the week starts earlier.
        first_day = (1 - int(get_lang(self.env).week_start)) % 7
        shift = timedelta(days=first_day)
        today = self.env.company._complaint_today()
        this_week = start_of(today + shift, "week") - shift
        return [this_week - ONE_WEEK * ago for ago in reversed(range(WEEKS))]

    @api.model
    def _count_received(self, weeks):
        """Return how many complaints were received in each of these weeks.

        :param list weeks: their first days, one after the other
        :return: the numbers by the id of the team
        :rtype: dict[int, list[int]]
        """
        # The database need not know the time zone of the company.
        starts = [self.env.company._complaint_day_start(week) for week in weeks]
        groups = self.env["customer.complaint"]._read_group(
            Domain("date_received", ">=", starts[0]) & Domain("is_legacy", "=", False),
            ["team_id"],
            ["date_received:array_agg"],
        )
        received = {}
        for team, moments in groups:
            counts = Counter(bisect(starts, moment) for moment in moments)
            received[team.id] = [counts[number] for number in range(1, WEEKS + 1)]
        return received

    @api.model
    def _prepare_graph(self, weeks, counts):
        """Return the bars of a card, as the dashboards of Odoo draw them.

        :rtype: dict
        """
        locale = babel_locale_parse(get_lang(self.env).code)
        return {
            "key": self.env._("Received"),
            "values": [
                {
                    "label": format_skeleton("Md", week, locale=locale),
                    "value": count,
                    "type": "future" if week == weeks[-1] else "past",
                }
                for week, count in zip(weeks, counts, strict=True)
            ],
        }
