from odoo.tests import HttpCase, tagged

from .overview_common import OverviewCase

OVERVIEW = (
    "/odoo/action-customer_complaint_overview.customer_complaint_team_action_overview"
)


@tagged("post_install", "-at_install", "slow")
class TestOverviewUi(HttpCase, OverviewCase):
    """The first page in the browser: its numbers lead to lists, and back."""

    def test_numbers_open_their_lists(self):
        self._create_complaint()
        self.start_tour(OVERVIEW, "customer_complaint_overview", login=self.agent.login)

    def test_the_first_steps(self):
        outsider = self._new_outsider("agent")
        self.start_tour(
            OVERVIEW, "customer_complaint_first_steps", login=outsider.login
        )
