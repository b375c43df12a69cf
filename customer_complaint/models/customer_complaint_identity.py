from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_list

from .customer_complaint import MAX_NAME_LENGTH
from .customer_complaint_archive_seal import ARCHIVIST
from .customer_complaint_life import AGENT, QUALITY

# What stands in place of what the reader may not see.
MASK = "••••••"
# Kept together in one column that nobody reads but through these.
IDENTITY_FIELDS = ("identity_number", "credit_code", "legal_representative")


class CustomerComplaint(models.Model):
    """Who the complainant is by law, and that they signed (CBIRC-2020 art. 12-14).

    Seen as confidential papers are: by who handles the case, took it in or leads its
    team, and by the archivist; masked for everybody else. Nothing of it can be
    searched, grouped or exported otherwise.
    """

    _inherit = "customer.complaint"

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

    # ------------------------------------------------------------------
    # COMPUTE
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

    # ------------------------------------------------------------------
    # SIGNED
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------
