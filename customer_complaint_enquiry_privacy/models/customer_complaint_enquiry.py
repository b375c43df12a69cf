from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize


class CustomerComplaintEnquiry(models.Model):
    """What an enquiry holds of a person, told and erased at the person's request."""

    _inherit = "customer.complaint.enquiry"

    def _get_person_domain(self, request):
        """Return the domain of the enquiries that may be the person's.

        What became a complaint goes with its complaint. A name counts only when nothing
        else is known, as for complaints.

        :param customer.complaint.person.request request: as it was registered
        :rtype: odoo.fields.Domain
        """
        same = []
        if request.partner_id:
            same.append(Domain("partner_id", "=", request.partner_id.id))
        if (request.phone or "").strip():
            same.append(self._get_phone_domain(request.phone, request.company_id))
        if (request.email or "").strip():
            address = email_normalize(request.email) or request.email.strip()
            # Exactly this one: in a pattern these would stand for other letters.
            for letter in ("\\", "%", "_"):
                address = address.replace(letter, f"\\{letter}")
            same.append(Domain("email", "=ilike", address))
        if not same:
            name = (request.person_name or "").strip()
            same.append(Domain("customer_name", "=", name))
        return (
            Domain.OR(same)
            & Domain("company_id", "=", request.company_id.id)
            & Domain("state", "!=", "turned")
        )

    def _erase(self, ground):
        """Erase what these hold of persons; number, kind and dates stay.

        :param str ground: why, as plain text; noted on them
        """
        # By rule: what is erased need not be seen by anybody for it.
        files_sudo = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        files_sudo.search(domain)._destroy_files()
        self._erase_records()
        self._message_log_batch(bodies=dict.fromkeys(self.ids, ground))
