from odoo import models

from .mail_message import with_history_right


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Note that it is done; its files go to the note after it was written."""
        right = with_history_right(self)
        messages, activities = super(MailActivity, right)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        return messages.with_env(self.env), activities.with_env(self.env)
