from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import QUALITY, SUPERVISOR
from odoo.addons.customer_complaint_base.tools import clock
from odoo.addons.customer_complaint_notice.models.customer_complaint_notice import (
    NOTICE_WAYS,
)

from .customer_complaint_deadline import LATENESS_DIGITS, OPEN_STATES
from .customer_complaint_policy import COMPLEXITIES
from .customer_complaint_policy_milestone import ANSWER_EVENTS, SNAPSHOT_FIELDS

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
# The field of a complaint that says when an event happened. Other addons add theirs.
EVENT_FIELDS = {
    "acknowledged": "date_acknowledged",
    "answered": "date_first_answer",
    "accepted": "date_accepted",
    "passed_to_quality": "date_passed_to_quality",
    "decided": "date_decided",
    "told": "date_notified",
    "agreed": "date_agreed",
    "goods_returned": "date_goods_returned",
    "carried_out": "date_carried_out",
    "closed": "date_closed",
}
# Happens many times: read from the notices, only where a limit asks for it.
TELLING_EVENT = "informed"
# Facts that stay as they are when new facts restart the clock: what is due after them
# goes on.
STANDING_EVENTS = frozenset({"decided", "agreed", "goods_returned", "carried_out"})
# Tellings that acknowledge the complaint as well as a receipt does: they name its
# number and whom to ask.
ACKNOWLEDGING_KINDS = ("receipt", "progress", "extension", "pause", "decision")
# Facts that people enter by hand.
# Read in one query when clocks are moved.
DEADLINE_FIELDS = (
    *SNAPSHOT_FIELDS,
    "complaint_id",
    "milestone_id",
    "round",
    "turn",
    "res_model",
    "res_id",
    "extended_by",
    "date_demanded",
    "date_start",
    "date_due",
    "date_done",
    "state",
    "late_by",
    "date_passed",
    "date_next_escalation",
)
# What the working hours and the start of the clocks rest on.
CALENDAR_TRIGGERS = frozenset({"team_id", "date_received"})
# What moves clocks when it changes, besides the events.
CLOCK_TRIGGERS = POLICY_TRIGGERS | {
    "state",
    "date_received",
    "date_unreachable",
    "split_from_id",
}
# What the form lists of the deadlines: read in one query.
SHOWN_DEADLINE_FIELDS = (
    "complaint_id",
    "company_id",
    "milestone_id",
    "res_model",
    "res_id",
    "kind",
    "length",
    "clock",
    "extended_by",
    "start_event",
    "done_event",
    "pauses_for_customer",
    "date_start",
    "date_due",
    "date_done",
    "state",
    "late_by",
    "date_passed",
    "round",
    "escalation_error",
)
DUE_STATES = [
    ("late", "Late"),
    ("soon", "Due Soon"),
    ("running", "In Time"),
    ("paused", "Paused"),
]
# What the receipt names, the first that the policy has.
TOLD_LIMITS = (ANSWER_EVENTS, ("carried_out",), ("informed",))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClockFacts:
    """What the clocks of one complaint run by.

    :param datetime begin: when the complaint was received, or reopened on new facts
    :param dict moments: for each event its moments in order, naive UTC
    :param datetime ended: when all clocks stop, None while the complaint runs
    """

    begin: datetime
    moments: dict = field(default_factory=dict)
    ended: datetime | None = None

    def get_start(self, event):
        """Return when an event first happened, not before the clocks began.

        :rtype: datetime or bool
        """
        if event == "received":
            return self.begin
        moments = self.moments.get(event)
        if not moments:
            return False
        if event in STANDING_EVENTS:
            return moments[0]
        return max(moments[0], self.begin)

    def get_after(self, event, start):
        """Return the moments of an event after ``start``, in order."""
        if not start:
            return []
        return [moment for moment in self.moments.get(event, []) if moment >= start]


