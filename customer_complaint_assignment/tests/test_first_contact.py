from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.test_old_zone import OldZoneCase


@tagged("post_install", "-at_install")
class TestRuleBeforeFirstContact(CustomerComplaintCommon):
    """Where the team has a rule, taking a complaint in makes nobody its handler."""

    def test_the_form_names_nobody(self):
        form = Form(self.env["customer.complaint"].with_user(self.agent))
        self.assertEqual(form.user_id, self.agent)
        self.other_team.write(
            {
                "assignment_method": "fewest",
                "member_ids": [Command.link(self.agent.id)],
            }
        )
        form.team_id = self.other_team
        self.assertFalse(form.user_id)

    def test_the_rule_of_the_team_goes_before(self):
        self.team.assignment_method = "fewest"
        self.team.leader_id = False
        self.team.member_ids = [Command.set(self.colleague.ids)]
        complaint = self._create_complaint()
        self.assertEqual(complaint.user_id, self.colleague)


@tagged("post_install", "-at_install")
class TestAtWorkInOldZone(OldZoneCase):
    """Who is at work is known in each zone that Odoo knows."""

    def test_who_is_at_work_in_an_old_zone(self):
        with self._system_without_old_zones():
            self.company.complaint_tz = "Asia/Chongqing"
            self.team.assignment_method = "fewest"
            complaint = self._create_complaint(self.manager, team_id=self.team.id)
            self.assertTrue(complaint.exists())
