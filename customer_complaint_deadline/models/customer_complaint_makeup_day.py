from odoo import api, fields, models


class CustomerComplaintMakeupDay(models.Model):
    """A day that is worked in exchange for a holiday (调休)."""

    _name = "customer.complaint.makeup.day"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Make-up Working Day"
    _order = "date desc, id"
    _rec_name = "date"

    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="calendar_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Date(string="Day", required=True, index=True)
    weekday = fields.Selection(
        lambda self: (
            self.env["resource.calendar.attendance"]
            ._fields["dayofweek"]
            ._description_selection(self.env)
        ),
        string="Worked Like a",
        required=True,
        default="0",
        help="The day has the working hours of this day of the week.",
    )
    name = fields.Char(string="Occasion", help="E.g. for the Spring Festival.")

    _date_uniq = models.UniqueIndex(
        "(calendar_id, date)",
        "The working hours have this make-up day already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["resource.calendar"]._keep_complaint_lateness()
        days = super().create(vals_list)
        days.calendar_id._changed_for_complaints()
        return days

    def write(self, vals):
        calendars = self.calendar_id
        calendars._keep_complaint_lateness()
        result = super().write(vals)
        (calendars | self.calendar_id)._changed_for_complaints()
        return result

    def unlink(self):
        calendars = self.calendar_id
        calendars._keep_complaint_lateness()
        result = super().unlink()
        calendars._changed_for_complaints()
        return result
