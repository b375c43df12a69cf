from odoo import api, fields, models


class CustomerComplaintRemediation(models.Model):
    _inherit = "customer.complaint.remediation"

    picking_count = fields.Integer(
        string="Number of Transfers", compute="_compute_picking_count"
    )

    @api.depends("line_ids.state")
    def _compute_picking_count(self):
        for remediation in self:
            started = remediation.line_ids.filtered(lambda line: line.state != "open")
            remediation.picking_count = len(started.picking_ids)

    def _get_cannot_ask_reason(self):
        """Refuse to ask for what cannot be taken back."""
        return super()._get_cannot_ask_reason() or (
            self.line_ids._get_cannot_return_reason()
        )

    def action_open_pickings(self):
        """Open the transfers of the remediation, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        self.ensure_one()
        return self.line_ids._open_documents_of("stock.picking")
