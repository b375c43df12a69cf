from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list, ormcache

from odoo.addons.customer_complaint_base.tools.clock import DAY_CLOCKS

from .customer_complaint_policy_milestone import MAX_LENGTH

CLOCK_UNITS = [
    ("hours", "Limits in Hours"),
    ("days", "Limits in Days"),
]
MOMENTS = [
    ("before", "Before the Limit"),
    ("at", "At the Limit"),
    ("after", "After the Limit"),
]
# On which side of the limit a moment lies.
SIGNS = {"before": -1, "at": 0, "after": 1}
TARGETS = [
    ("handler", "Handler"),
    ("leader", "Team Leader"),
    ("superior", "Superior"),
    ("manager", "Managers"),
    ("group", "Named Group"),
]
RAISED_PRIORITIES = [("1", "High"), ("2", "Urgent")]
# A technical bound: later than that, a to-do reminds nobody.
MAX_TODO_DAYS = 366


class EscalationTerms(NamedTuple):
    """What a rule says, read once and kept."""

    id: int
    milestone_ids: frozenset
    clock_unit: str
    offset: float
    level: int
    target: str
    group_id: int
    only_working_hours: bool
    has_todo: bool
    todo_days: int
    has_message: bool
    has_mail: bool
    priority: str
    is_reassigned: bool

    def concerns(self, terms):
        """Return whether the rule is for a milestone.

        :param MilestoneTerms terms: what the milestone says
        :rtype: bool
        """
        if self.milestone_ids and terms.id not in self.milestone_ids:
            return False
        return (terms.clock in DAY_CLOCKS) == (self.clock_unit == "days")

    def waits(self, terms):
        """Return whether the rule waits for working hours at a milestone.

        :param MilestoneTerms terms: what the milestone says
        :rtype: bool
        """
        return self.only_working_hours and not terms.is_statutory


