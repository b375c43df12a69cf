from odoo import api, fields, models
from odoo.fields import Domain

# How many earlier complaints the form shows; the smart buttons list them all.
EARLIER_COMPLAINTS_SHOWN = 20
# What is shown of them, and what the record rules look at: read in one query.
EARLIER_COMPLAINT_FIELDS = (
    "name",
    "date_received",
    "subject",
    "complainant_name",
    "conclusion",
    "compensation_total",
    "currency_id",
    "state",
    "company_id",
    "team_id",
    "user_id",
    "received_by_id",
    "create_uid",
    "is_restricted",
)


class CustomerComplaintRelated(models.AbstractModel):
    """Earlier complaints that may be about the same matter, shown while writing."""

    _name = "customer.complaint.related"
    _description = "Earlier Complaints of a Matter"

    earlier_complaint_ids = fields.Many2many(
        "customer.complaint",
        string="Earlier Complaints",
        compute="_compute_earlier_complaint_ids",
        help="Complaints of the same customer, telephone, order line, lot or product "
        "that you may see.",
    )
    earlier_complaint_count = fields.Integer(
        compute="_compute_earlier_complaint_ids", string="Earlier"
    )

    @api.depends(
        "commercial_partner_id",
        "phone",
        "phone_numbers",
        "line_ids.product_id",
        "line_ids.sale_order_line_id",
        "line_ids.lot_name",
    )
    def _compute_earlier_complaint_ids(self):
        for complaint in self:
            domain = complaint._get_earlier_complaints_domain()
            earlier = self.browse()
            if domain:
                earlier = self.search_fetch(
                    domain, EARLIER_COMPLAINT_FIELDS, limit=EARLIER_COMPLAINTS_SHOWN
                )
            complaint.earlier_complaint_ids = earlier
            complaint.earlier_complaint_count = len(earlier)

    def _get_earlier_complaints_domain(self):
        """Return the domain of complaints that may be about the same matter.

        Bridges add what they know (e.g. lots, deliveries).

        :return: False when nothing is known yet to look for
        :rtype: Domain or bool
        """
        self.ensure_one()
        return self._get_same_matter_domain(
            self.commercial_partner_id,
            self.line_ids.sale_order_line_id,
            self.line_ids.product_id,
            self.line_ids.filtered("lot_name").mapped("lot_name"),
            exclude=self._origin,
            phone=self.phone,
            # As they were worked out when it was entered.
            numbers=self._get_known_numbers(),
        )

    @api.model
    def _get_same_matter_domain(
        self,
        customer,
        order_lines,
        products,
        lot_names=(),
        exclude=(),
        phone=None,
        numbers=None,
    ):
        """Return the domain of complaints of one customer or the same goods.

        :param res.partner customer: the commercial entity
        :param sale.order.line order_lines: the sale
        :param product.product products: what was sold
        :param lot_names: lot or serial numbers
        :param exclude: complaints to leave out
        :param str phone: in any notation
        :param list[str] numbers: those it names, if they are known
        :rtype: Domain or bool
        """
        same = []
        if customer:
            same.append([("commercial_partner_id", "=", customer._origin.id)])
        # Who sees a complaint sees its lines: they are not asked once more.
        for name, values in (
            ("sale_order_line_id", order_lines and order_lines._origin.ids),
            ("product_id", products and products._origin.ids),
            ("lot_name", list(lot_names)),
        ):
            if values:
                same.append(Domain("line_ids", "any!", [(name, "in", values)]))
        if phone:
            same.append(self._get_phone_domain(phone, self.env.company, numbers))
        if not same:
            return False
        domain = Domain.OR(same)
        if exclude:
            domain &= Domain("id", "not in", exclude.ids)
        # What is kept only is no history of the customer, whoever asks.
        return domain & Domain("is_restricted", "=", False)

    def action_open_earlier_complaints(self):
        """List the earlier complaints of the same customer or goods.

        :rtype: dict
        """
        self.ensure_one()
        domain = self._get_earlier_complaints_domain() or Domain.FALSE
        # From a client no domain may pass the rules.
        asked = domain.map_conditions(
            lambda condition: Domain(
                condition.field_expr,
                condition.operator.removesuffix("!"),
                condition.value,
            )
        )
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint.customer_complaint_action"
            ),
            "domain": list(asked),
            "context": {"create": False},
        }
