from odoo import models


class ReportDecision(models.AbstractModel):
    """Prints decisions, for those who may read the complaints."""

    _name = "report.customer_complaint_notice.decision"
    _inherit = "customer.complaint.print"
    _description = "Decision Report"
