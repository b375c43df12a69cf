from odoo import api, fields, models


class CustomerComplaintWithdraw(models.TransientModel):
    """Asks when and why the customer withdrew."""

    _name = "customer.complaint.withdraw"
    _inherit = "customer.complaint.dialog"
    _description = "Withdraw Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    date_withdrawn = fields.Date(
        string="Withdrawn On",
        required=True,
        compute="_compute_date_withdrawn",
        precompute=True,
        store=True,
        readonly=False,
        help="Day the customer's withdrawal arrived; the procedure ends that day.",
    )
    withdrawal_reason = fields.Text(
        string="Reason",
        required=True,
        help="Why the customer withdrew, and how they said so.",
    )

    @api.depends("complaint_ids")
    def _compute_date_withdrawn(self):
        for dialog in self:
            company = dialog.complaint_ids[:1].company_id or self.env.company
            dialog.date_withdrawn = company._complaint_today()

    def action_withdraw(self):
        """Record the withdrawal; the procedure ends.

        :raise UserError: if one of the complaints has ended already
        :raise ValidationError: if the day is impossible
        """
        self.ensure_one()
        self.complaint_ids._log_reason(self.env._("Withdrawn"), self.withdrawal_reason)
        self.complaint_ids.write(
            {
                "state": "withdrawn",
                "date_withdrawn": self.date_withdrawn,
                "withdrawal_reason": self.withdrawal_reason,
            }
        )
        return True
