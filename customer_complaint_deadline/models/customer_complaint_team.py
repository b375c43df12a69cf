from odoo import api, models
from odoo.fields import Domain

from odoo.addons.customer_complaint_base.tools.figure import Figure

from .customer_complaint_pause import CUSTOMER_KIND


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

    @api.model
    def _get_overview_figures(self):
        late = Figure(
            name="late",
            label=self.env._("Late"),
            model="customer.complaint",
            domain=Domain("is_late", "=", True),
            action="customer_complaint_deadline.customer_complaint_action_due",
            filters=("late",),
            sequence=30,
            team_path="team_id",
            tone="danger",
        )
        due_today = late._replace(
            name="due_today",
            label=self.env._("Due Today"),
            domain=Domain("is_due_today", "=", True) & Domain("is_late", "=", False),
            filters=("due_today",),
            sequence=40,
            tone="warning",
        )
        # Whether the clocks stand still or not.
        pauses = Domain("kind", "=", CUSTOMER_KIND) & Domain("date_to", "=", False)
        pauses &= Domain("date_void", "=", False)
        waiting = late._replace(
            name="waiting_for_customer",
            label=self.env._("Waiting for the Customer"),
            domain=Domain("pause_ids", "any", pauses),
            action="customer_complaint.customer_complaint_action",
            filters=("waiting_for_customer",),
            sequence=60,
            tone="",
        )
        return [
            *super()._get_overview_figures(),
            *(late, due_today, waiting),
            *(figure.of_handler(self.env.uid) for figure in (late, due_today)),
        ]
