from collections import defaultdict

from odoo import models

# Credit notes that were cancelled take nothing away; drafts already do.
NOT_CREDITED_STATE = "cancel"
# Beyond what quantities are entered with, in any unit: the rest of a binary number.
IDLE_SHARE = 1e-9


def share_out(amount, weights, currency):
    """Split an amount by weights, so that the parts make the amount exactly.

    Rounded from the sum on: what is lost on one part is on the next one.

    :param float amount: in the currency
    :param list[float] weights: none below zero
    :param res.currency currency: to which the parts are rounded
    :rtype: list[float]
    """
    total = sum(weights)
    if not total:
        return [0.0] * len(weights)
    parts, before, given = [], 0.0, 0.0
    for weight in weights:
        before += weight
        upto = currency.round(amount * (before / total))
        parts.append(currency.round(upto - given))
        given = upto
    return parts


class BilledPart:
    """What a line of an invoice or an order costs, with what other lines take off."""

    def __init__(self, line, order_lines, amount):
        self.line = line
        self.order_lines = order_lines
        self.orders = order_lines.order_id
        # Those that are worked out from the price: discounts name only them.
        self.taxes = line.tax_ids.flatten_taxes_hierarchy().filtered(
            lambda tax: tax.amount_type != "fixed"
        )
        self.amount = amount
        # Without what was taken off after taxes: gift cards, roundings
        self.taxed_amount = amount


class BilledSum:
    """The lines of one invoice or order: what is sold, and what takes money off."""

    def __init__(self, currency):
        self.currency = currency
        self.sold = []
        self.lowering = []

    def settle(self, total=None):
        """Let what is sold bear all that takes money off.

        By tax: a discount lowers what is taxed as it is, as far as there is any.

        :param float total: what all together cost; the difference, a rounding, is
            shared out as well
        :return: what is left to take off, as nothing here can bear it
        :rtype: list[BilledPart]
        """
        rest = []
        for part in self.lowering:
            wanted = -part.amount
            for lowered in self._get_lowered(part):
                wanted = self._take(lowered, wanted, part.taxes)
            if not self.currency.is_zero(wanted):
                part.amount = -wanted
                rest.append(part)
        if total is not None:
            missing = total - sum(part.amount for part in self.sold)
            missing += sum(-part.amount for part in rest)
            weights = [part.amount for part in self.sold]
            for part, amount in zip(
                self.sold, share_out(missing, weights, self.currency), strict=True
            ):
                part.amount += amount
        return rest

    def _get_lowered(self, part):
        """Return what a line takes money off: those meant by it, then others.

        :rtype: list[list[BilledPart]]
        """
        same_order = [
            sold
            for sold in self.sold
            if not part.orders or sold.orders & part.orders or not sold.orders
        ]
        lowered = part.order_lines._get_complaint_lowered_lines()
        meant = [sold for sold in same_order if sold.order_lines & lowered]
        return [
            [sold for sold in parts if sold.taxes == part.taxes] if by_tax else parts
            for parts in (meant, same_order, self.sold)
            for by_tax in (True, False)
        ]

    def _take(self, parts, wanted, taxes):
        """Take an amount off these, as far as they bear it, and return the rest."""
        weights = [max(part.amount, 0.0) for part in parts]
        taken = min(wanted, sum(weights))
        for part, amount in zip(
            parts, share_out(taken, weights, self.currency), strict=True
        ):
            part.amount = self.currency.round(part.amount - amount)
            if taxes or not part.taxes:
                part.taxed_amount = self.currency.round(part.taxed_amount - amount)
        return self.currency.round(wanted - taken)


