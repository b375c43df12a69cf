from datetime import timedelta

from odoo.exceptions import AccessError

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


class ApprovalCase(RemediationCase):
    """A decided complaint, the shipped ladder, and a director who is named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = {
            role: cls.quick_ref(f"customer_complaint_approval.approval_tier_{role}")
            for role in ("agent", "supervisor", "manager", "director")
        }
        cls.tiers["director"].user_ids = cls.director
        # No other manager is asked than the one of the tests.
        group = cls.quick_ref("customer_complaint.group_complaint_manager")
        cls.other_managers = group.user_ids - cls.manager - cls.director

    def _approve(self, remediations, user):
        remediations.with_user(user).action_approve()

    def _assert_refused(self, remediations, user, text, error=AccessError):
        """No button, call or list lets the user decide."""
        for verb in ("action_approve", "_refuse", "_send_back"):
            method = getattr(remediations.with_user(user), verb)
            with self._refused(text, error):
                method() if verb == "action_approve" else method("x")

    def _delegate(self, user, delegate, days=(0, 7), **values):
        today = self.company._complaint_today()
        return (
            self.env["customer.complaint.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "delegate_id": delegate.id,
                    "date_from": today + timedelta(days=days[0]),
                    "date_to": today + timedelta(days=days[1]),
                    **values,
                }
            )
        )

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_complaint_approval.cron_remind_approvals"
            ).method_direct_trigger()
