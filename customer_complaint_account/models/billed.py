from collections import defaultdict

# Credit notes that were cancelled take nothing away; drafts already do.
NOT_CREDITED_STATE = "cancel"
# Beyond what quantities are entered with, in any unit: the rest of a binary number.
IDLE_SHARE = 1e-9


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
