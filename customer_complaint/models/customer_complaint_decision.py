from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

from .customer_complaint_decision_template import TEMPLATE_TEXTS

# What a decision says; once told, it changes by a new investigation or a review only.
DECISION_FIELDS = frozenset({"conclusion", "conclusion_note", *TEMPLATE_TEXTS})


class CustomerComplaint(models.Model):
    """The decision (处理意见书): its parts, and when it may be told.

    A decision cannot be told while one of its parts is empty (CBIRC-2020); told, it
    changes by a new investigation or a review only.
    """

    _inherit = "customer.complaint"

    decision_grounds = fields.Text(
        string="Grounds",
        compute="_compute_decision_grounds",
        store=True,
        readonly=False,
        copy=False,
        help="Law, contract or house rule the decision rests on.",
        personal=True,
        frozen=True,
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

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

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

    @api.depends(*TEMPLATE_TEXTS)
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        watched = DECISION_FIELDS & vals.keys()
        if not watched:
            return super().write(vals)
        if vals.get("state") != "investigating":
            self._check_decision_not_told(vals)
        changed = self.filtered(lambda complaint: complaint._changes(watched, vals))
        result = super().write(vals)
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

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

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

    def _prepare_undecided_vals(self):
        vals = super()._prepare_undecided_vals()
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

    def _is_seen_by(self, user, part=None):
        """Return whether a user may read the complaint, or a part of it.

        :param res.users user: any user
        :param part: what hangs on the complaint; the complaint itself when not given
        :rtype: bool
        """
        self.ensure_one()
        record = self if part is None else part
        company = self.company_id
        return company in user.sudo().company_ids and record.with_user(
            user
        ).with_context(allowed_company_ids=company.ids).has_access("read")

    # ------------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------------

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
        return bool(missing) and self.env._(
            "first fill in %(fields)s.",
            fields=format_list(self.env, self._get_field_labels(missing)),
        )

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
            return "customer_complaint.report_decision"
        return super()._get_notice_report(kind)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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
