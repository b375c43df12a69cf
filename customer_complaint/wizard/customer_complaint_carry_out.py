from odoo import fields, models


class CustomerComplaintCarryOut(models.TransientModel):
    """Asks how something was done that leaves no document in another app."""

    _name = "customer.complaint.carry.out"
    _inherit = "customer.complaint.dialog"
    _description = "How It Was Done"

    line_ids = fields.Many2many(
        "customer.complaint.remediation.line",
        "customer_complaint_carry_out_rel",
        "dialog_id",
        "line_id",
        string="Lines",
        required=True,
    )
    hint = fields.Char(
        readonly=True, help="Why no document of another app carries it out."
    )
    date = fields.Datetime(string="Done On", required=True, default=fields.Datetime.now)
    note = fields.Text(
        string="How It Was Done",
        required=True,
        help="E.g. who apologised to whom, or the number of the payment. You sign it.",
    )

    def action_confirm(self):
        """Sign that the lines were carried out.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if one is not approved, or was done already
        """
        self.ensure_one()
        self.line_ids._sign_done(self.note, self.date)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
