from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.job import work_off
from .customer_complaint_archive_disposal import RUNNING_STATES

COMPOSER = "mail.compose.message"
# Of what is written on records, these hold files.
WITH_FILES = ("mail.message", "mail.activity", "mail.scheduled.message")
# How many cases one run of the job looks at; the next run goes on.
ERASED_AT_ONCE = 500


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    @api.model
    def _get_case_domain(self, complaints):
        return Domain("id", "in", complaints.ids)

    def _erase(self, ground):
        """Erase the data of persons from these cases and all that hangs on them.

        What remains is the stub: numbers, dates, categories, amounts, states, who of
        the company did what, and the digests of the chain. Cases that were merged into
        these, and have no card of their own, go with them.

        :param str ground: why, as plain text; noted on the cases
        """
        cases = self | self._get_merged_without_card()
        cases._get_case_files()._destroy_files()
        for dialogs_sudo in cases._get_case_dialogs(cases._get_case_records()):
            dialogs_sudo.unlink()
        for model in self.env["customer.complaint.personal"]._get_personal_models():
            # By rule: what is erased need not be seen by anybody for it.
            Model_sudo = self.env[model].sudo().with_context(active_test=False)
            Model_sudo.search(Model_sudo._get_case_domain(cases))._erase_records()
        self.env.cr.execute(
            "UPDATE customer_complaint SET is_restricted = FALSE,"
            " date_erased = %s WHERE id IN %s",
            (fields.Datetime.now(), tuple(cases.ids)),
        )
        self.env.invalidate_all()
        cases._message_log_batch(bodies={case.id: ground for case in cases})
        self.env["customer.complaint.person.request"]._finish_erased(cases)

    # ------------------------------------------------------------------
    # FILES
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


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    def _destroy(self, disposal):
        """Erase the data of persons together with the files."""
        figures = super()._destroy(disposal)
        self.complaint_id._erase(
            self.env._(
                "The archive card was destroyed by %(disposal)s, and with it all "
                "personal data of the case.",
                disposal=disposal.name,
            )
        )
        return figures


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    def _erase_records(self):
        result = super()._erase_records()
        self._destroy_texts()
        return result


class CustomerComplaintArchiveDisposal(models.Model):
    """The job that destroys cards also erases what requests ask for."""

    _inherit = "customer.complaint.archive.disposal"

    @api.model
    def _cron_archive_retention(self):
        """Destroy what is approved, and erase what is due.

        Every case is a transaction of its own; what fails is tried again next time,
        and never stops the others.
        """
        self.env["customer.complaint.person.request"]._approve_due_disposals()
        result = super()._cron_archive_retention()
        self._erase_left()
        return result

    @api.model
    def _erase_left(self):
        """Erase cases without a card to dispose of, and what was left of others."""
        cases = self.env["customer.complaint"].search(
            self._get_left_domain(), order="id", limit=ERASED_AT_ONCE
        )
        work_off(cases, self._erase_one_left)
        if any(cases.exists().mapped("date_erased")):
            self.env["ir.attachment"]._collect_destroyed()

    @api.model
    def _erase_one_left(self, case):
        locked = case.try_lock_for_update().filtered_domain(self._get_left_domain())
        if locked and not locked._get_cannot_restrict_reason():
            Request = self.env["customer.complaint.person.request"]
            locked._erase(Request._get_ground(locked))

    @api.model
    def _get_left_domain(self):
        """Return the domain of the cases that hold data of persons for no reason.

        Those whose card was destroyed before data were erased with it, and those that
        are to be erased and have no card whose retention could run.

        :rtype: odoo.fields.Domain
        """
        has_ended = Domain("is_closed", "=", True) & Domain("date_erased", "=", False)
        asked = [("kind", "=", "erasure"), ("state", "=", "granted")]
        return has_ended & (
            Domain("archive_card_id.state", "=", "disposed")
            | (
                Domain("archive_card_id", "=", False)
                & Domain("merged_into_id", "=", False)
                & Domain("person_request_ids", "any", asked)
            )
        )


class CustomerComplaintPersonRequest(models.Model):
    """A request itself holds data of a person: erased with the last of its cases."""

    _name = "customer.complaint.person.request"
    _inherit = ["customer.complaint.person.request", "customer.complaint.personal"]

    @api.model
    def _get_case_domain(self, complaints):
        """Requests whose other cases are kept stay as they are."""
        return (
            Domain("complaint_ids", "in", complaints.ids)
            & Domain("state", "!=", "registered")
            & ~Domain(
                "complaint_ids",
                "any",
                [("date_erased", "=", False), ("id", "not in", complaints.ids)],
            )
        )

    @api.model
    def _get_ground(self, complaint):
        """Return by which request a case is erased, as its history says it.

        :param customer.complaint complaint: to be erased
        :rtype: str
        """
        request = complaint.person_request_ids.filtered(
            lambda request: request.kind == "erasure" and request.state == "granted"
        )[:1]
        if not request:
            return self.env._("All personal data of the case were erased.")
        return self.env._(
            "All personal data of the case were erased, as the request %(name)s asks.",
            name=request.name,
        )

    @api.model
    def _finish_erased(self, complaints):
        """End the requests that are fulfilled: nothing of the person is left.

        :param customer.complaint complaints: just erased
        """
        done = self.search(
            [
                ("complaint_ids", "in", complaints.ids),
                ("state", "=", "granted"),
                ("kind", "!=", "export"),
            ]
        ).filtered(lambda request: all(request.complaint_ids.mapped("date_erased")))
        done._end("done")

    @api.model
    def _approve_due_disposals(self):
        """Make a disposal of the cards that granted requests want erased, once due.

        Two people have decided on it already: who registered the request and the
        manager who granted it. Legal holds and retention keep a card as ever.
        """
        granted = self.search(
            [
                ("kind", "=", "erasure"),
                ("state", "=", "granted"),
                ("complaint_ids.archive_card_id.is_due", "=", True),
            ]
        )
        work_off(granted, lambda request: request._approve_due_disposal())

    def _approve_due_disposal(self):
        """Make a disposal of those cards that are due and stand in none."""
        due = self.complaint_ids.archive_card_id.filtered(
            lambda card: not card._get_cannot_dispose_reason()
        )
        standing = (
            self.env["customer.complaint.archive.disposal.line"]
            .search(
                [
                    ("card_id", "in", due.ids),
                    ("disposal_id.state", "in", RUNNING_STATES),
                ]
            )
            .card_id
        )
        if due - standing:
            self._make_disposal(due - standing)

    def _make_disposal(self, cards):
        """Return an approved disposal of cards, in the name of who decided.

        :param customer.complaint.archive.card cards: due
        :rtype: customer.complaint.archive.disposal
        """
        self.ensure_one()
        disposal = self.env["customer.complaint.archive.disposal"].create(
            {
                "company_id": self.company_id.id,
                "note": self.env._(
                    "Erasure asked for by the request %(name)s.", name=self.name
                ),
                "line_ids": [
                    fields.Command.create({"card_id": card.id}) for card in cards
                ],
            }
        )
        disposal._write_unguarded(
            {
                "state": "approved",
                "proposed_by_id": self.registered_by_id.id,
                "date_proposed": self.create_date,
                "decided_by_id": self.decided_by_id.id,
                "date_decided": self.date_decided,
            }
        )
        disposal._tell_departments(
            self.env._(
                "Cards are destroyed at the request %(name)s, since their retention "
                "has ended: %(count)s.",
                name=self.name,
                count=len(cards),
            )
        )
        return disposal
