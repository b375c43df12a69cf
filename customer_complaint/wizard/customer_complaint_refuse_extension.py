from odoo import fields, models


class CustomerComplaintRefuseExtension(models.TransientModel):
    """Asks why there is no more time, or no other complexity."""

    _name = "customer.complaint.refuse.extension"
    _inherit = "customer.complaint.dialog"
    _description = "Refuse More Time"

    extension_ids = fields.Many2many(
        "customer.complaint.extension",
        "customer_complaint_refuse_extension_rel",
        "refuse_id",
        "extension_id",
        string="Requests",
    )
    complexity_ids = fields.Many2many(
        "customer.complaint.complexity",
        "customer_complaint_refuse_complexity_rel",
        "refuse_id",
        "complexity_id",
        string="Decisions on the Complexity",
    )
    reason = fields.Text(required=True, help="Why not; told to whoever asked.")

    def action_refuse(self):
        """Refuse the requests.

        :raise AccessError: if the user may not decide one of them
        :raise UserError: if one was decided already
        """
        self.ensure_one()
        for requests in (self.extension_ids, self.complexity_ids):
            if requests:
                requests._refuse(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
