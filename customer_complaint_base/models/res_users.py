from odoo import api, fields, models
from odoo.tools import format_list


class ResUsers(models.Model):
    """Who has which role in complaint handling is told, and stays."""

    _inherit = "res.users"

    def _has_all_companies(self):
        """Return whether the user answers for every company there is.

        :rtype: bool
        """
        self.ensure_one()
        companies_sudo = self.env["res.company"].sudo().search([])  # which there are
        return not companies_sudo - self.sudo().company_ids

    @api.model
    def _get_complaint_roles(self):
        """Return the groups that are roles of complaint handling. Hook.

        :return: readable, whoever asks
        :rtype: res.groups
        """
        return self.env["res.groups"].sudo()

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._log_complaint_roles({})
        return users

    def write(self, vals):
        if "group_ids" not in vals or not self.env.registry.ready:
            return super().write(vals)
        before = self._read_complaint_roles()
        result = super().write(vals)
        self._log_complaint_roles(before)
        return result

    def _read_complaint_roles(self):
        """Return the roles of complaint handling that each user has.

        :rtype: dict[ResUsers, res.groups]
        """
        roles_sudo = self._get_complaint_roles()
        return {
            user_sudo: user_sudo.all_group_ids & roles_sudo for user_sudo in self.sudo()
        }

    def _log_complaint_roles(self, before):
        """Tell whose roles in complaint handling changed: they open cases.

        :param dict before: of :meth:`_read_complaint_roles`
        """
        if not self.env.registry.ready:
            return
        Log = self.env["customer.complaint.configuration.log"]
        vals_list = []
        for user_sudo, roles_sudo in self._read_complaint_roles().items():
            old_sudo = before.get(user_sudo, roles_sudo.browse())
            if old_sudo == roles_sudo:
                continue
            vals_list.append(
                {
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "company_id": user_sudo.company_id.id,
                    "res_model": self._name,
                    "model_name": self.env["ir.model"].sudo()._get(self._name).name,
                    "res_id": user_sudo.id,
                    "record_name": user_sudo.display_name,
                    "deed": "write",
                    "field_name": self.env._("Role in complaint handling"),
                    "old_value": format_list(self.env, old_sudo.mapped("name")),
                    "new_value": format_list(self.env, roles_sudo.mapped("name")),
                }
            )
        if vals_list:
            Log._create_unguarded(vals_list)
