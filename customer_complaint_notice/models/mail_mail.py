from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        messages = self.filtered(
            lambda mail: mail.model == "customer.complaint"
        ).mail_message_id
        if messages:
            # The outcome of a mail is no deed of whoever runs the queue.
            notices_sudo = (
                self.env["customer.complaint.notice"]
                .sudo()
                .search([("message_id", "in", messages.ids), ("state", "=", "pending")])
            )
            reached = notices_sudo
            if failure_type:
                pids = {person.id for person in success_pids}
                reached = notices_sudo.filtered(
                    lambda notice: (
                        notice.partner_id.id in pids
                        or notice.address in (success_emails or [])
                    )
                )
            recipients = self.recipient_ids
            if recipients:
                # One message may go out as several mails.
                concerned = notices_sudo.filtered(
                    lambda notice: notice.partner_id in recipients
                )
                notices_sudo, reached = concerned, reached & concerned
            reached._settle_mail("succeeded")
            # While the mail server is down, it stays on its way.
            if not any(mail._is_tried_again(failure_type) for mail in self):
                (notices_sudo - reached)._settle_mail("failed", failure_reason)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
