from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestNoRole(CustomerComplaintCommon):
    """Who has no role with complaints finds nothing of them, whatever is installed."""

    def test_nobody_without_role_searches_anything(self):
        models = [
            name
            for name in self.env.registry
            if name.startswith("customer.complaint")
            and not self.env[name]._abstract
            and not self.env[name]._transient
        ]
        self.assertIn("customer.complaint.archive.document", models)
        portal = new_test_user(
            self.env, login="complaint_portal", groups="base.group_portal"
        )
        for user in (self.employee, portal):
            for model in models:
                with self.subTest(user=user.login, model=model):
                    Model = self.env[model].with_user(user)
                    if model == "customer.complaint.memo" and user == self.employee:
                        # Anybody in the company may be asked something.
                        self.assertFalse(Model.search([]))
                        continue
                    with self.assertRaises(AccessError):
                        Model.search([])
                    with self.assertRaises(AccessError):
                        Model.search_count([])
                    with self.assertRaises(AccessError):
                        Model.name_search("")
