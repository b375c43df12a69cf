from odoo import models


class ReportMemo(models.AbstractModel):
    """Prints memos, for those who may read them."""

    _name = "report.customer_complaint_investigation.memo"
    _inherit = "customer.complaint.print"
    _description = "Internal Memo Report"

    _printed_model = "customer.complaint.memo"
