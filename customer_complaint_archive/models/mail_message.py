from odoo import api, models

from .customer_complaint_archive_card_content import COMPLAINT

# What is in the seal of a message, or which message it is.
MESSAGE_FIELDS = frozenset(
    {
        "model",
        "res_id",
        "date",
        "author_id",
        "email_from",
        "message_type",
        "subtype_id",
        "subject",
        "body",
        "attachment_ids",
        "tracking_value_ids",
    }
)


class MailMessage(models.Model):
    """What is said on a case, or its parts, and sealing it exclude each other."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        places = [vals.get("res_id") for vals in vals_list]
        messages = super().create(vals_list)
        # Where they are, whoever may read them; read only where a default says it.
        links = [
            (message.model, place or message.res_id)
            for message, place in zip(messages.sudo(), places, strict=True)
        ]
        self.env[COMPLAINT]._exclude_sealing_of(links, may_be_gone=False)
        return messages

    def write(self, vals):
        if MESSAGE_FIELDS & vals.keys():
            self._exclude_sealing()
        return super().write(vals)

    def unlink(self):
        self._exclude_sealing()
        return super().unlink()

    def _exclude_sealing(self):
        # Where they are, whoever may read them.
        links = [(message.model, message.res_id) for message in self.sudo()]
        self.env[COMPLAINT]._exclude_sealing_of(links)
