from odoo import api, fields, models

from .customer_complaint_remediation import COUNTED_STATES as COUNTED_REMEDIATIONS
from .customer_complaint_return import COUNTED_STATES, RETURN_SEQUENCE

RETURN_READERS = (
    "customer_complaint.group_complaint_agent,"
    "customer_complaint.group_complaint_auditor"
)


class SaleOrder(models.Model):
    """No-reason returns of an order."""

    _inherit = "sale.order"

    complaint_return_ids = fields.One2many(
        "customer.complaint.return",
        "sale_order_id",
        string="No-reason Returns",
        groups=RETURN_READERS,
    )
    complaint_return_count = fields.Integer(
        string="Number of No-reason Returns",
        compute="_compute_complaint_return_count",
        groups=RETURN_READERS,
    )

    @api.depends("complaint_return_ids")
    def _compute_complaint_return_count(self):
        counts = self.env["customer.complaint.return"]._count_by("sale_order_id", self)
        for order in self:
            order.complaint_return_count = counts.get(order._origin, 0)

    def _get_complaint_delivery_day(self):
        """Return the day the customer received the goods of the order, if known.

        Hook: the bridge to the stock knows it.

        :rtype: datetime.date or bool
        """
        return False

    def action_open_complaint_return(self):
        """Open the form that registers a no-reason return of the order.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("No-reason Return"),
            "res_model": "customer.complaint.return",
            "views": [(False, "form")],
            "context": {"default_sale_order_id": self.id},
        }

    def action_view_complaint_returns(self):
        """List the no-reason returns of the order.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint.return"]._action_list_for(
            [("sale_order_id", "=", self.id)], sale_order_id=self.id
        )


class SaleOrderLine(models.Model):
    """How many of what was sold can still come back."""

    _inherit = "sale.order.line"

    def _get_returnable_quantities(self, besides=None):
        """Return how many of each line can still come back, in the unit of the line.

        What was sold, less what is in returns, in refunds of complaints and on credit
        notes. Those of every team count, whoever asks: only the sum is told.

        :param customer.complaint.return besides: returns that are left out
        :return: below zero when more is taken than was sold
        :rtype: dict[sale.order.line, float]
        """
        lines_sudo = self.sudo()
        returned = lines_sudo._get_quantities_in_returns(besides)
        refunded = lines_sudo._get_quantities_in_remediations()
        return {
            line: line_sudo._get_quantity_sold()
            - returned.get(line_sudo, 0.0)
            - refunded.get(line_sudo, 0.0)
            - line_sudo._get_quantity_credited_alone()
            for line, line_sudo in zip(self, lines_sudo, strict=True)
        }

    def _get_quantities_in_returns(self, besides=None):
        """Return how many of each line are in no-reason returns.

        Those that were refused or cancelled do not count.

        :param customer.complaint.return besides: returns that are left out
        :rtype: dict[sale.order.line, float]
        """
        domain = [
            ("sale_order_line_id", "in", self.ids),
            ("return_id.state", "in", COUNTED_STATES),
        ]
        if besides:
            domain.append(("return_id", "not in", besides.ids))
        # Returns of every team, for their sum.
        return dict(
            self.env["customer.complaint.return.line"]
            .sudo()
            ._read_group(domain, ["sale_order_line_id"], ["quantity:sum"])
        )

    def _get_quantities_in_remediations(self):
        """Return how many of each line complaints refund without a credit note yet.

        :rtype: dict[sale.order.line, float]
        """
        refunds_sudo = (
            self.env["customer.complaint.remediation.line"]
            .sudo()
            .search(
                [
                    ("complaint_line_id.sale_order_line_id", "in", self.ids),
                    ("kind", "=", "refund"),
                    ("remediation_id.state", "in", COUNTED_REMEDIATIONS),
                ]
            )
            .filtered(lambda refund: not refund._get_live_documents())
        )
        totals = {}
        for refund_sudo in refunds_sudo:
            line_sudo = refund_sudo.complaint_line_id.sale_order_line_id
            uom = refund_sudo.product_uom_id or line_sudo.product_uom_id
            quantity = uom._compute_quantity(
                refund_sudo.quantity, line_sudo.product_uom_id, round=False
            )
            totals[line_sudo] = totals.get(line_sudo, 0.0) + quantity
        return totals

    def _get_quantity_credited_alone(self):
        """Return how many are on credit notes that no no-reason return asked for.

        :rtype: float
        """
        self.ensure_one()
        credited = self.invoice_lines.filtered(
            lambda line: (
                line.move_type == "out_refund"
                and line.parent_state != "cancel"
                and not line.is_complaint_price_reduction
                and not line.move_id.complaint_return_ids
            )
        )
        return sum(self._get_invoice_line_quantity(line) for line in credited)


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


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            RETURN_SEQUENCE: (self.env._("No-reason Returns"), "TH/%(range_year)s/"),
        }


class CustomerComplaintReturn(models.Model):
    _inherit = "customer.complaint.return"

    @api.model
    def _count_by(self, field_name, records):
        """Return how many returns the user sees of each record.

        :param str field_name: a many2one field of the return
        :param records: of the model it points to
        :rtype: dict
        """
        return dict(
            self._read_group(
                [(field_name, "in", records.ids)], [field_name], ["__count"]
            )
        )

    @api.model
    def _action_list_for(self, domain, **defaults):
        """Return the list of returns behind a smart button.

        :param domain: which returns
        :param defaults: values proposed for a new one
        :rtype: dict
        """
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "customer_complaint.customer_complaint_return_action"
            ),
            "domain": domain,
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }
