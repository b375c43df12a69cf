from odoo import fields, models


class CustomerComplaintVoidTerms(models.TransientModel):
    """Asks why terms that were entered are void."""

    _name = "customer.complaint.void.terms"
    _inherit = "customer.complaint.dialog"
    _description = "Void the Agreed Terms"

    terms_id = fields.Many2one(
        "customer.complaint.agreed.terms", required=True, readonly=True
    )
    reason = fields.Text(required=True, help="What was wrong. It stays in the history.")

    def action_void(self):
        """Void the terms.

        :raise AccessError: if the user is no supervisor
        :raise UserError: if they are void already
        """
        self.ensure_one()
        self.terms_id._void(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