class CustomerComplaintTimed(models.AbstractModel):
    """The deadlines of a complaint follow from its facts, and from nothing else.

    :meth:`_sync_deadlines` may be called as often as one likes: events, pauses,
    extensions and notices may become known in any order.
    """

    _name = "customer.complaint.timed"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Time Limits of a Complaint"

    # Clock
    complexity = fields.Selection(
        COMPLEXITIES,
        required=True,
        default="general",
        tracking=True,
        help="Decides, with others, which time limits apply.",
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

    # What the clocks run by
    clock_round = fields.Integer(
        string="Run of the Clock",
        readonly=True,
        copy=False,
        default=1,
        help="Counts the restarts of the clocks on new facts.",
        system=True,
    )
    date_acknowledged = fields.Datetime(
        string="Acknowledged On",
        readonly=True,
        copy=False,
        help="When the complainant was told that the complaint was accepted, with its "
        "number and whom to ask; a later telling tells that, too.",
        system=True,
    )
    date_first_answer = fields.Datetime(
        string="First Answer On",
        readonly=True,
        copy=False,
        help="When the complainant was first told anything about the complaint.",
        system=True,
    )
    date_passed_to_quality = fields.Datetime(
        string="Passed to Quality On",
        readonly=True,
        copy=False,
        help="When the quality department was first given the case.",
        system=True,
    )
    date_unreachable = fields.Datetime(
        string="Unreachable Since",
        readonly=True,
        copy=False,
        help="When the attempt failed after which the complainant counts as "
        "unreachable; the duty to tell counts as met.",
        sealed=False,
        system=True,
    )

    deadline_ids = fields.One2many(
        "customer.complaint.deadline",
        "complaint_id",
        string="Deadlines",
        readonly=True,
        system=True,
    )
    date_deadline = fields.Datetime(
        string="Due On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The next limit that runs, or the oldest that passed; empty when none "
        "runs.",
        sealed=False,
        system=True,
    )
    deadline_milestone_id = fields.Many2one(
        "customer.complaint.policy.milestone",
        string="Due Next",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="What is due on that day.",
        sealed=False,
        system=True,
    )
    next_due_event = fields.Char(
        string="Next Done By",
        compute="_compute_next_due_event",
        help="What meets the limit that runs: the form proposes it as the next step.",
    )
    was_late = fields.Boolean(
        string="A Limit Was Missed",
        readonly=True,
        copy=False,
        help="At least one limit was met late, or not at all. It stays known after the "
        "work is done and when the complaint is reopened.",
        sealed=False,
        system=True,
    )

    # What lists and form show
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_due_state",
        search="_search_is_late",
        help="A limit that still runs has passed.",
    )
    is_due_today = fields.Boolean(
        string="Due Today",
        compute="_compute_is_due_today",
        search="_search_is_due_today",
        help="The next limit passes today, by the company's time zone.",
    )
    due_state = fields.Selection(
        DUE_STATES,
        string="Time",
        compute="_compute_due_state",
        help="Due soon: within 24 hours.",
    )
    time_left = fields.Char(
        compute="_compute_time_left",
        help="Time until the next limit, or since it passed.",
    )
    shown_deadline_ids = fields.Many2many(
        "customer.complaint.deadline",
        string="Time Limits",
        compute="_compute_shown_deadline_ids",
        help="The limits of the case as it stands, and those that were late before "
        "they were replaced; “All Deadlines” lists all.",
    )

    # What is carried out

    # Terms agreed with the complainant
    agreed_terms_ids = fields.One2many(
        "customer.complaint.agreed.terms",
        "complaint_id",
        system=True,
    )
    agreed_due = fields.Date(
        string="Answer Agreed Until",
        readonly=True,
        copy=False,
        help="Day of the answer that was agreed with the complainant; it goes before "
        "the limit of the policy.",
        system=True,
    )
    agreed_way = fields.Selection(
        NOTICE_WAYS,
        string="Way of Telling Agreed",
        readonly=True,
        copy=False,
        help="How the complainant wants to be told.",
        system=True,
    )

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
        complaints._note_passed_to_quality()
        complaints._start_clocks()
        return complaints

    def _start_clocks(self):
        """Give these complaints the deadlines of their policies, from their receipt."""
        # Clocks start whoever opens the complaint; nothing of the caller gets in.
        complaints_sudo = self.sudo()
        deadlines_sudo = (
            self.env["customer.complaint.deadline"]
            .sudo()
            .create(
                [
                    {**vals, "complaint_id": complaint.id}
                    for complaint in complaints_sudo
                    for vals in complaint._prepare_first_deadlines()
                ]
            )
        )
        own = deadlines_sudo.grouped("complaint_id")
        # In a batch many are due on the same day.
        for shown, alike_sudo in (
            complaints_sudo.filtered(own.get)
            .grouped(lambda c: tuple(self._prepare_shown_vals(own[c]).items()))
            .items()
        ):
            alike_sudo._write_unguarded(dict(shown))
        # Given to quality at once, for one.
        self.filtered(lambda c: c._get_clock_facts().moments)._sync_deadlines()

    def _check_vals(self, vals):
        if "date_received" in vals:
            self._check_receipt_is_open(vals["date_received"])
        return super()._check_vals(vals)

    def _enter_change(self, vals, stack):
        if "date_received" in vals:
            stack.enter_context(self._limits_stay_passed())
        stack.enter_context(self._clocks_follow(vals))
        if "policy_id" in vals:
            stack.enter_context(self._policy_choices_are_noted())
        return super()._enter_change(vals, stack)

    @contextmanager
    def _policy_choices_are_noted(self):
        yield
        for complaint in self:
            complaint._note_policy_choice()

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

    def action_choose_policy(self):
        """Open a small form in which a supervisor chooses another policy.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_work()
        view = self.env.ref(
            "customer_complaint_deadline.customer_complaint_view_form_policy"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose a Policy"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------------
    # WHAT THE CLOCKS RUN BY
    #
    # The events that start the clocks of a complaint, and those that meet them.
    # ------------------------------------------------------------------

    def _write_unguarded(self, vals):
        if vals.get("is_passed_to_quality") and "date_passed_to_quality" not in vals:
            self.filtered(lambda c: not c.date_passed_to_quality)._write_unguarded(
                {"date_passed_to_quality": fields.Datetime.now()}
            )
        # Of a step, write() lets the clocks of all its complaints follow at once.
        with nullcontext() if "state" in vals else self._clocks_follow(vals):
            return super()._write_unguarded(vals)

    def _after_handler_change(self, before):
        result = super()._after_handler_change(before)
        self._note_passed_to_quality()
        return result

    def _note_passed_to_quality(self):
        """Note when somebody of the quality department first handles a case."""
        unnoted = self.filtered(
            lambda c: c.user_id and c.is_quality_matter and not c.date_passed_to_quality
        )
        # Which department a handler belongs to is no secret.
        passed = unnoted.filtered(lambda c: c.user_id.sudo().has_group(QUALITY))
        if passed:
            passed._write_unguarded({"date_passed_to_quality": fields.Datetime.now()})

    def _get_clock_facts(self, events=()):
        """Return what the clocks of the complaint run by.

        :param events: names of the events that matter; ``informed`` is looked up only
            when it is among them
        :rtype: ClockFacts
        """
        self.ensure_one()
        moments = {
            event: [self[name]]
            for event, name in self._get_event_fields().items()
            if self[name]
        }
        if not self.date_notified and self.date_unreachable:
            moments["told"] = [self.date_unreachable]
        # Whoever knows the decision knows that the complaint was taken up.
        if moments.get("told"):
            moments["acknowledged"] = sorted(
                moments.get("acknowledged", []) + moments["told"]
            )
        if TELLING_EVENT in events:
            moments[TELLING_EVENT] = self._get_tellings()
        # One query, and only where there is more than the date says.
        if self.date_carried_out_by_hand or self.remediation_count > 1:
            completions = self._get_completions()
            if completions:
                moments["carried_out"] = completions
        return ClockFacts(
            begin=self.date_restarted or self.date_received,
            moments=moments,
            ended=self._get_clock_end(),
        )

    def _get_tellings(self):
        """Return when the complainant was told anything, in order.

        :rtype: list[datetime.datetime]
        """
        self.ensure_one()
        return sorted(
            notice.date_told
            for notice in self.notice_ids
            if notice.state == "succeeded" and notice._is_to_complainant()
        )

    def _get_clock_end(self):
        """Return when all clocks stop, None while the complaint runs.

        A withdrawal ends the procedure on the day it arrives, whenever it is recorded.

        :rtype: datetime.datetime or None
        """
        self.ensure_one()
        if not self._has_ended():
            return None
        ended = self.date_closed or fields.Datetime.now()
        if self.state == "withdrawn" and self.date_withdrawn:
            days = clock.Calendar(tz=self.company_id.complaint_tz)
            ended = min(ended, days.get_day_end(self.date_withdrawn))
        return ended

    def _prepare_told_vals(self, notices):
        vals = super()._prepare_told_vals(notices)
        if self._has_ended():
            return vals
        begin = self.date_restarted or self.date_received
        told = notices.filtered(
            lambda notice: (
                notice.state == "succeeded"
                and notice._is_to_complainant()
                and notice.date_told >= begin
            )
        )
        accepted = self.date_accepted
        receipts = told.filtered(
            lambda notice: (
                notice.kind in ACKNOWLEDGING_KINDS
                and accepted
                and notice.date_told >= accepted
            )
        )
        failed = notices.filtered(lambda notice: notice.state == "failed")
        return {
            **vals,
            "date_acknowledged": min(receipts.mapped("date_told"), default=False),
            "date_first_answer": min(told.mapped("date_told"), default=False),
            "date_unreachable": bool(vals.get("is_unreachable"))
            and max(
                self._get_decision_notices(failed).mapped("date"),
                default=False,
            ),
        }

    def _prepare_undecided_vals(self):
        return {
            **super()._prepare_undecided_vals(),
            "date_unreachable": False,
        }

    def _prepare_reopened_vals(self):
        """New facts start the clocks anew; what is done by then stays on record."""
        return {
            **super()._prepare_reopened_vals(),
            "clock_round": self.clock_round + 1,
            "date_acknowledged": False,
            "date_first_answer": False,
        }

    def action_pass_to_quality(self):
        """Give the case to the quality department: it sees it and gets a to-do.

        :raise AccessError: if the user must not work on the complaints
        :raise UserError: if one was passed on already, or has ended
        """
        self.check_access("write")
        self._check_may_change()
        there = self.filtered("date_passed_to_quality")
        if there:
            raise UserError(
                "\n".join(
                    complaint._name_reason(
                        self.env._(
                            "it was passed to quality on %(date)s already.",
                            date=complaint._format_moment(
                                complaint.date_passed_to_quality
                            ),
                        )
                    )
                    for complaint in there
                )
            )
        self._write_unguarded({"is_passed_to_quality": True})
        self._create_todos(
            (complaint, user_sudo, self.env._("Investigate the quality complaint"), {})
            for company, complaints in self.grouped("company_id").items()
            for user_sudo in company._get_complaint_users(QUALITY)
            for complaint in complaints
        )
        return True

    # ------------------------------------------------------------------
    # MOVING THE CLOCKS
    # ------------------------------------------------------------------

    def _check_receipt_is_open(self, moment):
        """Refuse to move the receipt of complaints that were accepted.

        All limits, and the receipt that was told, rest on it.

        :param moment: when they are said to have been received, naive UTC
        :raise UserError: naming the complaints
        """
        moment = fields.Datetime.to_datetime(moment)
        fixed = self.filtered(lambda c: c.date_accepted and c.date_received != moment)
        if fixed:
            raise UserError(
                self.env._(
                    "The day a complaint was received is fixed once it is accepted: "
                    "%(names)s. If new facts arrived, a supervisor restarts the clock; "
                    "if the limit cannot be kept, ask for more time.",
                    names=format_list(self.env, fixed.mapped("name")),
                )
            )

    def _update_from_notices(self):
        result = super()._update_from_notices()
        self._sync_deadlines()
        return result

    @contextmanager
    def _clocks_follow(self, names):
        """Let the clocks follow what changes meanwhile.

        :param names: names of the fields that are written
        """
        triggers = CLOCK_TRIGGERS.union(self._get_event_fields().values())
        if triggers.isdisjoint(names):
            yield
            return
        before = {complaint: complaint._get_clock_causes() for complaint in self}
        if not CALENDAR_TRIGGERS.isdisjoint(names):
            self._keep_lateness()
        yield
        self._follow_change(before)

    def _keep_lateness(self):
        """Keep by how much limits of these complaints have passed, see there."""
        late = self.filtered("is_late")
        if late:
            # Lateness is on record whoever's deed moves the clocks.
            late_sudo = late.sudo()
            for deadlines in late_sudo._read_current_deadlines().values():
                deadlines._keep_lateness()

    @contextmanager
    def _limits_stay_passed(self):
        """Refuse a change that makes good a limit that has passed, but to a supervisor.

        Whoever is late must not back-date their way out of it.

        :raise AccessError: naming the complaints
        """
        late = self.filtered("is_late")
        late._keep_lateness()
        yield
        late.invalidate_recordset(["is_late"], flush=False)
        freed = late.filtered(lambda complaint: not complaint.is_late)
        if freed and not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(
                self.env._(
                    "A limit of %(names)s has passed, and with this date it would not "
                    "have. Ask a supervisor to enter it.",
                    names=format_list(self.env, freed.mapped("name")),
                )
            )

    def _get_clock_causes(self):
        """Return all that moves the clocks of the complaint.

        :return: what decides the limits, what moves each clock, the events, and
            whether the complaint has ended
        :rtype: tuple
        """
        self.ensure_one()
        return (
            (self.policy_id.id, self.complexity),
            (
                self.date_received,
                self.team_id.id,
                self.date_unreachable,
                self.split_from_id.id,
            ),
            {event: self[name] for event, name in self._get_event_fields().items()},
            self._has_ended(),
        )

    def _follow_change(self, before):
        """Let the deadlines follow what has changed.

        :param dict before: :meth:`_get_clock_causes` of each complaint before
        """
        reclassified, moved = self.browse(), self.browse()
        for complaint in self:
            terms, causes, events, ended = before[complaint]
            now_terms, now_causes, now_events, now_ended = complaint._get_clock_causes()
            if (ended and not now_ended) or terms != now_terms:
                reclassified |= complaint
            elif (causes, events, ended) != (now_causes, now_events, now_ended):
                moved |= complaint
        reclassified._apply_policy()
        moved._sync_deadlines()

    def _get_clock_calendar(self, kind):
        """Return the calendar a clock runs by.

        Days run in the company's time zone; working time is the team's, else the
        company's.

        :param str kind: one of ``clock.CLOCKS``
        :rtype: clock.Calendar
        """
        self.ensure_one()
        company = self.company_id
        if kind in clock.WORKING_CLOCKS:
            # Working hours are no secret, and limits are the same for every reader.
            for calendar_sudo in (
                self.team_id.sudo().resource_calendar_id,
                company.sudo().resource_calendar_id,
            ):
                known = calendar_sudo._get_complaint_clock(company)
                if known.has_working_time():
                    return known
        return clock.Calendar(tz=company.complaint_tz or "UTC")

    def _get_effective_clock(self, kind):
        """Return the clock, without working time where no calendar has any.

        A limit is then rather too early than missing.

        :rtype: str
        """
        self.ensure_one()
        if kind not in clock.WORKING_CLOCKS:
            return kind
        if self._get_clock_calendar(kind).has_working_time():
            return kind
        return clock.NATURAL_DAYS if kind == clock.WORKING_DAYS else clock.ELAPSED_HOURS

    def _get_pause_intervals(self, waits_for_customer):
        """Return the pauses that hold a clock. Extensions add them.

        :param bool waits_for_customer: whether waiting for the customer counts as one
        :return: ``(from, to)`` in naive UTC, ``to`` None while it lasts
        :rtype: list
        """
        self.ensure_one()
        return []

    def _prepare_clock_vals(
        self, terms, facts, start, dones=(), demanded=False, extended_by=0.0
    ):
        """Return where a clock stands by the facts.

        :param MilestoneTerms terms: what the milestone says
        :param ClockFacts facts: of the complaint
        :param start: when it started, naive UTC; False if it did not
        :param dones: moments at which what has to be done was done, in order
        :param demanded: end of the day that somebody named, naive UTC
        :param float extended_by: time added, in the unit of the clock
        :return: values of a deadline
        :rtype: dict
        """
        self.ensure_one()
        done = next((moment for moment in dones if start and moment >= start), False)
        due = start and self._get_due(terms, start, demanded, extended_by)
        late_by = 0.0
        end = done or (not self._clock_outlives_complaint(terms) and facts.ended)
        if due and end:
            late_by = round(self._get_lateness(terms, due, end), LATENESS_DIGITS)
        return {
            "date_start": start,
            "date_due": due,
            "date_done": done,
            "late_by": late_by,
            "state": self._get_clock_state(terms, facts, start, due, done, late_by),
        }

    def _get_clock_state(self, terms, facts, start, due, done, late_by):
        """Return the state of a deadline by where its clock stands."""
        if done:
            return "missed" if late_by else "met"
        # Nothing recurs once the complaint is decided.
        is_over = terms.kind == "recurring" and facts.get_after("decided", facts.begin)
        if is_over or (
            facts.ended and not (start and self._clock_outlives_complaint(terms))
        ):
            return "dropped"
        if not start or (terms.kind == "demanded" and not due):
            return "waiting"
        return "running" if due else "paused"

    @api.model
    def _clock_outlives_complaint(self, terms):
        """Return whether a clock goes on when the complaint has ended.

        A transfer still waits for its answer, a review of a closed case for its
        decision; they end with their own record.

        :param MilestoneTerms terms: what the milestone says
        :rtype: bool
        """
        model = terms.subject_model
        return bool(model) and self.env[model]._outlives_complaint

    def _get_due(self, terms, start, demanded=False, extended_by=0.0):
        """Return when a limit passes, False while a pause holds it up.

        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        if self._is_due_agreed(terms):
            return self.company_id._complaint_day_end(self.agreed_due)
        if terms.kind == "demanded":
            return demanded
        arguments = (
            self._get_clock_calendar(terms.clock),
            self._get_pause_intervals(terms.pauses_for_customer),
        )
        length = terms.length + extended_by
        try:
            due = clock.get_deadline(
                start, length, self._get_effective_clock(terms.clock), *arguments
            )
        except clock.NoWorkingTime:
            # Closed for good: all days and hours count rather than none.
            is_days = terms.clock in clock.DAY_CLOCKS
            unit = clock.NATURAL_DAYS if is_days else clock.ELAPSED_HOURS
            due = clock.get_deadline(start, length, unit, *arguments)
        return due or False

    def _get_lateness(self, terms, due, moment):
        """Return by how much a limit is passed at a moment, in its own unit.

        :param datetime.datetime due: naive UTC
        :param datetime.datetime moment: naive UTC
        :return: hours, or days
        :rtype: float
        """
        self.ensure_one()
        return clock.get_lateness(
            due,
            moment,
            self._get_effective_clock(terms.clock),
            self._get_clock_calendar(terms.clock),
            self._get_pause_intervals(terms.pauses_for_customer),
        )

    def _get_terms(self):
        """Return the milestones that apply to the complaint now.

        :rtype: list[MilestoneTerms]
        """
        self.ensure_one()
        Milestone = self.env["customer.complaint.policy.milestone"]
        return [
            terms
            for complexity, terms in Milestone._read_terms(self.policy_id.id)
            if complexity in ("", self.complexity)
        ]

    def _prepare_deadline_vals(self, terms, **values):
        """Return the values of a deadline that a milestone makes.

        :param MilestoneTerms terms: the milestone as it is now
        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "milestone_id": terms.id,
            "round": self.clock_round,
            "res_model": terms.subject_model or False,
            **{name: getattr(terms, name) for name in SNAPSHOT_FIELDS},
            **values,
        }

    def _prepare_first_deadlines(self):
        """Return the values of all deadlines of a complaint that was just received.

        :rtype: list[dict]
        """
        self.ensure_one()
        if self.is_legacy:
            return []
        facts = self._get_clock_facts()
        return [
            self._prepare_deadline_vals(
                terms,
                **self._prepare_clock_vals(
                    terms, facts, facts.get_start(terms.start_event)
                ),
            )
            for terms in self._get_terms()
        ]

    def _read_current_deadlines(self):
        """Return the deadlines of the present round that were not replaced.

        With those of earlier rounds that go on: the answer to an authority, for one.

        :rtype: dict[CustomerComplaint, CustomerComplaintDeadline]
        """
        Deadline = self.env["customer.complaint.deadline"]
        # What is still to be written would be overwritten by what is read.
        Deadline.flush_model(DEADLINE_FIELDS)
        found = Deadline.search_fetch(
            [("complaint_id", "in", self.ids), ("state", "!=", "replaced")],
            DEADLINE_FIELDS,
            order="id",
        ).grouped("complaint_id")
        return {
            complaint: found.get(complaint, Deadline).filtered(
                lambda deadline, complaint=complaint: (
                    deadline.round == complaint.clock_round
                    or deadline.state in OPEN_STATES
                )
            )
            for complaint in self
        }

    def _apply_policy(self):
        """Put these complaints under the milestones of their policy as they are now.

        Start and pauses stay. Deadlines that no longer apply are replaced and stay
        readable; those whose work is done stay.
        """
        if not self:
            return
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        complaints_sudo = self.sudo().filtered(lambda c: not c._has_ended())
        new_vals = []
        for complaint, deadlines in complaints_sudo._read_current_deadlines().items():
            new_vals += complaint._replace_deadlines(deadlines)
        self.env["customer.complaint.deadline"].sudo().create(new_vals)
        complaints_sudo._sync_deadlines()

    def _replace_deadlines(self, deadlines):
        """Replace the deadlines that no longer apply.

        :param deadlines: those of the present round
        :return: the values of the new deadlines
        :rtype: list[dict]
        """
        self.ensure_one()
        wanted = {terms.id: terms for terms in self._get_terms()}
        # Only what could still run is replaced; the others stay as they ended.
        gone = deadlines.filtered(
            lambda deadline: (
                deadline.state in OPEN_STATES
                and deadline._get_terms() != wanted.get(deadline.milestone_id.id)
            )
        )
        gone._keep_lateness()
        gone.write({"state": "replaced"})
        # Before their successors are inserted: the database allows one of each.
        gone.flush_recordset(["state"])
        vals_list = [
            self._prepare_deadline_vals(
                wanted[deadline.milestone_id.id],
                **deadline._prepare_successor_vals(),
                complaint_id=self.id,
            )
            for deadline in gone
            if deadline.milestone_id.id in wanted
        ]
        known = set(deadlines.milestone_id.ids)
        for terms in wanted.values():
            if terms.id not in known and not self._was_done_before(terms):
                vals_list += self._prepare_new_deadlines(terms)
        return vals_list

    def _was_done_before(self, terms):
        """Return whether what a milestone asks for was done before the restart.

        Acceptance, for one, is not asked for again on new facts.
        """
        self.ensure_one()
        name = self._get_event_fields().get(terms.done_event)
        return bool(
            self.date_restarted
            and name
            and self[name]
            and self[name] < self.date_restarted
        )

    def _prepare_new_deadlines(self, terms):
        """Return the values of the deadlines that a milestone makes in a running case.

        For memos and the like: one for each that is open, and one that waits for the
        next.

        :rtype: list[dict]
        """
        self.ensure_one()
        vals_list = [self._prepare_deadline_vals(terms, complaint_id=self.id)]
        if terms.subject_model:
            for subject in self[self._get_subject_fields()[terms.subject_model]]:
                values = subject._prepare_clock_facts(terms)
                if not values["date_done"] and not subject._is_clock_stopped():
                    vals_list.append({**vals_list[0], **values, "res_id": subject.id})
        return vals_list

    @api.model
    def _get_initial_parts(self):
        return ["deadline_ids", *super()._get_initial_parts()]

    @api.model
    def _get_event_fields(self):
        """Return the fields of a complaint that say when an event happened.

        Hook: addons with events of the complaint itself add theirs.

        :return: for each event the name of the field
        :rtype: dict[str, str]
        """
        return EVENT_FIELDS

    @api.model
    def _get_subject_fields(self):
        """Return the fields of a complaint with what has clocks of its own.

        Hook: addons with such records add them, see ``customer.complaint.clocked``.

        :return: for each model the name of the field
        :rtype: dict[str, str]
        """
        return {}

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        self.filtered(lambda c: c._is_settled_by(target))._sync_deadlines()
        return result

    def _is_settled_by(self, target):
        """Return whether a step settles what is open, whatever clocks wait for.

        Hook: addons with what a decision or an end settles say so; its clocks follow.

        :param str target: the state the complaint has now
        :rtype: bool
        """
        self.ensure_one()
        return False

    def _sync_deadlines(self):
        """Make the deadlines say what follows from the facts of these complaints.

        Deadlines are moved, met and dropped here and nowhere else.
        """
        if not self:
            return
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        complaints_sudo = self.sudo()
        for complaint, deadlines in complaints_sudo._read_current_deadlines().items():
            facts = complaint._get_clock_facts(
                {*deadlines.mapped("start_event"), *deadlines.mapped("done_event")}
            )
            deadlines = complaint._match_turns(deadlines, facts)
            deadlines._move(facts)
            complaint._show_next_deadline(deadlines)

    def _match_turns(self, deadlines, facts):
        """Give each recurring milestone as many turns as the complainant was told.

        :rtype: customer.complaint.deadline
        """
        self.ensure_one()
        recurring = deadlines.filtered(lambda deadline: deadline.kind == "recurring")
        for turns in recurring.grouped("milestone_id").values():
            start = facts.get_start(turns[0].start_event)
            decided = facts.get_after("decided", start)
            tellings = [
                moment
                for moment in facts.get_after(TELLING_EVENT, start)
                if not decided or moment <= decided[0]
            ]
            last_turn = len(tellings) + 1
            surplus = turns.filtered(
                lambda deadline, last_turn=last_turn: deadline.turn > last_turn
            )
            surplus.write({"state": "replaced"})
            surplus.flush_recordset(["state"])
            new = turns.create(
                [
                    self._prepare_deadline_vals(
                        turns[0]._get_terms(), turn=turn, complaint_id=self.id
                    )
                    for turn in range(len(turns - surplus) + 1, last_turn + 1)
                ]
            )
            deadlines = deadlines - surplus | new
        return deadlines

    def _show_next_deadline(self, deadlines):
        """Store what lists show: what is due next, and whether a limit was missed."""
        self.ensure_one()
        vals = {
            **self._prepare_shown_vals(deadlines),
            "was_late": self._get_was_late(deadlines),
        }
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self._write_unguarded(changed)
        main = self.merged_into_id
        if vals["was_late"] and main and not main.was_late:
            # Merging hides no lateness of what was merged.
            main._write_unguarded({"was_late": True})

    def _prepare_shown_vals(self, deadlines):
        """Return what is stored of the deadlines on the complaint.

        :param customer.complaint.deadline deadlines: of the complaint
        :rtype: dict
        """
        running = deadlines.filtered(lambda deadline: deadline.state == "running")
        first = min(running, key=lambda deadline: deadline.date_due, default=running)
        return {
            "date_deadline": first.date_due,
            "deadline_milestone_id": first.milestone_id.id,
        }

    def _get_was_late(self, deadlines):
        """Return whether a limit was missed: now, before it was replaced, in a round
        before, or of a complaint that was merged into this one.

        :rtype: bool
        """
        self.ensure_one()
        if any(deadline.late_by for deadline in deadlines):
            return True
        if not self.was_late:
            return False
        late = Domain("late_by", ">", 0) & (
            Domain("complaint_id", "=", self.id)
            | Domain("complaint_id.merged_into_id", "=", self.id)
        )
        Deadline = self.env["customer.complaint.deadline"]
        return bool(Deadline.search_count(late, limit=1))

    # ------------------------------------------------------------------
    # WHAT LISTS AND FORM SHOW
    #
    # What people see of the clocks: due when, how much is left, what is late.
    # ------------------------------------------------------------------

    @api.depends("date_deadline")
    def _compute_due_state(self):
        now = fields.Datetime.now()
        for complaint in self:
            due = complaint.date_deadline
            complaint.is_late = bool(due) and due < now
            if not due:
                complaint.due_state = False
            elif due < now:
                complaint.due_state = "late"
            else:
                complaint.due_state = "soon" if due - now <= ONE_DAY else "running"

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [("date_deadline", "<", fields.Datetime.now())]

    @api.depends("deadline_milestone_id", "notice_ids.state")
    def _compute_next_due_event(self):
        for complaint in self:
            event = complaint.deadline_milestone_id.done_event
            if event == "acknowledged" and complaint._is_acknowledgement_on_its_way():
                event = False  # not to be sent twice
            complaint.next_due_event = event

    def _is_acknowledgement_on_its_way(self):
        """Return whether the receipt was sent, and nothing is known of it yet."""
        self.ensure_one()
        return any(
            notice.kind == "receipt" and notice.state == "pending"
            for notice in self.notice_ids
        )

    @api.depends("date_deadline")
    def _compute_is_due_today(self):
        for complaint in self:
            company = complaint.company_id
            complaint.is_due_today = bool(complaint.date_deadline) and (
                company._complaint_date(complaint.date_deadline)
                == company._complaint_today()
            )

    @api.model
    def _search_is_due_today(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self.env.companies._complaint_today_domain("date_deadline")

    @api.depends("date_deadline")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for complaint in self:
            due = complaint.date_deadline
            complaint.time_left = bool(due) and complaint._format_time_left(due - now)

    @api.model
    def _format_time_left(self, left):
        """Return a span of time as people say it, in days and hours.

        :param datetime.timedelta left: negative once it has passed
        :rtype: str
        """
        span = abs(left)
        hours, minutes = divmod(span.seconds // 60, 60)
        if span >= ONE_DAY:
            text = self.env._("%(days)s d %(hours)s h", days=span.days, hours=hours)
        elif hours:
            text = self.env._(
                "%(hours)s h %(minutes)s min", hours=hours, minutes=minutes
            )
        else:
            text = self.env._("%(minutes)s min", minutes=minutes)
        if left < timedelta():
            return self.env._("%(time)s late", time=text)
        return self.env._("%(time)s left", time=text)

    @api.depends("deadline_ids.state", "deadline_ids.date_due")
    def _compute_shown_deadline_ids(self):
        """One query instead of the two of a list of lines."""
        Deadline = self.env["customer.complaint.deadline"]
        for complaint in self:
            deadlines = Deadline.browse()
            if complaint._origin:
                deadlines = Deadline.search_fetch(
                    [("complaint_id", "=", complaint._origin.id)], SHOWN_DEADLINE_FIELDS
                ).filtered(lambda deadline, now=complaint: now._shows(deadline))
            complaint.shown_deadline_ids = deadlines

    def _shows(self, deadline):
        """Return whether the form shows a deadline.

        Not what waits for a memo that nobody wrote, nor what never started in a case
        that is over.

        :rtype: bool
        """
        self.ensure_one()
        # What was late stays in sight when another took its place.
        if deadline.state == "replaced" and not deadline.late_by:
            return False
        if deadline.date_start:
            return True
        is_over = self._has_ended() or deadline.round != self.clock_round
        return not is_over and not deadline.res_model

    def _get_limit_text(self):
        """Return until when the complainant has an answer, as the receipt says it."""
        due = self._get_told_limit()
        if not due:
            return super()._get_limit_text()
        return self.env._(
            "until %(date)s", date=self.company_id._complaint_format_due(due)
        )

    def _get_told_limit(self):
        """Return the limit that is named to the complainant, False without one.

        That of the answer; where the policy has none, that by which what was decided is
        carried out, or by which they hear how things stand.

        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        # The limit is told to the complainant in any case.
        limits = self.sudo().deadline_ids.filtered(
            lambda deadline: (
                deadline.date_due
                and not deadline.res_model
                and deadline.round == self.clock_round
                and deadline.state not in ("replaced", "dropped")
            )
        )
        for events in TOLD_LIMITS:
            dues = [d for d in limits if d.done_event in events]
            running = [d for d in dues if d.state in OPEN_STATES]
            if dues:
                return min(d.date_due for d in running or dues)
        return False

    def action_open_deadlines(self):
        """List all deadlines of the complaint, replaced ones too.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint_deadline.customer_complaint_deadline_action"
            ),
            "domain": [("complaint_id", "=", self.id)],
            "context": {},
        }

    # ------------------------------------------------------------------
    # RESTARTING
    #
    # New facts restart the clock of a case that still runs.
    #
    # New facts and reasons let the time run anew from the day their material arrived
    # (CBIRC-2020 art. 18). The limit until then stays readable, with its lateness.
    # ------------------------------------------------------------------

    def action_restart_clock(self):
        """Ask which new facts arrived, and when.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.restart",
            self.env._("Restart the Clock on New Facts"),
            complaint_id=self.id,
        )

    def _restart_clock(self, reason, moment, documents):
        """Let the clocks run anew from the day new facts arrived.

        :param str reason: which facts, as plain text
        :param datetime.datetime moment: when they arrived, naive UTC
        :param customer.complaint.archive.document documents: the new material
        :raise AccessError: if the user is no supervisor, or must not work on it
        :raise UserError: if the facts or the case do not allow it
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._(
                    "A supervisor restarts the clock. Ask one of the team to look at "
                    "the new facts."
                )
            )
        self._check_may_change()
        problem = self._get_cannot_restart_reason(reason, moment, documents)
        if problem:
            raise UserError(self._name_reason(problem))
        self._message_log(
            body=self.env._(
                "Clock restarted on new facts of %(date)s (%(papers)s): %(reason)s",
                date=self._format_moment(moment),
                papers=", ".join(documents._get_shown_names()),
                reason=reason,
            )
        )
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        complaint_sudo = self.sudo()
        complaint_sudo._end_round(complaint_sudo._read_current_deadlines()[self])
        complaint_sudo._write_unguarded(complaint_sudo._prepare_restarted_vals(moment))
        complaint_sudo._apply_policy()

    def _get_cannot_restart_reason(self, reason, moment, documents):
        """Return why the clock cannot be restarted so, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if not (reason or "").strip():
            return self.env._("say which new facts arrived.")
        if not documents or documents.complaint_id != self:
            return self.env._(
                "the clock restarts from new material: file it on the page “Papers” "
                "and choose it."
            )
        begin = self.date_restarted or self.date_received
        if not begin <= moment <= fields.Datetime.now():
            return self.env._(
                "new facts arrive after %(begin)s, when the clock began, and not in "
                "the future. Correct the date.",
                begin=self._format_moment(begin),
            )
        if self.date_decided:
            return self.env._(
                "it is decided. Take it back to the investigation first, so that the "
                "new facts are decided on."
            )
        return False

    def _end_round(self, deadlines):
        """Close the limits that new facts let run anew, and keep the others.

        What runs from another fact, e.g. the refund after the goods came back, or the
        answer to an authority, goes on as it is.

        :param customer.complaint.deadline deadlines: of the round that ends
        """
        self.ensure_one()
        gone = deadlines.filtered(
            lambda deadline: (
                deadline.state in OPEN_STATES
                and not deadline.res_model
                and deadline.start_event not in STANDING_EVENTS
            )
        )
        gone._keep_lateness()
        gone.write({"state": "replaced"})
        # Before their successors are inserted: the database allows one of each.
        gone.flush_recordset(["state"])

    def _prepare_restarted_vals(self, moment):
        """Return the facts of a new round: what is told is told anew.

        :param datetime.datetime moment: when the new facts arrived, naive UTC
        :rtype: dict
        """
        self.ensure_one()
        return {
            "date_restarted": moment,
            "clock_round": self.clock_round + 1,
            "date_acknowledged": False,
            "date_first_answer": False,
            "escalation_level": 0,
        }

    # ------------------------------------------------------------------
    # WHAT IS CARRIED OUT
    #
    # When what was granted was carried out, for the limits that ask for it.
    # ------------------------------------------------------------------

    def _get_completions(self):
        """Return each moment at which all that was approved by then was carried out.

        What is granted afterwards makes no limit late that was met before.

        :return: in order
        :rtype: list[datetime.datetime]
        """
        self.ensure_one()
        remediations = self.remediation_ids
        approved = remediations.filtered("date_approved")
        moments = {
            moment
            for moment in self._get_days_done(remediations)
            if not any(
                rem.date_approved < moment
                and (rem.state != "done" or rem.date_done > moment)
                for rem in approved
            )
        }
        moments |= {self.date_carried_out, self.date_carried_out_by_hand} - {False}
        return sorted(moments)

    # ------------------------------------------------------------------
    # TERMS AGREED WITH THE COMPLAINANT
    #
    # What was agreed with the complainant goes before the rules.
    # ------------------------------------------------------------------

    def _follow_agreed_terms(self):
        """Store what was agreed last, and let the clocks follow it."""
        # The limit is the same for every reader.
        for complaint_sudo in self.sudo():
            valid = complaint_sudo.agreed_terms_ids.search(
                [("complaint_id", "=", complaint_sudo.id), ("date_void", "=", False)]
            )
            complaint_sudo._write_unguarded(
                {
                    "agreed_due": valid.filtered("date_due")[:1].date_due,
                    "agreed_way": valid.filtered("way")[:1].way,
                }
            )
        self._sync_deadlines()

    def _is_due_agreed(self, terms):
        """Return whether the day of a limit is what was agreed with the complainant.

        :param terms: deadline, or what a milestone says
        :rtype: bool
        """
        self.ensure_one()
        return (
            bool(self.agreed_due)
            and terms.kind == "limit"
            and terms.done_event in ANSWER_EVENTS
        )

    def action_agree_on_terms(self):
        """Enter what was agreed with the complainant.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.agreed.terms",
            self.env._("Terms Agreed With the Complainant"),
            complaint_id=self.id,
        )

    def action_open_agreed_terms(self):
        """List what was agreed with the complainant, void terms too.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreed Terms"),
            "res_model": "customer.complaint.agreed.terms",
            "views": [(False, "list"), (False, "form")],
            "domain": [("complaint_id", "=", self.id)],
            "context": {"create": False},
        }
