from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import QUALITY, Missing
from odoo.addons.customer_complaint.models.customer_complaint_category import SEVERITIES

from ..const import TEMPLATE_TEXTS

# What a decision says; once told, it changes by a new investigation or a review only.
DECISION_FIELDS = frozenset({"conclusion", "conclusion_note", *TEMPLATE_TEXTS})
# Who signs a decision before it is told.
SIGNOFFS = ("quality", "legal")


class CustomerComplaintDecided(models.AbstractModel):
    """Who signs a decision before it is told, by category and severity.

    Four eyes: who decided does not sign. A signature falls when the decision changes.
    """

    _name = "customer.complaint.decided"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Decision on a Complaint"

    # Decision
    decision_grounds = fields.Text(
        string="Grounds",
        compute="_compute_decision_grounds",
        store=True,
        readonly=False,
        copy=False,
        help="Law, contract or house rule the decision rests on.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    decision_measures = fields.Text(
        string="What Will Be Done",
        compute="_compute_decision_measures",
        store=True,
        readonly=False,
        copy=False,
        help="What the complainant will receive and until when, or why nothing is to "
        "be remedied.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    decision_ways_open = fields.Text(
        string="Ways Still Open",
        compute="_compute_decision_ways_open",
        store=True,
        readonly=False,
        copy=False,
        help="Where the complainant can turn when they do not agree: review, "
        "mediation, arbitration, court, regulator.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    past_decider_ids = fields.Many2many(
        "res.users",
        "customer_complaint_past_decider_rel",
        "complaint_id",
        "user_id",
        string="Also Decided By",
        readonly=True,
        copy=False,
        help="Who settled an earlier decision on this complaint, or changed the "
        "decision after it was settled.",
        sealed=False,
        system=True,
    )

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

    # One method for each text: those that one method computes are all left alone when
    # one of them is written together with the conclusion.
    @api.depends("conclusion")
    def _compute_decision_grounds(self):
        self._propose_text("decision_grounds")

    @api.depends("conclusion")
    def _compute_decision_measures(self):
        self._propose_text("decision_measures")

    @api.depends("conclusion")
    def _compute_decision_ways_open(self):
        self._propose_text("decision_ways_open")

    def _propose_text(self, name):
        """Fill in what the template says, never over what somebody wrote.

        A text that stands as a template proposed it follows the conclusion. The
        texts are in the language of the customer, who will read them.

        :param str name: one of ``TEMPLATE_TEXTS``
        """
        for complaint in self:
            kept = complaint[name]
            if complaint.conclusion and not complaint._is_own_text(name):
                texts = complaint._get_template_texts(complaint.conclusion)
                kept = texts.get(name, False)
            complaint[name] = kept

    def _is_own_text(self, name):
        """Return whether somebody wrote this text, or changed what was proposed.

        :param str name: one of ``TEMPLATE_TEXTS``
        :rtype: bool
        """
        self.ensure_one()
        text = (self[name] or "").strip()
        return bool(text) and not any(
            # The customer may have changed, or somebody took the template over by hand.
            self.with_context(lang=lang)
            .env["customer.complaint.decision.template"]
            ._is_template_text(name, text)
            for lang, _name in self.env["res.lang"].get_installed()
        )

    def _get_template_texts(self, outcome):
        """Return the texts that templates propose for this complaint.

        :param str outcome: a conclusion, or ``"refused"``
        :rtype: dict[str, str]
        """
        self.ensure_one()
        Template = self._in_letter_lang().env["customer.complaint.decision.template"]
        return Template._get_texts(self.company_id, self.category_id, outcome)

    @api.depends(*TEMPLATE_TEXTS, *(f"{kind}_signed_by_id" for kind in SIGNOFFS))
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _check_vals(self, vals):
        if DECISION_FIELDS & vals.keys() and vals.get("state") != "investigating":
            self._check_decision_not_told(vals)
        return super()._check_vals(vals)

    def _get_followed_fields(self, names):
        return super()._get_followed_fields(names) | (DECISION_FIELDS & names)

    def _after_change(self, changes):
        result = super()._after_change(changes)
        changed = self._changed(changes, DECISION_FIELDS)
        for complaint in changed:
            # Now, by who decides, not by whoever reads it first.
            complaint.mapped("decision_grounds")
        changed._after_decision_changed()
        return result

    def _changes(self, names, vals):
        """Return whether the values of fields differ from what stands there.

        :param names: names of text and selection fields
        :param dict vals: values somebody writes
        :rtype: bool
        """
        self.ensure_one()
        return any((vals[name] or False) != (self[name] or False) for name in names)

    def _check_decision_not_told(self, vals):
        """Refuse to change what the complainant was told.

        :raise UserError: naming the complaints and the way out
        """
        watched = DECISION_FIELDS & vals.keys()
        told = self.filtered(
            lambda complaint: (
                complaint.date_notified
                and not complaint._has_ended()  # frozen, and said so, elsewhere
                and complaint._changes(watched, vals)
            )
        )
        if told:
            raise UserError(
                self.env._(
                    "The complainant was told this decision, and it no longer "
                    "changes: %(names)s. Go back to the investigation to decide anew, "
                    "or record that a review is asked for.",
                    names=format_list(self.env, told.mapped("name")),
                )
            )

    def _after_decision_changed(self):
        """Note who changed a decision that another person had settled.

        Extensions add what else follows from another text.
        """
        for complaint in self:
            if complaint.date_decided and complaint.decided_by_id != self.env.user:
                complaint._write_unguarded(
                    {"past_decider_ids": [Command.link(self.env.uid)]}
                )
            complaint._drop_signoffs()

    def _get_missing_fields(self, target):
        missing = super()._get_missing_fields(target)
        if target == "followup":
            missing += self._get_missing_decision_texts()
        return missing

    def _get_missing_decision_texts(self):
        """Return the parts of the decision that are still empty.

        :return: names of fields
        :rtype: list[str]
        """
        self.ensure_one()
        return [name for name in TEMPLATE_TEXTS if not (self[name] or "").strip()]

    def _get_deciders(self):
        """Return who had a part in the decision, now or before.

        Hook: addons add who stands for something that the decision rests on.

        :rtype: res.users
        """
        self.ensure_one()
        return (
            self.decided_by_id
            | self.past_decider_ids
            | self.quality_signed_by_id
            | self.legal_signed_by_id
        )

    def _prepare_confirmed_vals(self):
        """Return what makes the user stand for the findings of a complaint.

        Hook: the addon that has findings confirmed says what that is.

        :rtype: dict
        """
        return {}

    def _prepare_undecided_vals(self):
        vals = {**super()._prepare_undecided_vals(), **self._prepare_unsigned_vals()}
        if self.decided_by_id:
            vals["past_decider_ids"] = [Command.link(self.decided_by_id.id)]
        return vals

    def _prepare_refused_vals(self):
        """Refused after all, the conclusion that was reached no longer stands."""
        vals = super()._prepare_refused_vals()
        if self.date_decided:
            vals = {**self._prepare_undecided_vals(), "conclusion": False, **vals}
        if not self._is_own_text("decision_ways_open"):
            texts = self._get_template_texts("refused")
            vals["decision_ways_open"] = texts.get("decision_ways_open", False)
        return vals

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        if reason or kind != "decision":
            return reason
        if not self.date_decided:
            return self.env._("the decision is not made yet. Decide first.")
        unapproved = self._get_unapproved_reason()
        if unapproved:
            return unapproved
        missing = [
            name
            for name in self._get_missing_fields("followup")
            if name in DECISION_FIELDS
        ]
        if missing:
            return self.env._(
                "first fill in %(fields)s.",
                fields=format_list(self.env, self._get_field_labels(missing)),
            )
        return self._get_unsigned_reason()

    def _get_notice_content(self, kind):
        if kind != "decision":
            return super()._get_notice_content(kind)
        parts = [
            f"{self._get_field_label('conclusion')}: {self._get_conclusion_label()}"
        ]
        for name in ("conclusion_note", *TEMPLATE_TEXTS):
            parts.append(f"{self._get_field_label(name)}:\n{self[name] or ''}")
            if name == "decision_measures" and (remedies := self._get_remedies_text()):
                parts.append(remedies)
        return "\n\n".join(parts)

    def _get_remedies_text(self):
        """Return what was approved, line by line, the total and until when.

        :return: empty where nothing was approved
        :rtype: str
        """
        self.ensure_one()
        remediations = self._get_approved_remediations()
        if not remediations:
            return ""
        title = self.env._("What You Receive")
        return "\n".join([f"{title}:", *remediations._get_remedy_texts()])

    def _get_conclusion_label(self):
        """Return the conclusion in the reader's language, or an empty text."""
        self.ensure_one()
        labels = dict(self._fields["conclusion"]._description_selection(self.env))
        return labels.get(self.conclusion, "")

    def _get_notice_report(self, kind):
        if kind == "decision":
            return "customer_complaint_notice.report_decision"
        return super()._get_notice_report(kind)

    def action_apply_template(self):
        """Ask which template's texts to take.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.apply.template",
            self.env._("Apply Template"),
            complaint_id=self.id,
        )

    # ------------------------------------------------------------------
    # SIGNATURES
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
            yield (
                Missing.SIGNATURE,
                self.env._(
                    "have the decision signed by %(kinds)s",
                    kinds=self._get_signoff_labels(missing),
                ),
            )

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target == "remediation":
            self.filtered(
                lambda complaint: origins[complaint] == "investigating"
            )._schedule_signoffs()
        return result

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
            "customer_complaint_notice.mail_act_signoff",
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
                complaint_sudo.activity_unlink(
                    ["customer_complaint_notice.mail_act_signoff"]
                )

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
