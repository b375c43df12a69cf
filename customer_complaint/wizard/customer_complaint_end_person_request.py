from odoo import fields, models

# Each deed is the name of a method of the request, after an underscore.
DEEDS = [("refuse", "Refuse"), ("lift", "Lift the Restriction")]


class CustomerComplaintEndPersonRequest(models.TransientModel):
    """Asks why a request about personal data is refused, or a restriction lifted."""

    _name = "customer.complaint.end.person.request"
    _inherit = "customer.complaint.dialog"
    _description = "End a Request About Personal Data"

    request_ids = fields.Many2many(
        "customer.complaint.person.request",
        "customer_complaint_end_person_request_rel",
        "dialog_id",
        "request_id",
        string="Requests",
        required=True,
    )
    deed = fields.Selection(DEEDS, required=True)
    reason = fields.Text(required=True, help="It stays with the request.")

    def action_confirm(self):
        """Refuse the requests, or lift the restriction.

        :raise AccessError: if the user may not
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        getattr(self.request_ids, f"_{self.deed}")(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
