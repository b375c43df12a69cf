from odoo import fields, models
from odoo.tools import float_is_zero

from odoo.addons.customer_complaint.const import READER_GROUPS

# Of quantities, beyond what any unit rounds to: the rest of a binary number.
IDLE_DIGITS = 9


class AccountMoveLine(models.Model):
    """Crediting a part of what was invoiced."""

    _inherit = "account.move.line"

    is_complaint_price_reduction = fields.Boolean(
        string="Price Reduction",
        readonly=True,
        help="Lowers the price of goods the customer keeps: as many of them count as "
        "invoiced as before.",
    )
    is_complaint_refund = fields.Boolean(
        string="Refund for a Complaint or Return",
        readonly=True,
        help="Takes goods off what was invoiced for good: the order does not invoice "
        "them again.",
    )
    complaint_remediation_line_id = fields.Many2one(
        "customer.complaint.remediation.line",
        string="Remediation Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READER_GROUPS,
        help="What of a remediation this line of a credit note pays.",
    )

    # Remediation payment

    def _prepare_complaint_credit_vals(self, wish, quantity, amount, tax_share=1.0):
        """Return the values of a line that credits a part of this invoiced one.

        :param CreditWish wish: what it is for
        :param float quantity: in the unit of the order line
        :param float amount: with taxes, in the currency of the invoice
        :param float tax_share: how much more of the taxes is credited than of the
            amount
        :rtype: dict
        """
        self.ensure_one()
        billed_uom = self.product_uom_id or wish.line.sudo().product_uom_id
        uom, quantity, billed_quantity = self._get_complaint_credit_quantity(
            wish, quantity
        )
        vals = self.with_context(include_business_fields=True).copy_data(
            {
                "quantity": quantity,
                "product_uom_id": uom.id,
                "is_complaint_price_reduction": wish.is_price_only,
                "is_complaint_refund": not wish.is_price_only,
                "complaint_remediation_line_id": (
                    wish.granted_by.id if wish.granted_by else False
                ),
                "extra_tax_data": False,
            }
        )[0]
        price = self._prepare_complaint_credit_price(
            billed_quantity, amount, tax_share, quantity, uom != billed_uom
        )
        return {**vals, **price}

    def _get_complaint_credit_quantity(self, wish, quantity):
        """Return unit and quantity of a credit, as exact as units can say it.

        As billed, unless that unit would round it: then as it was entered.

        :param float quantity: in the unit of the order line
        :return: unit, quantity in it, and quantity in the unit billed
        :rtype: tuple[uom.uom, float, float]
        """
        order_uom = wish.line.sudo().product_uom_id
        billed_uom = self.product_uom_id or order_uom
        billed_quantity = order_uom._compute_quantity(quantity, billed_uom, round=False)
        for uom in (billed_uom, wish.get_unit()):
            exact = order_uom._compute_quantity(quantity, uom, round=False)
            rounded = uom.round(exact)
            if float_is_zero(exact - rounded, precision_digits=IDLE_DIGITS):
                break
        # No line is about nothing: the amount is exact all the same.
        return uom, rounded or uom.rounding, billed_quantity

    def _prepare_complaint_credit_price(
        self, billed_quantity, amount, tax_share=1.0, quantity=None, is_converted=False
    ):
        """Return the values that make so many cost an amount, with taxes as billed.

        The unit price is lowered in proportion, and so is each tax; what is lost by
        rounding goes to the price without taxes, as with prices that include them.

        :param float billed_quantity: in the unit of the line
        :param float amount: with taxes, in the currency of the invoice
        :param float tax_share: how much more of the taxes is credited than of the
            amount
        :param float quantity: as the credit says it; the same when left out
        :param bool is_converted: whether that is in another unit
        :return: nothing, if that is what they cost as billed
        :rtype: dict
        """
        self.ensure_one()
        currency = self.currency_id
        quantity = billed_quantity if quantity is None else quantity
        details = self._get_complaint_tax_details(billed_quantity)
        total = details["raw_total_included_currency"]
        is_as_billed = currency.is_zero(details["total_included_currency"] - amount)
        if is_as_billed and not is_converted and not details["taxes_data"]:
            return {}
        factor = amount / total if total else 0.0
        price_unit = self.price_unit
        if is_converted or not is_as_billed:
            price_unit *= factor * billed_quantity / quantity
        if is_as_billed:
            factor = tax_share = 1.0
        # The price bears what a gift card paid, as far as it can.
        raw_taxes = sum(tax["raw_tax_amount_currency"] for tax in details["taxes_data"])
        if raw_taxes * factor * tax_share > amount:
            tax_share = 1.0
        taxes = 0.0
        tax_amounts = {}
        for tax in details["taxes_data"]:
            tax_amount = currency.round(
                tax["raw_tax_amount_currency"] * factor * tax_share
            )
            taxes += tax_amount
            # The other half of a reverse charge follows from the first one.
            if not tax["is_reverse_charge"]:
                tax_amounts[str(tax["tax"].id)] = {
                    "tax_amount_currency": tax_amount,
                    "base_amount_currency": currency.round(
                        tax["raw_base_amount_currency"] * factor * tax_share
                    ),
                }
        return {
            "price_unit": price_unit,
            "extra_tax_data": {
                "manual_total_excluded_currency": currency.round(amount - taxes),
                "manual_tax_amounts": tax_amounts,
                "currency_id": currency.id,
                "price_unit": price_unit,
                "discount": self.discount,
                "quantity": quantity,
                "rate": 1.0,
            },
        }

    def _get_complaint_tax_details(self, quantity):
        """Return what the tax engine makes of so many, at the price billed.

        :rtype: dict
        """
        Tax = self.env["account.tax"]
        base_line = Tax._prepare_base_line_for_taxes_computation(
            self, quantity=quantity, is_refund=True, extra_tax_data=False
        )
        Tax._add_tax_details_in_base_line(base_line, self.company_id)
        Tax._round_base_lines_tax_details([base_line], self.company_id)
        return base_line["tax_details"]
