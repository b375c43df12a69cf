from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import (
    AGENT,
    ARCHIVIST,
    MAX_NAME_LENGTH,
    QUALITY,
    SUPERVISOR,
)

# What stands in place of what the reader may not see.
MASK = "••••••"
# Kept together in one column that nobody reads but through these.
IDENTITY_FIELDS = ("identity_number", "credit_code", "legal_representative")


class CustomerComplaint(models.Model):
    """Handling a case opens its confidential papers, so it has to be real.

    Whoever takes a case by themselves that holds confidential papers works on it, but
    sees these papers only once somebody above confirms it, or after a consultation.
    What is filed while they handle it, or by themselves, they see.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    confirm the handler             - - S M - - - - -
    approve a consultation          - - - M - - R - -
    revoke a consultation           - - - M - - R - -
    ==============================  =================

    Who sees a case but not its confidential papers asks to consult them, and
    somebody else approves.
    """

    _inherit = "customer.complaint"

    # Steps
    hidden_paper_count = fields.Integer(
        string="Papers Not Shown",
        compute="_compute_hidden_paper_count",
        help="Confidential papers of the case that are not open to you.",
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
        told_to_person=True,
    )
    credit_code = fields.Char(
        string="Unified Credit Code",
        compute="_compute_identity",
        inverse="_inverse_credit_code",
        copy=False,
        help="Of the organisation (统一社会信用代码). Confidential.",
        told_to_person=True,
    )
    legal_representative = fields.Char(
        compute="_compute_identity",
        inverse="_inverse_legal_representative",
        copy=False,
        help="Of the organisation (法定代表人). Confidential.",
        told_to_person=True,
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
        told_to_person=True,
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

    @api.depends("confidential_paper_count", "document_ids.confidentiality")
    @api.depends_context("uid")
    def _compute_hidden_paper_count(self):
        for complaint in self:
            if not complaint.confidential_paper_count:
                complaint.hidden_paper_count = 0
                continue
            seen = complaint.document_ids._filtered_access("read").filtered(
                lambda document: document._is_confidential()
            )
            complaint.hidden_paper_count = max(
                complaint.confidential_paper_count - len(seen), 0
            )

    def action_ask_access(self):
        """Ask for leave to consult the confidential papers.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.ask.access",
            self.env._("Consult Confidential Papers"),
            complaint_id=self.id,
        )

    # ------------------------------------------------------------------
    # CONFIRMED HANDLERS
    # ------------------------------------------------------------------

    def write(self, vals):
        held = self.filtered(lambda complaint: complaint._has_confidential())
        before = held._get_opened_to_user()
        result = super().write(vals)
        (held._get_opened_to_user() - before)._refuse_letting_oneself_in()
        return result

    def _after_handler_change(self, before):
        result = super()._after_handler_change(before)
        self._note_new_handler()
        return result

    def _after_recusal(self, person):
        """Take back what was opened to them, whoever enters the recusal."""
        result = super()._after_recusal(person)
        accesses_sudo = (
            self.env["customer.complaint.archive.access"]
            .sudo()
            .search([("complaint_id", "=", self.id)])
        )
        accesses_sudo._drop_for(person)
        return result

    def _get_opened_to_user(self):
        """Return those whose confidential papers the user sees by a part in the case.

        Who received a case and who leads its team see them, whatever made them so: a
        category, for one, brings its team along.

        :rtype: customer.complaint
        """
        user = self.env.user
        if self.env.su:
            return self.browse()
        # Who leads the team, nothing else of it.
        return self.filtered(
            lambda complaint: (
                complaint.received_by_id == user
                or complaint.sudo().team_id._is_led_by(user)
            )
        )

    def _refuse_letting_oneself_in(self):
        """Refuse to open the confidential papers of these to oneself.

        :raise AccessError: naming the complaints, if there are any
        """
        if self:
            raise AccessError(
                self.env._(
                    "Confidential papers are filed with %(names)s: nobody opens them "
                    "to themselves. Have somebody else enter it, or ask to consult "
                    "the papers.",
                    names=format_list(self.env, self.mapped("name")),
                )
            )

    def _note_new_handler(self):
        """Note whether the new handlers made themselves handlers, and where it counts.

        By the rule of the team, or by others, a handler is confirmed.
        """
        taken = self.filtered(
            lambda complaint: (
                not self.env.su
                and complaint.user_id == self.env.user
                and complaint._has_confidential()
                and not complaint.sudo().team_id._is_led_by(self.env.user)
            )
        )
        settled = (self - taken).filtered("is_handler_unconfirmed")
        if settled:
            settled._write_unguarded({"is_handler_unconfirmed": False})
        if not taken:
            return
        taken._write_unguarded({"is_handler_unconfirmed": True})
        text = self.env._(
            "%(user)s took this case by themselves. Its confidential papers stay "
            "closed to them until a supervisor confirms the handler.",
            user=self.env.user.name,
        )
        taken._message_log_batch(bodies={complaint.id: text for complaint in taken})
        self.env["customer.complaint.archive.access.log"]._record_own_taking(taken)

    def _note_given_away(self, kind):
        self.env["customer.complaint.archive.access.log"]._record(
            [
                {
                    "user_id": self.env.uid,
                    "kind": kind,
                    "reason": "other",
                    "complaint_id": complaint.id,
                    "company_id": complaint.company_id.id,
                }
                for complaint in self
            ]
        )
        return super()._note_given_away(kind)

    def action_confirm_handler(self):
        """Confirm that who took the case handles it, and opens its papers to them.

        :raise AccessError: if the user is the handler, or no supervisor of the case
        """
        self.check_access("write")
        self._check_may_work()
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._("A supervisor of the team confirms who handles a case.")
            )
        own = self.filtered(lambda complaint: complaint.user_id == self.env.user)
        if own:
            raise AccessError(
                self.env._(
                    "You took these cases yourself: %(names)s. Somebody else confirms "
                    "it.",
                    names=format_list(self.env, own.mapped("name")),
                )
            )
        todo = self.filtered("is_handler_unconfirmed")
        todo._write_unguarded({"is_handler_unconfirmed": False})
        todo._message_log_batch(
            bodies={
                complaint.id: self.env._(
                    "Handler confirmed: %(user)s. The confidential papers are open to "
                    "them.",
                    user=complaint.user_id.name,
                )
                for complaint in todo
            }
        )
        return True

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
