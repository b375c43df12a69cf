from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero

from .customer_complaint import READER_GROUPS
from .sale_order_line_billed import BilledOrders
from .sale_order_line_credit import CreditWish

# Of quantities, beyond what any unit rounds to: the rest of a binary number.
IDLE_DIGITS = 9


class AccountMove(models.Model):
    """Drafting the credit note of an invoice, for complaints and returns."""

    _inherit = "account.move"

    def _draft_complaint_credit_note(self, parts, origin):
        """Draft the credit note of the invoice, dated today.

        The amounts bear the roundings of the invoice: the draft is not rounded anew.

        :param list parts: wish, share, quantity in the unit of the order line and
            amount with taxes, of each line to credit
        :param str origin: the number of the document it is for
        :return: the draft
        :rtype: account.move
        """
        self.ensure_one()
        labels = dict.fromkeys(wish.label for wish, *_part in parts if wish.label)
        today = self.company_id._complaint_today()
        invoice = self.with_company(self.company_id).with_context(
            include_business_fields=True, mail_create_nosubscribe=True
        )
        return invoice._reverse_moves(
            [
                {
                    "date": today,
                    "invoice_date": today,
                    "invoice_date_due": today,
                    "invoice_payment_term_id": False,
                    "invoice_cash_rounding_id": False,
                    "invoice_origin": self.invoice_origin,
                    "ref": ", ".join([origin, *labels]),
                    "partner_bank_id": self.partner_id._get_complaint_bank(
                        self.company_id
                    ).id,
                    "line_ids": [
                        fields.Command.create(
                            share.invoice_line._prepare_complaint_credit_vals(
                                wish, quantity, amount, share.get_tax_share()
                            )
                        )
                        for wish, share, quantity, amount in parts
                    ],
                }
            ]
        )

    # ------------------------------------------------------------------
    # POSTING
    # ------------------------------------------------------------------

    def _check_complaint_credits(self, granted, partner):
        """Refuse to post credit notes that give back what was not billed.

        Called once they are posted: what was billed, and credited meanwhile by
        anybody, is compared with all that they credit.

        :param dict granted: how many of each order line these credit notes may take
            off; in the unit of the order line
        :param res.partner partner: the customer they are for
        :raise UserError: naming the credit note and what accounting can do
        """
        # Whoever posts need not see the order, its rewards or what others credited:
        # they are compared, and no more is told than what to correct.
        for note in self.sudo():
            reasons = note._get_wrong_complaint_credit_reasons(granted, partner)
            if reasons:
                raise UserError(
                    self.env._(
                        "%(note)s cannot be posted.\n%(reasons)s\nCorrect the draft, "
                        "or cancel it and tell whoever handles %(origin)s.",
                        note=note.display_name,
                        reasons="\n".join(reasons),
                        origin=note.ref or note.invoice_origin or "",
                    )
                )

    def _get_wrong_complaint_credit_reasons(self, granted, partner):
        self.ensure_one()
        if self.commercial_partner_id != partner.commercial_partner_id:
            return [
                self.env._(
                    "It is for %(customer)s, and was granted to %(granted)s.",
                    customer=self.partner_id.display_name,
                    granted=partner.display_name,
                )
            ]
        parts = self._get_complaint_parts()[0]
        invoice = self.reversed_entry_id
        order_lines = (
            parts and self.invoice_line_ids.sale_line_ids
        ) or invoice.invoice_line_ids.sale_line_ids
        if not parts or not order_lines:
            return []
        order_lines._lock_complaint_credits()
        billed = BilledOrders(order_lines.order_id, counts_drafts=False, besides=self)
        reasons = []
        left_of = dict(granted)
        for part in parts:
            for order_line in part.order_lines:
                wish = self._prepare_posted_wish(order_line, part)
                shares = billed.by_order_line[order_line]
                reason = order_line._get_cannot_credit_reason(
                    wish, shares, partner
                ) or wish.get_not_granted_reason(left_of.get(order_line, 0.0))
                if reason:
                    reasons.append(
                        self.env._(
                            "%(product)s: %(reason)s",
                            product=order_line.product_id.display_name,
                            reason=reason,
                        )
                    )
                    continue
                order_line._split_wish(wish, shares)
                left_of[order_line] = left_of.get(order_line, 0.0) - wish.quantity
        # What accounting wrote for no product comes off the invoice as a whole.
        loose = sum(part.amount for part in parts if not part.order_lines)
        left = sum(share.amount for share in billed.get_shares_of(invoice))
        if invoice and self.currency_id.compare_amounts(loose, left) > 0:
            reasons.append(
                self.env._(
                    "%(amount)s is more than the %(left)s of %(invoice)s that are not "
                    "credited yet.",
                    amount=self.currency_id.format(loose),
                    left=self.currency_id.format(left),
                    invoice=invoice.display_name,
                )
            )
        return reasons

    def _get_complaint_quantities(self):
        """Return how many of each order line these credit notes take off.

        :return: in the unit of the order line
        :rtype: dict[sale.order.line, float]
        """
        quantities = defaultdict(float)
        for line in self.invoice_line_ids:
            for order_line in line.sale_line_ids:
                quantities[order_line] += order_line._get_invoice_line_quantity(line)
        return quantities

    def _prepare_posted_wish(self, order_line, part):
        """Return what a line of the credit note takes off an order line.

        :rtype: CreditWish
        """
        return CreditWish(
            order_line,
            order_line._get_invoice_line_quantity(part.line),
            part.amount,
            currency=self.currency_id,
            is_price_only=part.line.is_complaint_price_reduction,
            uom=part.line.product_uom_id,
        )


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
        string="Granted by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=READER_GROUPS,
        help="What of a remediation this line of the credit note gives the customer.",
    )

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
