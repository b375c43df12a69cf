from odoo import api, fields, models
from odoo.tools import format_list

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

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._log_complaint_roles({})
        return users

    def write(self, vals):
        if "group_ids" not in vals or not self.env.registry.ready:
            return super().write(vals)
        before = self._read_complaint_roles()
        result = super().write(vals)
        self._log_complaint_roles(before)
        return result

    def _read_complaint_roles(self):
        """Return the roles of complaint handling that each user has.

        :rtype: dict[ResUsers, res.groups]
        """
        ids = [
            self.env["ir.model.data"]._xmlid_to_res_id(f"{PRIVILEGE_PREFIX}{role}")
            for role in ROLES
        ]
        roles_sudo = self.env["res.groups"].sudo().browse(filter(None, ids))
        return {
            user_sudo: user_sudo.all_group_ids & roles_sudo for user_sudo in self.sudo()
        }

    def _log_complaint_roles(self, before):
        """Tell whose roles in complaint handling changed: they open cases.

        :param dict before: of :meth:`_read_complaint_roles`
        """
        if not self.env.registry.ready:
            return
        Log = self.env["customer.complaint.configuration.log"]
        vals_list = []
        for user_sudo, roles_sudo in self._read_complaint_roles().items():
            old_sudo = before.get(user_sudo, roles_sudo.browse())
            if old_sudo == roles_sudo:
                continue
            vals_list.append(
                {
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "company_id": user_sudo.company_id.id,
                    "res_model": self._name,
                    "model_name": self.env["ir.model"].sudo()._get(self._name).name,
                    "res_id": user_sudo.id,
                    "record_name": user_sudo.display_name,
                    "deed": "write",
                    "field_name": self.env._("Role in complaint handling"),
                    "old_value": format_list(self.env, old_sudo.mapped("name")),
                    "new_value": format_list(self.env, roles_sudo.mapped("name")),
                }
            )
        if vals_list:
            Log._create_unguarded(vals_list)
