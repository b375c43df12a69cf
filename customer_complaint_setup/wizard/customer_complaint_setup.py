from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MANAGER

from ..models.res_company import BUSINESSES
from ..models.resource_calendar import HOURS_LABELS

# What is proposed to each kind of business: its time limits, when it works, and the
# shipped categories that it does not have.
PROPOSALS = {
    "shop": ("policy_retail", "always", ()),
    "web": ("policy_retail", "always", ("injury", "damage")),
    "pharmacy": ("policy_gsp", "office", ("damage",)),
    "maker": ("policy_opinion", "office", ("injury", "damage", "refund")),
    "bank": (
        "policy_cbirc",
        "office",
        (
            "quality",
            "quality_appearance",
            "quality_intrinsic",
            "quality_expired",
            "quality_foreign",
            "quality_counterfeit",
            "quality_efficacy",
            "allergy",
            "delivery",
            "refund",
        ),
    ),
}
LIMIT_FIELDS = ("agent_limit", "supervisor_limit", "manager_limit")


class CustomerComplaintSetup(models.TransientModel):
    """Five questions after which the complaint desk of a company is ready.

    It shows the answers as they are now, and changes what is answered otherwise, in
    this company alone; the log of changes tells each.
    """

    _name = "customer.complaint.setup"
    _inherit = "customer.complaint.dialog"
    _description = "Set Up Complaints"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # 1. What are you?
    business = fields.Selection(BUSINESSES, string="We Are")
    policy_id = fields.Many2one(
        "customer.complaint.policy",
        string="Time Limits",
        compute="_compute_proposals",
        store=True,
        readonly=False,
        domain="[('company_id', 'in', (company_id, False))]",
        help="Hold for complaints that no other policy's conditions apply to.",
    )
    choosable_category_ids = fields.Many2many(
        "customer.complaint.category", compute="_compute_choosable_category_ids"
    )
    category_ids = fields.Many2many(
        "customer.complaint.category",
        string="Customers Complain Of",
        compute="_compute_proposals",
        store=True,
        readonly=False,
        context={"active_test": False},
        help="Categories left out are archived; those with complaints stay.",
    )

    # 2. Who handles complaints?
    team_ids = fields.One2many(
        "customer.complaint.setup.team",
        "setup_id",
        string="Teams",
        help="One for each shop, branch or desk. A team taken off this list stays as "
        "it is.",
    )

    # 3. When are you there?
    hours = fields.Selection(
        [
            ("company", "The company's working hours"),
            *HOURS_LABELS,
            ("own", "Each team has its own, as they are"),
        ],
        string="Working Hours",
        required=True,
        compute="_compute_proposals",
        store=True,
        readonly=False,
        help="Time limits in working hours and working days are counted by these.",
    )
    with_holidays = fields.Boolean(
        string="Holidays of Mainland China",
        help="Adds the public holidays and make-up working days that are missing to "
        "these working hours.",
    )

    # 4. Who approves how much?
    is_plain_ladder = fields.Boolean(compute="_compute_is_plain_ladder")
    agent_limit = fields.Monetary(
        string="Agents, by Themselves",
        help="What an agent may give up to, without asking; 0: nothing.",
    )
    supervisor_limit = fields.Monetary(string="Supervisors, up to")
    manager_limit = fields.Monetary(string="Managers, up to")
    director_ids = fields.Many2many(
        "res.users",
        "customer_complaint_setup_director_rel",
        "setup_id",
        "user_id",
        string="Above That",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who approves larger amounts, e.g. the directors. While nobody is named, "
        "managers do.",
    )

    # 5. Which papers must be there?
    paper_type_ids = fields.Many2many(
        "customer.complaint.archive.document.type",
        "customer_complaint_setup_paper_rel",
        "setup_id",
        "type_id",
        string="Papers in Each Case",
        help="Without these no archive card is sealed, whatever the case is about. "
        "Papers that only some cases need stay as they are.",
    )

    @api.depends("business")
    def _compute_proposals(self):
        """Propose what such a business has; what was answered before stays."""
        for setup in self:
            company = setup.company_id
            if not setup.business or setup.business == company.complaint_business:
                setup.update(setup._prepare_present_proposals(company))
                continue
            policy, hours, left_out = PROPOSALS[setup.business]
            setup.policy_id = (
                self.env.ref(
                    f"customer_complaint_deadline.{policy}", raise_if_not_found=False
                )
                or company.complaint_policy_id
            )
            setup.hours = hours
            categories = setup._get_choosable_categories()
            unneeded = categories.browse(
                category.id
                for name in left_out
                if (
                    category := self.env.ref(
                        f"customer_complaint.category_{name}", raise_if_not_found=False
                    )
                )
            )
            # What has complaints stays, and so does what stands above it.
            used = (unneeded & categories)._get_used()
            setup.category_ids = (
                categories.filtered("active") - unneeded | used | used.parent_id
            )

    @api.depends("company_id")
    def _compute_choosable_category_ids(self):
        for setup in self:
            setup.choosable_category_ids = setup._get_choosable_categories()

    @api.depends("company_id")
    def _compute_is_plain_ladder(self):
        for setup in self:
            setup.is_plain_ladder = setup._get_ladder()._is_plain_ladder()

    # ------------------------------------------------------------------
    # THE ANSWERS AS THEY ARE
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        present = self._prepare_present_answers(self.env.company)
        return {
            **values,
            **{name: present[name] for name in present if name in fields_list},
        }

    @api.model
    def _prepare_present_answers(self, company):
        """Return how the company would answer the questions today.

        :param res.company company: which
        :rtype: dict
        """
        ladder = self.env["customer.complaint.approval.tier"]._get_general_ladder(
            company
        )
        limits = dict.fromkeys(LIMIT_FIELDS, 0.0)
        directors = self.env["res.users"]
        if ladder._is_plain_ladder():
            limits = dict(zip(LIMIT_FIELDS, ladder._get_limits(company), strict=True))
            directors = ladder._get_directors(company)
        papers = self.env["customer.complaint.paper.requirement"]
        calendars = self._get_calendars(company)
        return {
            "company_id": company.id,
            "business": company.complaint_business,
            **self._prepare_present_proposals(company),
            "team_ids": [
                Command.create(
                    {
                        "team_id": team.id,
                        "name": team.name,
                        "leader_id": team.leader_id.id,
                        "member_ids": [Command.set(team.member_ids.ids)],
                    }
                )
                for team in self._get_teams(company)
            ],
            "with_holidays": bool(calendars)
            and all(calendar.complaint_makeup_day_ids for calendar in calendars),
            **limits,
            "director_ids": [Command.set(directors.ids)],
            "paper_type_ids": [Command.set(papers._get_always_types(company).ids)],
        }

    @api.model
    def _prepare_present_proposals(self, company):
        """Return the present answers that follow from the kind of business.

        :rtype: dict
        """
        categories = self.env["customer.complaint.category"].search(
            self.env["customer.complaint.category"]._get_choosable_domain(company)
        )
        return {
            "policy_id": company.complaint_policy_id.id,
            "hours": self._get_present_hours(company),
            "category_ids": [Command.set(categories.ids)],
        }

    @api.model
    def _get_present_hours(self, company):
        """Return the answer that the working hours of the teams amount to.

        :rtype: str
        """
        # When people work is no secret to who sets up the desk.
        calendars_sudo = self._get_teams(company).sudo().mapped("resource_calendar_id")
        if not calendars_sudo:
            return "company"
        teams = self._get_teams(company)
        is_same = len(calendars_sudo) == 1 and all(
            team.sudo().resource_calendar_id for team in teams
        )
        return is_same and calendars_sudo.complaint_setup_hours or "own"

    @api.model
    def _get_teams(self, company):
        return self.env["customer.complaint.team"].search(
            [("company_id", "=", company.id)]
        )

    @api.model
    def _get_calendars(self, company):
        """Return the working hours by which the company's teams are counted.

        :return: readable whatever the user's rights
        :rtype: resource.calendar
        """
        company_sudo = company.sudo()  # working hours are no secret
        own_sudo = self._get_teams(company).sudo().mapped("resource_calendar_id")
        return own_sudo or company_sudo.resource_calendar_id

    def _get_choosable_categories(self):
        Category = self.env["customer.complaint.category"]
        return Category.with_context(active_test=False).search(
            Category._get_choosable_domain(self.company_id)
        )

    def _get_ladder(self):
        Tier = self.env["customer.complaint.approval.tier"]
        return Tier._get_general_ladder(self.company_id)

    # ------------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------------

    @api.model
    def is_offered(self):
        """Return whether the questions are offered to the user above the complaints.

        :rtype: bool
        """
        return (
            self.env.user.has_group(MANAGER)
            and self.env.company._complaint_is_setup_offered()
        )

    @api.model
    def skip(self):
        """Remember that nobody wants to be asked in this company.

        :raise AccessError: unless the user is manager
        """
        self._settle(self.env.company)
        return True

    def action_skip(self):
        """Close the dialog, and remember that nobody wants to be asked."""
        self.ensure_one()
        self._settle(self.company_id)
        return {"type": "ir.actions.act_window_close"}

    def action_apply(self):
        """Set the desk up as answered, where an answer is another one than before.

        :raise AccessError: unless the user is manager in the company
        :raise ValidationError: if an answer does not do, saying which and why
        """
        self.ensure_one()
        self._check_may_set_up(self.company_id)
        self._check_answers()
        present = self._prepare_present_answers(self.company_id)
        self._apply_business()
        teams = self.team_ids._apply()
        self._apply_hours(teams, present["hours"])
        self._apply_limits(present)
        requirements = self.env["customer.complaint.paper.requirement"]
        requirements._set_always_types(self.company_id, self.paper_type_ids)
        self._settle(self.company_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The complaint desk is set up."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _check_may_set_up(self, company):
        """:raise AccessError: unless the user is manager in the company"""
        if not self.env.user.has_group(MANAGER) or company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Managers set up the complaints of the companies they work in. "
                    "Ask one of them."
                )
            )

    @api.model
    def _settle(self, company):
        self._check_may_set_up(company)
        if not company.complaint_setup_settled:
            # Managers of complaints have no right on companies; this is theirs.
            company.sudo().complaint_setup_settled = True

    def _check_answers(self):
        """:raise ValidationError: naming the question, and what to answer"""
        if not self.team_ids:
            raise ValidationError(
                self.env._("Who handles complaints? Enter a team at least.")
            )
        unled = self.team_ids.filtered(lambda row: not row.leader_id)
        if unled:
            raise ValidationError(
                self.env._(
                    "Nobody leads %(names)s. Choose the leader: they are asked and "
                    "escalated to.",
                    names=format_list(self.env, unled.mapped("name")),
                )
            )
        names = self.team_ids.mapped("name")
        if len(set(names)) < len(names):
            raise ValidationError(
                self.env._("Two teams have the same name. Name one of them otherwise.")
            )
        limits = self._get_limits()
        compare = self.currency_id.compare_amounts
        is_rising = all(
            compare(low, high) < 0
            for low, high in zip(limits, limits[1:], strict=False)
        )
        if self.is_plain_ladder and (compare(limits[0], 0) < 0 or not is_rising):
            raise ValidationError(
                self.env._(
                    "Who approves how much? Agents approve 0 or more, supervisors more "
                    "than agents, and managers more than supervisors. Correct the "
                    "amounts."
                )
            )

    def _get_limits(self):
        return [self[name] for name in LIMIT_FIELDS]

    def _apply_business(self):
        company = self.company_id
        vals = {
            name: value
            for name, value in (
                ("complaint_business", self.business),
                ("complaint_policy_id", self.policy_id.id),
            )
            if company._fields[name].convert_to_write(company[name], company) != value
        }
        if vals:
            # Managers of complaints have no right on companies; these are theirs.
            company.sudo().write(vals)
        categories = self._get_choosable_categories()
        categories._choose(self.category_ids & categories)

    def _apply_hours(self, teams, present):
        """Give the teams the working hours of the answer, and add the holidays.

        :param customer.complaint.team teams: of the company
        :param str present: the answer until now
        """
        # Managers of complaints have no right on working hours; these are the desk's.
        Calendar_sudo = self.env["resource.calendar"].sudo()
        calendar = Calendar_sudo.browse()
        if self.hours in dict(HOURS_LABELS):
            calendar = Calendar_sudo._get_complaint_setup_hours(
                self.company_id, self.hours
            )
        if self.hours != "own":
            moved = teams.filtered(
                lambda team: team.sudo().resource_calendar_id != calendar
            )
            if moved:
                moved.resource_calendar_id = calendar.id
        if self.with_holidays:
            self._add_holidays()

    def _add_holidays(self):
        """Add the holidays that are missing, but to hours that are not the company's.

        :raise ValidationError: naming working hours that other companies use, too
        """
        calendars_sudo = self._get_calendars(self.company_id)
        shared_sudo = calendars_sudo.filtered(
            lambda calendar: calendar.company_id != self.company_id
        )
        if shared_sudo:
            raise ValidationError(
                self.env._(
                    "When are you there? All companies share these working hours: "
                    "%(names)s. Choose office hours or round the clock, or leave the "
                    "holidays out.",
                    names=format_list(self.env, shared_sudo.mapped("name")),
                )
            )
        calendars_sudo.action_add_mainland_holidays()

    def _apply_limits(self, present):
        """Have each role approve up to the amount of the answer.

        :param dict present: the answers until now
        """
        if not self.is_plain_ladder:
            return
        limits = self._get_limits()
        compare = self.currency_id.compare_amounts
        is_same = not any(
            compare(present[name], limit)
            for name, limit in zip(LIMIT_FIELDS, limits, strict=True)
        )
        ladder = self._get_ladder()
        directors = ladder._get_directors(self.company_id)
        if not is_same or directors != self.director_ids:
            ladder._set_up_limits(self.company_id, limits, self.director_ids)
