from odoo import models


class CustomerComplaintTeam(models.Model):
    """The working hours of a team decide its deadlines."""

    _inherit = "customer.complaint.team"

    def write(self, vals):
        if "resource_calendar_id" not in vals:
            return super().write(vals)
        self.env["customer.complaint.deadline"]._keep_lateness_in(self.company_id)
        result = super().write(vals)
        self.env["customer.complaint.clock.update"]._request(self.company_id)
        return result
