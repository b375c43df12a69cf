from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class ReportArchiveCard(models.AbstractModel):
    """Prints archive cards, for those who may read them and their complaints."""

    _name = "report.customer_complaint.archive_card"
    _inherit = "customer.complaint.print"
    _description = "Archive Card Report"

    _printed_model = "customer.complaint.archive.card"

    @api.model
    def _get_docs(self, records):
        records.complaint_id.check_access("read")
        return records


class ReportArchiveCardOfComplaint(models.AbstractModel):
    """Prints the archive cards of complaints, for those who may read both."""

    _name = "report.customer_complaint.archive_card_of_complaint"
    _inherit = "customer.complaint.print"
    _description = "Archive Card Report of Complaints"

    @api.model
    def _get_docs(self, records):
        without = records.filtered(lambda complaint: not complaint.archive_card_id)
        if without:
            raise UserError(
                self.env._(
                    "These complaints have no archive card: %(names)s. A card is made "
                    "when a complaint is accepted.",
                    names=format_list(self.env, without.mapped("name")),
                )
            )
        return records.archive_card_id
