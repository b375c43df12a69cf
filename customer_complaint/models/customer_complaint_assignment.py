from collections import defaultdict
from datetime import datetime, time

from markupsafe import Markup
from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..tools.clock import get_zone
from .customer_complaint import HANDLER_GROUPS, OPEN_STATES
from .customer_complaint_life import AGENT

ASSIGNMENT_METHODS = [
    ("manual", "By hand"),
    ("fewest", "Fewest open complaints"),
]


class CustomerComplaintTeam(models.Model):
    """How the complaints of a team find their handler."""

    _inherit = "customer.complaint.team"

    assignment_method = fields.Selection(
        ASSIGNMENT_METHODS,
        string="Assignment",
        required=True,
        default="manual",
        help="By hand: somebody takes the complaint or gives it to a member. Fewest "
        "open complaints: a new complaint goes to the member who has the fewest and is "
        "neither absent nor recused.",
    )

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


class CustomerComplaint(models.Model):
    """Complaints find their handler by hand or by the rule of their team."""

    _inherit = "customer.complaint"

    user_id = fields.Many2one(
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Who investigates and answers the complaint (处理人). Whoever takes it in "
        "is its handler until somebody else has taken it over.",
    )
    date_assigned = fields.Datetime(
        string="Handler Since",
        compute="_compute_date_assigned",
        store=True,
        precompute=True,
        copy=False,
        help="When the complaint was given to its handler.",
        sealed=False,
        system=True,
    )

    _handler_idx = models.Index("(user_id, date_assigned)")

    @api.depends("user_id")
    def _compute_date_assigned(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.date_assigned = complaint.user_id and now

    @api.model_create_multi
    def create(self, vals_list):
        # Nobody chosen is no choice: the rule of the team decides, or who takes it in.
        if not self.env.su:
            vals_list = [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "user_id" or value
                }
                for vals in vals_list
            ]
        complaints = super().create(vals_list)
        todo = complaints.filtered(
            lambda complaint: (
                not complaint.user_id
                and complaint.team_id.assignment_method == "fewest"
            )
        )
        if todo:
            # Part of the registration: neither a change to track, nor, for an import,
            # a message to the leader for each complaint.
            todo.with_context(
                mail_notrack=True, mail_activity_quick_update=len(todo) > 1
            )._assign_by_rule()
        return complaints

    def write(self, vals):
        if "user_id" in vals and not vals["user_id"]:
            self._check_somebody_answers()
        return super().write(vals)

    def _check_somebody_answers(self):
        """Refuse to take complaints from their handlers without giving them on.

        :raise UserError: naming the complaints
        """
        handled = self.filtered("user_id")
        if handled and not self.env.su:
            raise UserError(
                self.env._(
                    "Whoever handles a complaint answers for it until somebody else "
                    "has taken it over: %(names)s. Choose who does.",
                    names=format_list(self.env, handled.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # FIRST CONTACT
    # ------------------------------------------------------------------

    # Depends on nothing: it is asked for when a complaint is created. The handler
    # changes by people and rules only.
    def _compute_user_id(self):
        for complaint in self:
            complaint.user_id = complaint.user_id or complaint._get_first_contact()

    @api.onchange("team_id", "received_by_id", "partner_id")
    def _onchange_first_contact(self):
        """Follow the team and who took it in, while the complaint is registered."""
        if not self._origin and self.user_id in (self.received_by_id, self.env.user):
            self.user_id = self._get_first_contact()

    def _get_first_contact(self):
        """Return who takes the complaint in and is answerable for it, if they may.

        First contact (首问负责, GSP-QUALITY, CBRC-2012): whoever takes it in is its
        handler until somebody else has taken it over. Not where the team has a rule,
        nor who has no role in complaint handling here, or is recused.

        :rtype: res.users
        """
        self.ensure_one()
        # Which role they have is asked for, nothing else of them.
        user_sudo = self.received_by_id.sudo()
        may_handle = (
            user_sudo.active
            and any(
                user_sudo.has_group(f"customer_complaint.{name}")
                for name in HANDLER_GROUPS
            )
            and self.company_id in user_sudo.company_ids
            and not self._is_recused_from(user_sudo.partner_id)
        )
        if not may_handle or self.team_id.assignment_method == "fewest":
            return self.env["res.users"]
        return self.received_by_id

    # ------------------------------------------------------------------
    # BY THE RULE
    # ------------------------------------------------------------------

    def action_assign_by_rule(self):
        """Give the complaints that have no handler to the members with the fewest.

        :return: a message when nobody is there for some of them
        :rtype: dict or bool
        :raise UserError: if all have a handler, or one has no team
        """
        self.check_access("write")
        self._check_may_change()
        if not self.env.su and not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Agents and supervisors assign complaints."))
        todo = self.filtered(lambda complaint: not complaint.user_id)
        if not todo:
            raise UserError(
                self.env._(
                    "These complaints have a handler: %(names)s. Enter another one by "
                    "hand.",
                    names=format_list(self.env, self.mapped("name")),
                )
            )
        homeless = todo.filtered(lambda complaint: not complaint.team_id)
        if homeless:
            raise UserError(
                self.env._(
                    "A complaint is assigned among the members of its team. Choose a "
                    "team first: %(names)s.",
                    names=format_list(self.env, homeless.mapped("name")),
                )
            )
        left = todo._assign_by_rule()
        return not left or {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Nobody is available for %(names)s; the leader of the team is "
                    "asked to assign a handler.",
                    names=format_list(self.env, left.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _assign_by_rule(self):
        """Give each of these complaints to whose turn it is in its team.

        The leaders are asked for those that nobody is there for.

        :return: the complaints that stay without handler
        :rtype: customer.complaint
        """
        # The rule decides, not the rights of whoever registers or gives back a case.
        complaints_sudo = self.sudo()
        drawn = defaultdict(self.env["customer.complaint"].sudo().browse)
        for team_sudo, of_team_sudo in complaints_sudo.grouped("team_id").items():
            rotation = team_sudo._get_rotation() if team_sudo else None
            for complaint_sudo in of_team_sudo:
                handler_sudo = rotation and rotation.draw(complaint_sudo)
                drawn[handler_sudo or self.env["res.users"]] += complaint_sudo
        left_sudo = drawn.pop(self.env["res.users"], complaints_sudo.browse())
        for handler_sudo, given_sudo in drawn.items():
            given_sudo._give_to(handler_sudo)
        left_sudo._ask_for_handler(self.env._("Assign a handler: nobody is available"))
        return self.browse(left_sudo.ids)

    def _give_to(self, handler):
        """Make a user the handler of these complaints, and tell them once.

        :param res.users handler: whose turn it is
        """
        self.with_context(mail_auto_subscribe_no_notify=True)._write_unguarded(
            {"user_id": handler.id}
        )
        # As core: no messages while installing, none to oneself.
        if handler == self.env.user or not self.env.registry.ready:
            return
        thread = self if len(self) == 1 else self.env["mail.thread"]
        thread.message_notify(
            subject=self.env._(
                "Complaints assigned to you: %(count)s", count=len(self)
            ),
            body=Markup("<p>%s</p>%s")
            % (
                self.env._("By the rule of the team, you handle:"),
                Markup("<br/>").join(
                    complaint._get_html_link(title=complaint.display_name)
                    for complaint in self
                ),
            ),
            partner_ids=handler.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    def _take_from_handler(self):
        """Where the team assigns by its rule, the next member gets the complaint."""
        if self.team_id.assignment_method != "fewest":
            return super()._take_from_handler()
        self._write_unguarded({"user_id": False})
        self._assign_by_rule()
