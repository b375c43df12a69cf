from odoo import fields, models


class CustomerComplaintRefuse(models.TransientModel):
    """Asks on which ground complaints are refused."""

    _name = "customer.complaint.refuse"
    _description = "Refuse Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    refusal_ground_id = fields.Many2one(
        "customer.complaint.refusal.ground", string="Ground", required=True
    )
    refusal_note = fields.Text(
        string="Explanation",
        required=True,
        help="Why the ground applies here, as told to the customer.",
    )

    def action_refuse(self):
        """Refuse the complaints on the given ground.

        :raise UserError: if one of them can no longer be refused
        """
        self.ensure_one()
        self.complaint_ids._log_reason(self.env._("Refused"), self.refusal_note)
        self.complaint_ids.write(
            {
                "state": "refused",
                "refusal_ground_id": self.refusal_ground_id.id,
                "refusal_note": self.refusal_note,
            }
        )