class BilledShare:
    """What is left to credit of one line that was billed."""

    def __init__(self, part, quantity):
        self.part = part
        self.invoice_line = part.line
        self.currency = part.line.currency_id
        self.billed_quantity = self.quantity = quantity
        self.billed_amount = self.amount = part.amount

    def take_quantity(self, quantity):
        """Take away a quantity, as far as it is there, and return the rest of it."""
        taken = min(self.quantity, quantity)
        self.quantity -= taken
        return quantity - taken

    def take_amount(self, amount):
        """Take away an amount, as far as it is there, and return the rest of it."""
        taken = min(self.amount, amount)
        self.amount = self.currency.round(self.amount - taken)
        return amount - taken

    def give_back(self, quantity, amount):
        """Bill again what was credited, and return what is more than was billed.

        :rtype: tuple[float, float]
        """
        more = min(quantity, self.billed_quantity - self.quantity)
        higher = min(amount, self.billed_amount - self.amount)
        self.quantity += more
        self.amount = self.currency.round(self.amount + higher)
        return quantity - more, amount - higher

    def _get_as_billed(self, quantity):
        """Return what the next so many cost when they were billed.

        Rounded from the first one on: all of them together cost what was billed.
        """
        if not self.billed_quantity:
            return 0.0
        gone = self.billed_quantity - self.quantity
        before, after = (
            self.currency.round(
                self.billed_amount * min(many / self.billed_quantity, 1.0)
            )
            for many in (gone, gone + quantity)
        )
        return self.currency.round(after - before)

    def get_due(self, quantity):
        """Return what so many of what is left are to be credited with.

        As billed, less their part of what was credited on the price before.
        """
        if self.quantity <= IDLE_SHARE:
            return 0.0
        share = min(quantity / self.quantity, 1.0)
        lowered = max(self._get_as_billed(self.quantity) - self.amount, 0.0)
        due = self._get_as_billed(quantity) - lowered * share
        return max(self.currency.round(due), 0.0)

    def get_limit(self, quantity):
        """Return the most that so many can be credited with: as billed."""
        return min(self._get_as_billed(quantity), self.amount)

    def get_tax_share(self):
        """Return how much more of the taxes is credited than of the amount.

        A gift card pays for the goods and lowers no tax.

        :rtype: float
        """
        part = self.part
        return part.taxed_amount / part.amount if part.amount else 1.0


