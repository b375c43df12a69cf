from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class ReportDisposalCertificate(models.AbstractModel):
    """Prints certificates of disposals that have been carried out."""

    _name = "report.customer_complaint_archive.disposal_certificate"
    _inherit = "customer.complaint.print"
    _description = "Disposal Certificate Report"

    _printed_model = "customer.complaint.archive.disposal"

    @api.model
    def _get_docs(self, records):
        unfinished = records.filtered(lambda disposal: disposal.state != "done")
        if unfinished:
            raise UserError(
                self.env._(
                    "Nothing is certified before it was destroyed: %(names)s.",
                    names=format_list(self.env, unfinished.mapped("name")),
                )
            )
        return records


class ReportArchiveCheck(models.AbstractModel):
    """Prints the results of checks, for those who may read them."""

    _name = "report.customer_complaint_archive.archive_check"
    _inherit = "customer.complaint.print"
    _description = "Archive Check Report"

    _printed_model = "customer.complaint.archive.check"
