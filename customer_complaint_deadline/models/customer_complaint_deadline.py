from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_complaint_base.tools import clock

from .customer_complaint_policy_milestone import (
    CLOCK_EVENTS,
    CLOCK_LABELS,
    EXTENDING_ROLES,
    MILESTONE_KINDS,
)

DEADLINE_STATES = [
    ("waiting", "Not Started"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Met Late"),
    ("dropped", "Dropped"),
    ("replaced", "Replaced"),
]
# The clock may still start, run or go on.
OPEN_STATES = ("waiting", "running", "paused")
# The clock runs, or will go on after a pause.
MOVING_STATES = ("running", "paused")
# As stored, so that what did not change is not written again.
LATENESS_DIGITS = 2


class CustomerComplaintDeadline(models.Model):
    """One clock of one complaint: when it started, when it is due, when it was met.

    What the milestone said is kept here, so that editing the policy moves no running
    clock. Deadlines are made and moved by the system only, from the facts of the
    complaint; nobody has the right to write them. Those that are replaced stay
    readable.
    """

    _name = "customer.complaint.deadline"
    _inherit = [
        "customer.complaint.deadline.escalated",
        "customer.complaint.deadline.explained",
        "customer.complaint.belonging",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]
    _description = "Complaint Deadline"
    _order = "date_due, sequence, id"
    _rec_names_search = ["milestone_id", "complaint_id"]
    _outlives_complaint = True

    name = fields.Char(
        string="What Is Due", compute="_compute_name", search="_search_name"
    )
    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="restrict"
    )
    # That of the complaint, which keeps it.
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    milestone_id = fields.Many2one(
        "customer.complaint.policy.milestone",
        required=True,
        index=True,
        ondelete="restrict",
    )
    round = fields.Integer(
        default=1, help="Counts the restarts of the clock on new facts."
    )
    turn = fields.Integer(
        default=1, help="Counts how often a recurring milestone has begun again."
    )
    res_model = fields.Char(
        string="Kind of Record",
        help="What of the complaint has the clock, e.g. a memo; empty for the "
        "complaint itself.",
    )
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        help="The memo, visit, review or transfer that the limit is about.",
    )

    # What the milestone said when the complaint came under it
    sequence = fields.Integer()
    kind = fields.Selection(MILESTONE_KINDS, required=True)
    start_event = fields.Selection(CLOCK_EVENTS, string="Starts When", required=True)
    done_event = fields.Selection(CLOCK_EVENTS, string="Met When", required=True)
    length = fields.Float(
        digits=(16, 2), help="How long, in the unit of the clock, without extensions."
    )
    clock = fields.Selection(CLOCK_LABELS, required=True)
    is_statutory = fields.Boolean(string="Required by Law")
    pauses_for_customer = fields.Boolean(string="Waiting for the Customer Pauses")
    extending_role = fields.Selection(EXTENDING_ROLES, string="Extended By")
    extension_length = fields.Float(digits=(16, 2))
    max_length = fields.Float(string="Longest", digits=(16, 2))

    # Where the clock stands
    extended_by = fields.Float(
        string="Time Added",
        digits=(16, 2),
        help="What all extensions in effect added, in the unit of the clock.",
    )
    date_demanded = fields.Datetime(
        string="Day Named", help="End of the day that a memo or an authority named."
    )
    date_start = fields.Datetime(string="Started On")
    date_due = fields.Datetime(
        string="Due On", index=True, help="Empty while a pause holds the clock."
    )
    date_done = fields.Datetime(string="Met On")
    state = fields.Selection(
        DEADLINE_STATES, required=True, default="waiting", index=True
    )
    late_by = fields.Float(
        digits=(16, 2),
        help="By how much it was late, in hours or days of its clock. It stays when "
        "the work is done, when the limit moves afterwards, and when the complaint is "
        "reopened.",
    )
    date_passed = fields.Datetime(
        string="Limit That Passed",
        help="When the limit passed for the first time with the work undone; kept when "
        "the limit moves afterwards. Work that proves to have been done by then was "
        "in time.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Past the limit and not met, or met too late.",
    )
    is_due_today = fields.Boolean(
        string="Due Today",
        compute="_compute_is_due_today",
        search="_search_is_due_today",
        help="It runs and passes today, by the company's time zone.",
    )
    length_text = fields.Char(string="Limit", compute="_compute_length_text")
    late_text = fields.Char(
        string="By How Much",
        compute="_compute_late_text",
        help="By how much it is or was late, in the unit of its clock.",
    )
    team_id = fields.Many2one(related="complaint_id.team_id")
    user_id = fields.Many2one(related="complaint_id.user_id")

    _open_idx = models.Index(
        "(date_due) WHERE state IN ('waiting', 'running', 'paused')"
    )
    _subject_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _turn_uniq = models.UniqueIndex(
        "(complaint_id, milestone_id, round, turn, (COALESCE(res_id, 0)))"
        " WHERE state <> 'replaced'",
        "This clock of the complaint is running already.",
    )

    @api.model
    def _get_unfinished_fields(self, row):
        """A clock that had not ended when the case was sealed goes on."""
        names = super()._get_unfinished_fields(row)
        if row["state"] not in OPEN_STATES:
            return names
        return names | self._get_all_but("complaint_id", "milestone_id", "kind")

    @api.depends("milestone_id")
    @api.depends_context("lang")
    def _compute_name(self):
        Milestone = self.env["customer.complaint.policy.milestone"]
        for deadline in self:
            deadline.name = Milestone._get_cached_name(deadline.milestone_id.id)

    @api.model
    def _search_name(self, operator, value):
        return [("milestone_id.name", operator, value)]

    @api.depends("state", "date_due", "late_by")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for deadline in self:
            deadline.is_late = bool(deadline.late_by) or (
                deadline.state == "running" and deadline.date_due < now
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            "|",
            ("late_by", ">", 0),
            "&",
            ("state", "=", "running"),
            ("date_due", "<", fields.Datetime.now()),
        ]

    @api.depends("state", "date_due")
    def _compute_is_due_today(self):
        for deadline in self:
            company = deadline.company_id
            deadline.is_due_today = deadline.state == "running" and (
                company._complaint_date(deadline.date_due) == company._complaint_today()
            )

    @api.model
    def _search_is_due_today(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = self.env.companies._complaint_today_domain("date_due")
        return Domain("state", "=", "running") & today

    @api.depends("length", "clock", "kind", "extended_by")
    @api.depends_context("lang")
    def _compute_length_text(self):
        for deadline in self:
            if deadline.kind == "demanded":
                deadline.length_text = self.env._("the day named")
            else:
                deadline.length_text = deadline._format_length(
                    deadline.length + deadline.extended_by
                )

    @api.depends("state", "date_due", "late_by", "clock")
    @api.depends_context("lang")
    def _compute_late_text(self):
        now = fields.Datetime.now()
        for deadline in self:
            late_by = deadline.late_by
            if deadline.state == "running" and deadline.date_due < now:
                late_by = max(late_by, deadline._get_lateness(now))
            deadline.late_text = bool(late_by) and deadline._format_length(late_by)

    def _get_lateness(self, moment):
        """Return by how much the limit is passed at a moment, in its own unit.

        :param datetime.datetime moment: naive UTC
        :return: hours, or days
        :rtype: float
        """
        self.ensure_one()
        return self.complaint_id._get_lateness(self._get_terms(), self.date_due, moment)

    def _format_length(self, length):
        """Return a length with its unit, e.g. “15 natural days”.

        :rtype: str
        """
        self.ensure_one()
        if not length and self.clock in clock.DAY_CLOCKS:
            return self.env._("the same day")
        number = f"{round(length, 1):g}"
        one, many = {
            clock.ELAPSED_HOURS: (
                self.env._("1 hour"),
                self.env._("%(hours)s hours", hours=number),
            ),
            clock.WORKING_HOURS: (
                self.env._("1 working hour"),
                self.env._("%(hours)s working hours", hours=number),
            ),
            clock.NATURAL_DAYS: (
                self.env._("1 natural day"),
                self.env._("%(days)s natural days", days=number),
            ),
            clock.WORKING_DAYS: (
                self.env._("1 working day"),
                self.env._("%(days)s working days", days=number),
            ),
        }[self.clock]
        return one if number == "1" else many

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Deadlines are kept: they show whether the limits were met.")
        )

    def _get_terms(self):
        """Return what the milestone said when the complaint came under it.

        :rtype: MilestoneTerms
        """
        self.ensure_one()
        return self.milestone_id._make_terms(self.milestone_id.id, self)

    def _move(self, facts):
        """Write where each of these clocks stands by the facts of the complaint.

        :param ClockFacts facts: of the complaint all of them belong to
        """
        for deadline in self.filtered(lambda deadline: not deadline._is_still()):
            vals = deadline._prepare_moved_vals(facts)
            changed = {
                name: value for name, value in vals.items() if deadline[name] != value
            }
            if changed:
                deadline.write(changed)

    def _prepare_moved_vals(self, facts):
        """Return where the clock stands by the facts of the complaint.

        :param ClockFacts facts: of the complaint
        :rtype: dict
        """
        self.ensure_one()
        vals = self.complaint_id._prepare_clock_vals(
            self._get_terms(),
            facts,
            start=self._get_start(facts),
            dones=self._get_dones(facts),
            demanded=self.date_demanded,
            extended_by=self.extended_by,
        )
        return {
            **vals,
            **self._prepare_kept_vals(vals, facts),
            "date_next_escalation": self._get_next_escalation(vals),
        }

    def _prepare_kept_vals(self, vals, facts):
        """Return the lateness that stays, however the limit moves now.

        What was late stays late: by another start, a pause entered later, an extension
        told late. Only work that proves to have been done before the limit passed was
        in time.

        :param dict vals: where the clock stands by the facts
        :param ClockFacts facts: of the complaint
        :rtype: dict
        """
        self.ensure_one()
        passed, late_by = self.date_passed, self.late_by
        complaint = self.complaint_id
        outlives = complaint._clock_outlives_complaint(self._get_terms())
        end = vals["date_done"] or (not outlives and facts.ended)
        if self.state == "running" and vals["date_due"] != self.date_due:
            moment = min(end or fields.Datetime.now(), fields.Datetime.now())
            if moment > self.date_due:
                passed = passed or self.date_due
                late_by = max(late_by, self._get_lateness(moment))
        if self.state in OPEN_STATES and passed and end and end <= passed:
            passed, late_by = False, 0.0
        late_by = max(round(late_by, LATENESS_DIGITS), vals["late_by"])
        is_met = vals["state"] == "met"
        return {
            "date_passed": passed,
            "late_by": late_by,
            "state": "missed" if is_met and late_by else vals["state"],
        }

    def _is_still(self):
        """Return whether the facts of the complaint do not move this clock.

        The clock of a memo that was cancelled stopped for good; that of an open one
        stopped with the case, and goes on when the end of the case is taken back.
        """
        self.ensure_one()
        if not self.res_id or self.state != "dropped":
            return False
        subject = self.env[self.res_model].browse(self.res_id).exists()
        return not subject or subject._is_clock_stopped()

    def _keep_lateness(self):
        """Keep by how much limits have passed by now, before what they rest on changes.

        A complaint classified anew after its limit passed does not hide that it did,
        nor one whose team, calendar or pauses change.
        """
        now = fields.Datetime.now()
        late = self.filtered(lambda d: d.state == "running" and d.date_due < now)
        for deadline in late:
            late_by = round(deadline._get_lateness(now), LATENESS_DIGITS)
            deadline.write(
                {
                    "date_passed": deadline.date_passed or deadline.date_due,
                    "late_by": max(deadline.late_by, late_by),
                }
            )
        late.complaint_id.filtered(lambda c: not c.was_late)._write_unguarded(
            {"was_late": True}
        )

    @api.model
    def _keep_lateness_in(self, companies=None, clocks=()):
        """Keep by how much limits have passed, before a calendar or time zone changes.

        :param res.company companies: whose complaints; all when empty
        :param clocks: the clocks that the change is about; those of working time when
            not given
        """
        domain = [
            ("state", "=", "running"),
            ("date_due", "<", fields.Datetime.now()),
            ("clock", "in", clocks or clock.WORKING_CLOCKS),
        ]
        if companies:
            domain.append(("company_id", "in", companies.ids))
        # Lateness is on record whoever may change working hours.
        self.sudo().search(domain)._keep_lateness()

    def _prepare_successor_vals(self):
        """Return what a deadline keeps when its milestone was edited.

        :rtype: dict
        """
        self.ensure_one()
        names = ("turn", "res_id", "extended_by", "date_demanded", "date_done")
        return {
            **{name: self[name] for name in names},
            "date_start": bool(self.res_id) and self.date_start,
        }

    def _get_start(self, facts):
        """Return when the clock started, False if it did not.

        A memo's clock knows its own start; a later turn starts with the telling that
        met the one before.
        """
        self.ensure_one()
        if self.res_id:
            return self.date_start
        if self.res_model:
            return False  # waits for the first memo
        start = facts.get_start(self.start_event)
        if self.kind == "recurring" and self.turn > 1:
            tellings = facts.get_after(self.done_event, start)
            return tellings[self.turn - 2] if len(tellings) >= self.turn - 1 else False
        return start

    def _get_dones(self, facts):
        """Return the moments at which what has to be done was done."""
        self.ensure_one()
        if self.res_id and self._get_terms().is_subject_done:
            return [self.date_done] if self.date_done else []
        if self.kind == "recurring":
            begin = facts.get_start(self.start_event)
            tellings = facts.get_after(self.done_event, begin)
            return tellings[self.turn - 1 : self.turn]
        return facts.moments.get(self.done_event, [])

    def _forget_parts(self):
        """Delete what has these limits, past all rules: their kind goes.

        Hook: addons whose records have a limit delete theirs, see ``forget_events``.
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_complaint_escalation WHERE deadline_id = ANY(%s)",
                self.ids,
            )
        )

    # ------------------------------------------------------------------
    # TERMS AGREED WITH THE COMPLAINANT
    #
    # A limit that was agreed on moves by another agreement only.
    # ------------------------------------------------------------------

    def _get_explanation_rows(self):
        if self.complaint_id._is_due_agreed(self) and self.state == "running":
            return []
        return super()._get_explanation_rows()

    def _get_calendar_lines(self):
        lines = super()._get_calendar_lines()
        complaint = self.complaint_id
        if self.state != "replaced" and complaint._is_due_agreed(self):
            lines.append(
                self.env._(
                    "Agreed with the complainant: until %(date)s. It goes before the "
                    "limit of the policy.",
                    date=complaint.company_id._complaint_format_day(
                        complaint.agreed_due
                    ),
                )
            )
        return lines
