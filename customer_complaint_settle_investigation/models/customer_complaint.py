from odoo import models


class CustomerComplaint(models.Model):
    """Who settles at the counter has customer, goods and record before them."""

    _inherit = "customer.complaint"

    def _write_spot_findings(self, vals):
        """Sign what was verified, investigate, and confirm where one's role does.

        :raise UserError: naming what the category asks to know besides
        """
        for kind in self._get_open_verifications():
            self._sign_verification(kind)
        if self.state == "accepted":
            self.action_investigate()
        result = super()._write_spot_findings(vals)
        if not self.conclusion_confirmed_by_id and self.can_confirm_findings:
            self.action_confirm_findings()
        return result
