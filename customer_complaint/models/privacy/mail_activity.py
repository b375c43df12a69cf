from odoo import api, models

from ..mail_message import get_cases_sudo


class MailActivity(models.Model):
    """To-dos on restricted cases, also to those whose they are; nobody touches them."""

    _name = "mail.activity"
    _inherit = ["customer.complaint.hidden", "mail.activity"]
    _kept_by = "activity_ids"
    _kept_model = "res_model"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._check_case_is_worked_on()
        return activities

    def write(self, vals):
        self._check_case_is_worked_on()
        result = super().write(vals)
        if {"res_id", "res_model", "res_model_id"} & vals.keys():
            self._check_case_is_worked_on()
        return result

    def unlink(self):
        if self.env.registry.ready:
            self._check_case_is_worked_on()
        return super().unlink()

    def _check_case_is_worked_on(self):
        """Refuse to-dos on restricted cases, and those of people who are recused.

        :raise AccessError: naming the cases the user is recused from
        :raise UserError: naming the restricted cases
        """
        if self.env.su:
            return
        # How the cases stand, whoever may see them.
        cases_sudo = get_cases_sudo(self, "res_model")
        cases_sudo._check_not_restricted()
        cases_sudo._check_not_recused(self.env.user.partner_id)
