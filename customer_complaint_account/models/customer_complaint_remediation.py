from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.customer_complaint_fulfilment.const import MONEY_KINDS


class CustomerComplaintRemediation(models.Model):
    """The credit notes of a remediation."""

    _inherit = "customer.complaint.remediation"

    credit_note_count = fields.Integer(
        string="Number of Credit Notes", compute="_compute_credit_note_count"
    )

    # Payments
    lacks_receipt = fields.Boolean(
        compute="_compute_lacks_receipt",
        help="Money was paid, and no signed receipt is filed.",
    )

    @api.depends("line_ids.credit_note_ids")
    def _compute_credit_note_count(self):
        for remediation in self:
            # Their number is told to whoever sees the remediation.
            notes_sudo = remediation.sudo().line_ids.credit_note_ids
            remediation.credit_note_count = len(notes_sudo)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse amounts of new lines before anything is worked out of them.

        :raise ValidationError: if one is not a number, or beyond all bounds
        """
        self.env["customer.complaint.remediation.line"]._check_amounts_given(
            [
                command[2]
                for vals in vals_list
                for command in vals.get("line_ids") or ()
                if command[0] == Command.CREATE
            ]
        )
        return super().create(vals_list)

    def _check_vals(self, vals):
        """:raise UserError: if the bank account does not change now"""
        if "bank_id" in vals:
            self._check_may_edit()
        return super()._check_vals(vals)

    def _is_proposed_by(self, user):
        return super()._is_proposed_by(user) or user in self._get_payee_authors()

    def _get_cannot_ask_reason(self):
        reason = super()._get_cannot_ask_reason()
        if reason:
            return reason
        return (
            "\n".join(
                self.env._("%(line)s: %(reason)s", line=line._get_text(), reason=text)
                for line, text in self.line_ids._get_not_refundable_reasons().items()
            )
            or False
        )

    def action_open_credit_notes(self):
        """Open the credit notes of the remediation, with the user's own rights.

        :raise UserError: if the user may not read them
        :rtype: dict
        """
        return self.line_ids._action_open_credit_notes()

    # ------------------------------------------------------------------
    # PAYMENTS
    # ------------------------------------------------------------------

    @api.depends("receipt_document_id", "line_ids.payment_state", "line_ids.kind")
    def _compute_lacks_receipt(self):
        for remediation in self:
            remediation.lacks_receipt = not remediation.receipt_document_id and any(
                line.kind in MONEY_KINDS and line.payment_state == "paid"
                for line in remediation.line_ids
            )
