from odoo import models


class ReportApplication(models.AbstractModel):
    """The application that the complainant signs (投诉处理申请表, ARCHIVE-CARD)."""

    _name = "report.customer_complaint_form.application"
    _inherit = "customer.complaint.print"
    _description = "Complaint Application Report"


class ReportRegistration(models.AbstractModel):
    """The registration and feedback form (客户投诉登记反馈表, OPINION-FORM)."""

    _name = "report.customer_complaint_form.registration"
    _inherit = "customer.complaint.print"
    _description = "Registration Form Report"


class ReportQuality(models.AbstractModel):
    """Asks to determine the quality of goods, to exchange or take them back.

    产品质量界定和产品退换货申请, OPINION-FORM.
    """

    _name = "report.customer_complaint_form.quality"
    _inherit = "customer.complaint.print"
    _description = "Quality Determination Report"


class ReportFeedback(models.AbstractModel):
    """The feedback record (反馈信息记录表, FEEDBACK-QMS)."""

    _name = "report.customer_complaint_form.feedback"
    _inherit = "customer.complaint.print"
    _description = "Feedback Record Report"
