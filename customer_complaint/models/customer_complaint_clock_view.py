from datetime import timedelta

from odoo import api, fields, models

from .customer_complaint_deadline import OPEN_STATES

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
]
# What is answered with the decision, for the date on the receipt.
ANSWER_EVENTS = ("told", "decided")
# What the receipt names, the first that the policy has.
TOLD_LIMITS = (ANSWER_EVENTS, ("carried_out",), ("informed",))
ONE_DAY = timedelta(days=1)


class CustomerComplaint(models.Model):
    """What people see of the clocks: due when, how much is left, what is late."""

    _inherit = "customer.complaint"

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
                    [
                        ("complaint_id", "=", complaint._origin.id),
                        # What was late stays in sight when another took its place.
                        "|",
                        ("state", "!=", "replaced"),
                        ("late_by", ">", 0),
                    ],
                    SHOWN_DEADLINE_FIELDS,
                ).filtered(lambda deadline, now=complaint: now._shows(deadline))
            complaint.shown_deadline_ids = deadlines

    def _shows(self, deadline):
        """Return whether the form shows a deadline.

        Not what waits for a memo that nobody wrote, nor what never started in a case
        that is over.

        :rtype: bool
        """
        self.ensure_one()
        if deadline.date_start:
            return True
        is_over = self._has_ended() or deadline.round != self.clock_round
        return not is_over and not deadline.res_model

    # ------------------------------------------------------------------
    # TOLD TO THE CUSTOMER
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_deadlines(self):
        """List all deadlines of the complaint, replaced ones too.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint.customer_complaint_deadline_action"
            ),
            "domain": [("complaint_id", "=", self.id)],
            "context": {},
        }
