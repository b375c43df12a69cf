from odoo import fields, models

from odoo.addons.customer_complaint.models.customer_complaint_category import SEVERITIES


class CustomerComplaintLowerSeverity(models.TransientModel):
    """Asks to which severity complaints are lowered, and why."""

    _name = "customer.complaint.lower.severity"
    _inherit = "customer.complaint.dialog"
    _description = "Lower the Severity of Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    severity = fields.Selection(
        # The highest is not below any other.
        SEVERITIES[:-1],
        string="New Severity",
        required=True,
        default="general",
    )
    reason = fields.Text(
        required=True, help="Why the complaint is less severe than it seemed."
    )

    def action_lower(self):
        """Lower the severity of the complaints.

        :rtype: dict
        """
        self.ensure_one()
        self.complaint_ids._lower_severity(self.severity, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
