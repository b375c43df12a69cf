from odoo import api, fields, models
from odoo.fields import Command

# When complaints are handled: weekdays from Monday, and the shifts of each in hours.
HOURS = {
    "office": (range(5), ((9.0, 12.0, "morning"), (13.0, 18.0, "afternoon"))),
    "always": (range(7), ((0.0, 12.0, "morning"), (12.0, 24.0, "afternoon"))),
}
HOURS_LABELS = [
    ("office", "Office hours: Monday to Friday, 9–12 and 13–18"),
    ("always", "Round the clock, every day"),
]


class ResourceCalendar(models.Model):
    """The working hours that the set-up of the complaints made for a company."""

    _inherit = "resource.calendar"

    complaint_setup_hours = fields.Selection(
        HOURS_LABELS,
        readonly=True,
        copy=False,
        help="Made when complaints were set up, by this answer.",
    )

    @api.model
    def _get_complaint_setup_hours(self, company, hours):
        """Return the working hours of an answer, made once for each company.

        :param res.company company: whose
        :param str hours: a key of ``HOURS``
        :rtype: resource.calendar
        """
        calendar = self.search(
            [("company_id", "=", company.id), ("complaint_setup_hours", "=", hours)],
            limit=1,
        )
        return calendar or self.create(self._prepare_setup_hours(company, hours))

    @api.model
    def _prepare_setup_hours(self, company, hours):
        days, shifts = HOURS[hours]
        names = {
            "office": self.env._("Complaints: office hours"),
            "always": self.env._("Complaints: round the clock"),
        }
        return {
            "name": names[hours],
            "company_id": company.id,
            "tz": company.complaint_tz,
            "complaint_setup_hours": hours,
            "attendance_ids": [
                Command.create(
                    {
                        "name": names[hours],
                        "dayofweek": str(day),
                        "day_period": period,
                        "hour_from": start,
                        "hour_to": end,
                    }
                )
                for day in days
                for start, end, period in shifts
            ],
        }
