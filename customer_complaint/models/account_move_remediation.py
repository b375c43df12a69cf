from odoo import api, fields, models

from .customer_complaint import READER_GROUPS

# Money went out, or was set against what the customer owed.
SETTLED_STATES = ("in_payment", "paid", "reversed")


class AccountMove(models.Model):
    """Credit notes that carry out remediations; their lines follow them."""

    _inherit = "account.move"

    complaint_remediation_line_ids = fields.Many2many(
        "customer.complaint.remediation.line",
        string="Remediation Lines",
        compute="_compute_complaint_remediation_line_ids",
        search="_search_complaint_remediation_line_ids",
        groups=READER_GROUPS,
        help="What customers receive by this credit note.",
    )

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

    # ------------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------------

    def _post(self, soft=True):
        """:raise UserError: if a credit note is not what was approved, or for whom"""
        posted = super()._post(soft)
        lines = self._get_complaint_lines()
        lines._check_credited_as_approved(posted)
        lines._check_paid_as_approved(posted)
        lines._follow_documents()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._get_complaint_lines()._follow_documents()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._get_complaint_lines()._follow_documents()
        return result

    def unlink(self):
        lines = self._get_complaint_lines()
        result = super().unlink()
        lines._follow_documents()
        return result

    def _get_complaint_lines(self):
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
