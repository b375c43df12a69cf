from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from odoo.fields import Command

from .common import CustomerComplaintCommon

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    """Return a moment of the clock on the wall in Shanghai as naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return local.astimezone(UTC).replace(tzinfo=None)


class ClockCase(CustomerComplaintCommon):
    """A company in Shanghai that works from Monday to Friday, 9 to 12 and 13 to 18."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._create_calendar("朝阳店作息")
        cls.company.resource_calendar_id = cls.calendar
        cls.team.resource_calendar_id = False
        cls.retail = cls.quick_ref("customer_complaint.policy_retail")
        cls.cbirc = cls.quick_ref("customer_complaint.policy_cbirc")
        cls.opinion = cls.quick_ref("customer_complaint.policy_opinion")
        cls.gsp = cls.quick_ref("customer_complaint.policy_gsp")
        cls.company.complaint_policy_id = cls.retail
        # Other policies only where a test says so.
        cls.env["customer.complaint.policy"].search(
            [("id", "not in", (cls.retail | cls.cbirc | cls.opinion | cls.gsp).ids)]
        ).active = False

    @classmethod
    def _create_calendar(cls, name, days=range(5), **values):
        """Create working hours on these days of the week, Monday being 0."""
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": "Asia/Shanghai",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in days
                    for start, end in ((9, 12), (13, 18))
                ],
                **values,
            }
        )

    def _receive(self, moment, policy=None, **values):
        """Create a complaint received at a moment on the wall in Shanghai."""
        if policy:
            self.company.complaint_policy_id = policy
        return self._create_complaint(date_received=at(moment), **values)

    @classmethod
    def _prepare_complaint_vals(cls, **values):
        """Return the values of a complaint without an order: any number may exist."""
        return {
            **super()._prepare_complaint_vals(),
            "sale_order_id": False,
            "line_ids": [Command.create({"product_id": cls.cream.id})],
            **values,
        }

    def _get_deadline(self, complaint, milestone, **conditions):
        """Return the deadline of a shipped milestone, as the system sees it.

        :param conditions: values of its fields; replaced ones only when asked for
        """
        milestone = self.quick_ref(f"customer_complaint.milestone_{milestone}")
        return complaint.sudo().deadline_ids.filtered(
            lambda deadline: (
                deadline.milestone_id == milestone
                and ("state" in conditions or deadline.state != "replaced")
                and all(deadline[name] == conditions[name] for name in conditions)
            )
        )

    def _run_updates(self):
        """Let the background job bring the clocks up to date."""
        with self.enter_registry_test_mode():
            self.quick_ref(
                "customer_complaint.cron_update_clocks"
            ).method_direct_trigger()
        self.env.invalidate_all()
