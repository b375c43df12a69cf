from odoo import fields, models

OUTCOMES = [
    ("resume", "The Clock Goes On"),
    ("void", "Entered in Error"),
]


class CustomerComplaintEndPause(models.TransientModel):
    """Asks when a pause ended, or why it is void."""

    _name = "customer.complaint.end.pause"
    _description = "End a Pause"

    pause_id = fields.Many2one("customer.complaint.pause", required=True, readonly=True)
    kind = fields.Selection(related="pause_id.kind")
    pause_reason = fields.Text(related="pause_id.reason", string="Paused Because")
    date_from = fields.Datetime(related="pause_id.date_from")
    outcome = fields.Selection(OUTCOMES, required=True, default="resume")
    date_to = fields.Datetime(
        string="Until",
        default=fields.Datetime.now,
        help="When the pause ended: from then on the time counts again.",
    )
    reason = fields.Text(string="What Was Wrong", help="Why the entry is wrong.")

    def action_end(self):
        """End the pause, or void it.

        :raise UserError: if it ended or is void already, or its complaint ended
        :raise ValidationError: if it cannot have ended then
        :raise AccessError: if the user may not do it
        """
        self.ensure_one()
        if self.outcome == "void":
            self.pause_id._void(self.reason)
        else:
            self.pause_id._resume(self.date_to or fields.Datetime.now())
