from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list, ormcache

from odoo.addons.customer_complaint_base.tools.clock import (
    DAY_CLOCKS,
    ELAPSED_HOURS,
    NATURAL_DAYS,
    WORKING_DAYS,
    WORKING_HOURS,
)

from .customer_complaint_policy import COMPLEXITIES, EXTENDING_ROLES

# What is answered with the decision, for the date on the receipt.
ANSWER_EVENTS = ("told", "decided")

CLOCK_LABELS = [
    (ELAPSED_HOURS, "Elapsed Hours"),
    (NATURAL_DAYS, "Natural Days"),
    (WORKING_HOURS, "Working Hours"),
    (WORKING_DAYS, "Working Days"),
]
MILESTONE_KINDS = [
    ("limit", "Limit"),
    ("recurring", "Recurring"),
    ("demanded", "By the Day Named"),
]
# What starts a clock, or is to be done within its limit. Other addons add theirs.
CLOCK_EVENTS = [
    ("received", "Complaint Received"),
    ("acknowledged", "Receipt Acknowledged"),
    ("answered", "First Answer Given"),
    ("informed", "Complainant Told Something"),
    ("accepted", "Complaint Accepted"),
    ("passed_to_quality", "Passed to Quality"),
    ("decided", "Complaint Decided"),
    ("told", "Decision Told"),
    ("agreed", "Agreement Accepted"),
    ("goods_returned", "Goods Received Back"),
    ("carried_out", "Remediation Carried Out"),
    ("closed", "Complaint Closed"),
]
# A technical bound: ten years in days; longer ones are typing errors.
MAX_LENGTH = 3660


class MilestoneTerms(NamedTuple):
    """What a milestone says at the moment a complaint comes under it."""

    id: int
    sequence: int
    kind: str
    start_event: str
    done_event: str
    length: float
    clock: str
    is_statutory: bool
    pauses_for_customer: bool
    extending_role: str
    extension_length: float
    max_length: float
    # Name of the model each record of which has its own clock, or "".
    subject_model: str
    # Whether what has to be done happens to that record, too.
    is_subject_done: bool


SNAPSHOT_FIELDS = tuple(
    name
    for name in MilestoneTerms._fields
    if name not in ("id", "subject_model", "is_subject_done")
)


