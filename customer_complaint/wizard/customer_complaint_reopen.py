from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CustomerComplaintReopen(models.TransientModel):
    """Asks which new facts reopen complaints that have ended."""

    _name = "customer.complaint.reopen"
    _inherit = "customer.complaint.dialog"
    _description = "Reopen Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    reopen_reason = fields.Text(
        string="New Facts",
        required=True,
        help="What has come to light since the complaint ended.",
    )

    date_new_facts = fields.Datetime(
        string="New Facts Received On",
        required=True,
        default=fields.Datetime.now,
        help="When they reached us; the time limits start anew from there.",
    )

    def action_reopen(self):
        """Reopen the complaints on the given facts.

        :raise UserError: if one of them has not ended
        :raise AccessError: if the user is no supervisor
        """
        self.ensure_one()
        running = self.complaint_ids.filtered(lambda c: not c._has_ended())
        if running:
            raise UserError(
                self.env._(
                    "Only complaints that have ended are reopened; these have not: "
                    "%(names)s.",
                    names=format_list(self.env, running.mapped("name")),
                )
            )
        self.complaint_ids._log_reason(self.env._("Reopened"), self.reopen_reason)
        for state, complaints in self.complaint_ids.grouped(
            lambda complaint: complaint._get_reopened_state()
        ).items():
            complaints.write(
                {
                    "state": state,
                    "reopen_reason": self.reopen_reason,
                    "date_new_facts": self.date_new_facts,
                }
            )
        return True
