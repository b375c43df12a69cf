from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ...const import AGENT, ARCHIVIST, MAX_NAME_LENGTH, QUALITY
from ..customer_complaint_recusable import FOLLOWING_FIELDS
from .customer_complaint_hidden import ENTITLED_GROUPS

COMPOSER = "mail.compose.message"
# Of what is written on records, these hold files.
WITH_FILES = ("mail.message", "mail.activity", "mail.scheduled.message")
# Remediations, reviews and proceedings that are not at their end.
RUNNING_PARTS = {
    "customer.complaint.remediation": ("to_approve", "approved", "agreed"),
    "customer.complaint.review": ("requested", "decided"),
    "customer.complaint.proceeding": ("open", "answered"),
}
# What stands in place of what the reader may not see.
MASK = "••••••"
# Kept together in one column that nobody reads but through these.
IDENTITY_FIELDS = ("identity_number", "credit_code", "legal_representative")


class CustomerComplaint(models.Model):
    """Restriction: a case that the law makes us keep, and that serves nothing else.

    Record rules hide it, and all that hangs on it, from everybody but managers,
    archivists and auditors; to these it is there to be read. Nobody changes it, reopens
    it, or writes to the customer. Its seal stays valid: what it says is not touched
    (个人信息保护法 art. 47).
    """

    _inherit = "customer.complaint"

    is_restricted = fields.Boolean(
        string="Restricted",
        readonly=True,
        copy=False,
        help="Kept because the law demands it, but no longer used, at the request of "
        "a person. Managers, archivists and auditors see it, nobody else.",
        sealed=False,
        system=True,
    )
    date_erased = fields.Datetime(
        string="Personal Data Erased On",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    person_request_ids = fields.Many2many(
        "customer.complaint.person.request",
        "customer_complaint_person_request_rel",
        "complaint_id",
        "request_id",
        string="Requests About Personal Data",
        readonly=True,
        copy=False,
        groups=ENTITLED_GROUPS,
        sealed=False,
        system=True,
    )

    # Identity of the complainant
    identity_data = fields.Json(
        copy=False, groups=fields.NO_ACCESS, sealed=False, personal=True
    )
    identity_number = fields.Char(
        compute="_compute_identity",
        inverse="_inverse_identity_number",
        copy=False,
        help="Of the identity card or passport. Confidential.",
    )
    credit_code = fields.Char(
        string="Unified Credit Code",
        compute="_compute_identity",
        inverse="_inverse_credit_code",
        copy=False,
        help="Of the organisation (统一社会信用代码). Confidential.",
    )
    legal_representative = fields.Char(
        compute="_compute_identity",
        inverse="_inverse_legal_representative",
        copy=False,
        help="Of the organisation (法定代表人). Confidential.",
    )
    can_see_identity = fields.Boolean(
        compute="_compute_can_see_identity",
        help="Whether you see who the complainant is by law.",
    )
    date_application_signed = fields.Date(
        string="Application Signed On",
        copy=False,
        tracking=True,
        help="Day on which the complaint application was signed (投诉处理申请表).",
        frozen=True,
    )
    application_signed_by_id = fields.Many2one(
        "res.partner",
        copy=False,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="The complainant, or who represents them.",
        personal=True,
        frozen=True,
    )

    _restricted_idx = models.Index("(id) WHERE is_restricted IS TRUE")

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

    # ------------------------------------------------------------------
    # RESTRICTION
    # ------------------------------------------------------------------

    @api.depends("is_restricted", "date_erased")
    def _compute_can_edit(self):
        result = super()._compute_can_edit()
        for complaint in self:
            if complaint.is_restricted or complaint.date_erased:
                complaint.can_edit = False
        return result

    def _get_cannot_restrict_reason(self):
        """Return why the case cannot be restricted or erased now, or nothing.

        While the law demands that a complaint is handled, the request is refused
        (个人信息保护法 art. 13, 47). Extensions add what still runs.

        :rtype: str or bool
        """
        self.ensure_one()
        if not self._has_ended():
            return self.env._("it is still being handled")
        for model, states in RUNNING_PARTS.items():
            domain = [("complaint_id", "=", self.id), ("state", "in", states)]
            if self.env[model].search_count(domain, limit=1):
                return self.env._(
                    "this is not at its end: %(what)s",
                    what=self.env["ir.model"]._get(model).name,
                )
        return False

    def _check_may_restrict(self):
        """Refuse to restrict cases that the law demands to be handled.

        :raise UserError: with one line per case
        """
        lines = [
            self.env._("%(name)s: %(reason)s.", name=complaint.name, reason=reason)
            for complaint in self
            if (reason := complaint._get_cannot_restrict_reason())
        ]
        if lines:
            lines.append(
                self.env._(
                    "While the law demands that a complaint is handled, its data are "
                    "neither restricted nor erased (PIPL art. 47). Finish it "
                    "first, or take it off the request."
                )
            )
            raise UserError("\n".join(lines))

    def _set_restricted(self):
        """Restrict these cases, or free them, as their requests demand.

        The rows are written even when nothing changes: of two people who decide at the
        same time, or decide while somebody reopens a case, one is played again.
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_complaint complaint SET is_restricted =
                          date_erased IS NULL AND EXISTS (
                              SELECT 1
                                FROM customer_complaint_person_request_rel rel
                                JOIN customer_complaint_person_request request
                                  ON request.id = rel.request_id
                               WHERE rel.complaint_id = complaint.id
                                 AND request.state = 'granted'
                                 AND request.kind != 'export')
                    WHERE id IN %s""",
                tuple(self.ids),
            )
        )
        self.invalidate_model(["is_restricted"])
        self.env.registry.clear_cache()
        # Again, for who looked before it was so for all.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        self.filtered("is_restricted")._empty_inboxes()

    def _empty_inboxes(self):
        """Leave no unread message of the cases where an inbox no longer shows it."""
        for model, domain in self._get_threads(self).items():
            records_sudo = self.env[model].sudo().search(domain)  # whoever restricts
            self.env["mail.notification"].sudo().search(
                [
                    ("mail_message_id.model", "=", model),
                    ("mail_message_id.res_id", "in", records_sudo.ids),
                    ("is_read", "=", False),
                ]
            ).write({"is_read": True})

    @api.model
    def _get_threads(self, complaints, field_name="message_ids"):
        """Return the domain of what belongs to some cases, by model with messages.

        :param complaints: ended
        :param str field_name: what the models have: messages, or to-dos
        :rtype: dict[str, Domain]
        """
        names = self.env["customer.complaint.personal"]._get_personal_models()
        return {
            name: Domain(self.env[name]._get_case_domain(complaints))
            for name in names
            if field_name in self.env[name]._fields
            and name != "customer.complaint.person.request"
        }

    @api.model
    @tools.ormcache()
    def _is_any_restricted(self):
        """Return whether there is a restricted case at all: mostly there is none."""
        self.env.cr.execute(
            "SELECT EXISTS"
            " (SELECT 1 FROM customer_complaint WHERE is_restricted IS TRUE)"
        )
        return self.env.cr.fetchone()[0]

    def _check_not_restricted(self):
        """Refuse work on restricted and erased cases.

        :raise UserError: naming them
        """
        # How they stand, whoever asks.
        erased_sudo = self.sudo().filtered("date_erased")
        if erased_sudo:
            raise UserError(
                self.env._(
                    "The personal data of these complaints were erased when their "
                    "retention ended; nothing is done with them any more: %(names)s. "
                    "Register a new complaint.",
                    names=format_list(self.env, erased_sudo.mapped("name")),
                )
            )
        held_sudo = self.sudo().filtered("is_restricted")
        if held_sudo:
            raise UserError(
                self.env._(
                    "At the request of a person, these complaints are kept and not "
                    "used: %(names)s. A manager ends the restriction first.",
                    names=format_list(self.env, held_sudo.mapped("name")),
                )
            )

    def _check_vals(self, vals):
        if vals.keys() - FOLLOWING_FIELDS and not self.env.su:
            self._check_not_restricted()
        return super()._check_vals(vals)

    def _move_to(self, target):
        self._check_not_restricted()
        return super()._move_to(target)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """:raise UserError: if a restricted case would write to the customer"""
        if self and not self._is_internal_message(message):
            self._check_not_restricted()
        return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)

    def _message_mail_after_hook(self, mails):
        self.browse(mails.mapped("res_id"))._check_not_restricted()
        return super()._message_mail_after_hook(mails)

    @api.model
    def _get_same_matter_domain(self, *args, **kwargs):
        """What is kept only is no history of the customer, whoever asks."""
        domain = super()._get_same_matter_domain(*args, **kwargs)
        return domain and domain & Domain("is_restricted", "=", False)

    # ------------------------------------------------------------------
    # IDENTITY OF THE COMPLAINANT
    #
    # Who the complainant is by law, and that they signed (CBIRC-2020 art. 12-14).
    #
    # Seen as confidential papers are: by who handles the case, took it in or leads its
    # team, and by the archivist; masked for everybody else. Nothing of it can be
    # searched, grouped or exported otherwise.
    # ------------------------------------------------------------------

    @api.depends("user_id", "received_by_id", "team_id", "is_handler_unconfirmed")
    @api.depends_context("uid")
    def _compute_can_see_identity(self):
        for complaint in self:
            complaint.can_see_identity = complaint._may_see_identity()

    @api.depends("identity_data", "can_see_identity")
    @api.depends_context("uid")
    def _compute_identity(self):
        for complaint in self:
            data = complaint.sudo().identity_data or {}  # shown or masked right here
            is_open = complaint._may_see_identity()
            for name in IDENTITY_FIELDS:
                value = data.get(name, False)
                complaint[name] = value if is_open else bool(value) and MASK

    def _inverse_identity_number(self):
        self._set_identity("identity_number")

    def _inverse_credit_code(self):
        self._set_identity("credit_code")

    def _inverse_legal_representative(self):
        self._set_identity("legal_representative")

    def _set_identity(self, name):
        """Keep what was entered, where nobody but those entitled reads it.

        :param str name: one of ``IDENTITY_FIELDS``
        :raise AccessError: if the user may not see what stands there
        :raise UserError: if the complaint has ended
        """
        for complaint in self:
            complaint_sudo = complaint.sudo()  # the guards are asked as the user
            data = complaint_sudo.identity_data or {}
            value = (complaint[name] or "").strip() or False
            if value in (data.get(name, False), MASK):
                continue
            if len(value or "") > MAX_NAME_LENGTH:
                raise ValidationError(
                    self.env._(
                        "%(field)s takes at most %(max)s characters.",
                        field=self._get_field_label(name),
                        max=MAX_NAME_LENGTH,
                    )
                )
            if data.get(name) and not complaint._may_see_identity():
                raise AccessError(
                    self.env._(
                        "%(number)s: who handles the case changes “%(field)s”.",
                        number=complaint.name,
                        field=self._get_field_label(name),
                    )
                )
            complaint._check_may_change()
            complaint_sudo._write_unguarded({"identity_data": {**data, name: value}})
            # That it changed is told, never what it says.
            complaint._message_log(
                body=self.env._(
                    "Changed: “%(field)s”", field=self._get_field_label(name)
                )
            )

    def _may_see_identity(self):
        """Return whether the user sees who the complainant is by law.

        As the record rules say of confidential papers.

        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_group(ARCHIVIST):
            return True
        if self._is_recused_from(user.partner_id):
            return False
        if not (user.has_group(AGENT) or user.has_group(QUALITY)):
            return False
        complaint_sudo = self.sudo()  # who they are, nothing else
        return (
            not self._origin
            or user == complaint_sudo.received_by_id
            or user == complaint_sudo.team_id.leader_id
            or (
                user == complaint_sudo.user_id
                and not complaint_sudo.is_handler_unconfirmed
            )
        )

    @api.constrains(
        "date_application_signed",
        "application_signed_by_id",
        "partner_id",
        "representative_ids",
    )
    def _check_application_signed(self):
        for complaint in self:
            day, signer = (
                complaint.date_application_signed,
                complaint.application_signed_by_id,
            )
            if bool(day) != bool(signer):
                raise ValidationError(
                    complaint._name_reason(
                        self.env._(
                            "enter who signed the application and on which day, or "
                            "neither."
                        )
                    )
                )
            if day and day > complaint.company_id._complaint_today():
                raise ValidationError(
                    complaint._name_reason(
                        self.env._("nobody signed in the future. Correct the day.")
                    )
                )
            people = complaint.partner_id | complaint.representative_ids
            if signer and signer not in people:
                raise ValidationError(
                    complaint._name_reason(
                        self.env._(
                            "the application is signed by %(people)s, not by "
                            "%(signer)s.",
                            people=format_list(
                                self.env, people.mapped("display_name"), "or"
                            ),
                            signer=signer.display_name,
                        )
                    )
                )
