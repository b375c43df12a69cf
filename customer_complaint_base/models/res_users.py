from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _has_all_companies(self):
        """Return whether the user answers for every company there is.

        :rtype: bool
        """
        self.ensure_one()
        companies_sudo = self.env["res.company"].sudo().search([])  # which there are
        return not companies_sudo - self.sudo().company_ids
