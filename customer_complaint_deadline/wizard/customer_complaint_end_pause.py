from odoo import api, fields, models

from ..models.customer_complaint_pause import PAUSE_KINDS

OUTCOMES = [
    ("resume", "The Clock Goes On"),
    ("void", "Entered in Error"),
]


class CustomerComplaintEndPause(models.TransientModel):
    """Asks when a pause ended, or why it is void."""

    _name = "customer.complaint.end.pause"
    _inherit = "customer.complaint.dialog"
    _description = "End a Pause"

    pause_id = fields.Many2one("customer.complaint.pause", required=True, readonly=True)
    pause_kind = fields.Selection(PAUSE_KINDS, string="Kind", compute="_compute_pause")
    pause_reason = fields.Text(string="Paused Because", compute="_compute_pause")
    date_from = fields.Datetime(string="Since", compute="_compute_pause")
    outcome = fields.Selection(OUTCOMES, required=True, default="resume")
    date_to = fields.Datetime(
        string="Until",
        default=fields.Datetime.now,
        help="When the pause ended: from then on the time counts again.",
    )
    reason = fields.Text(string="What Was Wrong", help="Why the entry is wrong.")

    @api.depends("pause_id")
    def _compute_pause(self):
        """Show the pause to those who may see it.

        Asked for in so many words: what somebody else read may be in the cache.
        """
        for dialog in self:
            pause = dialog.pause_id._filtered_access("read")
            dialog.pause_kind = pause.kind
            dialog.pause_reason = pause.reason
            dialog.date_from = pause.date_from

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
        return True
