from odoo import fields, models


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    hidden_paper_count = fields.Integer(related="complaint_id.hidden_paper_count")

    def action_ask_access(self):
        """As on the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.action_ask_access()

    def action_open_accesses(self):
        """List who asked to consult the papers of the card.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id._action_list_parts(
            "customer_complaint_confidential.customer_complaint_archive_access_action"
        )

    def action_open_access_log(self):
        """List who saw confidential papers of the card.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id._action_list_parts(
            "customer_complaint_confidential.customer_complaint_archive_access_log_action"
        )
