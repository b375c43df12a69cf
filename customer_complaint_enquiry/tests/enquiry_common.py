from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class EnquiryCase(CustomerComplaintCommon):
    """What customers ask, suggest or grumble about at the counter."""

    @classmethod
    def _record(cls, kind="enquiry", user=None, **values):
        """Record an enquiry of the team as the agent."""
        return (
            cls.env["customer.complaint.enquiry"]
            .with_user(user or cls.agent)
            .create(
                {
                    "kind": kind,
                    "team_id": cls.team.id,
                    "description": "面霜孕妇能用吗?",
                    **values,
                }
            )
        )

    @classmethod
    def _grumble(cls, **values):
        return cls._record("grumble", **{"description": "排队太久了!", **values})

    @classmethod
    def _turn(cls, enquiry, user=None):
        """Press the button, and return the complaint that it shows."""
        action = enquiry.with_user(user or cls.agent).action_turn_into_complaint()
        return enquiry.env[action["res_model"]].browse(action["res_id"])