class CustomerComplaintPolicyMilestone(models.Model):
    """One time limit of a policy: from which event, how long, by which clock."""

    _name = "customer.complaint.policy.milestone"
    _inherit = ["customer.complaint.cached", "customer.complaint.shared"]
    _description = "Complaint Policy Milestone"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "customer.complaint.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(string="Milestone", required=True, translate=True)
    source = fields.Char(
        translate=True, help="Law, standard or house rule the limit comes from."
    )
    kind = fields.Selection(
        MILESTONE_KINDS,
        required=True,
        default="limit",
        help="A limit passes once. A recurring one begins again each time it was met, "
        "until the complaint is decided. By the day named: what a memo or an authority "
        "asks for is due on the day they name.",
    )
    complexity = fields.Selection(
        COMPLEXITIES,
        help="Only for complaints of this complexity; empty for all.",
    )
    start_event = fields.Selection(
        CLOCK_EVENTS,
        string="Starts When",
        required=True,
        default="received",
        help="The day of this event itself is not counted.",
    )
    done_event = fields.Selection(
        CLOCK_EVENTS,
        string="Met When",
        required=True,
        default="told",
        help="What has to be done within the limit.",
    )
    length = fields.Float(
        required=True, help="How long, in the unit of the clock.", digits=(16, 2)
    )
    clock = fields.Selection(
        CLOCK_LABELS,
        required=True,
        default=NATURAL_DAYS,
        help="Days run to the end of the last one. Working time is that of the team's "
        "calendar with its public holidays and make-up days.",
    )
    is_statutory = fields.Boolean(
        string="Required by Law",
        help="Alerts about it always go out; others can wait for working hours.",
    )
    pauses_for_customer = fields.Boolean(
        string="Waiting for the Customer Pauses",
        help="Time spent waiting for the customer does not count.",
    )
    extending_role = fields.Selection(
        EXTENDING_ROLES,
        string="Extended By",
        required=True,
        default="none",
        help="Who approves more time.",
    )
    extension_length = fields.Float(
        help="How much one extension adds, in the unit of the clock.", digits=(16, 2)
    )
    max_length = fields.Float(
        string="Longest",
        digits=(16, 2),
        help="Longest time with all extensions, in the unit of the clock.",
    )

    @api.constrains(
        "kind",
        "start_event",
        "done_event",
        "length",
        "extension_length",
        "max_length",
        "clock",
        "extending_role",
    )
    def _check_terms(self):
        for milestone in self:
            reason = (
                milestone._get_wrong_event_reason()
                or milestone._get_wrong_length_reason()
            )
            if reason:
                raise ValidationError(
                    self.env._(
                        "%(milestone)s: %(reason)s",
                        milestone=milestone.name,
                        reason=reason,
                    )
                )

    def _get_wrong_length_reason(self):
        """Return what is wrong with the lengths of the milestone, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        lengths = (self.length, self.extension_length, self.max_length)
        if min(lengths) < 0:
            return self.env._("a time limit cannot be negative.")
        if max(lengths) > MAX_LENGTH:
            return self.env._(
                "a time limit of more than %(max)s cannot be right. Check the unit of "
                "the clock.",
                max=MAX_LENGTH,
            )
        if self.clock in DAY_CLOCKS and any(n != int(n) for n in lengths):
            return self.env._("days are counted whole. Use a clock of hours instead.")
        if self.kind == "recurring" and not self.length:
            return self.env._("what recurs needs a time between one and the next.")
        if self.kind == "demanded" and self.length:
            return self.env._("the day is named by who asks; enter no length.")
        if self.extending_role != "none" and not self.extension_length:
            return self.env._("enter by how much it is extended.")
        if self.max_length and self.max_length < self.length:
            return self.env._("the longest time is shorter than the limit itself.")
        return False

    def _get_wrong_event_reason(self):
        """Return why the two events do not go together, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        models_by_event = self._get_event_models()
        start_subject = models_by_event.get(self.start_event)
        done_subject = models_by_event.get(self.done_event)
        if self.start_event == self.done_event:
            return self.env._("a limit runs from one event to another.")
        if done_subject and done_subject != start_subject:
            return self.env._(
                "what has to be done belongs to another record than what starts the "
                "limit. Choose two events of the same."
            )
        if self.kind == "demanded" and (
            self.start_event not in self._get_demanding_events()
        ):
            return self.env._(
                "a day is named by memos that were sent and by authorities only."
            )
        if self.kind == "recurring" and self.done_event != "informed":
            return self.env._(
                "what recurs is that the complainant is told something; choose it."
            )
        return False

    @api.model
    def _get_event_models(self):
        """Return what hangs on a complaint and has events, each record its own clock.

        Hook: addons with such records add their events.

        :return: for each event of ``CLOCK_EVENTS`` that is no complaint's, the model
        :rtype: dict[str, str]
        """
        return {}

    @api.model
    def _get_demanding_events(self):
        """Return the events with which somebody names the day they want an answer.

        Hook: addons with such events add them.

        :rtype: frozenset[str]
        """
        return frozenset()

    def write(self, vals):
        if any(m.policy_id.id != vals.get("policy_id", m.policy_id.id) for m in self):
            raise UserError(
                self.env._(
                    "A milestone stays in its policy. Enter it in the other one, and "
                    "archive it here."
                )
            )
        result = super().write(vals)
        if "active" in vals:
            self.policy_id._check_milestones()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._check_milestones()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        # Deadlines of complaints the user may not see count as well.
        used_sudo = (
            self.env["customer.complaint.deadline"]
            .sudo()
            ._read_group(
                [("milestone_id", "in", self.ids)], ["milestone_id"], ["__count"]
            )
        )
        if used_sudo:
            raise UserError(
                self.env._(
                    "Complaints are or were under these limits: %(names)s. Archive "
                    "them instead; what they said stays readable.",
                    names=format_list(
                        self.env, [milestone.name for milestone, _count in used_sudo]
                    ),
                )
            )

    @api.model
    def _get_cached_name(self, milestone_id):
        """Return the name of a milestone in the reader's language.

        :rtype: str
        """
        return self._read_name(milestone_id, self.env.lang or "en_US")

    @api.model
    @ormcache("milestone_id", "lang")
    def _read_name(self, milestone_id, lang):
        # What a limit is called is told to everyone who sees the complaint.
        return self.sudo().with_context(lang=lang).browse(milestone_id).name

    @api.model
    @ormcache("policy_id")
    def _read_terms(self, policy_id):
        """Read the milestones of a policy once.

        :return: for each the complexity it is meant for, and what it says
        :rtype: tuple[tuple[str, MilestoneTerms]]
        """
        # Limits are the same whoever opens the complaint.
        milestones_sudo = self.sudo().search([("policy_id", "=", policy_id)])
        return tuple(
            (milestone.complexity or "", milestone._get_terms())
            for milestone in milestones_sudo
        )

    def _get_terms(self):
        """Return what the milestone says now.

        :rtype: MilestoneTerms
        """
        self.ensure_one()
        return self._make_terms(self.id, self)

    @api.model
    def _make_terms(self, milestone_id, source):
        """Return the terms that a milestone, or the deadline made from it, says.

        :param int milestone_id: which milestone it is
        :param source: record with ``SNAPSHOT_FIELDS``
        :rtype: MilestoneTerms
        """
        models_by_event = self._get_event_models()
        return MilestoneTerms(
            **{name: source[name] for name in SNAPSHOT_FIELDS},
            id=milestone_id,
            subject_model=models_by_event.get(source["start_event"], ""),
            is_subject_done=source["done_event"] in models_by_event,
        )
