from odoo import api, fields, models


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    repair_count = fields.Integer(
        string="Number of Repairs",
        compute="_compute_repair_count",
        store=True,
        precompute=True,
        aggregator=None,
        help="Repair orders that carry out what the customer receives.",
        sealed=False,
        system=True,
    )

    @api.depends("remediation_ids.line_ids.repair_ids")
    def _compute_repair_count(self):
        for complaint in self:
            complaint.repair_count = len(complaint.remediation_ids.line_ids.repair_ids)

    def action_open_repairs(self):
        """Open the repair orders of the complaint, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        return self.remediation_ids.line_ids._open_documents_of("repair.order")
