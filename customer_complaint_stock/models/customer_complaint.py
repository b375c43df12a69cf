from odoo import api, fields, models


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    picking_count = fields.Integer(
        string="Number of Transfers",
        compute="_compute_picking_count",
        store=True,
        precompute=True,
        aggregator=None,
        help="Returns and deliveries that carry out what the customer receives.",
        sealed=False,
        system=True,
    )

    @api.depends("remediation_ids.line_ids.picking_ids")
    def _compute_picking_count(self):
        for complaint in self:
            pickings = complaint.remediation_ids.line_ids.picking_ids
            complaint.picking_count = len(pickings)

    def action_open_pickings(self):
        """Open the transfers of the complaint, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        self.ensure_one()
        return self.remediation_ids.line_ids._open_documents_of("stock.picking")
