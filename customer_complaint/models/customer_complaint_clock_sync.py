from contextlib import ExitStack, contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..tools import clock
from .customer_complaint_clock import POLICY_TRIGGERS
from .customer_complaint_clock_facts import EVENT_FIELDS, TELLING_EVENT
from .customer_complaint_deadline import LATENESS_DIGITS, MOVING_STATES, OPEN_STATES
from .customer_complaint_life import SUPERVISOR
from .customer_complaint_policy_milestone import SNAPSHOT_FIELDS

# The records of a complaint that have clocks of their own. Bridges add theirs.
SUBJECT_FIELDS = {
    "customer.complaint.memo": "memo_ids",
    "customer.complaint.evidence": "evidence_ids",
    "customer.complaint.review": "review_ids",
    "customer.complaint.proceeding": "proceeding_ids",
}
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
# What moves clocks when it changes.
CLOCK_TRIGGERS = POLICY_TRIGGERS | {
    *EVENT_FIELDS.values(),
    "state",
    "date_received",
    "date_unreachable",
    "split_from_id",
}
# Among the events that clocks wait for: one of them runs or is paused.
ENDED = "ended"


class CustomerComplaint(models.Model):
    """The deadlines of a complaint follow from its facts, and from nothing else.

    :meth:`_sync_deadlines` may be called as often as one likes: events, pauses,
    extensions and notices may become known in any order.
    """

    _inherit = "customer.complaint"

    deadline_ids = fields.One2many(
        "customer.complaint.deadline",
        "complaint_id",
        string="Deadlines",
        readonly=True,
        system=True,
    )
    date_deadline = fields.Datetime(
        string="Due On",
        compute="_compute_first_deadline",
        store=True,
        precompute=True,
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
        compute="_compute_first_deadline",
        store=True,
        precompute=True,
        copy=False,
        ondelete="restrict",
        help="What is due on that day.",
        sealed=False,
        system=True,
    )
    clock_events = fields.Char(
        compute="_compute_first_deadline",
        store=True,
        precompute=True,
        copy=False,
        help="Technical: the events that the clocks wait for or ran by, so that others "
        "cost nothing.",
        sealed=False,
        system=True,
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

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    # Depends on nothing: computed when the complaint is created, written by
    # _show_next_deadline() from then on.
    def _compute_first_deadline(self):
        for complaint in self:
            deadlines = complaint._prepare_first_deadlines()
            for name, value in complaint._prepare_shown_vals(deadlines).items():
                complaint[name] = value

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        # Clocks start whoever opens the complaint; nothing of the caller gets in.
        complaints_sudo = complaints.sudo()
        self.env["customer.complaint.deadline"].sudo().create(
            [
                {**vals, "complaint_id": complaint.id}
                for complaint in complaints_sudo
                for vals in complaint._prepare_first_deadlines()
            ]
        )
        # Given to quality at once, for one.
        complaints.filtered(lambda c: c._get_clock_facts().moments)._sync_deadlines()
        return complaints

    def write(self, vals):
        with ExitStack() as stack:
            if "date_received" in vals:
                self._check_receipt_is_open(vals["date_received"])
                stack.enter_context(self._limits_stay_passed())
            stack.enter_context(self._clocks_follow(vals))
            return super().write(vals)

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

    def _write_unguarded(self, vals):
        if "state" in vals:
            # A step: write() lets the clocks of all its complaints follow at once.
            return super()._write_unguarded(vals)
        with self._clocks_follow(vals):
            return super()._write_unguarded(vals)

    def _update_from_notices(self):
        result = super()._update_from_notices()
        self.filtered(
            lambda complaint: complaint._is_moved_by_notices()
        )._sync_deadlines()
        return result

    def _is_moved_by_notices(self):
        """Return whether a notice may move clocks although it dates no event.

        What recurs looks at every telling. Pauses and extensions need theirs.

        :rtype: bool
        """
        self.ensure_one()
        return TELLING_EVENT in self._get_clock_events()

    @contextmanager
    def _clocks_follow(self, names):
        """Let the clocks follow what changes meanwhile.

        :param names: names of the fields that are written
        """
        if CLOCK_TRIGGERS.isdisjoint(names):
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
            {event: self[name] for event, name in EVENT_FIELDS.items()},
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
            awaited = complaint._get_clock_events()
            if (ended and not now_ended) or terms != now_terms:
                reclassified |= complaint
            elif (
                causes != now_causes
                or (now_ended and not ended and ENDED in awaited)
                or any(
                    events[event] != now_events[event]
                    for event in awaited & events.keys()
                )
            ):
                moved |= complaint
        reclassified._apply_policy()
        moved._sync_deadlines()

    def _get_clock_events(self):
        """Return the events that the clocks of the complaint wait for or ran by.

        :rtype: set[str]
        """
        self.ensure_one()
        return set((self.clock_events or "").split())

    # ------------------------------------------------------------------
    # CALENDAR
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # WHERE A CLOCK STANDS
    # ------------------------------------------------------------------

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
        end = done or (not self._outlives_complaint(terms) and facts.ended)
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
        if is_over or (facts.ended and not (start and self._outlives_complaint(terms))):
            return "dropped"
        if not start or (terms.kind == "demanded" and not due):
            return "waiting"
        return "running" if due else "paused"

    @api.model
    def _outlives_complaint(self, terms):
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
        if terms.kind == "demanded":
            return demanded
        try:
            due = clock.get_deadline(
                start,
                terms.length + extended_by,
                self._get_effective_clock(terms.clock),
                self._get_clock_calendar(terms.clock),
                self._get_pause_intervals(terms.pauses_for_customer),
            )
        except clock.NoWorkingTime:
            # Closed for good: all days and hours count rather than none.
            is_days = terms.clock in clock.DAY_CLOCKS
            due = clock.get_deadline(
                start,
                terms.length + extended_by,
                clock.NATURAL_DAYS if is_days else clock.ELAPSED_HOURS,
                self._get_clock_calendar(terms.clock),
                self._get_pause_intervals(terms.pauses_for_customer),
            )
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

    # ------------------------------------------------------------------
    # WHICH DEADLINES THERE ARE
    # ------------------------------------------------------------------

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
        name = EVENT_FIELDS.get(terms.done_event)
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
            for subject in self[SUBJECT_FIELDS[terms.subject_model]]:
                values = subject._prepare_clock_facts(terms)
                if not values["date_done"] and not subject._is_clock_stopped():
                    vals_list.append({**vals_list[0], **values, "res_id": subject.id})
        return vals_list

    # ------------------------------------------------------------------
    # MOVING
    # ------------------------------------------------------------------

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

    @api.model
    def _prepare_shown_vals(self, deadlines):
        """Return what is stored of the deadlines on the complaint.

        :param deadlines: records or values of them
        :rtype: dict
        """
        running = [deadline for deadline in deadlines if deadline["state"] == "running"]
        first = min(running, key=lambda deadline: deadline["date_due"], default=False)
        milestone = first and first["milestone_id"]
        events = {
            event
            for deadline in deadlines
            if deadline["state"] != "dropped"
            for event in (deadline["start_event"], deadline["done_event"])
        }
        if any(deadline["state"] in MOVING_STATES for deadline in deadlines):
            events.add(ENDED)
        if "acknowledged" in events:
            events.add("told")
        if any(deadline["kind"] == "recurring" for deadline in deadlines):
            events.add("decided")
        return {
            "date_deadline": first and first["date_due"],
            "deadline_milestone_id": (
                milestone.id if isinstance(milestone, models.BaseModel) else milestone
            ),
            "clock_events": " ".join(sorted(events)) or False,
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
