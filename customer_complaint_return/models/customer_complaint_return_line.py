from math import isfinite

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    MAX_AMOUNT,
)
from odoo.addons.customer_complaint_base.tools.quantity import format_quantity

# Said again in the chatter when it changes after the acknowledgement.
WATCHED_FIELDS = ("sale_order_line_id", "quantity")


class CustomerComplaintReturnLine(models.Model):
    """A product of the order of which some comes back."""

    _name = "customer.complaint.return.line"
    _inherit = ["customer.complaint.belonging", "customer.complaint.kept"]
    _belongs_to = "return_id"
    _description = "Line of a No-reason Return"
    _order = "id"
    _rec_name = "product_id"

    return_id = fields.Many2one(
        "customer.complaint.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="return_id.company_id",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )
    sale_order_line_id = fields.Many2one(
        "sale.order.line",
        string="Product of the Order",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('order_id', '=', parent.sale_order_id), ('display_type', '=', False),"
        " ('is_downpayment', '=', False), ('price_total', '>=', 0),"
        " ('product_id.type', '!=', 'combo')]",
    )
    product_id = fields.Many2one(
        related="sale_order_line_id.product_id",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )
    product_uom_id = fields.Many2one(
        related="sale_order_line_id.product_uom_id", string="Unit"
    )
    quantity_left = fields.Float(
        string="Can Come Back",
        compute="_compute_quantity_left",
        digits="Product Unit",
        help="Sold, less what is in other returns, refunds and credit notes.",
    )
    quantity = fields.Float(
        string="Comes Back", required=True, default=1.0, digits="Product Unit"
    )
    currency_id = fields.Many2one(related="sale_order_line_id.currency_id", system=True)
    amount_total = fields.Monetary(
        string="Expected Refund",
        compute="_compute_amount_total",
        store=True,
        help="What was billed for it and is not credited yet, with taxes: discounts, "
        "coupons and gift cards of the order are taken off.",
        system=True,
    )
    exception_id = fields.Many2one(
        "customer.complaint.return.exception",
        compute="_compute_exception_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Why the right may not cover these goods; proposed from the category of "
        "the product. It refuses nothing by itself.",
    )

    @api.depends("sale_order_line_id")
    def _compute_quantity_left(self):
        for record, lines in self.grouped("return_id").items():
            left = lines.sale_order_line_id._get_returnable_quantities(
                besides=record._origin
            )
            for line in lines:
                line.quantity_left = left.get(line.sale_order_line_id, 0.0)

    @api.depends("sale_order_line_id", "quantity")
    def _compute_amount_total(self):
        # What the customer was billed: whoever sees the return is told.
        billed = self.sudo().sale_order_line_id._get_complaint_refundable(
            besides_documents=self.return_id._origin
        )
        for line in self:
            sold_sudo = line.sudo().sale_order_line_id
            # What is no number is refused by the constraint.
            quantity = line.quantity if isfinite(line.quantity) else 0.0
            pieces = sold_sudo._split_quantity(quantity, billed.get(sold_sudo, ()))
            amount = sum(share.get_due(taken) for share, taken in pieces)
            currency = line.currency_id
            line.amount_total = currency.round(amount) if currency else amount

    @api.depends("sale_order_line_id")
    def _compute_exception_id(self):
        products = self.sale_order_line_id.product_id
        found = self.env["customer.complaint.return.exception"]._find_for(products)
        for line in self:
            product = line.sale_order_line_id.product_id
            line.exception_id = found.get(product, False)

    def _get_text(self):
        """Return which product it is.

        :rtype: str
        """
        self.ensure_one()
        # A name only, which whoever sees the return is told.
        return self.sudo().sale_order_line_id.product_id.display_name or ""

    def _get_quantity_text(self):
        """Return quantity and unit as papers print them.

        :rtype: str
        """
        self.ensure_one()
        unit = self.sudo().product_uom_id.name or ""
        return f"{format_quantity(self.env, self.quantity)} {unit}".strip()

    @api.constrains("sale_order_line_id", "return_id")
    def _check_sale_order_line(self):
        for line in self:
            sold = line.sale_order_line_id
            order = line.return_id.sale_order_id
            if sold not in order._get_complaint_lines():
                raise ValidationError(
                    line.return_id._name_reason(
                        self.env._(
                            "“%(product)s” was not sold with order %(order)s. Choose "
                            "one of its products.",
                            product=sold.display_name,
                            order=order.name,
                        )
                    )
                )

    @api.constrains("quantity", "sale_order_line_id")
    def _check_quantity(self):
        """Refuse more than was sold; other returns, refunds and credits count."""
        for line in self:
            if not (isfinite(line.quantity) and line.quantity > 0):
                raise ValidationError(
                    line.return_id._name_reason(
                        self.env._(
                            "%(product)s: enter how many come back, or remove the "
                            "line.",
                            product=line._get_text(),
                        )
                    )
                )
        # The figures of other returns are compared; only what is left is told.
        sold_lines = self.sudo().sale_order_line_id
        sold_lines._lock_for_complaints()
        left = sold_lines._get_returnable_quantities()
        for sold, lines in self.grouped("sale_order_line_id").items():
            if sold.product_uom_id.compare(left[sold], 0) < 0:
                here = sum(lines.mapped("quantity"))
                raise ValidationError(
                    lines.return_id[:1]._name_reason(
                        self.env._(
                            "%(product)s: %(quantity)s cannot come back, as only "
                            "%(left)s of order %(order)s are left that were neither "
                            "returned nor refunded. Correct the quantity.",
                            product=lines[:1]._get_text(),
                            quantity=format_quantity(self.env, here),
                            left=format_quantity(self.env, max(left[sold] + here, 0)),
                            order=sold.order_id.name,
                        )
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines; after the acknowledgement that is noted.

        :raise UserError: if the return no longer changes
        """
        vals_list = [self._without_reserved(vals) for vals in vals_list]
        self._check_numbers(vals_list)
        lines = super().create(vals_list)
        lines.return_id.check_access("write")
        lines.return_id._check_may_edit()
        lines._note_change(
            lambda line: self.env._("added: %(line)s", line=line._get_long_text())
        )
        return lines

    def write(self, vals):
        """Change lines; after the acknowledgement that is noted.

        :raise UserError: if the return no longer changes
        """
        self.return_id.check_access("write")
        self.return_id._check_may_edit()
        self._check_numbers([vals])
        if "return_id" in vals and self.return_id.ids != [vals["return_id"]]:
            raise ValidationError(
                self.env._(
                    "A line stays with its return. Remove it here and enter it there."
                )
            )
        result = super().write(self._without_reserved(vals))
        if not vals.keys().isdisjoint(WATCHED_FIELDS):
            self._note_change(
                lambda line: self.env._("now: %(line)s", line=line._get_long_text())
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self.return_id.check_access("write")
        self.return_id._check_may_edit()

    def unlink(self):
        returns = self.return_id
        self._note_change(
            lambda line: self.env._("removed: %(line)s", line=line._get_long_text())
        )
        result = super().unlink()
        returns.exists()._check_lines()
        return result

    @api.model
    def _check_numbers(self, vals_list):
        """Refuse quantities that are no numbers of goods before they are rounded."""
        for vals in vals_list:
            value = vals.get("quantity") or 0
            if isinstance(value, int | float) and (
                not isfinite(value) or abs(value) > MAX_AMOUNT
            ):
                raise ValidationError(
                    self.env._("Enter a number for how many come back.")
                )

    def _get_long_text(self):
        self.ensure_one()
        return self.env._(
            "%(product)s × %(quantity)s",
            product=self._get_text(),
            quantity=self._get_quantity_text(),
        )

    def _note_change(self, get_text):
        """Say in the chatter what changed since the acknowledgement.

        :param get_text: function of a line
        """
        bodies = {
            record.id: format_list(self.env, [get_text(line) for line in lines])
            for record, lines in self.grouped("return_id").items()
            if record.date_acknowledged
        }
        if bodies:
            self.return_id.browse(bodies)._message_log_batch(bodies=bodies)
