from odoo import api, models

from odoo.addons.customer_complaint.tools.history import with_history_right

from .mail_message import get_cases_sudo


class MailActivity(models.Model):
    """To-dos on cases: nobody touches them who does not work on the case."""

    _inherit = "mail.activity"

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
        """Refuse to-dos on cases on which the user does not work.

        :raise AccessError: naming the cases the user is recused from
        """
        if self.env.su:
            return
        # How the cases stand, whoever may see them.
        cases_sudo = get_cases_sudo(self, "res_model")
        cases_sudo._check_is_worked_on()

    def _action_done(self, feedback=False, attachment_ids=None):
        """Note that it is done; its files go to the note after it was written."""
        right = with_history_right(self)
        messages, activities = super(MailActivity, right)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        return messages.with_env(self.env), activities.with_env(self.env)
