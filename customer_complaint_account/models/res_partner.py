from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_complaint_bank(self, company):
        """Return the bank account money is paid to, if it is known.

        :param res.company company: who pays
        :rtype: res.partner.bank
        """
        self.ensure_one()
        banks = self.bank_ids | self.commercial_partner_id.bank_ids
        return banks.filtered(
            lambda bank: not bank.company_id or bank.company_id == company
        )[:1]
