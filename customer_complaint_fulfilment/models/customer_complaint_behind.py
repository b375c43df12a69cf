from odoo import api, fields, models

from odoo.addons.customer_complaint.const import READER_GROUPS


class CustomerComplaintBehind(models.AbstractModel):
    """The way from a document of another app back to the complaints behind it."""

    _name = "customer.complaint.behind"
    _description = "Document with Complaints Behind It"

    complaint_count = fields.Integer(
        string="Number of Complaints",
        compute="_compute_complaint_count",
        groups=READER_GROUPS,
    )

    @api.depends_context("uid")
    def _compute_complaint_count(self):
        for record in self:
            record.complaint_count = len(record._get_readable_complaints())

    def _get_remediation_lines_sudo(self):
        """Return the lines these documents carry out, as superuser. Hook.

        :rtype: customer.complaint.remediation.line
        """
        return self.env["customer.complaint.remediation.line"].sudo()

    def _get_readable_complaints(self):
        """Return the complaints behind these documents that the user may see.

        :rtype: customer.complaint
        """
        complaints_sudo = self._get_remediation_lines_sudo().complaint_id
        Complaint = self.env["customer.complaint"]
        if not complaints_sudo:
            return Complaint
        return Complaint.search([("id", "in", complaints_sudo.ids)])

    def action_view_complaints(self):
        """Open the complaints behind these documents.

        :rtype: dict
        """
        return self._get_readable_complaints()._get_records_action(
            name=self.env._("Complaints")
        )
