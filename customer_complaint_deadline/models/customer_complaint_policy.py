from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list, ormcache

from odoo.addons.customer_complaint.models.customer_complaint_category import SEVERITIES

EXTENDING_ROLES = [
    ("none", "Nobody"),
    ("supervisor", "Supervisor"),
    ("manager", "Manager"),
]

COMPLEXITIES = [
    ("general", "General"),
    ("complex", "Complex"),
    ("special", "Special"),
]
# What may decide which policy a complaint follows.
CONDITION_FIELDS = (
    "category_ids",
    "severity",
    "complexity",
    "channel_ids",
    "team_ids",
)


class PolicyConditions(NamedTuple):
    """When a policy applies; an empty condition holds always."""

    policy_id: int
    category_ids: frozenset
    severity: str
    complexity: str
    channel_ids: frozenset
    team_ids: frozenset

    def match(self, facts):
        """Return the conditions that hold, or None when one of them does not.

        :param dict facts: the complaint's value for each of ``CONDITION_FIELDS``
        :rtype: list[str] or None
        """
        matched = []
        for name in CONDITION_FIELDS:
            wanted = getattr(self, name)
            if not wanted:
                continue
            is_met = (
                facts[name] in wanted
                if isinstance(wanted, frozenset)
                else facts[name] == wanted
            )
            if not is_met:
                return None
            matched.append(name)
        return matched


class CustomerComplaintPolicy(models.Model):
    """The time limits that a kind of complaint is under, as milestones.

    The policy of a complaint is the one with the most conditions that hold for it;
    where none has, the company's default.
    """

    _name = "customer.complaint.policy"
    _inherit = ["customer.complaint.cached", "customer.complaint.shared"]
    _description = "Complaint Policy"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        copy=False, help="Short code for imports and lists, e.g. CBIRC-2020. Unique."
    )
    active = fields.Boolean(default=True)
    note = fields.Text(translate=True, help="For whom the policy is meant.")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a policy that all companies use.",
    )
    source = fields.Char(
        translate=True, help="Law, standard or house rule the limits come from."
    )
    milestone_ids = fields.One2many(
        "customer.complaint.policy.milestone",
        "policy_id",
        string="Milestones",
        copy=True,
    )
    category_ids = fields.Many2many(
        "customer.complaint.category",
        "customer_complaint_policy_category_rel",
        "policy_id",
        "category_id",
        string="Categories",
        help="Only for complaints of these categories and those below them.",
    )
    severity = fields.Selection(
        SEVERITIES, help="Only for complaints of this severity."
    )
    complexity = fields.Selection(
        COMPLEXITIES, help="Only for complaints of this complexity."
    )
    channel_ids = fields.Many2many(
        "customer.complaint.channel",
        "customer_complaint_policy_channel_rel",
        "policy_id",
        "channel_id",
        string="Channels",
        help="Only for complaints that came through these channels.",
    )
    team_ids = fields.Many2many(
        "customer.complaint.team",
        "customer_complaint_policy_team_rel",
        "policy_id",
        "team_id",
        string="Teams",
        help="Only for complaints of these teams.",
    )

    # Complexity
    complexity_role = fields.Selection(
        EXTENDING_ROLES,
        string="Complexity Decided By",
        required=True,
        default="supervisor",
        help="Who approves that a complaint is handled as complex or special, besides "
        "the leaders of the superior teams. Who asks for it never does.",
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another policy already has this code."
    )

    @api.constrains("milestone_ids", "active")
    def _check_milestones(self):
        empty = self.filtered(lambda policy: policy.active and not policy.milestone_ids)
        if empty:
            raise ValidationError(
                self.env._(
                    "A policy needs at least one milestone, else its complaints would "
                    "be due at no time: %(names)s. Add a milestone or archive it.",
                    names=format_list(self.env, empty.mapped("name")),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        # The constraint is not asked when no milestone is given at all.
        policies._check_milestones()
        return policies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint"]._check_not_in_use(self, "policy_id")

    @api.model
    def _get_cached_name(self, record_id):
        """Return the name of a policy or milestone in the reader's language.

        :rtype: str
        """
        return self._read_name(record_id, self.env.lang or "en_US")

    @api.model
    @ormcache("policy_id", "lang")
    def _read_name(self, policy_id, lang):
        # What a limit is called is told to everyone who sees the complaint.
        return self.sudo().with_context(lang=lang).browse(policy_id).name

    @api.model
    @ormcache("company_id")
    def _read_conditions(self, company_id):
        """Read the conditions of a company's policies once.

        :rtype: tuple[PolicyConditions]
        """
        # Limits are the same whoever opens the complaint.
        policies_sudo = self.sudo().search([("company_id", "in", (False, company_id))])
        return tuple(policy._prepare_conditions() for policy in policies_sudo)

    def _prepare_conditions(self):
        self.ensure_one()
        categories = self.category_ids
        if categories:
            categories = categories.with_context(active_test=False).search(
                [("id", "child_of", categories.ids)]
            )
        return PolicyConditions(
            policy_id=self.id,
            category_ids=frozenset(categories.ids),
            severity=self.severity or "",
            complexity=self.complexity or "",
            channel_ids=frozenset(self.channel_ids.ids),
            team_ids=frozenset(self.team_ids.ids),
        )

    @api.model
    def _choose(self, company, facts):
        """Return the policy for a complaint and what it was chosen for.

        The most conditions win, then the order of the policies.

        :param res.company company: of the complaint
        :param dict facts: the complaint's value for each of ``CONDITION_FIELDS``
        :return: the policy, empty when there is none; and the names of the conditions
            that made it, none for the company's default
        :rtype: tuple[CustomerComplaintPolicy, list[str]]
        """
        best_id, best = 0, []
        for conditions in self._read_conditions(company.id):
            matched = conditions.match(facts)
            if matched and len(matched) > len(best):
                best_id, best = conditions.policy_id, matched
        if best_id:
            return self.browse(best_id), best
        return company.complaint_policy_id, []

    def action_apply_to_running(self):
        """Put the running complaints of these policies under the limits as edited.

        Start and pauses stay; the replaced deadlines remain readable. The work is done
        in the background.

        :raise AccessError: if the user does not configure policies
        :raise UserError: if no complaint is running
        :rtype: dict
        """
        self.check_access("write")
        # How many there are is no secret to who configures the policy.
        count = (
            self.env["customer.complaint"]
            .sudo()
            .search_count([("policy_id", "in", self.ids), ("is_closed", "=", False)])
        )
        if not count:
            raise UserError(
                self.env._("No running complaint is under this policy; nothing to do.")
            )
        self.env["customer.complaint.clock.update"]._request(policies=self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s running complaints come under the policy as it is now; "
                    "this takes a few minutes at most.",
                    count=count,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_complaints(self):
        """List the complaints that are under the policy.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_list_for(
            [("policy_id", "=", self.id)]
        )
