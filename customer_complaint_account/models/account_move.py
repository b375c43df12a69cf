from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint.const import READER_GROUPS

from .billed import BilledOrders, BilledPart, BilledSum, share_out
from .sale_order_line import CreditWish

# Money went out, or was set against what the customer owed.
SETTLED_STATES = ("in_payment", "paid", "reversed")
# Those that follow the credit notes.
PAYMENT_FIELDS = ("payment_state", "date_paid", "amount_paid")


class AccountMove(models.Model):
    """Drafting the credit note of an invoice, for complaints and returns."""

    _inherit = "account.move"

    # What a credit note carries out
    complaint_remediation_line_ids = fields.Many2many(
        "customer.complaint.remediation.line",
        string="Remediation Lines",
        compute="_compute_complaint_remediation_line_ids",
        search="_search_complaint_remediation_line_ids",
        groups=READER_GROUPS,
        help="What customers receive by this credit note.",
    )

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

    # ------------------------------------------------------------------
    # WHAT A CREDIT NOTE CARRIES OUT
    #
    # Credit notes that carry out remediations; their lines follow them.
    # ------------------------------------------------------------------

    def _compute_complaint_remediation_line_ids(self):
        lines = self.env["customer.complaint.remediation.line"].search(
            [("credit_note_ids", "in", self.ids)]
        )
        for move in self:
            move.complaint_remediation_line_ids = lines.filtered(
                lambda line, move=move: move._origin in line.credit_note_ids
            )

    @api.model
    def _search_complaint_remediation_line_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["customer.complaint.remediation.line"].browse(value)
        return [("id", "in", lines.credit_note_ids.ids)]

    def _get_complaint_domain(self):
        """An invoice complained of, or a credit note granted on a complaint."""
        return super()._get_complaint_domain() | fields.Domain(
            "remediation_ids.line_ids.credit_note_ids", "in", self.ids
        )

    def _get_complaint_counts(self):
        counts = super()._get_complaint_counts()
        credited = self.env["customer.complaint.remediation.line"]._read_group(
            [("credit_note_ids", "in", self.filtered("id").ids)],
            ["credit_note_ids"],
            ["complaint_id:count_distinct"],
        )
        for move, count in credited:
            counts[move] = counts.get(move, 0) + count
        return counts

    def _get_complaint_document_state(self):
        """Return how far it is, as documents of remediations say it.

        A credit note that was reversed in full is as good as cancelled.

        :return: ``draft``, ``done`` or ``cancelled``
        :rtype: str
        """
        self.ensure_one()
        if self.state == "cancel" or self._is_complaint_reversed():
            return "cancelled"
        return "done" if self.state == "posted" else "draft"

    def _is_complaint_reversed(self):
        """Return whether posted entries reverse it in full.

        :rtype: bool
        """
        self.ensure_one()
        reversed_amount = self._get_complaint_reversed_amount()
        return bool(reversed_amount) and (
            self.currency_id.compare_amounts(reversed_amount, self.amount_total) >= 0
        )

    def _get_complaint_reversed_amount(self):
        """Return how much of it posted entries reverse.

        :return: in its currency
        :rtype: float
        """
        self.ensure_one()
        reversals = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        return sum(reversals.mapped("amount_total"))

    def _get_complaint_state_label(self):
        """Return its state in the reader's language, with the payment once posted.

        :rtype: str
        """
        self.ensure_one()
        if self._is_complaint_reversed():
            return self.env._("Reversed")
        if self.state == "posted" and self.payment_state in SETTLED_STATES:
            return self.env._("Paid")
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]

    def _post(self, soft=True):
        """:raise UserError: if a credit note is not what was approved, or for whom"""
        posted = super()._post(soft)
        lines = self._get_followed_remediation_lines()
        lines._check_credited_as_approved(posted)
        lines._check_paid_as_approved(posted)
        lines._follow_documents()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._get_followed_remediation_lines()._follow_documents()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._get_followed_remediation_lines()._follow_documents()
        return result

    def unlink(self):
        lines = self._get_followed_remediation_lines()
        result = super().unlink()
        lines._follow_documents()
        return result

    def _get_followed_remediation_lines(self):
        """Return the remediation lines that follow these documents.

        Those of a credit note follow its reversal, too.

        :rtype: customer.complaint.remediation.line
        """
        notes = (self | self.reversed_entry_id).filtered(
            lambda move: move.move_type == "out_refund"
        )
        # Whoever works in accounting need not see the complaint that follows.
        Line = self.env["customer.complaint.remediation.line"].sudo()
        return Line.search([("credit_note_ids", "in", notes.ids)]) if notes else Line

    # ------------------------------------------------------------------
    # WHAT WAS BILLED
    #
    # What the lines of an invoice or credit note really cost.
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # PAYMENTS
    # ------------------------------------------------------------------

    def _compute_payment_state(self):
        result = super()._compute_payment_state()
        saved = self.filtered(lambda move: isinstance(move.id, int))
        lines_sudo = saved._get_followed_remediation_lines()
        for name in PAYMENT_FIELDS:
            self.env.add_to_compute(lines_sudo._fields[name], lines_sudo)
        lines_sudo.modified(PAYMENT_FIELDS)
        return result

    def _get_complaint_share(self, line):
        """Return how much of a posted credit note is for a remediation line.

        As its own lines say, see :meth:`_get_complaint_parts`; what bears none of
        their marks is shared out by what does, or by what was approved, to the cent.

        :param customer.complaint.remediation.line line: one of those it carries out
        :return: in the currency of the credit note, less what was reversed since
        :rtype: float
        """
        self.ensure_one()
        total = self.amount_total - self._get_complaint_reversed_amount()
        lines_sudo = line.remediation_id.line_ids.sudo().filtered(
            lambda other: self in other.credit_note_ids
        )
        if len(lines_sudo) < 2:
            return total
        weights = dict.fromkeys(lines_sudo.ids, 0.0)
        for part in self._get_complaint_parts()[0]:
            marked_id = part.line.complaint_remediation_line_id.id
            if marked_id in weights:
                weights[marked_id] += part.amount
        if not any(weights.values()):
            weights = {other.id: other.amount for other in lines_sudo}
        parts = share_out(total, list(weights.values()), self.currency_id)
        return dict(zip(weights, parts, strict=True))[line.id]

    def _get_complaint_payment_day(self):
        """Return when the last money went out, or was set against a debt.

        :rtype: datetime.date
        """
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        return max(partials.mapped("max_date"), default=self.date)
