from odoo import models

from odoo.addons.customer_complaint.tools.history import is_own, with_history_right

from .mail_message import COMPLAINT


class MailThread(models.AbstractModel):
    """What the system itself writes into the history of cases."""

    _inherit = "mail.thread"

    def _get_history_cases(self):
        """Return the complaints to whose history messages on these records belong.

        :rtype: customer.complaint
        """
        if self._name == COMPLAINT:
            return self
        if "complaint_id" in self._fields:
            return self.complaint_id
        return self.env[COMPLAINT]

    def _with_system_history(self):
        return with_history_right(self) if is_own(self._name) else self

    def _message_log_batch(self, *args, **kwargs):
        thread = self._with_system_history()
        messages = super(MailThread, thread)._message_log_batch(*args, **kwargs)
        return messages.with_env(self.env(su=True))

    def _message_track(self, fields_iter, initial_values_dict):
        thread = self._with_system_history()
        return super(MailThread, thread)._message_track(
            fields_iter, initial_values_dict
        )

    def _notify_thread_by_email(self, message, *args, **kwargs):
        # The mail brings its subject along to the message it is made for.
        thread = self._with_system_history()
        return super(MailThread, thread)._notify_thread_by_email(
            message, *args, **kwargs
        )

    def _notify_thread_with_out_of_office(self, message, *args, **kwargs):
        thread = self._with_system_history()
        return super(MailThread, thread)._notify_thread_with_out_of_office(
            message, *args, **kwargs
        )

    def _check_can_update_message_content(self, messages):
        """:raise UserError: before files of a comment go that may not be edited"""
        result = super()._check_can_update_message_content(messages)
        if is_own(self._name):
            for message in messages:
                reason = message._get_cannot_edit_reason({"body"})
                if reason:
                    message._refuse_change(reason)
        return result

    def _message_update_content(self, message, /, *, attachment_ids=None, **kwargs):
        """Files that came with a comment stay with it, also when its text goes."""
        if is_own(self._name):
            attachment_ids = attachment_ids or None
        return super()._message_update_content(
            message, attachment_ids=attachment_ids, **kwargs
        )
