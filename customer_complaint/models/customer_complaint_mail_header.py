from odoo import models

# What of a mail stands in one line of its head.
HEADER_KEYS = ("subject", "email_from", "reply_to", "email_to", "email_cc")


class MailMail(models.Model):
    """Letters of complaints go out whatever somebody typed into a name.

    A line break in a name or subject, from a spreadsheet or another program, would end
    the line of the mail's head; no mail with it can be sent.
    """

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


def fold(value):
    """Return a text, or each of several, in one line.

    :param value: a text, a list of texts, or nothing
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [fold(text) for text in value]
    return value
