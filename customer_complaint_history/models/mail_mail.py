from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.customer_complaint.tools.history import is_own, with_history_right

# What of a mail stands in one line of its head.
HEADER_KEYS = ("subject", "email_from", "reply_to", "email_to", "email_cc")
# Technical bound: a server that is down for longer is no passing trouble.
RETRIED_FOR = timedelta(days=5)
# What core notes when the mail server could not be reached, on the mail or not at all.
SERVER_FAILURES = (False, "mail_smtp")


class MailMail(models.Model):
    """Mails of cases: tried again while the server is down, never out of history."""

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        mails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if (self.model or "").startswith("customer.complaint"):
            for values in mails:
                values.update({key: fold(values.get(key)) for key in HEADER_KEYS})
                # Odoo names people there as well.
                values["headers"] = {
                    key: fold(value) for key, value in values["headers"].items()
                }
        return mails

    # ------------------------------------------------------------------
    # RETRIES
    # ------------------------------------------------------------------

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Send what waits, and once more what of cases the server did not take."""
        if not email_ids:
            self._requeue_of_cases()
        return super().process_email_queue(email_ids=email_ids, batch_size=batch_size)

    @api.model
    def _requeue_of_cases(self):
        """Queue the mails of cases that failed because of the mail server."""
        self.search(
            [
                ("state", "=", "exception"),
                ("failure_type", "in", SERVER_FAILURES),
                ("create_date", ">", fields.Datetime.now() - RETRIED_FOR),
                ("model", "=like", "customer.complaint%"),
            ]
        ).mark_outgoing()

    def _is_tried_again(self, failure_type):
        """Return whether a mail that failed goes out later, by itself.

        :param str failure_type: as core notes it
        :rtype: bool
        """
        self.ensure_one()
        oldest = fields.Datetime.now() - RETRIED_FOR
        return (
            failure_type in SERVER_FAILURES
            and is_own(self.model)
            and self.create_date > oldest
        )

    def unlink(self):
        """Delete what was sent; what stands in the history of a case stays there.

        Mails to single persons (reminders) are no part of it and go as ever.
        """
        # What they were sent for, whoever clears them away.
        kept_sudo = self.sudo().filtered(
            lambda mail: (
                not mail.is_notification
                and is_own(mail.model)
                and mail.message_type != "user_notification"
            )
        )
        if kept_sudo:
            kept_sudo.write({"is_notification": True})
        return super(MailMail, with_history_right(self)).unlink()


def fold(value):
    """Return a text, or each of several, in one line.

    :param value: a text, a list of texts, or nothing
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [fold(text) for text in value]
    return value
