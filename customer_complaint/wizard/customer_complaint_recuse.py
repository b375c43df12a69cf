from odoo import fields, models


class CustomerComplaintRecuse(models.TransientModel):
    """Asks why a user declares that they must not handle complaints."""

    _name = "customer.complaint.recuse"
    _inherit = "customer.complaint.dialog"
    _description = "Recuse Myself from Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    reason = fields.Char(
        required=True, help="Your interest in the matter, or your part in it."
    )

    def action_recuse(self):
        """Recuse the user from the complaints.

        A handler gives the complaint back; the leader of the team is asked for
        another one.

        :rtype: dict
        """
        self.ensure_one()
        person = self.env.user.partner_id
        self.env["customer.complaint.recusal"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "partner_id": person.id,
                    "kind": "interest",
                    "reason": self.reason,
                }
                for complaint in self.complaint_ids
                if person not in complaint.recusal_ids.partner_id
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
