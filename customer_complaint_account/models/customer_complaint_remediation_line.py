from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_list
from odoo.tools.misc import clean_context

from odoo.addons.customer_complaint.const import COUNTED_LINES
from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    CREDIT_KINDS,
    GOODS_KINDS,
)
from odoo.addons.customer_complaint_base.tools.document import Document
from odoo.addons.customer_complaint_fulfilment.const import MONEY_KINDS

from .account_move import SETTLED_STATES
from .sale_order_line import Claim, CreditWish

# Who may read invoices.
ACCOUNTING_GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "sales_team.group_sale_salesman"
)
# Kinds by which money reaches the customer.
PAID_KINDS = (*CREDIT_KINDS, *MONEY_KINDS)
PAYMENT_STATES = [
    ("not_paid", "Not Paid"),
    ("partial", "Partly Paid"),
    ("paid", "Paid"),
]


class CustomerComplaintRemediationLine(models.Model):
    """Lines that are carried out by credit notes.

    A refund and a lower price are credited from the invoices of the order, as billed.
    Complaint users draft; accounting posts.
    """

    _inherit = "customer.complaint.remediation.line"

    credit_note_ids = fields.Many2many(
        "account.move",
        "customer_complaint_remediation_line_credit_rel",
        "line_id",
        "move_id",
        string="Credit Notes",
        readonly=True,
        copy=False,
        # Others are told number and state by the documents of the line.
        groups=ACCOUNTING_GROUPS,
        help="What was drafted in accounting to carry it out.",
        sealed=False,
        system=True,
    )

    # Proposed for what was billed; see SUGGESTION
    complaint_line_id = fields.Many2one(
        compute="_compute_complaint_line_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity = fields.Float(
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        default=None,
    )
    amount = fields.Monetary(
        string="Amount (incl. Tax)",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What the customer gets in money or money's worth, in all, with taxes. "
        "For a refund what was billed is proposed: discounts, coupons and gift cards "
        "are taken off, and so is what was credited before.",
    )
    amount_billed = fields.Monetary(
        string="Billed (incl. Tax)",
        compute="_compute_amount_billed",
        help="What was billed for so many of the product, with taxes, and is neither "
        "credited nor promised elsewhere. A refund below it keeps money of the "
        "customer: say why in the note.",
    )

    # Payments
    payment_state = fields.Selection(
        PAYMENT_STATES,
        string="Payment",
        compute="_compute_payment",
        store=True,
        precompute=True,
        index=True,
        help="Of money: whether it was paid out, or set against what the customer "
        "owed. What was carried out by a signed note counts as paid.",
        sealed=False,
        system=True,
    )
    date_paid = fields.Date(
        string="Paid On",
        compute="_compute_payment",
        store=True,
        precompute=True,
        index=True,
        sealed=False,
        system=True,
    )
    amount_carried_out = fields.Monetary(
        string="Carried Out",
        compute="_compute_amount_carried_out",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="In the company's currency, once the line is done.",
        system=True,
    )
    amount_paid = fields.Monetary(
        string="Paid Out",
        compute="_compute_payment",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="In the company's currency, as far as it reached the customer.",
        sealed=False,
        system=True,
    )

    # Shown from the remediation, for statistics
    remediation_state = fields.Selection(
        related="remediation_id.state", string="Remediation State"
    )
    date_approved = fields.Datetime(
        related="remediation_id.date_approved", string="Granted On"
    )
    partner_id = fields.Many2one(
        related="remediation_id.complaint_id.partner_id", string="Customer"
    )
    category_id = fields.Many2one(related="remediation_id.complaint_id.category_id")
    team_id = fields.Many2one(related="remediation_id.complaint_id.team_id")

    def _check_credited_as_approved(self, notes):
        """Refuse credit notes that give the customer anything but what was approved.

        In currency and amount, to whom, and of what: never more than was billed and
        is not credited by anybody when they are posted.

        :param account.move notes: those that accounting puts into effect
        :raise UserError: naming the credit note, and the way out
        """
        for note in notes:
            lines = self.filtered(lambda line, note=note: note in line.credit_note_ids)
            if not lines:
                continue
            reason = lines._get_wrong_note_reason(note)
            if reason:
                raise UserError(reason)
            note._check_complaint_credits(
                lines._get_granted_quantities(besides=note),
                lines.complaint_id.partner_id,
            )

    def _get_wrong_note_reason(self, note):
        """Return why a credit note is not what was approved, or False.

        :param account.move note: of these lines
        :rtype: str or bool
        """
        currency = note.currency_id
        names = format_list(self.env, self.remediation_id.mapped("name"))
        if self.currency_id != currency:
            return self.env._(
                "%(note)s is in %(currency)s, and %(remediation)s was approved in "
                "%(approved)s. Change the currency of the draft back.",
                note=note.display_name,
                currency=currency.name,
                remediation=names,
                approved=format_list(self.env, self.currency_id.mapped("name")),
            )
        live = self._get_live_credit_notes()
        credited = sum(live.mapped("amount_total"))
        approved = sum(self.mapped("amount"))
        if currency.compare_amounts(credited, approved) > 0:
            return self.env._(
                "%(note)s gives the customer %(credited)s for %(remediation)s, and "
                "%(approved)s were approved. Lower it, or have the rest approved in "
                "another remediation.",
                note=note.display_name,
                credited=currency.format(credited),
                remediation=names,
                approved=currency.format(approved),
            )
        return False

    def _get_live_credit_notes(self):
        """Return the credit notes of these lines that were not cancelled.

        :rtype: account.move
        """
        return self.credit_note_ids.filtered(
            lambda move: move._get_complaint_document_state() != "cancelled"
        )

    def _get_granted_quantities(self, besides):
        """Return how many of each order line credit notes may still take off.

        :param account.move besides: the credit note that is asked for
        :return: in the unit of the order line
        :rtype: dict[sale.order.line, float]
        """
        granted = defaultdict(float)
        for line in self:
            sold = line.complaint_line_id.sale_order_line_id
            if line.kind in CREDIT_KINDS and sold:
                granted[sold] += line._prepare_credit_wish().quantity
        others = self._get_live_credit_notes() - besides
        for sold, quantity in others._get_complaint_quantities().items():
            granted[sold] -= quantity
        return granted

    @api.constrains(
        "kind",
        "complaint_line_id",
        "quantity",
        "product_uom_id",
        "amount",
        "currency_id",
    )
    def _check_refundable(self):
        reasons = self._get_not_refundable_reasons()
        if reasons:
            raise ValidationError(
                "\n".join(line._name_reason(text) for line, text in reasons.items())
            )

    def _get_no_amount_reason(self):
        """Nothing is proposed where nothing is left of what was sold: say so."""
        reasons = self._get_not_refundable_reasons() if self.quantity > 0 else {}
        return reasons.get(self) or super()._get_no_amount_reason()

    def _get_not_refundable_reasons(self):
        """Return what of these lines is more than was sold and not refunded yet.

        Other complaints count: what was asked for or approved there, and every credit
        note. The texts tell no more of it than the figures needed.

        :return: for each line that is too much, why
        :rtype: dict[customer.complaint.remediation.line, str]
        """
        # What others were promised is compared, whoever asks.
        own_sudo = self.sudo()._filter_to_credit()
        reasons = {}
        for (remediation, sold), _lines in own_sudo.grouped(
            lambda line: (
                line.remediation_id,
                line.complaint_line_id.sale_order_line_id,
            )
        ).items():
            siblings = remediation.line_ids._filter_to_credit().filtered(
                lambda line, sold=sold: (
                    line.complaint_line_id.sale_order_line_id == sold
                )
            )
            shares = sold._get_complaint_refundable(besides=siblings)[sold]
            for line in siblings:
                reason = line._get_not_refundable_reason(sold, shares)
                if reason:
                    reasons[line.sudo(self.env.su)] = reason
                    break
                sold._split_wish(line._prepare_credit_wish(), shares)
        return reasons

    def _filter_to_credit(self):
        """Return the lines that are to be credited from an order, and are not yet."""
        return self.filtered(
            lambda line: (
                line.kind in CREDIT_KINDS
                and line.state == "open"
                and line.complaint_line_id.sale_order_line_id
            )
        )

    def _get_not_refundable_reason(self, sold, shares):
        """Return why the line is more than is left of an order line, or False.

        :param sale.order.line sold: what it is about
        :param list[BilledShare] shares: what is left of it
        :rtype: str or bool
        """
        self.ensure_one()
        wish = self._prepare_credit_wish()
        left = sum(share.quantity for share in shares)
        if wish.exceeds(left):
            return self.env._(
                "%(quantity)s %(unit)s cannot be refunded: %(left)s of those sold with "
                "order %(order)s are neither refunded nor promised elsewhere. Lower "
                "the quantity.",
                quantity=wish.show(wish.quantity),
                unit=wish.get_unit().name,
                left=wish.show(max(left, 0.0)),
                order=sold.order_id.name,
            )
        return sold._get_wrong_credit_amount_reason(wish, shares)

    @api.model
    def _get_credit_claims(self, order_lines, besides=None):
        """Return what remediations give of order lines without a credit note.

        Promised and not drafted yet, or done by a signed note.

        :param sale.order.line order_lines: of any orders
        :param customer.complaint.remediation.line besides: those that do not count
        :rtype: dict[sale.order.line, list[Claim]]
        """
        domain = COUNTED_LINES & Domain(
            [
                ("complaint_line_id.sale_order_line_id", "in", order_lines.ids),
                ("kind", "in", CREDIT_KINDS),
            ]
        )
        if besides:
            domain &= Domain("id", "not in", besides.ids)
        claims = defaultdict(list)
        # Sums only, of cases of every team.
        for line_sudo in self.sudo().search(domain):
            if any(note.state != "cancel" for note in line_sudo.credit_note_ids):
                continue
            sold = line_sudo.complaint_line_id.sale_order_line_id
            wish = line_sudo._prepare_credit_wish()
            claims[order_lines.browse(sold.id)].append(
                Claim(
                    0.0 if wish.is_price_only else wish.quantity,
                    line_sudo.currency_id._convert(
                        line_sudo.amount,
                        sold.currency_id,
                        line_sudo.company_id,
                        line_sudo.remediation_id.date_rate,
                    ),
                )
            )
        return claims

    @api.depends("kind", "complaint_id")
    def _compute_complaint_line_id(self):
        """Propose the product where only one is complained of."""
        for line in self:
            about = line.remediation_id.complaint_id.line_ids
            is_proposed = (
                line.kind in GOODS_KINDS and not line._origin and len(about) == 1
            )
            line.complaint_line_id = line.complaint_line_id or (
                is_proposed and about._origin
            )

    @api.depends("complaint_line_id")
    def _compute_quantity(self):
        """Propose all that is complained of."""
        for line in self:
            about = line.complaint_line_id
            if line._origin or line.kind not in GOODS_KINDS or not about:
                line.quantity = line.quantity or 1.0
            else:
                line.quantity = about.quantity

    @api.depends("kind", "complaint_line_id", "quantity", "product_uom_id")
    def _compute_amount(self):
        """Propose for a refund what was billed and is not credited yet.

        What was entered and saved stays; in a form it is proposed anew.
        """
        for line in self:
            if isinstance(line.id, int):
                continue
            billed = line._get_amount_billed() if line.kind == "refund" else 0.0
            line.amount = billed or line.amount

    @api.depends("kind", "complaint_line_id", "quantity", "product_uom_id")
    @api.depends("currency_id", "state")
    def _compute_amount_billed(self):
        for line in self:
            line.amount_billed = line.state == "open" and line._get_amount_billed()

    def _get_amount_billed(self):
        """Return what so many are to be refunded with, in the currency of the line.

        :return: 0 where nothing was billed, or in another currency
        :rtype: float
        """
        self.ensure_one()
        # Figures of the sale for whoever proposes a refund of it.
        sold_sudo = self.sudo().complaint_line_id.sale_order_line_id
        if self.kind not in CREDIT_KINDS or not sold_sudo or not self.quantity > 0:
            return 0.0
        shares = sold_sudo._get_complaint_refundable(besides=self._origin)[sold_sudo]
        wish = self._prepare_credit_wish()
        return self.currency_id.round(
            sum(
                share.get_due(quantity)
                for share, quantity in sold_sudo._split_quantity(wish.quantity, shares)
                if share.currency == self.currency_id
            )
        )

    @api.depends("kind")
    def _compute_currency_id(self):
        """Propose the currency that was invoiced, where it is not that of the order."""
        for line in self:
            # Which currency was invoiced is said to whoever proposes the refund.
            sold_sudo = line.sudo().complaint_line_id.sale_order_line_id
            if line._origin or line.kind not in CREDIT_KINDS or not sold_sudo:
                continue
            billed = sold_sudo.invoice_lines.filtered(
                lambda row: (
                    row.parent_state == "posted" and row.move_type == "out_invoice"
                )
            ).sorted(lambda row: (row.move_id.invoice_date, row.move_id.id))
            line.currency_id = billed[-1:].currency_id or line.currency_id
        return super()._compute_currency_id()

    @api.onchange("amount")
    def _onchange_amount(self):
        """Warn of a refund below what was billed: the approver will ask why."""
        billed = self.amount_billed
        if self.kind != "refund" or not self.amount or not billed:
            return None
        if self.currency_id.compare_amounts(self.amount, billed) >= 0:
            return None
        return {
            "warning": {
                "title": self.env._("Less than was billed"),
                "message": self.env._(
                    "%(billed)s with taxes were billed for it, and %(amount)s would be "
                    "refunded. If that is meant, say why in the note.",
                    billed=self.currency_id.format(billed),
                    amount=self.currency_id.format(self.amount),
                ),
            }
        }

    def _action_carry_out_refund(self):
        """Draft the credit note of what comes back."""
        return self._carry_out_from_invoice()

    def _action_carry_out_price_reduction(self):
        """Draft the credit note that lowers what was billed."""
        return self._carry_out_from_invoice()

    def _carry_out_from_invoice(self):
        """Draft credit notes from the invoices of the order.

        Where nothing was invoiced, it is done by a signed note.

        :return: an action, or nothing
        :rtype: dict or None
        """
        self.ensure_one()
        if any(
            doc.record._name == "account.move" for doc in self._get_live_documents()
        ):
            # Paid once: another part of the line was cancelled, not the credit note.
            self._start_documents()
            self._follow_documents()
            return None
        # What was invoiced decides how it is carried out; it is not shown.
        sold_sudo = self.sudo().complaint_line_id.sale_order_line_id
        invoiced = sold_sudo.invoice_lines.filtered(
            lambda line: line.parent_state != "cancel"
        )
        if not invoiced:
            return self._action_carry_out_by_note(
                self.env._(
                    "Nothing of it was invoiced, so there is nothing to credit. Say "
                    "how the customer got it, e.g. the cash receipt."
                )
            )
        sold_sudo._lock_complaint_credits()
        self._check_refundable()
        notes = self.env["sale.order.line"]._draft_complaint_credit_notes(
            [self._prepare_credit_wish()],
            self.remediation_id.name,
            self.complaint_id.partner_id,
        )
        self._link_credit_notes(notes)
        return self._tell_unpaid(notes)

    def _prepare_credit_wish(self):
        """Return what is to be credited for the line.

        :rtype: CreditWish
        """
        self.ensure_one()
        # Converted, and not shown.
        sold_sudo = self.sudo().complaint_line_id.sale_order_line_id
        unit = self.product_uom_id or sold_sudo.product_uom_id
        customer = self.complaint_id.partner_id
        return CreditWish(
            sold_sudo,
            unit._compute_quantity(
                self.quantity, sold_sudo.product_uom_id, round=False
            ),
            self.amount,
            self.with_context(lang=customer.lang or self.env.lang)._get_kind_label(),
            self.currency_id,
            self.kind == "price_reduction",
            unit,
            self,
        )

    def _link_credit_notes(self, notes):
        """Link the drafts that carry out these lines, and follow them from now on.

        :param account.move notes: the drafts
        """
        # Into the account that was approved, whatever accounts the customer has by now.
        notes.sudo().partner_bank_id = self.remediation_id.sudo().bank_id
        # Whoever drafted them need not read them in accounting.
        self.sudo()._write_unguarded(
            {"credit_note_ids": [Command.link(note.id) for note in notes]}
        )
        self._start_documents()

    def _tell_unpaid(self, notes):
        """Say which invoices are not paid yet: their credit pays nothing out.

        :param account.move notes: the drafts
        :return: an action that says so, or nothing
        :rtype: dict or None
        """
        self.ensure_one()
        # Whether the customer owes it is said to whoever refunds it.
        unpaid_sudo = notes.sudo().reversed_entry_id.filtered(
            lambda move: move.payment_state in ("not_paid", "partial")
        )
        if not unpaid_sudo:
            return None
        text = self.env._(
            "%(invoices)s is not paid in full: the credit note lowers what the "
            "customer owes first, and only the rest is paid out.",
            invoices=format_list(self.env, unpaid_sudo.mapped("name")),
        )
        self.remediation_id._log(lambda rem: text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_documents(self):
        # Number and state are told to whoever sees the line.
        notes_sudo = self.sudo().credit_note_ids
        return super()._get_documents() + [
            Document(
                note,
                note._get_complaint_document_state(),
                note._get_complaint_state_label(),
                "button_cancel",
            )
            for note in notes_sudo
        ]

    def _action_open_credit_notes(self):
        """Return the action that shows the credit notes of these lines.

        :raise UserError: if the user may not read them
        :rtype: dict
        """
        documents = [
            document
            for line in self
            for document in line._get_documents()
            if document.record._name == "account.move"
        ]
        if not documents:
            raise UserError(self.env._("There is no credit note. Reload the page."))
        return self._open_documents(documents)

    # ------------------------------------------------------------------
    # MONEY
    #
    # Money that no invoice gives back: compensation, travel, medical costs …
    #
    # One credit note for all of it; accounting posts and pays it.
    # ------------------------------------------------------------------

    def _action_carry_out_money(self):
        """Draft one credit note for all open money of the remediation.

        By a signed note where accounting is not set up for it.

        :return: an action, or nothing
        :rtype: dict or None
        :raise UserError: if the company lacks a journal or an account for it
        """
        self.ensure_one()
        hint = self._get_no_credit_note_hint()
        if hint:
            return self._action_carry_out_by_note(hint)
        lines = self.remediation_id.line_ids.filtered(
            lambda line: (
                line.kind in MONEY_KINDS
                and line.state == "open"
                and line.currency_id == self.currency_id
            )
        )
        lines._check_may_carry_out()
        lines._link_credit_notes(lines._draft_money_note())
        return None

    def _get_no_credit_note_hint(self):
        """Return why accounting does not pay the line, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        company = self.company_id.sudo()  # how the company is set up
        if not (
            company.complaint_compensation_product_id
            or company.complaint_compensation_account_id
        ):
            return self.env._(
                "Accounting does not pay it out by itself: an administrator can choose "
                "a product or an account for compensation in the settings. Until then "
                "say how it was paid, e.g. the number of the transfer."
            )
        if not self.complaint_id.partner_id:
            return self.env._(
                "The complaint names no customer, so accounting cannot pay it out. "
                "Name the customer, or say how it was paid."
            )
        return False

    def _draft_money_note(self):
        """Draft the credit note of these lines.

        :rtype: account.move
        """
        # Drafted for complaint users, who checked what was approved; it is posted by
        # those with rights in accounting.
        company = self.company_id
        Move = (
            self.env(context=clean_context(self.env.context))["account.move"]
            .sudo()
            .with_context(mail_create_nosubscribe=True)
            .with_company(company)
        )
        note = Move.create(self._prepare_money_note_vals())
        for line, note_line in zip(self, note.invoice_line_ids, strict=True):
            vals = note_line._prepare_complaint_credit_price(1, line.amount)
            if vals:
                note_line.write(vals)
        return note.sudo(self.env.su)

    def _prepare_money_note_vals(self):
        """Return the values of the credit note of these lines.

        :rtype: dict
        """
        remediation = self.remediation_id
        company = self.company_id
        today = company._complaint_today()
        customer = remediation.complaint_id.partner_id
        return {
            "move_type": "out_refund",
            "company_id": company.id,
            "journal_id": company.sudo()._get_complaint_compensation_journal().id,
            "partner_id": customer.id,
            "partner_bank_id": remediation.sudo().bank_id.id,
            "currency_id": self.currency_id.id,
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_payment_term_id": False,
            "invoice_origin": remediation.complaint_id.name,
            "ref": remediation.name,
            "invoice_line_ids": [
                Command.create(line._prepare_money_note_line_vals()) for line in self
            ],
        }

    def _prepare_money_note_line_vals(self):
        """Return the values of the line of the credit note.

        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id.sudo()  # how the company is set up
        product = company.complaint_compensation_product_id
        lang = self.complaint_id.partner_id.lang or self.env.lang
        vals = {
            "name": self.env._(
                "%(remediation)s: %(kind)s",
                remediation=self.remediation_id.name,
                kind=self.with_context(lang=lang)._get_kind_label(),
            ),
            "product_id": product.id,
            "quantity": 1,
            "price_unit": self.amount,
            "account_id": company._get_complaint_compensation_account().id,
            "complaint_remediation_line_id": self.id,
        }
        if not product:
            vals["tax_ids"] = [Command.clear()]
        return vals

    # ------------------------------------------------------------------
    # PAYMENTS
    #
    # What of the money granted was carried out, and what reached the customer.
    # ------------------------------------------------------------------

    def _get_amount_in_effect(self):
        """Return what accounting posted for the line, less what was reversed since.

        What was carried out by a signed note was given as approved.
        """
        amount = super()._get_amount_in_effect()
        # What was posted is the same for every reader.
        notes_sudo = self.sudo().credit_note_ids
        if self.kind not in PAID_KINDS or not notes_sudo:
            return amount
        return self.currency_id.round(
            sum(
                note.currency_id._convert(
                    note._get_complaint_share(self),
                    self.currency_id,
                    note.company_id,
                    note.date,
                )
                for note in notes_sudo
                if note._get_complaint_document_state() == "done"
            )
        )

    @api.depends("state", "amount_company")
    def _compute_amount_carried_out(self):
        for line in self:
            is_done = line.state == "done"
            line.amount_carried_out = line.amount_company if is_done else 0.0

    @api.depends("kind", "state", "date_done", "amount_company")
    def _compute_payment(self):
        """Follow the line; and its credit notes, which ask for it when they change.

        A dependency on them would write every new line once more, in the name of
        whoever reads it first.
        """
        for line in self:
            share, day = line._get_paid_share()
            # A line that is being entered may not know its company yet.
            amount, currency = line.amount_company * share, line.company_currency_id
            line.amount_paid = currency.round(amount) if currency else amount
            if line.kind not in PAID_KINDS:
                line.payment_state = line.date_paid = False
                continue
            is_paid = share >= 1
            line.payment_state = (
                "paid" if is_paid else "partial" if share else "not_paid"
            )
            line.date_paid = is_paid and day

    def _get_paid_share(self):
        """Return which share of the line reached the customer, and since when.

        :return: between 0 and 1; the day of the last payment
        :rtype: tuple[float, datetime.date or bool]
        """
        self.ensure_one()
        if self.kind not in PAID_KINDS or self.state == "open":
            return 0.0, False
        # Computed as the system: accounting knows what was paid.
        notes_sudo = self.sudo().credit_note_ids.filtered(
            lambda note: note._get_complaint_document_state() == "done"
        )
        if not notes_sudo:
            # Signed for, without any document.
            is_done = self.state == "done" and not self._get_documents()
            return float(is_done), self.company_id._complaint_date(self.date_done)
        if all(note.payment_state in SETTLED_STATES for note in notes_sudo):
            return 1.0, max(note._get_complaint_payment_day() for note in notes_sudo)
        total = sum(notes_sudo.mapped("amount_total"))
        left = sum(notes_sudo.mapped("amount_residual"))
        # Something is left, be it less than a cent of the whole.
        return min((total - left) / total, 0.9999) if total else 0.0, False

    def action_open_remediation(self):
        """Open the remediation of the line.

        :rtype: dict
        """
        self.ensure_one()
        return self.remediation_id._get_records_action()

    # ------------------------------------------------------------------
    # WHAT WAS APPROVED
    # ------------------------------------------------------------------

    def _check_paid_as_approved(self, notes):
        """Refuse credit notes to another customer or account than was approved.

        :param account.move notes: those that accounting puts into effect
        :raise UserError: naming the credit note, and the way out
        """
        notes = notes.filtered(lambda note: note in self.credit_note_ids)
        for note in notes:
            lines = self.filtered(lambda line, note=note: note in line.credit_note_ids)
            for remediation in lines.remediation_id:
                reason = remediation._get_changed_terms_reason()
                reason = reason or remediation._get_other_payee_reason(note)
                if reason:
                    raise UserError(
                        self.env._(
                            "%(note)s: %(reason)s",
                            note=note.display_name,
                            reason=remediation._name_reason(reason),
                        )
                    )
