from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import ormcache

from ..tools.clock import Calendar

# What of a calendar the clocks look at.
CLOCK_FIELDS = frozenset(
    {
        "tz",
        "attendance_ids",
        "attendance_ids_1st_week",
        "attendance_ids_2nd_week",
        "leave_ids",
        "global_leave_ids",
        "complaint_makeup_day_ids",
        "two_weeks_calendar",
        "active",
        "schedule_type",
        "flexible_hours",
    }
)


class ResourceCalendar(models.Model):
    """Working hours as the clocks of complaints read them."""

    _inherit = "resource.calendar"

    complaint_makeup_day_ids = fields.One2many(
        "customer.complaint.makeup.day",
        "calendar_id",
        string="Make-up Working Days",
        help="Days that are worked in exchange for a public holiday. The time limits "
        "of complaints count them.",
    )

    def write(self, vals):
        if not CLOCK_FIELDS & vals.keys():
            return super().write(vals)
        self._keep_complaint_lateness()
        result = super().write(vals)
        self._changed_for_complaints()
        return result

    def unlink(self):
        self._keep_complaint_lateness()
        companies = self.company_id
        result = super().unlink()
        self.env["resource.calendar"]._changed_for_complaints(companies)
        return result

    @api.model
    def _keep_complaint_lateness(self):
        """Keep by how much limits have passed, before working hours change."""
        self.env["customer.complaint.deadline"]._keep_lateness_in()

    def _changed_for_complaints(self, companies=None):
        """Forget what was read of calendars, and have running clocks follow.

        :param res.company companies: whose complaints; those of the calendars if None
        """
        self.env.registry.clear_cache()
        self.env["customer.complaint.clock.update"]._request(
            self.company_id if companies is None else companies
        )

    def _get_complaint_clock(self, company):
        """Return these working hours with the public holidays of a company.

        :param res.company company: whose holidays count besides the calendar's own
        :return: without working hours when there is no calendar, or it is archived
        :rtype: Calendar
        """
        return self.env["resource.calendar"]._read_complaint_clock(self.id, company.id)

    @api.model
    @ormcache("calendar_id", "company_id")
    def _read_complaint_clock(self, calendar_id, company_id):
        """Read a calendar once; it is forgotten when one of its records changes."""
        # Working hours and public holidays hold nothing confidential, and a limit must
        # not depend on who looks at it.
        calendar_sudo = self.sudo().browse(calendar_id or ()).exists()
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        company_tz = company_sudo.complaint_tz or "UTC"
        if not calendar_sudo.active:
            return Calendar(tz=company_tz)
        return Calendar(
            tz=calendar_sudo.tz or company_tz,
            day_tz=company_tz,
            week=calendar_sudo._get_clock_week(),
            closures=calendar_sudo._get_clock_closures(company_id),
            makeup={
                day.date: int(day.weekday)
                for day in calendar_sudo.complaint_makeup_day_ids
            },
            alternates=calendar_sudo.two_weeks_calendar,
        )

    def _get_clock_week(self):
        """Return the working hours of the week as ``Calendar`` wants them."""
        self.ensure_one()
        week = {}
        for attendance in self.attendance_ids:
            if attendance.display_type or attendance.day_period == "lunch":
                continue
            week_type = int(attendance.week_type or 0) if self.two_weeks_calendar else 0
            shifts = week.setdefault((week_type, int(attendance.dayofweek)), [])
            shifts.append((attendance.hour_from, attendance.hour_to))
        return {day: tuple(sorted(shifts)) for day, shifts in week.items()}

    def _get_clock_closures(self, company_id):
        """Return the public holidays: of this calendar, or of all of the company."""
        self.ensure_one()
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                ("calendar_id", "in", (False, self.id)),
                ("company_id", "in", (False, company_id)),
            ]
        )
        return tuple((leave.date_from, _round_up(leave.date_to)) for leave in leaves)


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["resource.calendar"]._keep_complaint_lateness()
        attendances = super().create(vals_list)
        attendances.calendar_id._changed_for_complaints()
        return attendances

    def write(self, vals):
        self.calendar_id._keep_complaint_lateness()
        result = super().write(vals)
        self.calendar_id._changed_for_complaints()
        return result

    def unlink(self):
        calendars = self.calendar_id
        calendars._keep_complaint_lateness()
        result = super().unlink()
        calendars._changed_for_complaints()
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        # One person's leave moves no limit.
        if not all(vals.get("resource_id") for vals in vals_list):
            self.env["resource.calendar"]._keep_complaint_lateness()
        leaves = super().create(vals_list)
        leaves._changed_for_complaints()
        return leaves

    def write(self, vals):
        holidays = self._get_public_holidays()
        companies = holidays.company_id
        if holidays or "resource_id" in vals:
            holidays.calendar_id._keep_complaint_lateness()
        result = super().write(vals)
        self._changed_for_complaints(companies)
        return result

    def unlink(self):
        holidays = self._get_public_holidays()
        calendars, companies = holidays.calendar_id, holidays.company_id
        if holidays:
            calendars._keep_complaint_lateness()
        result = super().unlink()
        if holidays:
            calendars._changed_for_complaints(companies)
        return result

    def _get_public_holidays(self):
        """Return those that close the company: one person's leave moves no limit."""
        return self.filtered(lambda leave: not leave.resource_id)

    def _changed_for_complaints(self, companies=None):
        holidays = self._get_public_holidays()
        if holidays:
            known = companies or self.env["res.company"]
            holidays.calendar_id._changed_for_complaints(known | holidays.company_id)


def _round_up(moment):
    """Return the end of a holiday that was entered to its last second."""
    return moment + timedelta(seconds=1) if moment.second == 59 else moment
