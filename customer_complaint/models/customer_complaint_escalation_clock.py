from datetime import timedelta

from odoo import api, fields, models

from ..tools import clock
from .customer_complaint_policy_milestone import SNAPSHOT_FIELDS, MilestoneTerms

# What is read of the escalations of a complaint to know which were done.
KEY_FIELDS = (
    "complaint_id",
    "milestone_id",
    "rule_id",
    "round",
    "turn",
    "res_id",
    "extended_by",
)
# What the form lists of them: read in one query.
SHOWN_ESCALATION_FIELDS = (
    *KEY_FIELDS,
    "company_id",
    "date",
    "level",
    "did_todo",
    "did_message",
    "did_mail",
    "did_priority",
    "did_reassign",
    "note",
)

# What of a clock moves its escalations.
MOVING_FIELDS = ("state", "date_start", "date_due")


class CustomerComplaint(models.Model):
    """When a complaint is escalated next, and how far up it has climbed."""

    _inherit = "customer.complaint"

    escalation_ids = fields.One2many(
        "customer.complaint.escalation",
        "complaint_id",
        string="Escalations",
        readonly=True,
        system=True,
    )
    escalation_count = fields.Integer(
        readonly=True,
        copy=False,
        help="How often rules were carried out for it.",
        sealed=False,
        system=True,
    )
    escalation_level = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="max",
        help="How far up the case has climbed since its clocks started.",
        sealed=False,
        system=True,
    )
    date_escalated = fields.Datetime(
        string="Last Escalated On",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    shown_escalation_ids = fields.Many2many(
        "customer.complaint.escalation",
        string="Escalated",
        compute="_compute_shown_escalation_ids",
    )
    escalation_error = fields.Char(
        compute="_compute_escalation_error",
        help="Why the last escalation failed; it is tried again by itself.",
    )

    @api.depends("escalation_count")
    def _compute_shown_escalation_ids(self):
        """One query, and none for a complaint that was never escalated."""
        Escalation = self.env["customer.complaint.escalation"]
        for complaint in self:
            escalations = Escalation.browse()
            if complaint.escalation_count and complaint._origin:
                escalations = Escalation.search_fetch(
                    [("complaint_id", "=", complaint._origin.id)],
                    SHOWN_ESCALATION_FIELDS,
                )
            complaint.shown_escalation_ids = escalations

    @api.depends("shown_deadline_ids")
    def _compute_escalation_error(self):
        for complaint in self:
            errors = (
                deadline.escalation_error
                for deadline in complaint.shown_deadline_ids
                if deadline.state == "running"
            )
            complaint.escalation_error = next(filter(None, errors), False)

    def _prepare_reopened_vals(self):
        """New facts start the climb anew; what was escalated stays on record."""
        return {**super()._prepare_reopened_vals(), "escalation_level": 0}

    # ------------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------------

    def _prepare_first_deadlines(self):
        vals_list = super()._prepare_first_deadlines()
        for vals in vals_list:
            if vals["state"] == "running":
                vals["date_next_escalation"] = self._get_next_escalation(
                    MilestoneTerms(
                        id=vals["milestone_id"],
                        **{name: vals[name] for name in SNAPSHOT_FIELDS},
                    ),
                    vals["date_start"],
                    vals["date_due"],
                )
        return vals_list

    def _get_escalation_rules(self, terms, done=frozenset()):
        """Return the rules for a milestone that were not carried out yet.

        :param MilestoneTerms terms: what the milestone says
        :param done: ids of rules that were carried out
        :return: the earliest first
        :rtype: list[EscalationTerms]
        """
        self.ensure_one()
        Rule = self.env["customer.complaint.escalation.rule"]
        return [
            rule
            for rule in Rule._read_terms(self.company_id.id)
            if rule.id not in done and rule.concerns(terms)
        ]

    def _get_next_escalation(
        self, terms, start, due, extended_by=0.0, done=frozenset()
    ):
        """Return when a running limit is escalated next, False if it is not.

        :param MilestoneTerms terms: what the milestone says
        :param datetime.datetime start: when the clock started, naive UTC
        :param datetime.datetime due: when it is due, naive UTC
        :param float extended_by: time added, in the unit of the clock
        :param done: ids of rules that were carried out
        :rtype: datetime.datetime or bool
        """
        moments = []
        known = set()
        for rule in self._get_escalation_rules(terms, done):
            # Rules come in order: the first that waits, and the first that does not.
            if rule.waits(terms) in known:
                continue
            moment = self._get_escalation_moment(rule, terms, start, due, extended_by)
            if moment:
                known.add(rule.waits(terms))
                if rule.waits(terms):
                    moment = self._get_working_moment(moment)
                moments.append(moment)
        return min(moments, default=False)

    def _get_escalation_moment(self, rule, terms, start, due, extended_by):
        """Return when a rule says that a limit is escalated.

        :param EscalationTerms rule: what the rule says
        :return: naive UTC; False where the limit is shorter than the distance, or a
            pause holds the clock
        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        if not rule.offset:
            return due
        if terms.kind == "demanded":
            moment = self._get_moment_around(rule, due)
        elif terms.length + extended_by + rule.offset < 0:
            return False
        else:
            moment = self._get_due(terms, start, extended_by=extended_by + rule.offset)
        return moment and (rule.offset > 0 or moment > start) and moment

    def _get_moment_around(self, rule, due):
        """Return when a rule applies to a day that somebody named.

        :rtype: datetime.datetime
        """
        if rule.clock_unit == "hours":
            return due + timedelta(hours=rule.offset)
        days = self._get_clock_calendar(clock.NATURAL_DAYS)
        return days.get_day_end(days.get_day(due) + timedelta(days=rule.offset))

    def _get_working_moment(self, moment):
        """Return the first moment from this one on at which the team works.

        :param datetime.datetime moment: naive UTC
        :return: the moment itself where no working hours are known
        :rtype: datetime.datetime
        """
        self.ensure_one()
        calendar = self._get_clock_calendar(clock.WORKING_HOURS)
        try:
            return clock.get_deadline(moment, 0, clock.WORKING_HOURS, calendar)
        except clock.NoWorkingTime:
            return moment

    # ------------------------------------------------------------------
    # WHAT WAS DONE
    # ------------------------------------------------------------------

    def _read_current_deadlines(self):
        self._read_escalations()
        return super()._read_current_deadlines()

    def _read_escalations(self):
        """Read what was escalated for these complaints at once."""
        escalated = self.filtered("escalation_count")
        if escalated:
            escalated.escalation_ids.fetch(KEY_FIELDS)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_escalations(self):
        """List what was escalated for the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint.customer_complaint_escalation_action"
            ),
            "domain": [("complaint_id", "=", self.id)],
            "context": {},
        }