class BilledOrders:
    """What was billed of some orders, and is credited by anybody.

    :param sale.order orders: with the rights of the system
    :param bool counts_drafts: whether a credit note counts before it is posted
    :param account.move besides: credit notes that do not count
    """

    def __init__(self, orders, counts_drafts=True, besides=None):
        self.counts_drafts = counts_drafts
        moves = orders.order_line.invoice_lines.move_id
        # Several orders on one invoice share its discounts and roundings.
        self.orders = orders | moves.invoice_line_ids.sale_line_ids.order_id
        moves |= (self.orders - orders).order_line.invoice_lines.move_id
        moves |= moves.reversal_move_ids
        # By the line that was billed; without those of no order
        self.by_order_line = defaultdict(list)
        self.shares = []
        # What lowers no line by itself: amount with taxes, invoice line and shares
        self.loose = []
        self.down_payments = defaultdict(float)
        moves = moves.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_refund")
                and move not in (besides or ())
            )
        )
        invoices = moves.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.reversed_entry_id.move_type != "out_refund"
            )
        ).sorted(lambda move: (move.invoice_date, move.id), reverse=True)
        for invoice in invoices:
            self._bill(invoice)
        for move in moves - invoices:
            self._credit(move)
        self._credit_down_payments()
        for line, amount, shares in self.loose:
            self._take_loose(line, amount, shares)

    def _is_credited(self, move):
        if self.counts_drafts:
            return move.state != NOT_CREDITED_STATE
        return move.state == "posted"

    def _bill(self, invoice):
        parts, credits, rest = invoice._get_complaint_parts()
        for part in parts:
            order_line = part.order_lines[:1]
            quantity = (
                order_line._get_invoice_line_quantity(part.line)
                if order_line
                else part.line.quantity
            )
            share = BilledShare(part, quantity)
            self.shares.append(share)
            for order_line in part.order_lines:
                self.by_order_line[order_line].append(share)
        self._take(credits)
        self._add_loose(rest, -1)
        self._add_down_payments(invoice, 1)

    def _credit(self, move):
        if move.move_type == "out_invoice" and not (
            move.reversed_entry_id and move.state == "posted"
        ):
            # A draft bills nothing; what it credits of other lines counts.
            if self._is_credited(move):
                self._take(move._get_complaint_parts()[1])
            return
        if not self._is_credited(move):
            return
        parts, _credits, rest = move._get_complaint_parts()
        if move.move_type == "out_invoice":
            # The reversal of a credit note bills anew.
            self._give_back(parts)
            self._add_loose(rest, -1)
            self._add_down_payments(move, 1)
            return
        self._take(parts)
        self._add_loose(rest, 1)
        self._add_down_payments(move, -1)

    def _take(self, parts):
        """Take off what was credited: of the invoice it reverses, else the latest."""
        for part in parts:
            if not part.order_lines:
                shares = self.get_shares_of(part.line.move_id.reversed_entry_id)
                self.loose.append((part.line, abs(part.amount), shares))
            for order_line in part.order_lines:
                quantity = abs(order_line._get_invoice_line_quantity(part.line))
                if part.line.is_complaint_price_reduction:
                    quantity = 0.0
                shares = self._sort(self.by_order_line[order_line], part.line)
                for share in shares:
                    quantity = share.take_quantity(quantity)
                self._take_amount(part.line, abs(part.amount), shares)

    def _give_back(self, parts):
        for part in parts:
            for order_line in part.order_lines:
                quantity = order_line._get_invoice_line_quantity(part.line)
                if part.line.is_complaint_price_reduction:
                    quantity = 0.0
                amount = part.amount
                for share in self.by_order_line[order_line]:
                    quantity, amount = share.give_back(quantity, amount)

    def _add_loose(self, rest, sign):
        """Keep what is to be taken off the orders as a whole."""
        for part in rest:
            shares = [
                share
                for share in self.shares
                if not part.orders or share.part.orders & part.orders
            ]
            self.loose.append((part.line, sign * part.amount, shares))

    def _add_down_payments(self, move, sign):
        for line in move.invoice_line_ids.filtered("is_downpayment"):
            for order_line in line.sale_line_ids:
                self.down_payments[order_line] += sign * line.price_total

    def _credit_down_payments(self):
        """Take off what was deducted and is not billed as a down payment any more."""
        for order_line, amount in self.down_payments.items():
            if order_line.currency_id.compare_amounts(amount, 0) < 0:
                shares = [
                    share
                    for share in self.shares
                    if order_line.order_id in share.part.orders
                ]
                self.loose.append((order_line.invoice_lines[:1], -amount, shares))

    def get_shares_of(self, invoice):
        """Return what is left of the lines of an invoice.

        :rtype: list[BilledShare]
        """
        return [share for share in self.shares if share.invoice_line.move_id == invoice]

    @staticmethod
    def _sort(shares, line):
        move = line.move_id.reversed_entry_id
        return sorted(shares, key=lambda share: share.invoice_line.move_id != move)

    def _take_loose(self, line, amount, shares):
        """Take an amount off several shares: by what was billed, as far as it is left.

        Whatever one of them no longer bears, the others do.
        """
        for weights in (
            [share.billed_amount for share in shares],
            [share.amount for share in shares],
        ):
            parts = share_out(amount, weights, line.currency_id)
            amount = sum(
                self._take_amount(line, part, [share])
                for share, part in zip(shares, parts, strict=True)
            )

    @staticmethod
    def _take_amount(line, amount, shares):
        """Take an amount off one share after the other, and return the rest of it."""
        for share in shares:
            taken = line.currency_id._convert(
                amount,
                share.currency,
                line.company_id,
                line.move_id.invoice_date or line.date,
            )
            rest = share.take_amount(taken)
            amount = amount * rest / taken if taken else 0.0
        return amount


class AccountMove(models.Model):
    """What the lines of an invoice or credit note really cost."""

    _inherit = "account.move"

    def _get_complaint_parts(self):
        """Return what each line costs, discounts and roundings shared out.

        Lines that only take money off (discounts, coupons, gift cards, goods taken in
        payment) have no part: those they lower bear them. All parts together are the
        total of the document, to the cent. Down payments are neither: the invoice of
        the down payment billed what a later one deducts.

        :return: what is billed, or credited by a credit note; what an invoice credits
            of other order lines; and what no line here bears
        :rtype: tuple[list[BilledPart], list[BilledPart], list[BilledPart]]
        """
        self.ensure_one()
        billed, credits, loose = BilledSum(self.currency_id), [], []
        total = self.amount_total
        for line in self.invoice_line_ids:
            if line.display_type != "product":
                continue
            if line.is_downpayment:
                total -= line.price_total
                continue
            sold = line.sale_line_ids.filtered(
                lambda sold: not sold._is_complaint_deduction()
            )
            part = BilledPart(line, sold or line.sale_line_ids, line.price_total)
            if line.price_total < 0 and not sold:
                billed.lowering.append(part)
            elif line.sale_line_ids and not sold:
                # A discount by itself, turned round: it changes the other lines.
                loose.append(part)
                total -= line.price_total
            elif line.price_total < 0 or line.quantity < 0:
                credits.append(part)
                total -= line.price_total
            else:
                billed.sold.append(part)
        loose += billed.settle(self.currency_id.round(total))
        return billed.sold, credits, loose


