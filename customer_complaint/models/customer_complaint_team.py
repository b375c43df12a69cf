from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_list

from ..const import MANAGER


class CustomerComplaintTeam(models.Model):
    """A shop, branch or desk whose members handle complaints together."""

    _name = "customer.complaint.team"
    _inherit = ["customer.complaint.kept", "customer.complaint.logged"]
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
    is_leader_unconfirmed = fields.Boolean(
        string="Leader to Confirm",
        readonly=True,
        copy=False,
        help="The leader made themselves the leader. The confidential papers of the "
        "team's cases open for them once another manager confirms it.",
    )
    can_confirm_leader = fields.Boolean(compute="_compute_can_confirm_leader")
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

    @api.depends("is_leader_unconfirmed", "leader_id")
    @api.depends_context("uid")
    def _compute_can_confirm_leader(self):
        is_manager = self.env.user.has_group(MANAGER)
        for team in self:
            team.can_confirm_leader = (
                is_manager
                and team.is_leader_unconfirmed
                and team.leader_id != self.env.user
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

    def _is_led_by(self, user):
        """Return whether a user leads the team, and not only by their own doing.

        :param res.users user: who
        :rtype: bool
        """
        return self.leader_id == user and not self.is_leader_unconfirmed

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
        teams = super().create(
            [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "is_leader_unconfirmed"
                }
                for vals in vals_list
            ]
        )
        teams._add_leaders_to_members()
        teams._note_new_leader()
        teams._follow_people()
        return teams

    def write(self, vals):
        if "is_leader_unconfirmed" in vals:
            raise UserError(
                self.env._(
                    "Who leads a team is confirmed by another manager, with the button."
                )
            )
        if "company_id" in vals:
            self._check_company_may_change(vals["company_id"])
        before = {team: team.leader_id for team in self}
        result = super().write(vals)
        self.filtered(lambda team: team.leader_id != before[team])._note_new_leader()
        if {"leader_id", "member_ids", "parent_id"} & vals.keys():
            self._follow_people()
        if "leader_id" in vals or "member_ids" in vals:
            self._add_leaders_to_members()
        return result

    def unlink(self):
        result = super().unlink()
        self._follow_people()
        return result

    def _write_unguarded(self, vals):
        return super().write(vals)

    def _note_new_leader(self):
        """Note which teams the user leads by their own doing.

        Who leads a team sees the confidential papers of its cases, so that is as real
        as handling one: somebody else gave it to them, or confirms it.
        """
        own = self.filtered(
            lambda team: not self.env.su and team.leader_id == self.env.user
        )
        own._write_unguarded({"is_leader_unconfirmed": True})
        settled = (self - own).filtered("is_leader_unconfirmed")
        settled._write_unguarded({"is_leader_unconfirmed": False})

    @api.model
    def _follow_people(self):
        """Have the record rules look anew who belongs to which team."""
        self.env["res.users"].invalidate_model(["complaint_team_ids"])
        self.env.registry.clear_cache()
        # Again, for who looked before it was so for all.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def action_confirm_leader(self):
        """Confirm who leads the team, and opens its confidential papers to them.

        :raise AccessError: if the user is the leader, or no manager
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("A manager confirms who leads a team."))
        own = self.filtered(lambda team: team.leader_id == self.env.user)
        if own:
            raise AccessError(
                self.env._(
                    "You lead these teams: %(names)s. Another manager confirms it.",
                    names=format_list(self.env, own.mapped("name")),
                )
            )
        self._write_unguarded({"is_leader_unconfirmed": False})
        return True

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

    @api.model
    def _get_overview_figures(self):
        """Return what is counted on the overview, of each team or for the user. Hook.

        :rtype: list[customer_complaint_base.tools.figure.Figure]
        """
        return []

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