class CustomerComplaintDeadline(models.Model):
    """When a limit is escalated next."""

    _inherit = "customer.complaint.deadline"

    date_next_escalation = fields.Datetime(
        string="Next Escalation",
        help="When the next rule applies; empty while the clock does not run.",
        sealed=False,
    )
    escalation_error = fields.Char(
        help="Why the last escalation failed; it is tried again by itself.",
        sealed=False,
        personal=True,
    )

    # The job that escalates reads what is due through it, and nothing else.
    _next_escalation_idx = models.Index(
        "(date_next_escalation, id) WHERE date_next_escalation IS NOT NULL"
    )

    def write(self, vals):
        # A clock that does not run is escalated no more.
        if vals.get("state", "running") != "running":
            vals = {**vals, "date_next_escalation": False}
            # Written for all, in the same query as the state.
            self.invalidate_recordset(["date_next_escalation"], flush=False)
        return super().write(vals)

    def _prepare_moved_vals(self, facts):
        vals = super()._prepare_moved_vals(facts)
        if vals["state"] != "running":
            later = False
        elif self._keeps_escalations(vals):
            later = self.date_next_escalation
        else:
            later = self.complaint_id._get_next_escalation(
                self._get_terms(),
                vals["date_start"],
                vals["date_due"],
                self.extended_by,
                self._get_done_rules(),
            )
        return {**vals, "date_next_escalation": later}

    def _keeps_escalations(self, vals):
        """Return whether a clock that did not move is escalated when it was to be.

        :param dict vals: where the clock stands now
        :rtype: bool
        """
        self.ensure_one()
        if self.env.context.get("complaint_rules_changed"):
            return False
        return all(self[name] == vals[name] for name in MOVING_FIELDS)

    def _prepare_escalation_key(self):
        """Return what an escalation of this limit says it was done for.

        A replaced limit and its successor are the same in this.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "milestone_id": self.milestone_id.id,
            "round": self.round,
            "turn": self.turn,
            "res_id": self.res_id or 0,
            "extended_by": self.extended_by,
        }

    def _get_done_rules(self):
        """Return the ids of the rules that were carried out for this limit.

        :rtype: frozenset[int]
        """
        self.ensure_one()
        complaint = self.complaint_id
        if not complaint.escalation_count:
            return frozenset()
        key = tuple(self._prepare_escalation_key().values())
        return frozenset(
            escalation.rule_id.id
            for escalation in complaint.escalation_ids
            if escalation._get_key() == key
        )

    def _get_due_rules(self, now):
        """Return what is to be done for this limit now, and when it goes on.

        :param datetime.datetime now: naive UTC
        :return: the rules that are due, in their order; the next moment or False
        :rtype: tuple[list[EscalationTerms], datetime.datetime or bool]
        """
        self.ensure_one()
        complaint = self.complaint_id
        terms = self._get_terms()
        is_over = complaint._has_ended() and not complaint._outlives_complaint(terms)
        if self.state != "running" or is_over:
            return [], False
        due_rules, later = [], []
        for rule in complaint._get_escalation_rules(terms, self._get_done_rules()):
            moment = complaint._get_escalation_moment(
                rule, terms, self.date_start, self.date_due, self.extended_by
            )
            if moment and rule.waits(terms):
                # Not in the middle of the night either when a run was missed.
                moment = complaint._get_working_moment(max(moment, now))
            if moment and moment <= now:
                due_rules.append(rule)
            elif moment:
                later.append(moment)
        return due_rules, min(later, default=False)


class CustomerComplaintClockUpdate(models.Model):
    _inherit = "customer.complaint.clock.update"

    def _update_batch(self, complaints):
        # Whatever changed, rules and working hours among it.
        return super()._update_batch(
            complaints.with_context(complaint_rules_changed=True)
        )
