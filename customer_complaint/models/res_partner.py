from odoo import fields, models

from ..const import READER_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_count = fields.Integer(
        compute="_compute_complaint_count",
        groups=READER_GROUPS,
        help="Complaints of the customer and, for a company, of its contacts.",
    )

    def _compute_complaint_count(self):
        counts = self._get_complaint_counts("partner_id")
        entity_counts = self._get_complaint_counts("commercial_partner_id")
        for partner in self:
            is_entity = partner.commercial_partner_id == partner
            known = entity_counts if is_entity else counts
            partner.complaint_count = known.get(partner._origin, 0)

    def _get_complaint_counts(self, field_name):
        return dict(
            self.env["customer.complaint"]._read_group(
                [(field_name, "in", self.ids)], [field_name], ["__count"]
            )
        )

    def action_view_complaints(self):
        """List the complaints of the customer and of its contacts.

        :rtype: dict
        """
        self.ensure_one()
        is_entity = self.commercial_partner_id == self
        field_name = "commercial_partner_id" if is_entity else "partner_id"
        return self.env["customer.complaint"]._action_list_for(
            [(field_name, "=", self.id)], partner_id=self.id
        )

    def _get_complaint_address(self):
        """Return the address on one line, as papers print it.

        Parts that are empty leave neither a blank nor a comma behind.

        :rtype: str
        """
        lines = (self.contact_address or "").splitlines()
        parts = [" ".join(line.split()).strip(" ,") for line in lines]
        return ", ".join(filter(None, parts))

    def _get_complaint_records(self, company):
        """Return what is kept of the person beside the cases.

        Hook: whatever keeps records of a customer adds them, and they are in the copy
        that the person gets.

        :param res.company company: whose records
        :return: records, each with the names of the fields to tell
        :rtype: list[tuple[BaseModel, tuple[str]]]
        """
        return []
