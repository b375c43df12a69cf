from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.customer_complaint import REGISTER_ORDER
from ..report.customer_complaint_register_report import MAX_PRINTED, get_too_many_reason


class CustomerComplaintMakeRegister(models.TransientModel):
    """Remembers of which complaints somebody asked for the register (投诉台账).

    It has no form: the button above the list makes one, and the download reads it.
    """

    _name = "customer.complaint.make.register"
    _inherit = "customer.complaint.dialog"
    _description = "Make the Complaint Register"

    domain = fields.Json(
        required=True, readonly=True, help="Which complaints it lists."
    )

    def _get_complaints(self, limit=None):
        """Return the complaints in the order of the register.

        Those that the user may read, but for the ones they are recused from.

        :param int limit: at most so many
        :rtype: customer.complaint
        :raise UserError: if there are none
        """
        self.ensure_one()
        Complaint = self.env["customer.complaint"]
        complaints = Complaint.search(
            Domain(self.domain) & ~Complaint._get_recused_domain(),
            order=REGISTER_ORDER,
            limit=limit,
        )
        if not complaints:
            raise UserError(
                self.env._(
                    "There is no complaint for the register. Change the search, or "
                    "choose others."
                )
            )
        return complaints

    def action_print(self):
        """Print the register.

        :rtype: dict
        :raise UserError: if there are too many complaints for print, or none
        """
        complaints = self._get_complaints(limit=MAX_PRINTED + 1)
        if len(complaints) > MAX_PRINTED:
            raise UserError(get_too_many_reason(self.env))
        report = self.env.ref("customer_complaint_form.report_register")
        return report.report_action(complaints, config=False)

    def action_download(self):
        """Download the register as XLSX.

        :rtype: dict
        :raise UserError: if there are no complaints
        """
        self._get_complaints(limit=1)  # says at once when there are none
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_complaint/register/{self.id}",
            "target": "download",
        }
