from collections import defaultdict
from datetime import datetime, time

from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.clock import get_zone

from ..const import HANDLER_GROUPS, MANAGER, OPEN_STATES

ASSIGNMENT_METHODS = [
    ("manual", "By hand"),
    ("fewest", "Fewest open complaints"),
]


class HandlerRotation:
    """Whose turn it is in a team: fewest open, then longest without a new complaint.

    What is given out counts at once, so that a batch is spread evenly.
    """

    def __init__(self, at_work, in_reserve, counts, latest):
        """Start from what is known.

        :param res.users at_work: who comes first
        :param res.users in_reserve: who comes when none of those may
        :param dict counts: open complaints by user
        :param dict latest: when a user was last given a complaint
        """
        self.pools = [at_work, in_reserve]
        self.counts = defaultdict(int, counts)
        self.latest = defaultdict(lambda: datetime.min)
        self.latest.update({user: date for user, date in latest.items() if date})

    def draw(self, complaint):
        """Return whose turn it is for the complaint, or nobody.

        :param customer.complaint complaint: to which some may not be fit
        :rtype: res.users
        """
        for pool in self.pools:
            fit = pool.filtered(
                lambda user: not complaint._is_recused_from(user.partner_id)
            )
            if fit:
                user = min(fit, key=self._rank)
                self.counts[user] += 1
                self.latest[user] = fields.Datetime.now()
                return user
        return self.pools[0].browse()

    def _rank(self, user):
        return (self.counts[user], self.latest[user], user.id)


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

    # Assignment
    assignment_method = fields.Selection(
        ASSIGNMENT_METHODS,
        string="Assignment",
        required=True,
        default="manual",
        help="By hand: somebody takes the complaint or gives it to a member. Fewest "
        "open complaints: a new complaint goes to the member who has the fewest and is "
        "neither absent nor recused.",
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

    # ------------------------------------------------------------------
    # ASSIGNMENT
    #
    # How the complaints of a team find their handler.
    # ------------------------------------------------------------------

    def _get_rotation(self):
        """Return whom the complaints of the team may go to, and in which order.

        :rtype: HandlerRotation
        """
        self.ensure_one()
        members_sudo = self._get_assignable_members()
        at_work_sudo, in_reserve_sudo = self._get_present(members_sudo)
        # Complaints of all teams count; only how many they are is used.
        Complaint_sudo = self.env["customer.complaint"].sudo()
        handled = Domain("user_id", "in", members_sudo.ids)
        counts = dict(
            Complaint_sudo._read_group(
                handled & Domain("state", "in", OPEN_STATES),
                ["user_id"],
                ["__count"],
            )
        )
        latest = dict(
            Complaint_sudo._read_group(handled, ["user_id"], ["date_assigned:max"])
        )
        return HandlerRotation(at_work_sudo, in_reserve_sudo, counts, latest)

    def _get_assignable_members(self):
        """Return the members who may be made handlers.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        groups = [f"customer_complaint.{name}" for name in HANDLER_GROUPS]
        # Who may see complaints is asked for, nothing else of colleagues.
        return self.sudo().member_ids & self.company_id._get_complaint_users(*groups)

    def _get_present(self, users_sudo):
        """Return who is at work for the rest of today, and who is just not on leave.

        Odoo knows it from the working times and leaves of the users' resources; users
        without one keep the working times of the company.

        :param res.users users_sudo: members of the team
        :return: those at work; then those who are on no leave of their own today
        :rtype: tuple[res.users, res.users]
        """
        self.ensure_one()
        company = self.company_id
        zone = get_zone(company.complaint_tz)
        now = utc.localize(fields.Datetime.now()).astimezone(zone)
        start, end = (
            datetime.combine(now.date(), moment, zone)
            for moment in (time.min, time.max)
        )
        own_company = [("company_id", "in", (False, company.id))]
        # Working times of colleagues are looked at, not shown.
        resources_sudo = (
            self.env["resource.resource"]
            .sudo()
            .search([("user_id", "in", users_sudo.ids), *own_company])
        )
        on_leave_sudo = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "in", resources_sudo.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", end.astimezone(utc).replace(tzinfo=None)),
                    ("date_to", ">=", start.astimezone(utc).replace(tzinfo=None)),
                ]
            )
            .resource_id.user_id
        )
        working_sudo = self._get_working(users_sudo, resources_sudo, now, end)
        return working_sudo, users_sudo - on_leave_sudo

    def _get_working(self, users_sudo, resources_sudo, now, end):
        """Return those of the users who have working time left between two moments.

        :param resource.resource resources_sudo: of the users, where they have one
        :param datetime.datetime now: with its time zone, as ``end``
        :rtype: res.users
        """
        company = self.company_id
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", (False, company.id)),
        ]
        Resource = resources_sudo.browse()
        by_calendar = dict(resources_sudo.grouped("calendar_id"))
        others_sudo = users_sudo - resources_sudo.user_id
        # Without a calendar of their own, be they free in their hours or unknown.
        company_calendar = company.sudo().resource_calendar_id
        free_sudo = by_calendar.pop(company_calendar.browse(), Resource)
        if company_calendar and (others_sudo or free_sudo):
            by_calendar.setdefault(company_calendar, Resource)
            by_calendar[company_calendar] += free_sudo
        elif others_sudo or free_sudo:
            return users_sudo
        working_ids = set()
        for calendar, resources in by_calendar.items():
            intervals = calendar._work_intervals_batch(
                now, end, resources=resources, domain=leaves
            )
            working_ids.update(
                resource.user_id.id for resource in resources if intervals[resource.id]
            )
            if calendar == company_calendar and intervals[False]:
                working_ids.update(others_sudo.ids)
        return users_sudo.filtered(lambda user: user.id in working_ids)
