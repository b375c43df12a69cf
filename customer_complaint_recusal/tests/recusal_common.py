from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class RecusalCase(CustomerComplaintCommon):
    """Supervisors recuse people from complaints."""

    def _recuse(self, complaint, user, by=None, **values):
        return (
            self.env["customer.complaint.recusal"]
            .with_user(by or self.supervisor)
            .create(
                {
                    "complaint_id": complaint.id,
                    "partner_id": user.partner_id.id,
                    "reason": "顾客投诉其服务态度。",
                    **values,
                }
            )
        )
