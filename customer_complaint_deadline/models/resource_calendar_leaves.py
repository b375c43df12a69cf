from odoo import api, models


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
