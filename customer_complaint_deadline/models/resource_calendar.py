import csv
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open, ormcache

from odoo.addons.customer_complaint_base.tools.clock import Calendar, get_moment

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
# Holidays and make-up days as announced; without a source only what the law fixes is
# known, and the announcement may move days.
HOLIDAYS_FILE = "customer_complaint_deadline/data/mainland_holidays.csv"
ONE_SECOND = timedelta(seconds=1)


class ResourceCalendar(models.Model):
    """The public holidays of mainland China, added to working hours on demand."""

    _inherit = "resource.calendar"

    # Resource calendar
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

    # ------------------------------------------------------------------
    # HOLIDAYS OF THE MAINLAND
    # ------------------------------------------------------------------

    def action_add_mainland_holidays(self):
        """Add the holidays and make-up days of mainland China that are missing.

        What is added is ordinary data, to be edited; a holiday that overlaps one that
        is there, and a make-up day that is there, are left as they are. Days that are
        not announced yet are marked as provisional in their name.

        :return: a message that says how many were added
        :rtype: dict
        :raise AccessError: if the user may not change working hours
        """
        self.check_access("write")
        rows = self._read_mainland_days()
        holidays, makeup_days = [], []
        for calendar in self:
            holidays += calendar._prepare_mainland_holidays(rows)
            makeup_days += calendar._prepare_mainland_makeup_days(rows)
        self.env["resource.calendar.leaves"].create(holidays)
        self.env["customer.complaint.makeup.day"].create(makeup_days)
        unannounced = sorted({row["first"].year for row in rows if not row["source"]})
        message = self.env._(
            "Added: %(holidays)s holidays and %(days)s make-up days. Of %(years)s only "
            "the statutory days are known, without make-up days: correct them once the "
            "State Council has announced them.",
            holidays=len(holidays),
            days=len(makeup_days),
            years=", ".join(map(str, unannounced)),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _read_mainland_days(self):
        """Return the rows of the shipped file, with real dates.

        :rtype: list[dict]
        """
        with file_open(HOLIDAYS_FILE, "r") as lines:
            return [
                {
                    **row,
                    "first": fields.Date.to_date(row["first"]),
                    "last": fields.Date.to_date(row["last"]),
                }
                for row in csv.DictReader(lines)
            ]

    def _get_mainland_name(self, row):
        """Return the name of a holiday with its year.

        :param dict row: of the shipped file
        :rtype: str
        """
        names = {
            "new_year": self.env._("New Year"),
            "spring_festival": self.env._("Spring Festival"),
            "qingming": self.env._("Qingming Festival"),
            "labour_day": self.env._("Labour Day"),
            "dragon_boat": self.env._("Dragon Boat Festival"),
            "mid_autumn": self.env._("Mid-Autumn Festival"),
            "national_day": self.env._("National Day"),
        }
        values = {"holiday": names[row["occasion"]], "year": row["first"].year}
        if row["source"]:
            return self.env._("%(holiday)s %(year)s", **values)
        return self.env._("%(holiday)s %(year)s (provisional)", **values)

    def _prepare_mainland_holidays(self, rows):
        """Return the values of the public holidays that are missing here.

        :rtype: list[dict]
        """
        self.ensure_one()
        known = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", (False, self.id)),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        tz = self.tz or "Asia/Shanghai"
        vals_list = []
        for row in rows:
            start = get_moment(row["first"], 0.0, tz)
            end = get_moment(row["last"] + timedelta(days=1), 0.0, tz) - ONE_SECOND
            if row["kind"] == "holiday" and not any(
                leave.date_from < end and leave.date_to > start for leave in known
            ):
                vals_list.append(
                    {
                        "name": self._get_mainland_name(row),
                        "calendar_id": self.id,
                        "company_id": self.company_id.id,
                        "date_from": start,
                        "date_to": end,
                        "time_type": "leave",
                    }
                )
        return vals_list

    def _prepare_mainland_makeup_days(self, rows):
        """Return the values of the make-up days that are missing here.

        :rtype: list[dict]
        """
        self.ensure_one()
        known = set(self.complaint_makeup_day_ids.mapped("date"))
        return [
            {
                "calendar_id": self.id,
                "date": row["first"],
                "weekday": row["like"],
                "name": self._get_mainland_name(row),
            }
            for row in rows
            if row["kind"] == "makeup" and row["first"] not in known
        ]


def _round_up(moment):
    """Return the end of a holiday that was entered to its last second."""
    return moment + timedelta(seconds=1) if moment.second == 59 else moment
