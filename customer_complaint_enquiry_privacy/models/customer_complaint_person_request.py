from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MANAGER
from odoo.addons.customer_complaint_enquiry.models.res_partner import PERSON_FIELDS


class CustomerComplaintPersonRequest(models.Model):
    """A request takes in the enquiries of the person that became no complaint.

    No period keeps them: an erasure that a manager grants erases them in the same
    moment, also where cases of the person wait for the end of their retention
    (个人信息保护法 art. 47). Archivists find them and do not see what they say.
    """

    _inherit = "customer.complaint.person.request"

    enquiry_ids = fields.Many2many(
        "customer.complaint.enquiry",
        "customer_complaint_enquiry_request_rel",
        "request_id",
        "enquiry_id",
        string="Enquiries",
        readonly=True,
        copy=False,
        groups=MANAGER,
        help="What the person asked, suggested or grumbled about and no complaint was "
        "made of. “Find Cases” finds them.",
        system=True,
    )

    def action_find_cases(self):
        """Add the enquiries of the person, too."""
        result = super().action_find_cases()
        # Archivists have no business with enquiries; that there are some is noted.
        for request_sudo in self.sudo():
            enquiries_sudo = request_sudo.enquiry_ids
            found = enquiries_sudo.search(
                enquiries_sudo._get_person_domain(request_sudo)
            )
            request_sudo._write_unguarded({"enquiry_ids": [Command.set(found.ids)]})
        return result

    def _concerns_anything(self):
        self.ensure_one()
        return super()._concerns_anything() or (
            self.kind == "erasure" and bool(self._get_enquiries())
        )

    def _get_enquiries(self):
        """Return the enquiries that became no complaint since they were found.

        :return: as superuser: what is done to them is a manager's decision
        :rtype: customer.complaint.enquiry
        """
        return self.sudo().enquiry_ids.filtered(
            lambda enquiry: not enquiry.complaint_id
        )

    def action_grant(self):
        """Grant; an erasure erases the enquiries at once.

        :raise UserError: naming enquiries that wait for an answer
        """
        self._check_may_decide()
        erasures = self.filtered(lambda request: request.kind == "erasure")
        waiting = erasures._get_enquiries().filtered(
            lambda enquiry: enquiry.state == "open"
        )
        if waiting:
            raise UserError(
                self.env._(
                    "These enquiries wait for an answer: %(names)s. Answer them first.",
                    names=format_list(self.env, waiting.mapped("name")),
                )
            )
        result = super().action_grant()
        for request in erasures:
            request._get_enquiries()._erase(
                request.env._(
                    "All personal data were erased, as the request %(name)s asks.",
                    name=request.name,
                )
            )
            if not request.complaint_ids:
                request._end("done")
        return result

    def _get_export_sections(self):
        sections = super()._get_export_sections()
        # Those of the contact are there; the others are known by phone or e-mail.
        others_sudo = self._get_enquiries().filtered(
            lambda enquiry: not self.partner_id or enquiry.partner_id != self.partner_id
        )
        if others_sudo:
            sections.append(self._get_section(others_sudo, PERSON_FIELDS))
        return sections
