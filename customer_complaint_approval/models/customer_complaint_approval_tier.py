from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list, ormcache

from odoo.addons.customer_complaint.const import AGENT, MANAGER, SUPERVISOR
from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    LINE_KINDS,
    MAX_AMOUNT,
)

TIER_ROLES = [
    ("agent", "Agent"),
    ("supervisor", "Supervisor"),
    ("manager", "Manager"),
    ("people", "Named People"),
]
ROLE_GROUPS = {"agent": AGENT, "supervisor": SUPERVISOR, "manager": MANAGER}
# Roles from low to high: nobody delegates to somebody below.
RANKED_GROUPS = (AGENT, SUPERVISOR, MANAGER)
# Whoever has none of these opens no remediation, even when asked to approve one.
ROLE_XMLIDS = (
    AGENT,
    "customer_complaint.group_complaint_quality",
    "customer_complaint.group_complaint_archivist",
    "customer_complaint.group_complaint_auditor",
)


@dataclass(frozen=True)
class Step:
    """One who has to approve: a tier as the ladder keeps it in memory.

    :param int tier_id: 0 for those who stand in where no tier applies, or ends it
    :param str role: whose right it is: a key of ``ROLE_GROUPS``, or ``people``
    :param str name: in the language of the reader
    :param tuple people: ids of the users who approve when people are named
    :param bool lacks_people: people are to be named and nobody is: managers stand in
    :param float amount_from: from which total on
    :param int sequence: of tiers that start from the same amount
    :param bool skips_lower: the tiers below it need not approve
    """

    tier_id: int
    role: str
    name: str = ""
    people: tuple[int, ...] = ()
    lacks_people: bool = False
    amount_from: float = 0.0
    sequence: int = 0
    skips_lower: bool = False


# Where no tier applies, money is not given away unseen: managers approve.
MANAGERS_STEP = Step(0, "manager")
# Where every tier has approved by now, who leads the case ends it.
SUPERVISOR_STEP = Step(0, "supervisor")


