from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class OverviewCase(CustomerComplaintCommon):
    """What the overview counts, and what a click on it opens."""

    def _get_teams(self, user):
        """Return the teams whose cards a user is shown."""
        action = self.env.ref(
            "customer_complaint_overview.customer_complaint_team_action_overview"
        )
        teams = self.env["customer.complaint.team"].with_user(user)
        return teams.search(safe_eval(action.domain))

    def _get_card(self, team, user):
        """Return what the card of a team counts for a user, other than zero."""
        self.env.flush_all()
        self.env.invalidate_all()
        figures = team.with_user(user).overview_figures
        return {
            figure["name"]: figure["count"] for figure in figures if figure["count"]
        }

    def _get_waiting(self, user):
        """Return what waits for a user."""
        self.env.flush_all()
        overview = self.env["customer.complaint.team"].with_user(user).get_overview()
        return {figure["name"]: figure["count"] for figure in overview["figures"]}

    def _open_figure(self, name, user, team=None):
        """Return what the list has that a click on a figure opens."""
        teams = self.env["customer.complaint.team"].with_user(user)
        action = (teams if team is None else team.with_user(user)).action_open_figure(
            name
        )
        records = self.env[action["res_model"]].with_user(user)
        view_id = action["search_view_id"] and action["search_view_id"][0]
        filters = {
            key.removeprefix("search_default_")
            for key, value in action["context"].items()
            if value
        }
        search = etree.fromstring(records.get_view(view_id, "search")["arch"])
        return records.search(
            Domain(action["domain"]) & self._get_facets(search, filters, user)
        )

    def _get_facets(self, search, filters, user):
        """Return the domain of filters: any of those that stand together, of each."""
        groups, left = [[]], set(filters)
        for node in search:
            if node.tag == "separator" or "group_by" in node.get("context", ""):
                groups.append([])
            elif node.tag == "filter" and node.get("name") in filters:
                left.remove(node.get("name"))
                domain = safe_eval(node.get("domain"), {"uid": user.id})
                groups[-1].append(Domain(domain))
        self.assertFalse(left, "the list has no such filters")
        return Domain.AND(Domain.OR(group) for group in groups if group)

    def _check_clicks(self, user):
        """Check that each figure of a user opens as many as it counts."""
        for name, count in self._get_waiting(user).items():
            with self.subTest(user=user.login, figure=name):
                self.assertEqual(len(self._open_figure(name, user)), count)
        for team in self._get_teams(user):
            for figure in team.overview_figures:
                with self.subTest(user=user.login, team=team.name, **figure):
                    opened = self._open_figure(figure["name"], user, team)
                    self.assertEqual(len(opened), figure["count"])
