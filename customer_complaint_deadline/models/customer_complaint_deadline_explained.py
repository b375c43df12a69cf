from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.customer_complaint_base.tools import clock


class CustomerComplaintDeadlineExplained(models.AbstractModel):
    """Why then? Each deadline explains how it comes about."""

    _name = "customer.complaint.deadline.explained"
    _description = "Explanation of a Time Limit"

    explanation = fields.Text(
        compute="_compute_explanation",
        help="How the deadline comes about: the event, days left out, pauses, "
        "extensions, result.",
    )
    explanation_table = fields.Html(
        string="Day by Day",
        compute="_compute_explanation",
        sanitize=False,
        help="Which days were counted, and why the others were not.",
    )

    @api.depends(
        "state", "date_start", "date_due", "date_done", "length", "extended_by", "clock"
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for deadline in self:
            deadline.explanation = "\n".join(deadline._get_explanation_lines())
            deadline.explanation_table = deadline._get_explanation_table()

    def _get_explanation_lines(self):
        """Return how the deadline comes about, one line for each fact.

        :rtype: list[str]
        """
        self.ensure_one()
        events = dict(self._fields["start_event"]._description_selection(self.env))
        lines = [
            self.env._(
                "%(limit)s from “%(start)s” to “%(done)s”",
                limit=self.length_text,
                start=events[self.start_event],
                done=events[self.done_event],
            )
        ]
        if not self.date_start:
            return [*lines, self.env._("The event that starts it has not happened.")]
        return [
            *lines,
            self.env._("Started: %(date)s", date=self._format_moment(self.date_start)),
            *self._get_calendar_lines(),
            *self._get_left_out_lines(),
            *self._get_pause_lines(),
            *self._get_extension_lines(),
            *self._get_result_lines(),
        ]

    def _get_calendar_lines(self):
        """Say so when working time cannot be counted for want of a calendar."""
        terms, complaint = self._get_terms(), self.complaint_id
        if complaint._get_effective_clock(terms.clock) == terms.clock:
            return []
        return [
            self.env._(
                "There are no working hours to count: neither the team nor the company "
                "has a calendar with any. All days and hours count."
            )
        ]

    def _get_left_out_lines(self):
        """Return which days were not counted, one line for each reason."""
        days = {}
        for first, last, _number, reason in self._get_explanation_rows():
            days.setdefault(reason, []).append(self._format_days(first, last))
        lines = []
        for reason, label in self._get_reason_labels().items():
            if reason in days:
                lines.append(
                    self.env._(
                        "Not counted, %(reason)s: %(days)s",
                        reason=label,
                        days=", ".join(days[reason]),
                    )
                )
        return lines

    def _get_pause_lines(self):
        pauses = clock.merge(self._get_pauses())
        return [
            self.env._(
                "Paused from %(start)s to %(end)s",
                start=self._format_moment(start),
                end=self._format_moment(end),
            )
            if end
            else self.env._("Paused since %(start)s", start=self._format_moment(start))
            for start, end in pauses
            if end is None or end > self.date_start
        ]

    def _get_extension_lines(self):
        if not self.extended_by:
            return []
        return [
            self.env._(
                "Extended by %(time)s", time=self._format_length(self.extended_by)
            )
        ]

    def _get_result_lines(self):
        lines = []
        if self.date_due:
            lines.append(
                self.env._("Due: %(date)s", date=self._format_moment(self.date_due))
            )
        elif self.state == "paused":
            lines.append(self.env._("The clock stands still until the pause ends."))
        if self.date_done:
            lines.append(
                self.env._("Done: %(date)s", date=self._format_moment(self.date_done))
            )
        if self.date_passed and self.date_passed != self.date_due:
            lines.append(
                self.env._(
                    "The limit was %(date)s and had passed before it moved.",
                    date=self._format_moment(self.date_passed),
                )
            )
        if self.late_text:
            lines.append(self.env._("Late by %(time)s", time=self.late_text))
        return lines

    def _get_explanation_table(self):
        """Return the days of the limit as a small table, runs of them in one row.

        :rtype: Markup or bool
        """
        self.ensure_one()
        rows = self._get_explanation_rows()
        if not rows:
            return False
        reasons = self._get_reason_labels()
        body = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td></tr>")
            % (
                self._format_days(first, last),
                self._format_count(number - (last - first).days, number)
                if number
                else reasons[reason],
            )
            for first, last, number, reason in rows
        )
        return Markup(
            '<table class="table table-sm w-auto"><thead><tr><th>%s</th><th>%s</th>'
            "</tr></thead><tbody>%s</tbody></table>"
        ) % (self.env._("Day"), self.env._("Counted As"), body)

    def _format_count(self, first, last):
        """Return which days of the limit these are, e.g. “day 1 – 5”."""
        if first == last:
            return self.env._("day %(number)s", number=last)
        return self.env._("day %(first)s – %(last)s", first=first, last=last)

    @api.model
    def _get_reason_labels(self):
        """Return why a day is not counted, as it is said in a sentence."""
        return {
            clock.EVENT: self.env._("day of the event"),
            clock.FIRST: self.env._("counts as the day of the event"),
            clock.OFF: self.env._("no working day"),
            clock.CLOSED: self.env._("public holiday"),
            clock.PAUSED: self.env._("paused"),
        }

    def _get_explanation_rows(self):
        """Return the days of the limit, those in a row that are treated alike made one.

        :return: ``(first day, last day, number of the last day or 0, reason)``
        :rtype: list[tuple]
        """
        self.ensure_one()
        if not self.date_start or self.kind == "demanded":
            return []
        complaint = self.complaint_id
        try:
            days = clock.explain(
                self.date_start,
                self.length + self.extended_by,
                complaint._get_effective_clock(self.clock),
                complaint._get_clock_calendar(self.clock),
                self._get_pauses(),
            )
        except clock.NoWorkingTime:
            return []
        rows = []
        for day, number, reason in days:
            if rows:
                first, _last, last_number, last_reason = rows[-1]
                if (bool(number), reason) == (bool(last_number), last_reason):
                    rows[-1] = (first, day, number, reason)
                    continue
            rows.append((day, day, number, reason))
        return rows

    def _get_pauses(self):
        """Return the pauses that hold this clock, as intervals in naive UTC."""
        self.ensure_one()
        return self.complaint_id._get_pause_intervals(self.pauses_for_customer)

    def _format_moment(self, moment):
        """Return a moment in the company's time zone, as the reader writes it."""
        return self.complaint_id._format_moment(moment)

    def _format_days(self, first, last):
        """Return days in a row as “first – last”."""
        if first == last:
            return format_date(self.env, first)
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"
