from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_list


class CustomerComplaintTeam(models.Model):
    """A shop, branch or desk whose members handle complaints together."""

    _name = "customer.complaint.team"
    _inherit = "customer.complaint.kept"
    _description = "Complaint Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    leader_id = fields.Many2one(
        "res.users",
        string="Team Leader",
        index=True,
        check_company=True,
        domain="[('share', '=', False)]",
        help="Supervisor of the team: sees all its complaints and is a member of it.",
    )
    parent_id = fields.Many2one(
        "customer.complaint.team",
        string="Superior Team",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The unit above: branch under region, shop under area. Its leader is the "
        "superior who is asked for more time, reviews decisions and is escalated to.",
    )
    child_ids = fields.One2many(
        "customer.complaint.team", "parent_id", string="Teams Below"
    )
    member_ids = fields.Many2many(
        "res.users",
        "customer_complaint_team_member_rel",
        "team_id",
        "user_id",
        string="Members",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Agents and handlers of the team. They see the complaints of the team.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Working time limits of the team's complaints are counted by these hours; "
        "the company's when left empty.",
    )
    open_complaint_count = fields.Integer(
        string="Open Complaints", compute="_compute_open_complaint_count"
    )

    def _compute_open_complaint_count(self):
        counts = dict(
            self.env["customer.complaint"]._read_group(
                [("team_id", "in", self.ids), ("is_closed", "=", False)],
                ["team_id"],
                ["__count"],
            )
        )
        for team in self:
            team.open_complaint_count = counts.get(team, 0)

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A team cannot stand under itself. Choose a superior team that is "
                    "not below this one."
                )
            )

    def _get_superior_leaders(self):
        """Return the leaders of the teams above this one, the nearest first.

        :rtype: res.users
        """
        self.ensure_one()
        leaders = self.env["res.users"]
        team = self.parent_id
        while team:
            leaders |= team.leader_id
            team = team.parent_id
        return leaders

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._add_leaders_to_members()
        return teams

    def write(self, vals):
        if "company_id" in vals:
            self._check_company_may_change(vals["company_id"])
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["customer.complaint.clock.update"]._request(self.company_id)
        if "leader_id" in vals or "member_ids" in vals:
            self._add_leaders_to_members()
        return result

    def _add_leaders_to_members(self):
        """Keep the leader among the members, where the record rules look."""
        for team in self:
            if team.leader_id and team.leader_id not in team.member_ids:
                team.member_ids = [Command.link(team.leader_id.id)]

    def _check_company_may_change(self, company_id):
        moved = self.filtered(lambda team: team.company_id.id != company_id)
        # Complaints the user may not see count as well: only their existence is used.
        if moved and self.env["customer.complaint"].sudo().search_count(
            [("team_id", "in", moved.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "A team that has complaints stays in its company: %(teams)s. "
                    "Create a new team in the other company.",
                    teams=format_list(self.env, moved.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint"]._check_not_in_use(self, "team_id")

    def action_open_complaints(self):
        """Open the list of the team's complaints.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint.customer_complaint_action"
            ),
            "domain": [("team_id", "=", self.id)],
            "context": {"default_team_id": self.id, "search_default_open": 1},
        }
