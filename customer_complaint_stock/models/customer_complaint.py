from odoo import api, fields, models

from .sale_order_line import RETURN_KINDS


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    picking_count = fields.Integer(
        string="Number of Transfers",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Returns and deliveries that carry out what the customer receives.",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"picking_count"}

    def _prepare_granted_vals(self):
        vals = super()._prepare_granted_vals()
        lines = self.remediation_ids.line_ids.filtered(
            lambda line: line.kind in (*RETURN_KINDS, "repair") and line.state != "open"
        )
        if lines or self.picking_count:
            pickings = self.remediation_ids.line_ids.picking_ids
            vals["picking_count"] = len(pickings)
        return vals

    def action_open_pickings(self):
        """Open the transfers of the complaint, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        self.ensure_one()
        return self.remediation_ids.line_ids._open_documents_of("stock.picking")
