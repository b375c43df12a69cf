from odoo import api, models

from odoo.addons.customer_complaint.tools.history import has_history_right, is_own


class MailTrackingValue(models.Model):
    """The changes that the history of a case tells are as old as the change."""

    _inherit = "mail.tracking.value"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: if it would forge a change of a case"""
        values = super().create(vals_list)
        values._check_not_of_case()
        return values

    def write(self, vals):
        """:raise UserError: for changes of cases"""
        self._check_not_of_case()
        result = super().write(vals)
        if "mail_message_id" in vals:
            self._check_not_of_case()
        return result

    def unlink(self):
        """:raise UserError: for changes of cases"""
        if self.env.registry.ready:
            self._check_not_of_case()
        return super().unlink()

    def _check_not_of_case(self):
        if has_history_right(self):
            return
        for message_sudo in self.sudo().mail_message_id:
            if is_own(message_sudo.model):
                message_sudo._refuse_change(
                    self.env._("changes are recorded when they are made")
                )
