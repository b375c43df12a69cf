from odoo import fields, models

OUTCOMES = [
    ("succeeded", "Told"),
    ("failed", "Not Reached"),
    ("void", "Recorded in Error"),
]


class CustomerComplaintSettleNotice(models.TransientModel):
    """Asks for the outcome of a notice, or why it is void."""

    _name = "customer.complaint.settle.notice"
    _inherit = "customer.complaint.dialog"
    _description = "Outcome of a Notice"

    notice_id = fields.Many2one(
        "customer.complaint.notice", required=True, readonly=True
    )
    outcome = fields.Selection(OUTCOMES, required=True, default="succeeded")
    date_told = fields.Datetime(
        string="Reached On",
        default=fields.Datetime.now,
        help="When the letter was handed over or the message read.",
    )
    reason = fields.Text(help="Why the person was not reached, or what was wrong.")
    proof_ref = fields.Char(
        string="Proof Reference",
        help="Number of the posting slip, time and number of the call, message id, "
        "who signed.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_settle_notice_attachment_rel",
        "settle_id",
        "attachment_id",
        string="Proof",
        bypass_search_access=True,
    )

    def action_settle(self):
        """Record the outcome.

        :raise UserError: if the notice is not waiting for one
        :raise ValidationError: if the proof or the reason is missing
        :raise AccessError: if the user may not do it
        """
        self.ensure_one()
        notice = self.notice_id
        if self.outcome == "void":
            notice._void(self.reason)
            return True
        vals = {}
        if self.outcome == "succeeded":
            vals["date_told"] = self.date_told or fields.Datetime.now()
        else:
            vals["failure_reason"] = self.reason
        if self.proof_ref and not notice.proof_ref:
            vals["proof_ref"] = self.proof_ref
        if self.attachment_ids:
            self.attachment_ids._release_from_dialog(self)
            vals["attachment_ids"] = [
                fields.Command.link(file.id) for file in self.attachment_ids
            ]
        notice._settle(self.outcome, **vals)
        return True
