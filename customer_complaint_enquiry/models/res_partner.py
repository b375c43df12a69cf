from odoo import fields, models

from ..const import ENQUIRY_READERS

# What the copy of a person's data tells of an enquiry.
PERSON_FIELDS = (
    "name",
    "kind",
    "state",
    "date_received",
    "channel_id",
    "customer_name",
    "phone",
    "email",
    "sale_order_id",
    "description",
    "answer",
    "date_answered",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_enquiry_count = fields.Integer(
        string="Number of Enquiries",
        compute="_compute_complaint_enquiry_count",
        groups=ENQUIRY_READERS,
        help="Of the customer and, for a company, of its contacts.",
    )

    def _compute_complaint_enquiry_count(self):
        Enquiry = self.env["customer.complaint.enquiry"]
        counts = Enquiry._count_by("partner_id", self)
        entity_counts = Enquiry._count_by("commercial_partner_id", self)
        for partner in self:
            is_entity = partner.commercial_partner_id == partner
            known = entity_counts if is_entity else counts
            partner.complaint_enquiry_count = known.get(partner._origin, 0)

    def action_view_complaint_enquiries(self):
        """List the enquiries of the customer and of its contacts.

        :rtype: dict
        """
        self.ensure_one()
        is_entity = self.commercial_partner_id == self
        field_name = "commercial_partner_id" if is_entity else "partner_id"
        return self.env["customer.complaint.enquiry"]._action_list_for(
            [(field_name, "=", self.id)], partner_id=self.id
        )

    def _get_complaint_records(self, company):
        enquiries = self.env["customer.complaint.enquiry"]
        if self:
            enquiries = enquiries.search(
                [("partner_id", "=", self.id), ("company_id", "=", company.id)],
                order="id",
            )
        return [*super()._get_complaint_records(company), (enquiries, PERSON_FIELDS)]
