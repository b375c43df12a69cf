from odoo import api, models

from .customer_complaint_archive_snapshot import CARD, COMPLAINT

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
# As above, of a file.
FILE_FIELDS = frozenset(
    {
        "res_model",
        "res_id",
        "res_field",
        "name",
        "type",
        "url",
        "raw",
        "datas",
        "db_datas",
        "store_fname",
    }
)


class CustomerComplaint(models.Model):
    _inherit = COMPLAINT

    @api.model
    def _exclude_sealing_of(self, links, may_be_gone=True):
        """Keep the cases of some records from being sealed in the same moment.

        :param links: model and id of each record, of whatever app
        :param bool may_be_gone: whether some may have been deleted meanwhile
        """
        ids_by_model = {}
        for model, record_id in links:
            if record_id and (model or "").startswith(COMPLAINT):
                ids_by_model.setdefault(model, set()).add(record_id)
        cases_sudo = self.sudo()  # which cases, whoever adds
        for model, ids in ids_by_model.items():
            if model != CARD and model in self._get_seal_models():
                records_sudo = self.env[model].sudo().browse(ids)
                if may_be_gone:
                    records_sudo = records_sudo.exists()
                cases_sudo |= records_sudo._get_case()
        cases_sudo._exclude_sealing()


class MailMessage(models.Model):
    """What is said on a case, or its parts, and sealing it exclude each other."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._exclude_sealing(may_be_gone=False)
        return messages

    def write(self, vals):
        if MESSAGE_FIELDS & vals.keys():
            self._exclude_sealing()
        return super().write(vals)

    def unlink(self):
        self._exclude_sealing()
        return super().unlink()

    def _exclude_sealing(self, may_be_gone=True):
        # Where they are, whoever may read them.
        links = [(message.model, message.res_id) for message in self.sudo()]
        self.env[COMPLAINT]._exclude_sealing_of(links, may_be_gone)


class IrAttachment(models.Model):
    """Filing on a case, or its parts, and sealing it exclude each other."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._exclude_sealing(may_be_gone=False)
        return files

    def write(self, vals):
        if FILE_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._exclude_sealing()
        result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._exclude_sealing()
        return result

    def unlink(self):
        self._exclude_sealing()
        return super().unlink()

    def _exclude_sealing(self, may_be_gone=True):
        # Where they are, whoever may read them.
        links = [(file.res_model, file.res_id) for file in self.sudo()]
        self.env[COMPLAINT]._exclude_sealing_of(links, may_be_gone)
