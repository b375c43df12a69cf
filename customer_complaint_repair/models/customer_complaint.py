from odoo import api, fields, models


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    repair_count = fields.Integer(
        string="Number of Repairs",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Repair orders that carry out what the customer receives.",
        sealed=False,
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"repair_count"}

    def _prepare_granted_vals(self):
        vals = super()._prepare_granted_vals()
        lines = self.remediation_ids.line_ids
        started = lines.filtered(lambda ln: ln.kind == "repair" and ln.state != "open")
        if started or self.repair_count:
            vals["repair_count"] = len(lines.repair_ids)
        return vals

    def action_open_repairs(self):
        """Open the repair orders of the complaint, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        return self.remediation_ids.line_ids._open_documents_of("repair.order")
