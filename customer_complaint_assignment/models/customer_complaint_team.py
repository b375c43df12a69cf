from collections import defaultdict
from datetime import datetime, time

from pytz import utc

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.customer_complaint.const import HANDLER_GROUPS, OPEN_STATES
from odoo.addons.customer_complaint_base.tools.clock import get_zone

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
        end = datetime.combine(now.date(), time.max, zone)
        # Working times of colleagues are looked at, not shown.
        resources_sudo = (
            self.env["resource.resource"]
            .sudo()
            .search(
                [
                    ("user_id", "in", users_sudo.ids),
                    ("company_id", "in", (False, company.id)),
                ]
            )
        )
        working_sudo = self._get_working(users_sudo, resources_sudo, now, end)
        return working_sudo, users_sudo - company._complaint_get_absent(users_sudo)

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
