from odoo import api, fields, models
from odoo.exceptions import UserError

TYPE = "customer.complaint.archive.document.type"


class CustomerComplaintWaiveSealing(models.TransientModel):
    """Asks why the archive card is complete without some papers."""

    _name = "customer.complaint.waive.sealing"
    _inherit = "customer.complaint.dialog"
    _description = "Waive Papers"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    missing_type_ids = fields.Many2many(
        TYPE,
        "customer_complaint_waive_sealing_rel",
        compute="_compute_missing_type_ids",
    )
    type_ids = fields.Many2many(
        TYPE,
        "customer_complaint_waive_sealing_type_rel",
        string="Papers",
        compute="_compute_type_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', missing_type_ids)]",
    )
    reason = fields.Text(required=True, help="Why the card is complete without them.")

    @api.depends("complaint_id")
    def _compute_missing_type_ids(self):
        for dialog in self:
            complaint = dialog.complaint_id._filtered_access("read")
            dialog.missing_type_ids = complaint._get_missing_sealing_papers().get(
                complaint
            )

    @api.depends("complaint_id")
    def _compute_type_ids(self):
        for dialog in self:
            dialog.type_ids = dialog.missing_type_ids

    def action_waive(self):
        """Waive the papers.

        :raise AccessError: if the user is neither archivist nor supervisor of the case
        :raise UserError: if none is chosen, or one is not missing
        """
        self.ensure_one()
        if not self.type_ids:
            raise UserError(
                self.complaint_id._name_reason(
                    self.env._("choose the papers to waive.")
                )
            )
        self.env["customer.complaint.paper.waiver"].create(
            [
                {
                    "complaint_id": self.complaint_id.id,
                    "type_id": paper_type.id,
                    "reason": self.reason,
                }
                for paper_type in self.type_ids
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
