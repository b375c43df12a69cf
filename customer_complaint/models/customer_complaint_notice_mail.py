from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, html2plaintext

from .customer_complaint import MAX_NAME_LENGTH
from .customer_complaint_notice import NOTICE_KINDS

# What became of a mail, and what that makes of the notice.
OUTCOMES = {"sent": "succeeded", "bounce": "failed", "exception": "failed"}


class CustomerComplaint(models.Model):
    """E-mails to the complainant are notices by themselves."""

    _inherit = "customer.complaint"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        kind = self._get_mail_notice_kind()
        if self and kind != "other":
            reason = self._get_cannot_tell_reason(kind)
            if reason:
                raise UserError(self._name_reason(reason))
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if self and not self._is_internal_message(message):
            told = [
                data
                for data in recipients or []
                if data["notif"] == "email" and self._is_told_person(data)
            ]
            if told:
                self._check_may_work()
                self._create_mail_notices(message, told)
        return recipients

    def _message_mail_after_hook(self, mails):
        """E-mails sent to many complaints at once are notices as well."""
        result = super()._message_mail_after_hook(mails)
        by_id = self.grouped("id")
        for mail in mails:
            complaint = by_id.get(mail.res_id)
            if complaint and mail.model == self._name:
                told = [
                    {"id": person.id, "email_normalized": person.email_normalized}
                    for person in mail.recipient_ids
                    if person in complaint._get_told_persons()
                ]
                if told:
                    complaint._check_may_work()
                    complaint._create_mail_notices(mail.mail_message_id, told)
        return result

    def _message_receive_bounce(self, email, partner):
        """A mail that came back has told nobody."""
        result = super()._message_receive_bounce(email, partner)
        for complaint in self:
            # The gateway acts as superuser: the sender of a bounce is nobody.
            notice_sudo = complaint.sudo().notice_ids.filtered(
                lambda notice: (
                    notice.message_id
                    and notice.state in ("pending", "succeeded")
                    and (
                        email_normalize(notice.address or "") == email_normalize(email)
                        or notice.partner_id in (partner or notice.partner_id.browse())
                    )
                )
            )[:1]
            notice_sudo._set_outcome(
                "failed",
                failure_reason=self.env._(
                    "The e-mail to %(address)s came back.", address=email
                ),
            )
        return result

    def _get_mail_notice_kind(self):
        """Return the kind of notice that a mail is, as its composer was opened for.

        :rtype: str
        """
        kind = self.env.context.get("complaint_notice_kind")
        return kind if kind in dict(NOTICE_KINDS) else "other"

    def _is_internal_message(self, message):
        """Return whether a message is a note, or came in instead of going out.

        :rtype: bool
        """
        message_sudo = message.sudo()  # its kind only
        return (
            message_sudo.is_internal
            or message_sudo.subtype_id.internal
            or message_sudo.message_type == "email"
            or message_sudo.author_id in self._get_told_persons()
        )

    def _is_told_person(self, data):
        """Return whether a recipient is the complainant or who represents them.

        :param dict data: see ``_notify_get_recipients``
        :rtype: bool
        """
        self.ensure_one()
        if data["id"]:
            return data["id"] in self._get_told_persons().ids
        address = email_normalize(self.email or "")
        return bool(address) and data.get("email_normalized") == address

    def _create_mail_notices(self, message, told):
        """Record that a mail is on its way to these people.

        :param mail.message message: what is sent
        :param list[dict] told: id and address of each person
        """
        self.ensure_one()
        # Who may send the mail was checked; the message belongs to the notice then.
        message_sudo = message.sudo()
        Notice_sudo = self.env["customer.complaint.notice"].sudo()
        known = Notice_sudo.search([("message_id", "=", message.id)]).partner_id.ids
        kind = self._get_mail_notice_kind()
        subject = message_sudo.subject or self._get_notice_kind_label(kind)
        notices_sudo = Notice_sudo.create(
            [
                {
                    "complaint_id": self.id,
                    "kind": kind,
                    "way": "email",
                    "name": subject[:MAX_NAME_LENGTH],
                    "partner_id": data["id"],
                    "address": data.get("email_normalized"),
                    "content": html2plaintext(message_sudo.body or ""),
                    "state": "pending",
                    "message_id": message.id,
                    "date_due": kind == "papers" and self._get_papers_due(),
                }
                for data in told
                if data["id"] not in known
            ]
        )
        notices_sudo._settle_by_notifications()


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    def _settle_by_notifications(self):
        """Take over what became of mails that went out at once."""
        for notification in self.message_id.notification_ids:
            outcome = OUTCOMES.get(notification.notification_status)
            if notification.failure_type == "mail_smtp":
                continue  # tried again
            notices = self.filtered(
                lambda notice, notification=notification: (
                    notice.state == "pending"
                    and notice.message_id == notification.mail_message_id
                    and notice.partner_id == notification.res_partner_id
                )
            )
            if outcome and notices:
                notices._settle_mail(outcome, notification.failure_reason)

    def _settle_mail(self, outcome, reason=False):
        """Record that the mail went out, or why it did not.

        :param str outcome: ``succeeded`` or ``failed``
        :param str reason: what the mail server said
        """
        vals = {}
        if outcome == "failed":
            vals["failure_reason"] = reason or self.env._(
                "The e-mail could not be sent."
            )
        self._set_outcome(outcome, **vals)


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
