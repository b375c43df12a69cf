from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Tell of roles that people get by way of the group, not of the user."""
        changing = {"user_ids", "implied_ids", "implied_by_ids"}
        if vals.keys().isdisjoint(changing) or not self.env.registry.ready:
            return super().write(vals)
        # Whoever is in them, whoever asks.
        before = self.sudo().all_user_ids._read_complaint_roles()
        result = super().write(vals)
        users_sudo = self.sudo().all_user_ids | self.env["res.users"].sudo().union(
            *before
        )
        users_sudo._log_complaint_roles(before)
        return result
