from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .customer_complaint_life import SUPERVISOR
from .customer_complaint_policy import COMPLEXITIES, CONDITION_FIELDS

# The field of a complaint that each condition of a policy looks at.
CONDITION_SOURCES = {
    "category_ids": "category_id",
    "severity": "severity",
    "complexity": "complexity",
    "channel_ids": "channel_id",
    "team_ids": "team_id",
}
# What the policy of a complaint depends on.
POLICY_TRIGGERS = frozenset({"policy_id", *CONDITION_SOURCES.values()})


class CustomerComplaint(models.Model):
    """Which time limits a complaint is under, and why.

    The deadlines themselves are made and moved in ``customer_complaint_clock_sync.py``.
    """

    _inherit = "customer.complaint"

    complexity = fields.Selection(
        COMPLEXITIES,
        required=True,
        default="general",
        tracking=True,
        help="Decides, with others, which time limits apply. It changes by “Change "
        "Complexity” only: with a reason, approved by a superior, told to the "
        "complainant.",
        frozen=True,
    )
    policy_id = fields.Many2one(
        "customer.complaint.policy",
        compute="_compute_policy_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        # The company is checked where a policy is chosen by hand: reading it for each
        # new complaint would cost a query.
        ondelete="restrict",
        help="The time limits the complaint is under. A supervisor may choose another "
        "policy than the rules do.",
        frozen=True,
    )
    is_policy_forced = fields.Boolean(
        string="Policy Chosen by Hand",
        readonly=True,
        copy=False,
        help="A supervisor chose another policy than the rules point to.",
        sealed=False,
        system=True,
    )
    policy_reason = fields.Char(
        string="Time Limits By",
        compute="_compute_policy_reason",
        help="Which policy applies, and why.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("company_id", *CONDITION_SOURCES.values())
    def _compute_policy_id(self):
        for complaint in self:
            if not complaint.is_policy_forced:
                complaint.policy_id = complaint._choose_policy()[0]

    def _choose_policy(self, **supposed):
        """Return the policy by the rules, and the conditions it was chosen for.

        :param supposed: values of conditions in place of those of the complaint
        :rtype: tuple[CustomerComplaintPolicy, list[str]]
        """
        self.ensure_one()
        facts = {
            condition: self[name].id if self._fields[name].relational else self[name]
            for condition, name in CONDITION_SOURCES.items()
        }
        return self.env["customer.complaint.policy"]._choose(
            self.company_id, {**facts, **supposed}
        )

    @api.depends("policy_id", "is_policy_forced")
    @api.depends_context("lang")
    def _compute_policy_reason(self):
        for complaint in self:
            complaint.policy_reason = complaint._get_policy_reason()

    def _get_policy_reason(self):
        """Return why the policy applies, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        if not self.policy_id:
            return self.env._(
                "No policy applies. A manager chooses a default in the settings."
            )
        policy, conditions = self._choose_policy()
        name = self.policy_id._get_cached_name(self.policy_id.id)
        if self.is_policy_forced:
            return self.env._("%(policy)s, chosen by hand", policy=name)
        if policy != self.policy_id:
            return self.env._(
                "%(policy)s, which applied when the complaint was classified",
                policy=name,
            )
        if not conditions:
            return self.env._("%(policy)s, the default of the company", policy=name)
        names = [CONDITION_SOURCES[condition] for condition in conditions]
        return self.env._(
            "%(policy)s, because of: %(conditions)s",
            policy=name,
            conditions=format_list(
                self.env, [self._get_field_label(name) for name in names]
            ),
        )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # An empty column of an import chooses nothing: the rules do.
        complaints = super().create(
            [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "policy_id" or value
                }
                for vals in vals_list
            ]
        )
        # All of them: the context and own defaults of the user choose as well.
        for complaint in complaints:
            complaint._note_policy_choice()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if "policy_id" in vals:
            for complaint in self:
                complaint._note_policy_choice()
        return result

    def _note_policy_choice(self):
        """Keep a policy chosen by hand when the classification changes later.

        :raise AccessError: if it is not the one of the rules and the user is no
            supervisor
        """
        self.ensure_one()
        is_forced = self.policy_id != self._choose_policy()[0]
        if is_forced:
            self._check_policy_is_chosen()
            self._check_policy_company()
        if is_forced and not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(
                self.env._(
                    "%(number)s: the policy follows from the classification. Only a "
                    "supervisor chooses another one.",
                    number=self.name,
                )
            )
        if is_forced != self.is_policy_forced:
            self._write_unguarded({"is_policy_forced": is_forced})

    def _check_policy_is_chosen(self):
        """:raise UserError: if the complaint would be under no limits at all"""
        if not self.policy_id:
            raise UserError(
                self._name_reason(
                    self.env._("it would be due at no time. Choose a policy.")
                )
            )

    def _check_policy_company(self):
        """:raise UserError: if the policy is another company's"""
        policy_sudo = self.policy_id.sudo()  # its company only, to refuse it
        if policy_sudo.company_id and policy_sudo.company_id != self.company_id:
            raise UserError(
                self._name_reason(
                    self.env._(
                        "the policy belongs to %(company)s. Choose one of %(own)s.",
                        company=policy_sudo.company_id.name,
                        own=self.company_id.name,
                    )
                )
            )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_choose_policy(self):
        """Open a small form in which a supervisor chooses another policy.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_work()
        view = self.env.ref("customer_complaint.customer_complaint_view_form_policy")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose a Policy"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }


assert set(CONDITION_SOURCES) == set(CONDITION_FIELDS)
