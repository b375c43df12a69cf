from odoo import fields, models


class AccountMove(models.Model):
    """Drafting the credit note of an invoice, for complaints and returns."""

    _inherit = "account.move"

    def _draft_complaint_credit_note(self, parts, origin):
        """Draft the credit note of the invoice, dated today.

        :param list parts: wish, invoice line, quantity in the unit of the order line
            and amount with taxes, of each line to credit
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
                    "invoice_origin": self.invoice_origin,
                    "ref": ", ".join([origin, *labels]),
                    "partner_bank_id": self.partner_id._get_complaint_bank(
                        self.company_id
                    ).id,
                    "line_ids": [
                        fields.Command.create(
                            invoice_line._prepare_complaint_credit_vals(
                                wish, quantity, amount
                            )
                        )
                        for wish, invoice_line, quantity, amount in parts
                    ],
                }
            ]
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

    def _prepare_complaint_credit_vals(self, wish, quantity, amount):
        """Return the values of a line that credits a part of this invoiced one.

        :param CreditWish wish: what it is for
        :param float quantity: in the unit of the order line
        :param float amount: with taxes, in the currency of the invoice
        :rtype: dict
        """
        self.ensure_one()
        order_uom = wish.line.sudo().product_uom_id
        quantity = order_uom._compute_quantity(
            quantity, self.product_uom_id or order_uom, round=False
        )
        vals = self.with_context(include_business_fields=True).copy_data(
            {
                "quantity": quantity,
                "is_complaint_price_reduction": wish.is_price_only,
                "extra_tax_data": False,
            }
        )[0]
        return {**vals, **self._prepare_complaint_credit_price(quantity, amount)}

    def _prepare_complaint_credit_price(self, quantity, amount):
        """Return the values that make so many cost an amount, with taxes as billed.

        The unit price is lowered in proportion, and so is each tax; what is lost by
        rounding goes to the price without taxes, as with prices that include them.

        :param float quantity: in the unit of the line
        :param float amount: with taxes, in the currency of the invoice
        :return: nothing, if that is what they cost as billed
        :rtype: dict
        """
        self.ensure_one()
        currency = self.currency_id
        details = self._get_complaint_tax_details(quantity)
        if currency.is_zero(details["total_included_currency"] - amount):
            return {}
        factor = amount / details["raw_total_included_currency"]
        price_unit = self.price_unit * factor
        taxes = 0.0
        tax_amounts = {}
        for tax in details["taxes_data"]:
            tax_amount = currency.round(tax["raw_tax_amount_currency"] * factor)
            taxes += tax_amount
            # The other half of a reverse charge follows from the first one.
            if not tax["is_reverse_charge"]:
                tax_amounts[str(tax["tax"].id)] = {
                    "tax_amount_currency": tax_amount,
                    "base_amount_currency": currency.round(
                        tax["raw_base_amount_currency"] * factor
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
