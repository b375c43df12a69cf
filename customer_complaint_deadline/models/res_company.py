from odoo import fields, models

from odoo.addons.customer_complaint_base.tools.clock import CLOCKS


class ResCompany(models.Model):
    """The policy of complaints that no other policy is for, and the company's clock."""

    _inherit = "res.company"

    complaint_policy_id = fields.Many2one(
        "customer.complaint.policy",
        string="Default Complaint Policy",
        check_company=True,
        ondelete="restrict",
        help="Time limits of complaints that no policy's conditions apply to.",
    )

    def write(self, vals):
        if vals.keys().isdisjoint({"complaint_tz", "resource_calendar_id"}):
            return super().write(vals)
        self.env["customer.complaint.deadline"]._keep_lateness_in(self, CLOCKS)
        result = super().write(vals)
        self.env.registry.clear_cache()  # calendars are kept with the time zone
        self.env["customer.complaint.clock.update"]._request(self)
        return result

    def _complaint_set_missing_defaults(self):
        result = super()._complaint_set_missing_defaults()
        policy = self.env.ref(
            "customer_complaint_deadline.policy_retail", raise_if_not_found=False
        )
        if policy:
            self.filtered(
                lambda company: not company.complaint_policy_id
            ).complaint_policy_id = policy
        return result
