from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class ReportArchiveCard(models.AbstractModel):
    """Prints archive cards, for those who may read them.

    The print menu hides nothing from a crafted address; this does.
    """

    _name = "report.customer_complaint.archive_card"
    _description = "Archive Card Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the cards to print.

        :raise AccessError: if the user may not read one of them
        """
        cards = self.env["customer.complaint.archive.card"].browse(docids)
        cards.check_access("read")
        cards.complaint_id.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "customer.complaint.archive.card",
            "docs": cards,
        }


class ReportArchiveCardOfComplaint(models.AbstractModel):
    """Prints the archive cards of complaints, for those who may read both."""

    _name = "report.customer_complaint.archive_card_of_complaint"
    _description = "Archive Card Report of Complaints"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the cards of the complaints.

        :raise AccessError: if the user may not read one of the complaints
        :raise UserError: if one of them has no card yet
        """
        complaints = self.env["customer.complaint"].browse(docids)
        complaints.check_access("read")
        without = complaints.filtered(lambda complaint: not complaint.archive_card_id)
        if without:
            raise UserError(
                self.env._(
                    "These complaints have no archive card: %(names)s. A card is made "
                    "when a complaint is accepted.",
                    names=format_list(self.env, without.mapped("name")),
                )
            )
        return self.env["report.customer_complaint.archive_card"]._get_report_values(
            complaints.archive_card_id.ids, data=data
        )
