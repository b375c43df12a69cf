from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import clock
from .customer_complaint_life import QUALITY

# The field of a complaint that says when an event happened. Bridges add theirs.
EVENT_FIELDS = {
    "acknowledged": "date_acknowledged",
    "answered": "date_first_answer",
    "accepted": "date_accepted",
    "passed_to_quality": "date_passed_to_quality",
    "confirmed": "date_conclusion_confirmed",
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
ENTERED_FACTS = ("date_agreed", "date_goods_returned")


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


class CustomerComplaint(models.Model):
    """The events that start the clocks of a complaint, and those that meet them."""

    _inherit = "customer.complaint"

    date_restarted = fields.Datetime(
        string="Clock Restarted On",
        readonly=True,
        copy=False,
        help="When the new facts arrived on which the complaint was reopened; its "
        "clocks run from there.",
        system=True,
    )
    date_new_facts = fields.Datetime(
        string="New Facts Received On",
        copy=False,
        help="When the new facts reached us; the clocks start anew from there.",
        sealed=False,
    )
    clock_round = fields.Integer(
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
    date_agreed = fields.Datetime(
        string="Agreement Accepted On",
        copy=False,
        tracking=True,
        help="When the complainant accepted what is offered; limits for carrying it "
        "out may run from here.",
        frozen=True,
    )
    date_goods_returned = fields.Datetime(
        string="Goods Received Back On",
        copy=False,
        tracking=True,
        help="When the goods came back to us; the limit for the refund runs from here "
        "(LAW: 7 days).",
        frozen=True,
    )
    date_carried_out = fields.Datetime(
        string="Carried Out On",
        readonly=True,
        copy=False,
        help="When all that was decided had been carried out.",
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

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("date_agreed", "date_goods_returned", "date_received")
    def _check_entered_facts(self):
        now = fields.Datetime.now()
        for complaint in self:
            for name in ENTERED_FACTS:
                moment = complaint[name]
                if moment and not complaint.date_received <= moment <= now:
                    raise ValidationError(
                        self.env._(
                            "%(number)s: “%(field)s” lies between the day the "
                            "complaint was received and now. Correct the date.",
                            number=complaint.name,
                            field=self._get_field_label(name),
                        )
                    )

    @api.constrains("date_new_facts", "date_received")
    def _check_date_new_facts(self):
        now = fields.Datetime.now()
        for complaint in self:
            moment = complaint.date_new_facts
            if moment and not complaint.date_received <= moment <= now:
                raise ValidationError(
                    self.env._(
                        "%(number)s: new facts arrive after the complaint was received "
                        "and not in the future. Correct the date.",
                        number=complaint.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._note_passed_to_quality()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._note_passed_to_quality()
        return result

    def _write_unguarded(self, vals):
        if vals.get("is_passed_to_quality") and "date_passed_to_quality" not in vals:
            self.filtered(lambda c: not c.date_passed_to_quality)._write_unguarded(
                {"date_passed_to_quality": fields.Datetime.now()}
            )
        result = super()._write_unguarded(vals)
        if "user_id" in vals:
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

    # ------------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------------

    def _get_clock_facts(self, events=()):
        """Return what the clocks of the complaint run by.

        :param events: names of the events that matter; ``informed`` is looked up only
            when it is among them
        :rtype: ClockFacts
        """
        self.ensure_one()
        moments = {
            event: [self[name]] for event, name in EVENT_FIELDS.items() if self[name]
        }
        if not self.date_notified and self.date_unreachable:
            moments["told"] = [self.date_unreachable]
        # Whoever knows the decision knows that the complaint was taken up.
        moments["acknowledged"] = sorted(
            moments.get("acknowledged", []) + moments.get("told", [])
        )
        if TELLING_EVENT in events:
            moments[TELLING_EVENT] = self._get_tellings()
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
            if notice.state == "succeeded" and notice.kind != "authority"
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
                and notice.kind != "authority"
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

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def _prepare_followup_vals(self):
        """Date what was decided as carried out when the remediation is left."""
        if self.date_carried_out:
            return {}
        return {"date_carried_out": fields.Datetime.now()}

    def _prepare_undecided_vals(self):
        return {
            **super()._prepare_undecided_vals(),
            "date_carried_out": False,
            "date_unreachable": False,
        }

    def _prepare_ended_vals(self):
        return {**super()._prepare_ended_vals(), "date_new_facts": False}

    def _prepare_reopened_vals(self):
        """New facts start the clocks anew; what is done by then stays on record."""
        return {
            **super()._prepare_reopened_vals(),
            "date_restarted": self.date_new_facts or fields.Datetime.now(),
            "clock_round": self.clock_round + 1,
            "date_acknowledged": False,
            "date_first_answer": False,
            "date_agreed": False,
            "date_goods_returned": False,
        }

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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
