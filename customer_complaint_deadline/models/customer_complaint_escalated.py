from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.customer_complaint_base.tools import clock

from .customer_complaint_deadline_escalated import ESCALATION_TODO

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


class CustomerComplaintEscalated(models.AbstractModel):
    """When a complaint is escalated next, and how far up it has climbed."""

    _name = "customer.complaint.escalated"
    _inherit = "customer.complaint.sealed"
    _description = "Escalation of a Complaint"

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
    escalation_error = fields.Char(
        compute="_compute_escalation_error",
        help="Why the last escalation failed; it is tried again by itself.",
    )

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

    def _prepare_first_deadlines(self):
        vals_list = super()._prepare_first_deadlines()
        Milestone = self.env["customer.complaint.policy.milestone"]
        for vals in vals_list:
            if vals["state"] == "running":
                vals["date_next_escalation"] = self._get_next_escalation(
                    Milestone._make_terms(vals["milestone_id"], vals),
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
        if terms.kind == "demanded" or self._is_due_agreed(terms):
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

    def _read_current_deadlines(self):
        self._read_escalations()
        return super()._read_current_deadlines()

    def _read_escalations(self):
        """Read what was escalated for these complaints at once."""
        escalated = self.filtered("escalation_count")
        if escalated:
            escalated.escalation_ids.fetch(KEY_FIELDS)

    def action_open_escalations(self):
        """List what was escalated for the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint_deadline.customer_complaint_escalation_action"
            ),
            "domain": [("complaint_id", "=", self.id)],
            "context": {},
        }

    # ------------------------------------------------------------------
    # WHAT IS SAID
    # ------------------------------------------------------------------

    def _get_escalation_url(self):
        """Return the address at which employees open the complaint.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/mail/view?model={self._name}&res_id={self.id}"

    # ------------------------------------------------------------------
    # THE JOB
    #
    # What an escalation asked for is done once no limit is late any more.
    # ------------------------------------------------------------------

    def _show_next_deadline(self, deadlines):
        before = self.date_deadline
        result = super()._show_next_deadline(deadlines)
        due = self.date_deadline
        is_late = due and due <= fields.Datetime.now()
        if self.escalation_count and due != before and not is_late:
            self.activity_unlink([ESCALATION_TODO])
        return result

    def _get_present_superiors(self):
        """Return the leaders of the teams above, the nearest first, who are at hand.

        Not those on leave today, nor those who are recused from the complaint.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        # Who they are is needed to reach them; nothing of them is shown.
        team_sudo = self.sudo().team_id
        leaders_sudo = team_sudo._get_superior_leaders() if team_sudo else ()
        if not leaders_sudo:
            return self.env["res.users"].sudo()
        absent_sudo = team_sudo.company_id._complaint_get_absent(leaders_sudo)
        return (leaders_sudo - absent_sudo).filtered(self.sudo()._may_act)
