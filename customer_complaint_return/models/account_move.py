from odoo import models


class AccountMove(models.Model):
    """Credit notes tell the returns they refund what becomes of them."""

    _inherit = "account.move"

    def _get_refunded_returns(self):
        """Return the no-reason returns that these credit notes refund.

        :rtype: customer.complaint.return
        """
        # Whoever works in accounting need not see the returns.
        Return = self.env["customer.complaint.return"].sudo()
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        return (
            Return.search([("credit_note_ids", "in", refunds.ids)])
            if refunds
            else Return
        )

    def _post(self, soft=True):
        """:raise UserError: if a credit note is more than what came back"""
        posted = super()._post(soft=soft)
        returns = self._get_refunded_returns()
        returns._check_credited_as_returned(posted)
        returns._follow_credit_notes()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._get_refunded_returns()._follow_credit_notes()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._get_refunded_returns()._follow_credit_notes()
        return result

    def unlink(self):
        returns = self._get_refunded_returns()
        result = super().unlink()
        returns._follow_credit_notes()
        return result
