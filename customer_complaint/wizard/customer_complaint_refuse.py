from odoo import api, fields, models


class CustomerComplaintRefuse(models.TransientModel):
    """Asks on which ground complaints are refused."""

    _name = "customer.complaint.refuse"
    _inherit = "customer.complaint.dialog"
    _description = "Refuse Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    is_accepted = fields.Boolean(compute="_compute_is_accepted")
    refusal_ground_id = fields.Many2one(
        "customer.complaint.refusal.ground",
        string="Ground",
        required=True,
        domain="[('is_for_accepted', 'in', [True, is_accepted])]",
    )
    refusal_note = fields.Text(
        string="Explanation",
        required=True,
        help="Why the ground applies here, as told to the customer.",
    )

    @api.depends("complaint_ids")
    def _compute_is_accepted(self):
        for dialog in self:
            dialog.is_accepted = any(dialog.complaint_ids.mapped("date_accepted"))

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
        return True
