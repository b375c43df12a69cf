from odoo import api, fields, models

DEEDS = [
    ("goods_back", "Goods Are Back"),
    ("refund", "Refunded Otherwise"),
    ("refuse", "Refuse"),
    ("cancel", "Customer Keeps the Goods"),
]


class CustomerComplaintReturnSettle(models.TransientModel):
    """Asks for what a step of a no-reason return needs."""

    _name = "customer.complaint.return.settle"
    _inherit = "customer.complaint.dialog"
    _description = "Step of a No-reason Return"

    return_id = fields.Many2one("customer.complaint.return", required=True)
    deed = fields.Selection(DEEDS, required=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    exception_id = fields.Many2one(
        "customer.complaint.return.exception",
        compute="_compute_exception_id",
        store=True,
        readonly=False,
        help="Why the right does not cover the goods, if it is one of these.",
    )
    reason = fields.Text(
        compute="_compute_reason",
        store=True,
        readonly=False,
        help="The customer is told when the return is refused.",
    )
    note = fields.Text(help="How the goods came back, or how the money went back.")

    @api.depends("deed", "return_id")
    def _compute_exception_id(self):
        """Propose what the lines are marked with."""
        for dialog in self:
            dialog.exception_id = (
                dialog.deed == "refuse" and dialog.return_id.line_ids.exception_id[:1]
            )

    @api.depends("deed", "return_id", "exception_id")
    def _compute_reason(self):
        """Propose a refusal that names the exception or the last day of the right."""
        for dialog in self:
            dialog.reason = dialog.deed == "refuse" and (
                dialog.return_id._get_refusal_proposal(dialog.exception_id)
            )

    def action_confirm(self):
        """Take the step.

        :raise AccessError: if the user must not work on the return
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        getattr(self, f"_confirm_{self.deed}")()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _confirm_goods_back(self):
        self.return_id._goods_back(self.date, self.note)

    def _confirm_refund(self):
        self.return_id._refund_otherwise(self.date, self.note)

    def _confirm_refuse(self):
        self.return_id._refuse(self.exception_id, self.reason)

    def _confirm_cancel(self):
        self.return_id._cancel(self.reason)