class CustomerComplaintApprovalTier(models.Model):
    """Who approves what a customer receives, from which total on.

    The tiers of the nearest category count, a company's own before those all companies
    share; tiers for a kind come on top of them.
    """

    _name = "customer.complaint.approval.tier"
    _inherit = ["customer.complaint.cached", "customer.complaint.shared"]
    _description = "Approval Tier"
    _order = "amount_from, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="The order of tiers that start from the same amount.",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Leave empty for a tier of all companies. A company with tiers of its own "
        "uses those instead.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    category_id = fields.Many2one(
        "customer.complaint.category",
        index="btree_not_null",
        ondelete="cascade",
        help="For complaints of this category and those below it, in place of the "
        "tiers for all categories. Leave empty for all.",
    )
    kind = fields.Selection(
        LINE_KINDS,
        help="Only for remediations with such a line, on top of the other tiers. "
        "Leave empty for all.",
    )
    amount_from = fields.Monetary(
        string="From Amount",
        help="The tier is asked when the total that counts reaches this amount, in "
        "the company's currency.",
    )
    amount_to_text = fields.Char(
        string="Up To",
        compute="_compute_amount_to_text",
        help="Where the next tier of the same ladder starts.",
    )
    role = fields.Selection(
        TIER_ROLES,
        required=True,
        default="supervisor",
        string="Approved By",
        help="Whoever has this role, or a higher one, and works on the case.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "customer_complaint_approval_tier_user_rel",
        "tier_id",
        "user_id",
        string="People",
        domain="[('share', '=', False)]",
        help="Who approves when people are named, e.g. the directors. They need some "
        "role in complaint handling, and not see the case otherwise. While nobody is "
        "named, managers approve.",
    )
    skips_lower = fields.Boolean(
        string="Lower Tiers Skipped",
        help="Whoever needs this tier asks it at once. Otherwise the tiers below "
        "approve first, one after the other.",
    )
    warning = fields.Char(
        compute="_compute_warning",
        help="What is odd about the ladder this tier is in.",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount_from >= 0)", "A tier starts from 0 or more."
    )
    _start_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(category_id, 0), COALESCE(kind, ''),"
        " amount_from, sequence) WHERE active",
        "Another tier starts from the same amount with the same order. Give one of "
        "them another amount or order.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for tier in self:
            tier.currency_id = (tier.company_id or self.env.company).currency_id

    def _get_ladder(self):
        """Return the tiers of the same company, category and kind, from below.

        :rtype: customer.complaint.approval.tier
        """
        self.ensure_one()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("category_id", "=", self.category_id.id),
                ("kind", "=", self.kind),
            ]
        )

    @api.depends("amount_from", "sequence", "company_id", "category_id", "kind")
    @api.depends_context("lang")
    def _compute_amount_to_text(self):
        for tier in self:
            above = [
                other.amount_from
                for other in tier._get_ladder()
                if other.amount_from > tier.amount_from
            ]
            tier.amount_to_text = (
                self.env._(
                    "below %(amount)s", amount=tier.currency_id.format(min(above))
                )
                if above
                else self.env._("without limit")
            )

    @api.depends(
        "amount_from",
        "role",
        "user_ids.active",
        "company_id",
        "category_id",
        "kind",
        "user_ids.group_ids",
        "user_ids.company_ids",
    )
    @api.depends_context("lang")
    def _compute_warning(self):
        for tier in self:
            warnings = tier._get_warnings()
            tier.warning = " ".join(warnings) if warnings else False

    def _get_warnings(self):
        """Return what is odd about the ladder at this tier.

        :rtype: list[str]
        """
        self.ensure_one()
        ladder = self._get_ladder()
        warnings = []
        if self.role == "people":
            warnings += self._get_people_warnings()
        first = ladder[:1]
        if not self.kind and self == first and self.amount_from > 0:
            warnings.append(
                self.env._(
                    "No tier below %(amount)s: managers approve that.",
                    amount=self.currency_id.format(self.amount_from),
                )
            )
        if any(
            other.amount_from == self.amount_from and other != self for other in ladder
        ):
            warnings.append(
                self.env._("Another tier starts from the same amount: both approve.")
            )
        ranks = list(ROLE_GROUPS)
        if self.role in ranks and any(
            other.amount_from < self.amount_from
            and (
                other.role == "people"
                or ranks.index(other.role) > ranks.index(self.role)
            )
            for other in ladder
        ):
            warnings.append(
                self.env._("A tier with a higher role starts from a smaller amount.")
            )
        return warnings

    def _get_people_warnings(self):
        """Return what is odd about the people who are named.

        :rtype: list[str]
        """
        self.ensure_one()
        able = self._get_able_people(self.company_id)
        if not able:
            return [
                self.env._(
                    "Nobody who works here and has a role in complaint handling is "
                    "named: managers approve this tier."
                )
            ]
        if unable := self.with_context(active_test=False).user_ids - able:
            return [
                self.env._(
                    "Not asked, as they left or have no role in complaint handling: "
                    "%(names)s.",
                    names=format_list(self.env, unable.mapped("name")),
                )
            ]
        return []

    def _get_able_people(self, company):
        """Return those named who can open what they are asked to approve.

        :param res.company company: where they have to work; empty for anywhere
        :rtype: res.users
        """
        self.ensure_one()
        return self.user_ids.filtered(
            lambda user: (
                user.active
                and company <= user.company_ids
                and any(user.has_group(group) for group in ROLE_XMLIDS)
            )
        )

    @api.constrains("amount_from")
    def _check_amount_from(self):
        for tier in self:
            if not 0 <= tier.amount_from <= MAX_AMOUNT:
                raise ValidationError(
                    self.env._(
                        "%(tier)s: a tier starts from an amount between 0 and %(max)s.",
                        tier=tier.name,
                        max=MAX_AMOUNT,
                    )
                )

    @api.constrains("user_ids", "company_id")
    def _check_user_ids(self):
        for tier in self:
            strangers = tier.user_ids.filtered(
                lambda user, tier=tier: (
                    user.share
                    or (tier.company_id and tier.company_id not in user.company_ids)
                )
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(tier)s: these people do not work in the company: "
                        "%(names)s. Choose others.",
                        tier=tier.name,
                        names=format_list(self.env, strangers.mapped("name")),
                    )
                )

    @api.model
    @ormcache("company_id", "category_id", "lang")
    def _read_ladder(self, company_id, category_id, lang):
        """Return the steps that hold in a company for a category, by kind.

        :return: for each kind the steps; those for all kinds under an empty text
        :rtype: dict[str, tuple[Step]]
        """
        # Who approves what is the same whoever asks.
        tiers_sudo = (
            self.sudo()
            .with_context(lang=lang)
            .search([("company_id", "in", (False, company_id))])
        )
        category_sudo = self.env["customer.complaint.category"].sudo()
        nearest = [False]
        if category_id:
            path = category_sudo.browse(category_id).parent_path or ""
            nearest = [*map(int, reversed(path.split("/")[:-1])), False]
        places = [
            (category, company)
            for category in nearest
            for company in (company_id, False)
        ]
        ladder = {}
        for kind, tiers in tiers_sudo.grouped(lambda tier: tier.kind or "").items():
            by_place = tiers.grouped(
                lambda tier: (tier.category_id.id, tier.company_id.id)
            )
            place = next((place for place in places if place in by_place), None)
            if place:
                ladder[kind] = tuple(
                    tier._prepare_step(company_id) for tier in by_place[place]
                )
        return ladder

    def _prepare_step(self, company_id):
        """Return the tier as the ladder of a company keeps it.

        Where nobody is named, or all who were have left, managers stand in: what
        nobody could approve would stay undone.

        :rtype: Step
        """
        self.ensure_one()
        company = self.env["res.company"].browse(company_id)
        people = self._get_able_people(company) if self.role == "people" else ()
        lacks_people = self.role == "people" and not people
        return Step(
            tier_id=self.id,
            role="manager" if lacks_people else self.role,
            name=self.name,
            people=tuple(user.id for user in people),
            lacks_people=lacks_people,
            amount_from=self.amount_from,
            sequence=self.sequence,
            skips_lower=self.skips_lower,
        )

    @api.model
    @ormcache("company_id")
    def _read_named_people(self, company_id):
        """Return who is named in a tier that holds in a company.

        :return: ids of users
        :rtype: frozenset[int]
        """
        # As above.
        tiers_sudo = self.sudo().search(
            [("company_id", "in", (False, company_id)), ("role", "=", "people")]
        )
        return frozenset(tiers_sudo.user_ids.ids)

    @api.model
    def _get_steps(self, company, category, kinds, amount):
        """Return who has to approve a total, from below.

        :param res.company company: of the complaint
        :param customer.complaint.category category: of the complaint; may be empty
        :param set kinds: the kinds of the lines
        :param float amount: the total that counts, in the company's currency
        :return: at least one step; managers where no tier applies
        :rtype: list[Step]
        """
        ladder = self._read_ladder(company.id, category.id, self.env.lang)
        compare = company.currency_id.compare_amounts
        steps = []
        for kind in ("", *sorted(kinds)):
            reached = [
                step
                for step in ladder.get(kind, ())
                if compare(step.amount_from, amount) <= 0
            ]
            if not kind and not reached:
                reached = [MANAGERS_STEP]
            steps += self._without_skipped(reached)
        return sorted(steps, key=lambda s: (s.amount_from, s.sequence, s.tier_id))

    @api.model
    def _without_skipped(self, steps):
        """Leave out the steps below the highest one that skips them.

        :param list steps: of one ladder, from below
        :rtype: list[Step]
        """
        kept = []
        for step in reversed(steps):
            kept.append(step)
            if step.skips_lower:
                break
        return kept
