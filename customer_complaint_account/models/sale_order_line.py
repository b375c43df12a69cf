from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list
from odoo.tools.misc import clean_context

from .billed import IDLE_SHARE, BilledOrders


class Claim(NamedTuple):
    """What somebody was promised of an order line, and is not credited yet."""

    # In the unit of the order line; zero where the customer keeps the goods
    quantity: float
    # With taxes, in the currency of the order
    amount: float


class CreditWish(NamedTuple):
    """What of an order line is to be credited to the customer."""

    line: models.BaseModel
    # In the unit of the order line
    quantity: float
    # With taxes; None: as billed, less what was credited on the price before
    amount: float | None = None
    # What the credit note says it is for
    label: str = ""
    # In which the amount is; None: that of the invoice
    currency: models.BaseModel | None = None
    # The customer keeps the goods: they count as invoiced as before
    is_price_only: bool = False
    # In which the quantity was entered; None: that of the order line
    uom: models.BaseModel | None = None
    # Line of a remediation that grants it
    granted_by: models.BaseModel | None = None

    def exceeds(self, quantity):
        """Return whether it is more than so many, in either unit.

        Each unit rounds away what the other one counts.

        :param float quantity: in the unit of the order line
        :rtype: bool
        """
        uom = self.line.product_uom_id
        return any(
            unit.compare(
                uom._compute_quantity(self.quantity, unit, round=False),
                uom._compute_quantity(quantity, unit, round=False),
            )
            > 0
            for unit in (uom | self.get_unit())
        )

    def get_not_granted_reason(self, granted):
        """Return why it is more than was granted, or False.

        :param float granted: in the unit of the order line
        :rtype: str or bool
        """
        if not self.exceeds(granted):
            return False
        return self.line.env._(
            "%(quantity)s %(unit)s are on the credit note, and %(granted)s were "
            "granted.",
            quantity=self.show(self.quantity),
            unit=self.get_unit().name,
            granted=self.show(max(granted, 0.0)),
        )

    def get_unit(self):
        """Return the unit in which it was entered.

        :rtype: uom.uom
        """
        return self.uom or self.line.sudo().product_uom_id

    def show(self, quantity):
        """Return a quantity of the order line as it was entered.

        :rtype: str
        """
        uom = self.line.product_uom_id
        return f"{uom._compute_quantity(quantity, self.get_unit(), round=False):g}"


class Creditable(NamedTuple):
    """What can still be credited of an order line."""

    # In the unit of the order line
    quantity: float
    # With taxes
    amount: float
    currency: models.BaseModel

    def get_amount(self, quantity):
        """Return what so many of them are to be credited with, with taxes.

        :rtype: float
        """
        if not self.quantity:
            return 0.0
        share = min(quantity / self.quantity, 1.0)
        return self.currency.round(self.amount * share)


