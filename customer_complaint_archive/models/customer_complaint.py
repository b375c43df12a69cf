from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_complaint.const import ARCHIVIST

from .customer_complaint_archive_card_content import CARD, COMPLAINT

COMPOSER = "mail.compose.message"
# Of what is written on records, these hold files.
WITH_FILES = ("mail.message", "mail.activity", "mail.scheduled.message")
# Ids of the cards whose cases the transaction adds to.
ADDITIONS = "customer.complaint.archive.card.additions"


class CustomerComplaint(models.Model):
    """Nothing is added to a case while it is sealed, and nothing changes after.

    What is in the seal: :class:`customer_complaint_sealed.CustomerComplaintSealed`.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    make a case bundle              - - S M - L R U -
    add a supplement                - - S M - - R - -
    hold a card                     - - - M - - R - -
    end a hold                      - - - M - - - - -
    propose a disposal              - - - - - - R - -
    approve a disposal              - - - M - - - - -
    check the archive               - - - M - L R U -
    ==============================  =================
    """

    _name = "customer.complaint"
    _inherit = ["customer.complaint.bundled", "customer.complaint"]

    def _exclude_sealing(self):
        """Keep these cases from being sealed in the same moment.

        Whatever adds to a case writes the row of its card, as sealing does: of two that
        do not see each other one waits, and then starts anew and sees what the other
        did. A lock alone would let it go on with what it saw before. The card and not
        the complaint, so that nobody who merely works on the case gets in the way.
        """
        # Which cards, whoever adds.
        cards_sudo = self.sudo().archive_card_id
        if not cards_sudo:
            return
        precommit = self.env.cr.precommit
        if ADDITIONS not in precommit.data:
            precommit.add(self.browse()._write_additions)
        precommit.data.setdefault(ADDITIONS, set()).update(cards_sudo.ids)

    @api.model
    def _write_additions(self):
        """Write the rows of the cards whose cases something was added to.

        Once for all that a transaction adds, at its end.
        """
        card_ids = self.env.cr.precommit.data.pop(ADDITIONS)
        self.env.cr.execute(
            SQL(
                "UPDATE customer_complaint_archive_card"
                " SET addition_count = COALESCE(addition_count, 0) + 1"
                " WHERE id IN (SELECT id FROM customer_complaint_archive_card"
                " WHERE id = ANY(%s) AND state = 'open'"
                " ORDER BY id FOR NO KEY UPDATE)",
                list(card_ids),
            )
        )

    def _check_not_in_seal(self, names, vals=None):
        """Leaving the end, a case is no longer sealed."""
        if "state" in (vals or {}):
            return None
        return super()._check_not_in_seal(names, vals)

    def _filter_waiting_for_seal(self):
        """Return those that have ended and whose cards the user completes for sealing.

        Only archivists complete them: what is missing is why they are not sealed.
        """
        if not self.env.user.has_group(ARCHIVIST):
            return self.browse()
        # How they stand, not what they say.
        return self.filtered(
            lambda complaint: (
                complaint._has_ended()
                and complaint.sudo().archive_card_id.state == "open"
            )
        )

    # ------------------------------------------------------------------
    # WHAT IS ADDED TO A CASE
    # ------------------------------------------------------------------

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
            # A module whose records they are may be gone by now.
            if model != CARD and getattr(self.env.get(model), "_is_in_seal", False):
                records_sudo = self.env[model].sudo().browse(ids)
                if may_be_gone:
                    records_sudo = records_sudo.exists()
                cases_sudo |= records_sudo._get_case()
        cases_sudo._exclude_sealing()

    # ------------------------------------------------------------------
    # ALL FILES OF A CASE
    # ------------------------------------------------------------------

    def _get_case_records(self):
        """Return all stored records that belong to these cases, by model.

        :return: as superuser: by rule, nobody need see them for it
        :rtype: dict[str, BaseModel]
        """
        result = {}
        for model in self.env["customer.complaint.kept"]._get_kept_models():
            Model_sudo = self.env[model].sudo().with_context(active_test=False)
            if records_sudo := Model_sudo.search(Model_sudo._get_case_domain(self)):
                result[model] = records_sudo
        return result

    def _get_case_files(self):
        """Return every file of these cases, wherever it lies; bridges may add theirs.

        Files of all records and of their fields, of messages, mails and to-dos, and
        what lies in dialogs that somebody left open.

        :rtype: ir.attachment
        """
        cases = self | self._get_merged_without_card()
        records = cases._get_case_records()
        files_sudo = self.env["ir.attachment"].sudo()  # as the records
        held = [
            *records.values(),
            *cases._get_case_mails(records),
            *cases._get_case_dialogs(records),
        ]
        domain = Domain.OR(
            Domain("res_model", "=", held_sudo._name)
            & Domain("res_id", "in", held_sudo.ids)
            for held_sudo in held
        )
        # Files of fields are left out of searches that do not name them.
        of_fields = Domain("res_field", "=", False) | Domain("res_field", "!=", False)
        files_sudo = files_sudo.search(domain & of_fields)
        return files_sudo | cases._get_sent_along(held)

    def _get_case_mails(self, records):
        """Return what was written on records: messages, mails, to-dos, plans to post.

        :param dict records: as by :meth:`_get_case_records`
        :rtype: list[BaseModel]
        """
        result = []
        for model, records_sudo in records.items():
            if "message_ids" not in records_sudo._fields:
                continue
            env = records_sudo.env  # done to-dos are archived
            of_record = [("res_id", "in", records_sudo.ids)]
            of_model = [("model", "=", model), *of_record]
            messages_sudo = env["mail.message"].search(of_model)
            result += [
                messages_sudo,
                env["mail.mail"].search([("mail_message_id", "in", messages_sudo.ids)]),
                env["mail.scheduled.message"].search(of_model),
                env["mail.activity"].search([("res_model", "=", model), *of_record]),
            ]
        return [found for found in result if found]

    def _get_sent_along(self, held):
        """Return the files of messages that belong to no other record.

        :param list held: records of the cases, and what was written on them
        :rtype: ir.attachment
        """
        files_sudo = self.env["ir.attachment"].sudo()
        messages_sudo = self.env["mail.message"].sudo()
        for held_sudo in held:
            if held_sudo._name == "mail.message":
                messages_sudo |= held_sudo
            if held_sudo._name in WITH_FILES:
                files_sudo |= held_sudo.attachment_ids
        loose_sudo = files_sudo.filtered(
            lambda file: file.res_model in (False, COMPOSER) or not file.res_id
        )
        elsewhere_sudo = messages_sudo.search(
            [
                ("attachment_ids", "in", loose_sudo.ids),
                ("id", "not in", messages_sudo.ids),
            ]
        )
        return loose_sudo - elsewhere_sudo.attachment_ids

    def _get_case_dialogs(self, records):
        """Return the dialogs about records that somebody left open, by model.

        :param dict records: as by :meth:`_get_case_records`
        :rtype: list[BaseModel]
        """
        result = []
        for name, model in self.env.registry.items():
            if not (model._transient and name.startswith(self._name)):
                continue
            links = [
                Domain(field.name, "in", records[field.comodel_name].ids)
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name in records
            ]
            if links:
                found_sudo = self.env[name].sudo().search(Domain.OR(links))
                result += [found_sudo] if found_sudo else []
        return result

    def _get_merged_without_card(self):
        """Return the cases that live on in these, whatever the way they were merged."""
        found = self.browse()
        merged = self
        while merged:
            merged = self.search(
                [("merged_into_id", "in", merged.ids), ("archive_card_id", "=", False)]
            )
            merged -= found | self
            found |= merged
        return found