class SaleOrderLine(models.Model):
    """What was billed of an order line, and is not credited by anybody."""

    _inherit = "sale.order.line"

    def _is_complaint_deduction(self):
        """Return whether the line only takes money off others: nobody bought it.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.is_downpayment
            or self.price_total < 0
            or self.product_uom_qty < 0
            or self._is_global_discount()
            or (self._is_discount_line() and self.price_total <= 0)
        )

    def _get_complaint_lowered_lines(self):
        """Return the order lines that these take money off. Hook.

        :return: of the orders; whatever is taxed alike comes first
        :rtype: sale.order.line
        """
        return self.order_id.order_line

    def _get_billed_shares(self, counts_drafts=True, besides=None):
        """Return what is left to credit of each invoice line, the latest first.

        :param bool counts_drafts: whether a credit note counts before it is posted
        :param account.move besides: credit notes that do not count
        :rtype: dict[sale.order.line, list[BilledShare]]
        """
        # Figures of invoices, compared and never shown as such: complaint users have
        # no right on accounting.
        lines_sudo = self.sudo()
        billed = BilledOrders(lines_sudo.order_id, counts_drafts, besides)
        return {
            line: billed.by_order_line[line_sudo]
            for line, line_sudo in zip(self, lines_sudo, strict=True)
        }

    def _get_invoice_line_quantity(self, invoice_line, is_rounded=False):
        """Return the quantity of an invoice line, in the unit of the order line.

        :param bool is_rounded: as the order counts it
        :rtype: float
        """
        uom = invoice_line.product_uom_id or self.product_uom_id
        return uom._compute_quantity(
            invoice_line.quantity, self.product_uom_id, round=is_rounded
        )

    def _get_shares_to_invoice(self):
        """Return what was sold and is on no posted invoice, as one more share.

        What takes money off and is on no invoice yet is shared out over it.

        :rtype: dict[sale.order.line, BilledShare]
        """
        shares = {}
        for order in self.order_id:
            shares.update(order._get_complaint_shares_to_invoice())
        return shares


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_complaint_shares_to_invoice(self):
        """Return what was sold and is on no posted invoice, by order line.

        :rtype: dict[sale.order.line, BilledShare]
        """
        self.ensure_one()
        to_bill, quantities = BilledSum(self.currency_id), {}
        is_billed = False
        for line in self.order_line:
            if line.display_type or line.is_downpayment:
                continue
            billed = line.invoice_lines.filtered(
                lambda row: (
                    row.parent_state == "posted"
                    and row.move_type == "out_invoice"
                    and row.move_id.reversed_entry_id.move_type != "out_refund"
                    and row.display_type == "product"
                )
            )
            is_billed = is_billed or bool(billed)
            if line._is_complaint_deduction():
                amount = line.price_total - sum(billed.mapped("price_total"))
                if line.currency_id.compare_amounts(amount, 0) < 0:
                    to_bill.lowering.append(BilledPart(line, line, amount))
                continue
            left = line._get_quantity_sold() - sum(
                line._get_invoice_line_quantity(row) for row in billed
            )
            if line.product_uom_id.compare(left, 0) <= 0:
                continue
            ordered = line.product_uom_qty
            price = line.price_total / ordered if ordered else line.price_unit
            amount = self.currency_id.round(price * left)
            to_bill.sold.append(BilledPart(line, line, amount))
            quantities[line] = left
        is_whole = not is_billed and all(
            quantity == line.product_uom_qty for line, quantity in quantities.items()
        )
        to_bill.settle(self.amount_total if is_whole else None)
        return {
            part.line: BilledShare(part, quantities[part.line]) for part in to_bill.sold
        }
