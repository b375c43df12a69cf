from odoo import fields, models


class CustomerComplaintRestart(models.TransientModel):
    """Asks which new facts arrived in a running case, and when."""

    _name = "customer.complaint.restart"
    _inherit = "customer.complaint.dialog"
    _description = "Restart the Clock on New Facts"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    reason = fields.Text(
        string="New Facts",
        required=True,
        help="What the complainant brought forward that was not known before.",
    )
    date_new_facts = fields.Datetime(
        string="New Facts Received On",
        required=True,
        default=fields.Datetime.now,
        help="When the material reached us; the time limits start anew from there.",
    )
    document_ids = fields.Many2many(
        "customer.complaint.archive.document",
        "customer_complaint_restart_document_rel",
        "restart_id",
        "document_id",
        string="New Material",
        domain="[('complaint_id', '=', complaint_id)]",
        help="The papers filed with the complaint that bring the new facts.",
    )

    def action_restart(self):
        """Restart the clocks from the day the new facts arrived.

        :raise AccessError: if the user is no supervisor
        :raise UserError: if the facts or the case do not allow it
        """
        self.ensure_one()
        self.complaint_id._restart_clock(
            self.reason, self.date_new_facts, self.document_ids
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
