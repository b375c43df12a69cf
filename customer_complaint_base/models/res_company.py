from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, format_time

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.clock import Calendar


class ResCompany(models.Model):
    """Numbers, days, times and country code of a company: the same for all records."""

    _inherit = "res.company"

    complaint_tz = fields.Selection(
        _tz_get,
        string="Complaint Time Zone",
        compute="_compute_complaint_tz",
        store=True,
        readonly=False,
        help="Time zone in which complaints are dated and numbered: a complaint "
        "opened after midnight here belongs to the new day and year.",
    )

    @api.depends("resource_calendar_id")
    def _compute_complaint_tz(self):
        for company in self:
            company.complaint_tz = (
                company.complaint_tz
                or company.resource_calendar_id.tz
                or company.partner_id.tz
                or "UTC"
            )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # Numbering comes with the company, whoever may create companies.
        companies.sudo()._complaint_create_missing_sequences()
        return companies

    @api.model
    def _complaint_init_companies(self):
        """Give every company its own numbering, on installation and on update."""
        self.sudo().search([])._complaint_create_missing_sequences()

    def _complaint_create_missing_sequences(self):
        """Create the yearly numberings that these companies do not have yet."""
        Sequence = self.env["ir.sequence"]
        existing = Sequence.with_context(active_test=False)._read_group(
            [
                ("company_id", "in", self.ids),
                ("code", "in", list(self._get_complaint_numberings())),
            ],
            ["company_id", "code"],
        )
        Sequence.create(
            [
                company._prepare_complaint_sequence_vals(code)
                for company in self
                for code in self._get_complaint_numberings()
                if (company, code) not in existing
            ]
        )

    @api.model
    def _get_complaint_numberings(self):
        """Return the yearly numberings of a company: name and prefix by code. Hook.

        :rtype: dict[str, tuple[str, str]]
        """
        return {}

    def _prepare_complaint_sequence_vals(self, code):
        """Return the values of this company's sequence for ``code``.

        The numbers restart each year; the prefix may be edited afterwards.
        """
        self.ensure_one()
        name, prefix = self._get_complaint_numberings()[code]
        return {
            "name": f"{name} ({self.name})",
            "code": code,
            "company_id": self.id,
            "prefix": prefix,
            "padding": 5,
            "implementation": "no_gap",
            "use_date_range": True,
        }

    def _complaint_today(self):
        """Return today's date in the company's complaint time zone.

        :rtype: datetime.date
        """
        self.ensure_one()
        return self._complaint_date(fields.Datetime.now())

    def _complaint_date(self, moment):
        """Return the calendar day of ``moment`` in the company's time zone.

        :param datetime.datetime moment: naive UTC
        :rtype: datetime.date or False
        """
        self.ensure_one()
        return moment and Calendar(tz=self.complaint_tz or "UTC").get_day(moment)

    def _complaint_day_start(self, day):
        """Return the first moment of a day in the company's time zone.

        :param datetime.date day: may be empty
        :return: naive UTC
        :rtype: datetime.datetime or False
        """
        self.ensure_one()
        return day and Calendar(tz=self.complaint_tz or "UTC").get_day_start(day)

    def _complaint_day_end(self, day):
        """Return the last second of a day in the company's time zone.

        :param datetime.date day: may be empty
        :return: naive UTC
        :rtype: datetime.datetime or False
        """
        self.ensure_one()
        return day and Calendar(tz=self.complaint_tz or "UTC").get_day_end(day)

    def _complaint_today_domain(self, name):
        """Return the domain of the records on which a moment lies on today.

        Today is another day in each of these companies' time zones.

        :param str name: name of a field with date and time
        :rtype: odoo.fields.Domain
        """
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(name, ">=", company._complaint_day_start(today))
            & Domain(name, "<=", company._complaint_day_end(today))
            for company in self
            if (today := company._complaint_today())
        )

    def _complaint_get_absent(self, users):
        """Return which of some users are on a leave of their own today.

        Odoo knows it from the leaves of the users' resources.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        today = self._complaint_today()
        # Leaves of colleagues are looked at, not shown.
        leaves_sudo = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("resource_id.company_id", "in", (False, self.id)),
                    ("resource_id.active", "=", True),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", self._complaint_day_end(today)),
                    ("date_to", ">=", self._complaint_day_start(today)),
                ]
            )
        )
        return leaves_sudo.resource_id.user_id

    def _get_complaint_country_code(self):
        """Return the telephone code of the company's country; China without one.

        :rtype: int
        """
        return self.country_id.phone_code or self.env.ref("base.cn").phone_code

    @api.model
    def _complaint_format_day(self, day):
        """Return a day as notes, letters and errors name it, in the reader's language.

        :param datetime.date day: in the company's time zone, or False
        :rtype: str
        """
        return format_date(self.env, day)

    def _complaint_format_moment(self, moment):
        """Return a day and time as notes name them, with the company's time zone.

        A text that is kept is read in other time zones too, so it names its own.

        :param datetime.datetime moment: naive UTC
        :return: e.g. ``01/17/2026 10:05 AM (Asia/Shanghai)``
        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(day)s %(time)s (%(zone)s)",
            day=self._complaint_format_day(self._complaint_date(moment)),
            time=format_time(
                self.env, moment, tz=self.complaint_tz, time_format="short"
            ),
            zone=self.complaint_tz,
        )

    def _complaint_format_due(self, moment):
        """Return until when something is due: the day, and the time unless it is over.

        :param datetime.datetime moment: naive UTC
        :rtype: str
        """
        self.ensure_one()
        day = self._complaint_date(moment)
        if moment == self._complaint_day_end(day):
            return self._complaint_format_day(day)
        return self._complaint_format_moment(moment)

    def _complaint_next_numbers(self, code, count):
        """Draw the next ``count`` numbers of this company's yearly sequence.

        :param str code: one of the sequence codes of this module
        :param int count: how many consecutive numbers are wanted
        :return: the numbers in order, e.g. ``["TS/2026/00001", "TS/2026/00002"]``
        :rtype: list[str]
        :raise UserError: if the company has no such sequence (any more)
        """
        self.ensure_one()
        # Numbering is the system's work: the people who open complaints have no
        # right on sequences, and no value of theirs reaches the search.
        sequence_sudo = (
            self.env["ir.sequence"]
            .sudo()
            .search_fetch(
                [("code", "=", code), ("company_id", "=", self.id)],
                ["prefix", "suffix", "padding"],
                limit=1,
            )
        )
        return sequence_sudo._draw_numbers(count, self, code)
