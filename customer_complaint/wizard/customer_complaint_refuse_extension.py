from odoo import fields, models


class CustomerComplaintRefuseExtension(models.TransientModel):
    """Asks why there is no more time."""

    _name = "customer.complaint.refuse.extension"
    _description = "Refuse More Time"

    extension_ids = fields.Many2many(
        "customer.complaint.extension",
        "customer_complaint_refuse_extension_rel",
        "refuse_id",
        "extension_id",
        string="Requests",
        required=True,
    )
    reason = fields.Text(required=True, help="Why there is no more time.")

    def action_refuse(self):
        """Refuse the requests.

        :raise AccessError: if the user may not decide one of them
        :raise UserError: if one was decided already
        """
        self.ensure_one()
        self.extension_ids._refuse(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
