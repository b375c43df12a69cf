from odoo import api, fields, models

from .account_move_remediation import SETTLED_STATES
from .customer_complaint_remediation_line import CREDIT_KINDS, MONEY_KINDS

# Kinds by which money reaches the customer.
PAID_KINDS = (*CREDIT_KINDS, *MONEY_KINDS)
PAYMENT_STATES = [
    ("not_paid", "Not Paid"),
    ("partial", "Partly Paid"),
    ("paid", "Paid"),
]
# Those that follow the credit notes.
PAYMENT_FIELDS = ("payment_state", "date_paid", "amount_paid")
SYSTEM_FIELDS = frozenset({"amount_carried_out", *PAYMENT_FIELDS})


class CustomerComplaintRemediationLine(models.Model):
    """What of the money granted was carried out, and what reached the customer."""

    _inherit = "customer.complaint.remediation.line"

    payment_state = fields.Selection(
        PAYMENT_STATES,
        string="Payment",
        compute="_compute_payment",
        store=True,
        precompute=True,
        index=True,
        help="Of money: whether it was paid out, or set against what the customer "
        "owed. What was carried out by a signed note counts as paid.",
    )
    date_paid = fields.Date(
        string="Paid On",
        compute="_compute_payment",
        store=True,
        precompute=True,
        index=True,
    )
    amount_carried_out = fields.Monetary(
        string="Carried Out",
        compute="_compute_amount_carried_out",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="In the company's currency, once the line is done.",
    )
    amount_paid = fields.Monetary(
        string="Paid Out",
        compute="_compute_payment",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="In the company's currency, as far as it reached the customer.",
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

    @api.model
    def _get_reserved_fields(self):
        return super()._get_reserved_fields() | SYSTEM_FIELDS

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


class CustomerComplaintRemediation(models.Model):
    _inherit = "customer.complaint.remediation"

    lacks_receipt = fields.Boolean(
        compute="_compute_lacks_receipt",
        help="Money was paid, and no signed receipt is filed.",
    )

    @api.depends("receipt_document_id", "line_ids.payment_state", "line_ids.kind")
    def _compute_lacks_receipt(self):
        for remediation in self:
            remediation.lacks_receipt = not remediation.receipt_document_id and any(
                line.kind in MONEY_KINDS and line.payment_state == "paid"
                for line in remediation.line_ids
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_payment_state(self):
        result = super()._compute_payment_state()
        saved = self.filtered(lambda move: isinstance(move.id, int))
        lines_sudo = saved._get_complaint_lines()
        for name in PAYMENT_FIELDS:
            self.env.add_to_compute(lines_sudo._fields[name], lines_sudo)
        lines_sudo.modified(PAYMENT_FIELDS)
        return result

    def _get_complaint_share(self, line):
        """Return how much of a posted credit note is for a remediation line.

        As its own lines say; what was added or rounded besides is shared out among
        them, to the cent.

        :param customer.complaint.remediation.line line: one of those it carries out
        :return: in the currency of the credit note, less what was reversed since
        :rtype: float
        """
        self.ensure_one()
        total = self.amount_total - self._get_complaint_reversed_amount()
        lines = line.remediation_id.line_ids.filtered(
            lambda other: self in other.sudo().credit_note_ids
        )
        if len(lines) < 2:
            return total
        parts = self.invoice_line_ids.grouped("complaint_remediation_line_id")
        weights = {
            other: sum(parts[other].mapped("price_total")) if other in parts else 0.0
            for other in lines.sudo()
        }
        if not sum(weights.values()):
            weights = {other: other.amount for other in weights}
        weight = sum(weights.values())
        before = upto = 0.0
        for other in weights:
            before, upto = upto, upto + weights[other]
            if other.id == line.id:
                break
        round_ = self.currency_id.round
        return round_(total * upto / weight) - round_(total * before / weight)

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


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    complaint_remediation_line_id = fields.Many2one(
        "customer.complaint.remediation.line",
        string="Remediation Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What of a remediation this line of a credit note pays.",
    )
