from odoo import api, fields, models

from ..const import SUPERVISOR

PRIVILEGE_PREFIX = "customer_complaint.group_complaint_"
ROLES = ("agent", "supervisor", "manager", "quality", "archivist", "auditor")


class ResUsers(models.Model):
    """What complaint handling asks of a user: teams and roles."""

    _inherit = "res.users"

    complaint_team_ids = fields.Many2many(
        "customer.complaint.team",
        compute="_compute_complaint_team_ids",
        string="Complaint Teams",
        help="The teams whose complaints the user sees: those they belong to, and "
        "those below a team that they lead as a supervisor.",
    )

    def _compute_complaint_team_ids(self):
        # The record rules look here, for users who need not see the teams themselves.
        Team_sudo = self.env["customer.complaint.team"].sudo()
        Team_sudo = Team_sudo.with_context(active_test=False)
        for user in self:
            teams_sudo = Team_sudo.search([("member_ids", "in", user.id)])
            led_sudo = teams_sudo.filtered(
                lambda team, user=user: team.leader_id == user
            )
            if led_sudo and user.sudo().has_group(SUPERVISOR):
                teams_sudo |= Team_sudo.search([("id", "child_of", led_sudo.ids)])
            user.complaint_team_ids = teams_sudo.ids

    @api.model
    def _get_complaint_roles(self):
        ids = [
            self.env["ir.model.data"]._xmlid_to_res_id(f"{PRIVILEGE_PREFIX}{role}")
            for role in ROLES
        ]
        roles_sudo = self.env["res.groups"].sudo().browse(filter(None, ids))
        return super()._get_complaint_roles() | roles_sudo
