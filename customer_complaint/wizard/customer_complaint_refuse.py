from odoo import api, fields, models

from ..tools.fields import get_field_label


class CustomerComplaintRefuse(models.TransientModel):
    """Asks on which ground complaints are refused."""

    _name = "customer.complaint.refuse"
    _inherit = "customer.complaint.dialog"
    _description = "Refuse Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    language_warning = fields.Text(compute="_compute_language_warning")
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

    @api.depends("complaint_ids", "refusal_note")
    @api.depends_context("lang")
    def _compute_language_warning(self):
        label = get_field_label(self, "refusal_note")
        for dialog in self:
            warnings = {
                complaint._get_language_warning({f"“{label}”": dialog.refusal_note})
                for complaint in dialog.complaint_ids
            }
            dialog.language_warning = "\n".join(sorted(filter(None, warnings)))

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
