from odoo import api, fields, models


class CustomerComplaintRemediation(models.Model):
    _inherit = "customer.complaint.remediation"

    repair_count = fields.Integer(
        string="Number of Repairs", compute="_compute_repair_count"
    )

    @api.depends("line_ids.state")
    def _compute_repair_count(self):
        for remediation in self:
            # How many there are is told to whoever sees the remediation.
            started_sudo = remediation.sudo().line_ids.filtered(
                lambda line: line.kind == "repair" and line.state != "open"
            )
            remediation.repair_count = len(started_sudo.repair_ids)

    def action_open_repairs(self):
        """Open the repair orders of the remediation, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        return self.line_ids._open_documents_of("repair.order")