class CustomerComplaintEscalationRule(models.Model):
    """When somebody is told that a limit comes near or has passed, and what is done.

    The distance is in the clock of the limit: a day before a limit of 15 working days
    is the end of the 14th, with holidays and pauses counted as for the limit itself.
    """

    _name = "customer.complaint.escalation.rule"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Complaint Escalation Rule"
    _order = "sequence, level, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a rule that all companies use.",
    )
    milestone_ids = fields.Many2many(
        "customer.complaint.policy.milestone",
        "customer_complaint_escalation_rule_milestone_rel",
        "rule_id",
        "milestone_id",
        string="Milestones",
        check_company=True,
        help="Only for these limits; for every one when empty.",
    )
    clock_unit = fields.Selection(
        CLOCK_UNITS,
        string="For",
        required=True,
        default="days",
        help="Rules count in the unit of the limit: hours or working hours, natural or "
        "working days.",
    )
    moment = fields.Selection(
        MOMENTS,
        string="When",
        required=True,
        default="at",
        help="Before: a limit shorter than the distance is not reminded of.",
    )
    distance = fields.Float(
        digits=(16, 2),
        help="How many hours or days before or after the limit, counted by the clock "
        "of the limit.",
    )
    level = fields.Integer(
        required=True,
        default=1,
        help="How far up the case has climbed when this rule was carried out.",
    )
    target = fields.Selection(
        TARGETS,
        string="Tell",
        required=True,
        default="handler",
        help="Where there is no handler, or they must not work on the case, the team "
        "leader is told, then the superior: the leader of the team above; without any, "
        "the managers.",
    )
    group_id = fields.Many2one(
        "res.groups",
        ondelete="restrict",
        index="btree_not_null",
        help="Its members who may see the complaint are told.",
    )
    only_working_hours = fields.Boolean(
        help="Wait for the working hours of the team. What the law requires goes out "
        "at once in any case."
    )

    # What is done
    has_todo = fields.Boolean(string="To-Do", default=True)
    todo_days = fields.Integer(
        string="Days for the To-Do",
        help="In how many days the to-do is due; 0 for the same day.",
    )
    has_message = fields.Boolean(string="Note on the Complaint", default=True)
    has_mail = fields.Boolean(string="E-mail")
    priority = fields.Selection(
        RAISED_PRIORITIES,
        string="Raise Priority To",
        help="A higher priority stays.",
    )
    is_reassigned = fields.Boolean(
        string="Make Them the Handler",
        help="Whoever is told becomes the handler of the complaint.",
    )
    escalation_count = fields.Integer(
        string="Escalations", compute="_compute_escalation_count"
    )

    def _compute_escalation_count(self):
        counts = dict(
            self.env["customer.complaint.escalation"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.escalation_count = counts.get(rule, 0)

    @api.constrains(
        "clock_unit",
        "moment",
        "distance",
        "level",
        "target",
        "group_id",
        "has_todo",
        "todo_days",
        "has_message",
        "has_mail",
        "priority",
        "is_reassigned",
    )
    def _check_rule(self):
        for rule in self:
            reason = rule._get_wrong_number_reason() or rule._get_wrong_effect_reason()
            if reason:
                raise ValidationError(
                    self.env._("%(rule)s: %(reason)s", rule=rule.name, reason=reason)
                )

    def _get_wrong_number_reason(self):
        """Return what is wrong with when the rule applies, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.distance < 0:
            return self.env._(
                "the distance cannot be negative. Choose “Before the Limit” instead."
            )
        if self.distance > MAX_LENGTH:
            return self.env._(
                "a distance of more than %(max)s cannot be right. Check the unit.",
                max=MAX_LENGTH,
            )
        if self.moment != "at" and not self.distance:
            return self.env._("enter how long before or after the limit.")
        if self.clock_unit == "days" and self.distance != int(self.distance):
            return self.env._("days are counted whole. Enter a whole number.")
        if self.level < 1:
            return self.env._("levels start at 1.")
        if not 0 <= self.todo_days <= MAX_TODO_DAYS:
            return self.env._(
                "a to-do is due within 0 to %(max)s days.", max=MAX_TODO_DAYS
            )
        return False

    def _get_wrong_effect_reason(self):
        """Return what is wrong with what the rule does, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.target == "group" and not self.group_id:
            return self.env._("choose the group that is told.")
        effects = ("has_todo", "has_message", "has_mail", "priority", "is_reassigned")
        if not any(self[name] for name in effects):
            return self.env._("the rule does nothing. Tick at least one thing to do.")
        if self.is_reassigned and self.target == "handler":
            return self.env._(
                "the handler has the case already. Choose somebody else to become the "
                "handler."
            )
        if self.is_reassigned and self.target in ("manager", "group"):
            # How many they are is asked for, nothing else of them.
            count = len(self._get_possible_handlers())
            if count != 1:
                return self.env._(
                    "a case has one handler, but %(count)s people would be told. "
                    "Choose the team leader, or a group with one member.",
                    count=count,
                )
        return False

    def _get_possible_handlers(self):
        """Return the people of the group or the managers, whatever the complaint.

        :rtype: res.users
        """
        self.ensure_one()
        manager = self.env.ref("customer_complaint.group_complaint_manager")
        group = self.group_id if self.target == "group" else manager
        users_sudo = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        return users_sudo.filtered(
            lambda user: not self.company_id or self.company_id in user.company_ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._follow_change()
        return rules

    def write(self, vals):
        companies = self.mapped("company_id.id")
        result = super().write(vals)
        if vals.keys() - {"name", "sequence"}:
            self._follow_change(companies)
        return result

    def unlink(self):
        companies = self.mapped("company_id.id")
        is_for_all = not all(rule.company_id for rule in self)
        result = super().unlink()
        self.browse()._follow_change(companies, is_for_all)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        # Escalations of complaints the user may not see count as well.
        used_sudo = (
            self.env["customer.complaint.escalation"]
            .sudo()
            ._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        )
        if used_sudo:
            raise UserError(
                self.env._(
                    "These rules were carried out and belong to the record of "
                    "complaints: %(names)s. Archive them instead.",
                    names=format_list(self.env, [rule.name for rule, _n in used_sudo]),
                )
            )

    def _follow_change(self, company_ids=(), is_for_all=False):
        """Forget what was read of rules, and have the running clocks follow.

        :param company_ids: companies the rules belonged to before
        :param bool is_for_all: whether one of them was for all companies
        """
        self.env.registry.clear_cache()
        is_for_all = is_for_all or not all(rule.company_id for rule in self)
        companies = self.company_id | self.env["res.company"].browse(company_ids)
        if is_for_all:
            companies = None
        self.env["customer.complaint.clock.update"]._request(companies)

    @api.model
    @ormcache("company_id")
    def _read_terms(self, company_id):
        """Read the rules of a company once.

        :return: the earliest first
        :rtype: tuple[EscalationTerms]
        """
        # Rules are the same whoever opens the complaint.
        rules_sudo = self.sudo().search([("company_id", "in", (False, company_id))])
        return tuple(
            sorted(
                (rule._get_terms() for rule in rules_sudo),
                key=lambda terms: (terms.offset, terms.level, terms.id),
            )
        )

    def _get_terms(self):
        """Return what the rule says now.

        :rtype: EscalationTerms
        """
        self.ensure_one()
        return EscalationTerms(
            id=self.id,
            milestone_ids=frozenset(self.milestone_ids.ids),
            clock_unit=self.clock_unit,
            offset=SIGNS[self.moment] * self.distance,
            level=self.level,
            target=self.target,
            group_id=self.group_id.id,
            only_working_hours=self.only_working_hours,
            has_todo=self.has_todo,
            todo_days=self.todo_days,
            has_message=self.has_message,
            has_mail=self.has_mail,
            priority=self.priority or "",
            is_reassigned=self.is_reassigned,
        )

    def action_open_escalations(self):
        """List what was done by the rule.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint_deadline.customer_complaint_escalation_action"
            ),
            "domain": [("rule_id", "=", self.id)],
            "context": {},
        }
