from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _is_complaint_product(self):
        """Return whether the line sells something that can be complained of.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.product_id
            and self.quantity > 0
            and self.price_total >= 0
            and not self.is_downpayment
        )
