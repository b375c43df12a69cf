from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

from .customer_complaint_category import SEVERITIES
from .customer_complaint_life import QUALITY

# Who signs a decision before it is told.
SIGNOFFS = ("quality", "legal")
SIGNOFF_SEVERITIES = [
    ("none", "No severity"),
    ("serious", "Serious and major"),
    ("major", "Major"),
]


class CustomerComplaint(models.Model):
    """Who signs a decision before it is told, by category and severity.

    Four eyes: who decided does not sign. A signature falls when the decision changes.
    """

    _inherit = "customer.complaint"

    needs_quality_signoff = fields.Boolean(
        compute="_compute_signoffs",
        help="The quality department signs the decision before it is told.",
    )
    needs_legal_signoff = fields.Boolean(
        compute="_compute_signoffs",
        help="The legal department signs the decision before it is told.",
    )
    can_sign_quality = fields.Boolean(compute="_compute_signoffs")
    can_sign_legal = fields.Boolean(compute="_compute_signoffs")
    quality_signed_by_id = fields.Many2one(
        "res.users",
        string="Signed for Quality By",
        readonly=True,
        copy=False,
        tracking=True,
        system=True,
    )
    date_quality_signed = fields.Datetime(
        string="Signed for Quality On",
        readonly=True,
        copy=False,
        system=True,
    )
    legal_signed_by_id = fields.Many2one(
        "res.users",
        string="Signed for Legal By",
        readonly=True,
        copy=False,
        tracking=True,
        system=True,
    )
    date_legal_signed = fields.Datetime(
        string="Signed for Legal On",
        readonly=True,
        copy=False,
        system=True,
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends(
        "category_id",
        "severity",
        "date_decided",
        "date_notified",
        *(f"{kind}_signed_by_id" for kind in SIGNOFFS),
    )
    @api.depends_context("uid")
    def _compute_signoffs(self):
        for complaint in self:
            for kind in SIGNOFFS:
                needed = complaint._needs_signoff(kind)
                complaint[f"needs_{kind}_signoff"] = needed
                complaint[f"can_sign_{kind}"] = bool(
                    needed
                    and complaint.date_decided
                    and not complaint[f"{kind}_signed_by_id"]
                    and not complaint._get_cannot_sign_reason(kind)
                )

    @api.depends(*(f"{kind}_signed_by_id" for kind in SIGNOFFS))
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _needs_signoff(self, kind):
        """Return whether the decision needs a signature before it is told.

        Guards ask this and not the computed field, which a caller can put into the
        cache.

        :param str kind: one of ``SIGNOFFS``
        :rtype: bool
        """
        self.ensure_one()
        # Configuration only, which every role reads.
        category = self.category_id
        if category[f"needs_{kind}_signoff"]:
            return True
        if kind == "quality" and not self.is_quality_matter:
            return False  # the quality department does not see it
        since = self.company_id.sudo()[f"complaint_{kind}_signoff_severity"]
        ranks = [severity for severity, _label in SEVERITIES]
        return since in ranks and ranks.index(self.severity) >= ranks.index(since)

    def _get_missing_signoffs(self):
        """Return the signatures the decision still needs.

        :return: keys out of ``SIGNOFFS``
        :rtype: list[str]
        """
        self.ensure_one()
        return [
            kind
            for kind in SIGNOFFS
            if not self[f"{kind}_signed_by_id"] and self._needs_signoff(kind)
        ]

    @api.model
    def _get_signoff_labels(self, kinds):
        """Return who signs, in the reader's language."""
        labels = {
            "quality": self.env._("the quality department"),
            "legal": self.env._("the legal department"),
        }
        return format_list(self.env, [labels[kind] for kind in kinds])

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def _after_decision_changed(self):
        result = super()._after_decision_changed()
        for complaint in self:
            complaint._drop_signoffs()
        return result

    def _drop_signoffs(self):
        """Clear signatures of a decision that has changed, and say so."""
        self.ensure_one()
        signed = [kind for kind in SIGNOFFS if self[f"{kind}_signed_by_id"]]
        if not signed:
            return
        self._write_unguarded(self._prepare_unsigned_vals())
        self._message_log(
            body=self.env._(
                "The decision has changed; to be signed again by %(kinds)s",
                kinds=self._get_signoff_labels(signed),
            )
        )
        if self.date_decided:
            self._schedule_signoffs()

    @api.model
    def _prepare_unsigned_vals(self):
        return {
            name: False
            for kind in SIGNOFFS
            for name in (f"{kind}_signed_by_id", f"date_{kind}_signed")
        }

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def _get_unsigned_reason(self):
        """Return why the decision must not be told yet, or False.

        :rtype: str or bool
        """
        missing = self._get_missing_signoffs()
        return bool(missing) and self.env._(
            "first have the decision signed by %(kinds)s.",
            kinds=self._get_signoff_labels(missing),
        )

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        missing = self._get_missing_signoffs() if target == "followup" else []
        if missing:
            yield self.env._(
                "have the decision signed by %(kinds)s",
                kinds=self._get_signoff_labels(missing),
            )

    def _prepare_undecided_vals(self):
        return {**super()._prepare_undecided_vals(), **self._prepare_unsigned_vals()}

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target == "remediation":
            self.filtered(
                lambda complaint: origins[complaint] == "investigating"
            )._schedule_signoffs()
        return result

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        if reason or kind != "decision":
            return reason
        return self._get_unsigned_reason()

    # ------------------------------------------------------------------
    # SIGN-OFF
    # ------------------------------------------------------------------

    def _get_signers(self, kind):
        """Return the users who sign decisions of these complaints' company.

        :param str kind: one of ``SIGNOFFS``
        :rtype: res.users
        """
        company = self.company_id.sudo()  # who signs is no secret to who works on it
        if kind == "legal":
            return company.complaint_legal_user_ids
        group = self.env.ref(QUALITY).sudo()  # membership only
        return group.all_user_ids.filtered(
            lambda user: not user.share and company in user.company_ids
        )

    def _get_cannot_sign_reason(self, kind, user=None):
        """Return why a user must not sign the decision, or False.

        Four eyes: who decided does not sign; nor does who is recused.

        :param str kind: one of ``SIGNOFFS``
        :param res.users user: by default the current one
        :rtype: str or bool
        """
        self.ensure_one()
        user = user or self.env.user
        if user == self.decided_by_id or user in self.sudo().past_decider_ids:
            return self.env._(
                "%(user)s decided it and cannot sign it as well: four eyes are asked "
                "for.",
                user=user.name,
            )
        if self._is_complained_of(user):
            return self.env._(
                "%(user)s is recused from it, or it is about them.", user=user.name
            )
        may_sign = (
            user.has_group(QUALITY)
            if kind == "quality"
            else user in self._get_signers(kind)
        )
        if not may_sign:
            return self.env._(
                "%(user)s does not sign for %(department)s.",
                user=user.name,
                department=self._get_signoff_labels([kind]),
            )
        return False

    def _schedule_signoffs(self):
        """Ask those who may sign for the signatures that are missing."""
        for complaint in self:
            for kind in complaint._get_missing_signoffs():
                for user in complaint._get_signers(kind):
                    if not complaint._get_cannot_sign_reason(kind, user):
                        complaint._schedule_signoff(user)

    def _schedule_signoff(self, user):
        """Give a to-do to somebody who may sign and sees the complaint."""
        self.ensure_one()
        if not self._is_seen_by(user):
            return
        self.activity_schedule(
            "customer_complaint.mail_act_signoff",
            date_deadline=self.company_id._complaint_today(),
            user_id=user.id,
        )

    def action_sign_quality(self):
        """Sign the decisions for the quality department, in the user's name, now."""
        return self._sign_off("quality")

    def action_sign_legal(self):
        """Sign the decisions for the legal department, in the user's name, now."""
        return self._sign_off("legal")

    def _sign_off(self, kind):
        """Sign the decisions before they are told.

        :param str kind: one of ``SIGNOFFS``
        :raise AccessError: if the user may not sign one of them
        :raise UserError: if there is nothing to sign
        """
        self.check_access("read")
        self._check_may_work()
        self._check_not_closed()
        for complaint in self:
            reason = complaint._get_cannot_sign_reason(kind)
            if reason:
                raise AccessError(complaint._name_reason(reason))
            reason = complaint._get_nothing_to_sign_reason(kind)
            if reason:
                raise UserError(complaint._name_reason(reason))
        # Lawyers read the case only. What is written is their signature, no value of
        # theirs, and they were found entitled above.
        complaints_sudo = self.sudo()
        complaints_sudo._write_unguarded(
            {
                f"{kind}_signed_by_id": self.env.uid,
                f"date_{kind}_signed": fields.Datetime.now(),
            }
        )
        for complaint_sudo in complaints_sudo:
            if not complaint_sudo._get_missing_signoffs():
                complaint_sudo.activity_unlink(["customer_complaint.mail_act_signoff"])

    def _get_nothing_to_sign_reason(self, kind):
        """Return why there is nothing to sign now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        signed_by = self[f"{kind}_signed_by_id"]
        if signed_by:
            return self.env._(
                "%(user)s signed it already. Reload the page.", user=signed_by.name
            )
        if not self.date_decided or self.date_notified:
            return self.env._(
                "a decision is signed after it is made and before it is told."
            )
        missing = self._get_missing_decision_texts()
        return bool(missing) and self.env._(
            "first fill in %(fields)s.",
            fields=format_list(self.env, self._get_field_labels(missing)),
        )


class CustomerComplaintCategory(models.Model):
    _inherit = "customer.complaint.category"

    needs_quality_signoff = fields.Boolean(
        string="Quality Signs Decisions",
        help="Somebody of the quality department, other than who decided, signs the "
        "decision before it is told.",
    )
    needs_legal_signoff = fields.Boolean(
        string="Legal Signs Decisions",
        help="Somebody of the legal department, other than who decided, signs the "
        "decision before it is told. The settings say who signs.",
    )

    @api.constrains("needs_quality_signoff", "is_quality_matter")
    def _check_quality_signoff(self):
        for category in self:
            if category.needs_quality_signoff and not category.is_quality_matter:
                raise ValidationError(
                    self.env._(
                        "The quality department does not see complaints of "
                        "“%(category)s” and could not sign. Tick “Quality Matter” too.",
                        category=category.display_name,
                    )
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_quality_signoff_severity = fields.Selection(
        SIGNOFF_SEVERITIES,
        string="Quality Signs Decisions of Severity",
        required=True,
        default="none",
        help="Decisions on quality matters of this severity are signed by the quality "
        "department before they are told, whatever their category says.",
    )
    complaint_legal_signoff_severity = fields.Selection(
        SIGNOFF_SEVERITIES,
        string="Legal Signs Decisions of Severity",
        required=True,
        default="none",
        help="Decisions on complaints of this severity are signed by the legal "
        "department before they are told, whatever their category says.",
    )
    complaint_legal_user_ids = fields.Many2many(
        "res.users",
        "res_company_complaint_legal_user_rel",
        "company_id",
        "user_id",
        string="Signs for Legal",
        domain="[('share', '=', False)]",
        help="Who signs decisions for the legal department. They need a role that "
        "sees the complaints, e.g. auditor.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_quality_signoff_severity = fields.Selection(
        related="company_id.complaint_quality_signoff_severity", readonly=False
    )
    complaint_legal_signoff_severity = fields.Selection(
        related="company_id.complaint_legal_signoff_severity", readonly=False
    )
    complaint_legal_user_ids = fields.Many2many(
        related="company_id.complaint_legal_user_ids", readonly=False
    )
