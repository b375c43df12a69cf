from odoo import fields, models

from .sale_order_line import RETURN_READERS

# What the copy of a person's data tells of a return.
PERSON_FIELDS = (
    "name",
    "state",
    "sale_order_id",
    "amount_total",
    "note",
    "date_goods_back",
    "date_refunded",
    "refusal_reason",
    "cancel_reason",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_return_count = fields.Integer(
        string="Number of No-reason Returns",
        compute="_compute_complaint_return_count",
        groups=RETURN_READERS,
        help="Of the customer and, for a company, of its contacts.",
    )

    def _compute_complaint_return_count(self):
        Return = self.env["customer.complaint.return"]
        counts = Return._count_by("partner_id", self)
        entity_counts = Return._count_by("commercial_partner_id", self)
        for partner in self:
            is_entity = partner.commercial_partner_id == partner
            known = entity_counts if is_entity else counts
            partner.complaint_return_count = known.get(partner._origin, 0)

    def action_view_complaint_returns(self):
        """List the no-reason returns of the customer and of its contacts.

        :rtype: dict
        """
        self.ensure_one()
        is_entity = self.commercial_partner_id == self
        field_name = "commercial_partner_id" if is_entity else "partner_id"
        return self.env["customer.complaint.return"]._action_list_for(
            [(field_name, "=", self.id)], partner_id=self.id
        )

    def _get_complaint_records(self, company):
        returns = self.env["customer.complaint.return"]
        if self:
            returns = returns.search(
                [("partner_id", "=", self.id), ("company_id", "=", company.id)],
                order="id",
            )
        return [*super()._get_complaint_records(company), (returns, PERSON_FIELDS)]
