from odoo import fields, models
from odoo.exceptions import ValidationError


class CustomerComplaintSetupTeam(models.TransientModel):
    """A team as the set-up shows it: one there is, or one to be made."""

    _name = "customer.complaint.setup.team"
    _inherit = "customer.complaint.dialog"
    _description = "Team in the Complaint Set-up"

    setup_id = fields.Many2one(
        "customer.complaint.setup", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id")
    team_id = fields.Many2one(
        "customer.complaint.team",
        string="Present Team",
        ondelete="cascade",
        help="The team there is; empty for one to be made.",
    )
    name = fields.Char(string="Team", required=True)
    leader_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Sees all complaints of the team, approves, is escalated to.",
    )
    member_ids = fields.Many2many(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Agents and handlers of the team.",
    )

    def _apply(self):
        """Make these teams, or change those there are where the answer is another one.

        :return: all of them
        :rtype: customer.complaint.team
        :raise ValidationError: if one is another company's
        """
        strange = self.filtered(
            lambda row: row.team_id and row.team_id.company_id != row.company_id
        )
        if strange:
            raise ValidationError(
                self.env._(
                    "A team of another company is not set up here. Open the questions "
                    "anew."
                )
            )
        teams = self.env["customer.complaint.team"]
        for row in self:
            vals = row._prepare_team_vals()
            team = row.team_id
            if not team:
                teams += teams.create({**vals, "company_id": row.company_id.id})
                continue
            changed = {
                name: value
                for name, value in vals.items()
                if team._fields[name].convert_to_write(team[name], team) != value
            }
            if changed:
                team.write(changed)
            teams += team
        return teams

    def _prepare_team_vals(self):
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in ("name", "leader_id", "member_ids")
        }
