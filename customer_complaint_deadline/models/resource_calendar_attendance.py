from odoo import api, models


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
