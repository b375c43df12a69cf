import csv
from datetime import timedelta

from odoo import fields, models
from odoo.tools import file_open

from ..tools.clock import get_moment

# Holidays and make-up days as announced; without a source only what the law fixes is
# known, and the announcement may move days.
HOLIDAYS_FILE = "customer_complaint/data/mainland_holidays.csv"
ONE_SECOND = timedelta(seconds=1)


class ResourceCalendar(models.Model):
    """The public holidays of mainland China, added to working hours on demand."""

    _inherit = "resource.calendar"

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


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_add_mainland_holidays(self):
        """Add the holidays of mainland China to the working hours of the company.

        :rtype: dict
        """
        return self.company_id.resource_calendar_id.action_add_mainland_holidays()