class SaleOrderLine(models.Model):
    """Crediting what was invoiced, for complaints and returns.

    The latest invoice is credited first: most likely it is still open, so that the
    credit note lowers what the customer owes before money goes out. Invoices that
    were posted count as billed. As credited counts every credit note that was not
    cancelled, drafts included, whoever made it; see ``BilledOrders``.
    """

    _inherit = "sale.order.line"

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

    # ------------------------------------------------------------------
    # WHAT WAS PROMISED
    #
    # What a customer can still be promised of what was sold.
    # ------------------------------------------------------------------

    def _get_complaint_refundable(self, besides=None, besides_documents=None):
        """Return what can still be granted of these lines, invoiced or not yet.

        What was credited is taken off, and so is what is promised elsewhere.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :param besides_documents: nor those of these other documents, e.g. returns
        :return: what is left, the latest invoice first
        :rtype: dict[sale.order.line, list[BilledShare]]
        """
        shares = self._get_billed_shares()
        claims = self._get_open_complaint_claims(besides, besides_documents)
        to_invoice = self.sudo()._get_shares_to_invoice()  # figures, compared only
        for line in self:
            if line in to_invoice:
                shares[line].append(to_invoice[line])
            for claim in claims.get(line, ()):
                line._take_claim(shares[line], claim)
        return shares

    @staticmethod
    def _take_claim(shares, claim):
        quantity, amount = claim
        for share in shares:
            quantity = share.take_quantity(quantity)
            amount = share.take_amount(amount)

    def _get_open_complaint_claims(self, besides=None, besides_documents=None):
        """Return what was promised of these lines and is not drafted yet.

        Hook: whatever else promises a refund of order lines adds its claims.

        :param customer.complaint.remediation.line besides: whose claims do not count
        :param besides_documents: nor those of these other documents, e.g. returns
        :rtype: dict[sale.order.line, list[Claim]]
        """
        return self.env["customer.complaint.remediation.line"]._get_credit_claims(
            self, besides
        )

    # ------------------------------------------------------------------
    # CREDIT NOTES
    # ------------------------------------------------------------------

    def _get_complaint_creditable(self):
        """Return what can still be credited of these lines.

        The amount is in the currency of the latest invoice; invoices in another
        currency are not in it. A line that was never invoiced has nothing.

        :rtype: dict[sale.order.line, Creditable]
        """
        result = {}
        for line, shares in self._get_billed_shares().items():
            currency = shares[0].currency if shares else line.currency_id
            same = [share for share in shares if share.currency == currency]
            result[line] = Creditable(
                sum(share.quantity for share in same),
                currency.round(sum(share.get_due(share.quantity) for share in same)),
                currency,
            )
        return result

    @api.model
    def _draft_complaint_credit_notes(self, wanted, origin, partner):
        """Draft credit notes, one for each invoice concerned; accounting posts them.

        Price, taxes, discount, account and analytic distribution are as billed. An
        amount below it lowers the price, so that the total with taxes is the amount,
        to the cent.

        The caller has checked that the user may have it credited: this goes past the
        rights of accounting, which those who work on complaints do not have.

        :param list[CreditWish] wanted: of orders of one customer
        :param str origin: the number of the document it is for
        :param res.partner partner: the customer; only their invoices are credited
        :return: the drafts
        :rtype: account.move
        :raise UserError: naming the lines that cannot be credited, and why; nothing is
            drafted then
        """
        # No value that a caller proposes for other records gets into the drafts.
        self = self.with_env(self.env(context=clean_context(self.env.context)))
        lines = self.browse().union(*(wish.line for wish in wanted))
        lines._lock_complaint_credits()
        # Drafts only, of invoices of this customer; see the docstring.
        lines_sudo = self.sudo().browse(lines.ids)
        shares = lines_sudo._get_billed_shares()
        parts = defaultdict(list)
        reasons = []
        for wish in wanted:
            line_sudo = self.sudo().browse(wish.line.id)
            reason = line_sudo._get_cannot_credit_reason(
                wish, shares[line_sudo], partner
            )
            if reason:
                reasons.append(
                    self.env._(
                        "%(order)s, %(line)s: %(reason)s",
                        order=line_sudo.order_id.name,
                        line=line_sudo.product_id.display_name or line_sudo.name,
                        reason=reason,
                    )
                )
                continue
            for part in line_sudo._split_wish(wish, shares[line_sudo]):
                parts[part[0].invoice_line.move_id].append((wish, *part))
        if reasons:
            raise UserError("\n".join(reasons))
        notes = self.env["account.move"].sudo()
        for invoice_sudo, own_parts in parts.items():
            notes += invoice_sudo._draft_complaint_credit_note(own_parts, origin)
        return notes.sudo(self.env.su)

    def _lock_complaint_credits(self):
        """Keep others from crediting these lines meanwhile."""
        self._lock_for_complaints()

    def _get_cannot_credit_reason(self, wish, shares, partner):
        """Return why what is wanted of the line cannot be credited, or False.

        :param CreditWish wish: of this line
        :param list[BilledShare] shares: what is left of it
        :param res.partner partner: the customer
        :rtype: str or bool
        """
        self.ensure_one()
        if not partner:
            return self.env._("name the customer first; nobody else is credited.")
        if not shares:
            return self._get_not_invoiced_reason()
        other = self._get_other_customers(shares, partner)
        if other:
            return self.env._(
                "it was invoiced to %(billed)s, and not to %(customer)s. A credit note "
                "goes to whoever was invoiced: open the complaint for them, or grant "
                "money instead.",
                billed=format_list(self.env, other.mapped("display_name")),
                customer=partner.display_name,
            )
        left = sum(share.quantity for share in shares)
        if wish.exceeds(left):
            return self.env._(
                "%(quantity)s %(unit)s cannot be credited: %(left)s of what was "
                "invoiced are not credited yet. Lower the quantity.",
                quantity=wish.show(wish.quantity),
                unit=wish.get_unit().name,
                left=wish.show(left),
            )
        return self._get_wrong_credit_amount_reason(wish, shares)

    def _get_not_invoiced_reason(self):
        drafts = self.invoice_lines.move_id.filtered(
            lambda move: move.state == "draft" and move.move_type == "out_invoice"
        )
        if drafts:
            return self.env._(
                "its invoice is still a draft. Accounting posts it first, or takes the "
                "goods off it."
            )
        return self.env._(
            "it was not invoiced, so there is nothing to credit. Take it off the order "
            "instead."
        )

    def _get_other_customers(self, shares, partner):
        """Return who was invoiced and is not the customer.

        :rtype: res.partner
        """
        billed = self.env["res.partner"].union(
            *(share.invoice_line.move_id.commercial_partner_id for share in shares)
        )
        return billed - partner.sudo().commercial_partner_id

    def _get_wrong_credit_amount_reason(self, wish, shares):
        pieces = self._split_quantity(wish.quantity, shares)
        currencies = self.env["res.currency"].union(
            *(share.currency for share, _quantity in pieces)
        )
        if wish.amount is None:
            return False
        wanted_currency = wish.currency or currencies[:1]
        if currencies != wanted_currency:
            return self.env._(
                "it was invoiced in %(billed)s, and the amount is in %(currency)s. "
                "Enter it in %(billed)s.",
                billed=format_list(self.env, currencies.mapped("name")),
                currency=wanted_currency.name,
            )
        limit = sum(share.get_limit(quantity) for share, quantity in pieces)
        if wanted_currency.compare_amounts(wish.amount, limit) > 0:
            return self.env._(
                "%(amount)s is more than the %(limit)s that %(quantity)s %(unit)s cost "
                "and that are not credited yet. Lower the amount, and grant "
                "compensation for the rest.",
                amount=wanted_currency.format(wish.amount),
                limit=wanted_currency.format(limit),
                quantity=wish.show(wish.quantity),
                unit=wish.get_unit().name,
            )
        return False

    def _split_quantity(self, quantity, shares):
        """Return from which shares a quantity is taken, and how much of each.

        :rtype: list[tuple[BilledShare, float]]
        """
        pieces = []
        idle = quantity * IDLE_SHARE
        for share in shares:
            taken = min(quantity, share.quantity)
            if taken > idle:
                pieces.append((share, taken))
                quantity -= taken
        return pieces

    def _split_wish(self, wish, shares):
        """Take what is wanted off the shares.

        :return: share, quantity in the unit of the order line, and amount with taxes,
            of each part
        :rtype: list[tuple[BilledShare, float, float]]
        """
        self.ensure_one()
        pieces = self._split_quantity(wish.quantity, shares)
        limits = [share.get_limit(quantity) for share, quantity in pieces]
        total, before, given = sum(limits), 0.0, 0.0
        parts = []
        for (share, quantity), limit in zip(pieces, limits, strict=True):
            amount = share.get_due(quantity)
            if wish.amount is not None:
                # Rounded from the sum on, so that nothing is lost on the way.
                before += limit
                upto = share.currency.round(wish.amount * (before / (total or 1.0)))
                amount = share.currency.round(upto - given)
                given = upto
            parts.append((share, quantity, amount))
            share.take_amount(amount)
            if not wish.is_price_only:
                share.take_quantity(quantity)
        return parts

    def _prepare_qty_invoiced(self):
        """A lower price leaves as many invoiced as before."""
        quantities = super()._prepare_qty_invoiced()
        for line in self:
            quantities[line] += line._get_quantity_of_price_reductions(
                lambda move: move.state != "cancel"
            )
        return quantities

    def _compute_qty_invoiced_posted(self):
        result = super()._compute_qty_invoiced_posted()
        for line in self:
            line.qty_invoiced_posted += line._get_quantity_of_price_reductions(
                lambda move: move.state == "posted"
            )
        return result

    def _compute_untaxed_amount_to_invoice(self):
        """What a lower price took off is not invoiced later."""
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            reductions = line._get_price_reductions(lambda move: move.state == "posted")
            if reductions:
                line.untaxed_amount_to_invoice -= sum(
                    reduction.currency_id._convert(
                        reduction.price_subtotal,
                        line.currency_id,
                        line.company_id,
                        reduction.move_id.invoice_date,
                    )
                    * sign
                    for reduction, sign in reductions
                )
        return result

    def _get_quantity_of_price_reductions(self, counts):
        """Return how many had only their price lowered by credit notes.

        :param counts: function of an invoice; whether it counts
        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        return sum(
            self._get_invoice_line_quantity(line, is_rounded=True) * sign
            for line, sign in self._get_price_reductions(counts)
        )

    def _get_price_reductions(self, counts):
        """Return the invoice lines that only lower the price.

        :param counts: function of an invoice; whether it counts
        :return: each with 1, or -1 where the reduction itself was reversed
        :rtype: list[tuple[account.move.line, int]]
        """
        return [
            (line, 1 if line.move_type == "out_refund" else -1)
            for line in self._get_invoice_lines()
            if line.is_complaint_price_reduction and counts(line.move_id)
        ]

    # ------------------------------------------------------------------
    # WHAT IS BILLED AGAIN
    #
    # What was refunded for a complaint or a return is not invoiced again.
    #
    # A credit note makes fewer count as invoiced, and Odoo would offer to invoice the
    # difference; as a rule that is right, as a wrong invoice is credited to write it
    # anew.
    # ------------------------------------------------------------------

    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda line: line.qty_to_invoice > 0):
            refunded = line._get_quantity_refunded_for_good()
            if refunded > 0:
                line.qty_to_invoice = max(line.qty_to_invoice - refunded, 0.0)
        return result

    def _get_quantity_refunded_for_good(self):
        """Return how many were refunded and are to be invoiced all the same.

        What came back through the stock counts as not delivered; where the order
        invoices what was delivered, it is taken off there already.

        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        refunded, credited = 0.0, 0.0
        for line in self._get_invoice_lines():
            move = line.move_id
            if move.state == "cancel" or line.is_complaint_price_reduction:
                continue
            # A reversed credit note is an invoice that carries the same mark.
            sign = 1 if line.move_type == "out_refund" else -1
            quantity = sign * self._get_invoice_line_quantity(line, is_rounded=True)
            if line.is_complaint_refund:
                refunded += quantity
                credited += quantity
            elif sign > 0:
                credited += quantity
        if self.product_id.invoice_policy == "delivery" and refunded > 0:
            back = self._get_quantity_no_longer_delivered()
            refunded = min(refunded, max(credited - back, 0.0))
        return refunded

    def _get_quantity_no_longer_delivered(self):
        """Return how many count as not delivered, as they came back. Hook.

        :return: in the unit of the line
        :rtype: float
        """
        self.ensure_one()
        return 0.0
