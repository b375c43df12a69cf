from odoo import api, models
from odoo.fields import Domain

from odoo.addons.customer_complaint_base.tools.figure import Figure


class CustomerComplaintTeam(models.Model):
    """Internal memos of a team's complaints wait for other departments."""

    _inherit = "customer.complaint.team"

    @api.model
    def _get_overview_figures(self):
        sent = Domain("state", "=", "sent")
        waiting = Figure(
            name="memos",
            label=self.env._("Waiting for Other Departments"),
            model="customer.complaint.memo",
            domain=sent,
            action="customer_complaint_investigation.customer_complaint_memo_action",
            filters=("waiting",),
            sequence=70,
            team_path="complaint_id.team_id",
        )
        asked = waiting._replace(
            name="my_memos",
            label=self.env._("Memos to Answer"),
            domain=sent & Domain("recipient_id", "=", self.env.uid),
            filters=("to_me", "waiting"),
            team_path="",
        )
        return [*super()._get_overview_figures(), waiting, asked]
