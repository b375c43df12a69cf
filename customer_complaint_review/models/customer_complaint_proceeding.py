from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

PROCEEDING_KINDS = [
    ("mediation", "Mediation"),
    ("arbitration", "Arbitration"),
    ("court", "Court"),
    ("regulator", "Regulator"),
    ("transfer", "Passed On by an Authority"),
]
PROCEEDING_STATES = [
    ("open", "Open"),
    ("answered", "Replied"),
    ("ended", "Ended"),
]
# What the body was told stays as it went out.
REPLY_FIELDS = frozenset({"reply", "reply_attachment_ids", "date_replied"})
# That it went out: given once, then fixed.
PROOF_FIELDS = frozenset({"proof_ref", "proof_attachment_ids"})


class CustomerComplaintProceeding(models.Model):
    """What goes on about a complaint before somebody outside the company.

    Mediation, arbitration, court, regulator, or a complaint that a regulator or
    association passed on: each with the body's own reference, demand and date, and
    our reply. It may run beside a complaint that has ended.
    """

    _name = "customer.complaint.proceeding"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "customer.complaint.clocked",
        "customer.complaint.due",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "External Proceeding"
    _order = "date_due, date_started desc, id desc"
    _rec_names_search = ["reference", "body"]
    _check_company_auto = True
    _outlives_complaint = True
    _file_fields = ("attachment_ids", "reply_attachment_ids", "proof_attachment_ids")

    kind = fields.Selection(
        PROCEEDING_KINDS, required=True, default="transfer", index=True, tracking=True
    )
    state = fields.Selection(
        PROCEEDING_STATES,
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Body (Contact)",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The body as a contact, if it is one.",
    )
    body = fields.Char(
        required=True,
        compute="_compute_body",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="Name of the court, committee, regulator or association.",
        longest=MAX_NAME_LENGTH,
    )
    reference = fields.Char(
        string="Their Reference",
        index="trigram",
        tracking=True,
        help="The number under which the body keeps the case.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who sees to the reply. The handler of the complaint when left empty.",
    )
    date_started = fields.Date(
        string="Dated",
        required=True,
        compute="_compute_date_started",
        store=True,
        readonly=False,
        precompute=True,
        help="Day of their letter, or the day the proceeding was opened.",
    )
    demand = fields.Text(help="What the body asks of us.", personal=True)
    date_due = fields.Date(
        string="Reply Until",
        index=True,
        tracking=True,
        help="Day until which the body wants our reply, as it demands.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_proceeding_attachment_rel",
        "proceeding_id",
        "attachment_id",
        string="Their Papers",
        copy=False,
        bypass_search_access=True,
    )
    reply = fields.Text(string="Our Reply", copy=False, personal=True)
    reply_attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_proceeding_reply_rel",
        "proceeding_id",
        "attachment_id",
        string="Files of the Reply",
        copy=False,
        bypass_search_access=True,
    )
    date_replied = fields.Date(
        string="Replied On",
        copy=False,
        tracking=True,
        help="Set by the notice that tells the body; entered by hand when the reply "
        "went another way.",
    )
    replied_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    proof_ref = fields.Char(
        string="Proof of Sending",
        copy=False,
        help="Number of the posting slip, message id, who signed. Given once the reply "
        "went out; then it stays.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    proof_attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_proceeding_proof_rel",
        "proceeding_id",
        "attachment_id",
        string="Proof of Sending (Files)",
        copy=False,
        bypass_search_access=True,
        help="The posting slip, the signed copy. Filed once the reply went out; then "
        "they stay.",
    )
    date_ended = fields.Date(string="Ended On", copy=False, tracking=True)
    outcome = fields.Text(
        copy=False,
        help="How it ended: agreement, award, judgment, closed.",
        personal=True,
    )

    # Mediation
    date_consent = fields.Date(
        string="Both Agreed On",
        copy=False,
        tracking=True,
        help="Day on which both the complainant and we agreed to the mediation. Its "
        "time does not count from then on, until it ends.",
    )
    consent_ref = fields.Char(
        string="Proof of the Consent",
        copy=False,
        help="What shows that both agreed: the signed application, letter or record.",
        personal=True,
    )
    agreement_terms = fields.Text(
        string="Mediation Agreement",
        copy=False,
        help="What was agreed before the mediator: who does what.",
        personal=True,
    )
    date_agreement = fields.Date(
        string="Agreement Signed On", copy=False, tracking=True
    )
    date_perform_until = fields.Date(
        string="To Be Performed By",
        copy=False,
        tracking=True,
        help="Day until which what was agreed has to be done. Whoever is responsible "
        "has a to-do for it.",
    )
    date_performed = fields.Date(string="Performed On", copy=False, tracking=True)
    performance_note = fields.Text(
        string="How It Was Performed",
        copy=False,
        help="What was done, with the number of the receipt, transfer or delivery.",
        personal=True,
    )
    is_unperformed = fields.Boolean(
        string="Agreement to Be Performed",
        compute="_compute_is_unperformed",
        store=True,
        precompute=True,
        help="A mediation agreement was signed and is not performed yet.",
    )
    pause_ids = fields.One2many(
        "customer.complaint.pause", "proceeding_id", string="Pauses"
    )
    is_late = fields.Boolean(help="The day to reply has passed and there is no reply.")
    can_edit = fields.Boolean(related="complaint_id.can_edit")

    @api.depends("kind", "body", "reference")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for proceeding in self:
            parts = [kinds.get(proceeding.kind), proceeding.body, proceeding.reference]
            proceeding.display_name = " ".join(filter(None, parts))

    @api.depends("partner_id")
    def _compute_body(self):
        for proceeding in self:
            name = (proceeding.partner_id.name or "")[:MAX_NAME_LENGTH]
            proceeding.body = name or proceeding.body

    @api.depends("complaint_id")
    def _compute_user_id(self):
        for proceeding in self:
            proceeding.user_id = (
                proceeding.user_id or proceeding.complaint_id.user_id or self.env.user
            )

    @api.depends("complaint_id")
    def _compute_date_started(self):
        self._propose_today("date_started")

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.depends("kind", "date_agreement", "date_performed")
    def _compute_is_unperformed(self):
        for proceeding in self:
            proceeding.is_unperformed = (
                proceeding.kind == "mediation"
                and bool(proceeding.date_agreement)
                and not proceeding.date_performed
            )

    @api.model
    def _get_late_domain(self):
        return Domain("state", "=", "open") & self._get_day_passed_domain("date_due")

    @api.constrains("date_started", "date_due", "date_replied", "date_ended")
    def _check_dates(self):
        for proceeding in self:
            today = proceeding.company_id._complaint_today()
            started = proceeding.date_started
            if started > today:
                raise ValidationError(
                    self.env._(
                        "%(proceeding)s cannot be dated in the future. Enter the day "
                        "of their letter.",
                        proceeding=proceeding.display_name,
                    )
                )
            if proceeding.date_due and proceeding.date_due < started:
                raise ValidationError(
                    self.env._(
                        "%(proceeding)s: the day to reply is before their letter, "
                        "%(started)s. Correct one of the two dates.",
                        proceeding=proceeding.display_name,
                        started=started,
                    )
                )
            for name in ("date_replied", "date_ended"):
                if proceeding[name] and not started <= proceeding[name] <= today:
                    raise ValidationError(
                        self.env._(
                            "%(proceeding)s: “%(field)s” lies between %(started)s and "
                            "today. Correct the date.",
                            proceeding=proceeding.display_name,
                            field=get_field_label(self, name),
                            started=started,
                        )
                    )

    @api.constrains(
        "kind",
        "date_consent",
        "consent_ref",
        "agreement_terms",
        "date_agreement",
        "date_perform_until",
        "date_performed",
        "performance_note",
    )
    def _check_mediation(self):
        for proceeding in self:
            reason = proceeding._get_wrong_mediation_reason()
            if reason:
                raise ValidationError(
                    self.env._(
                        "%(proceeding)s: %(reason)s",
                        proceeding=proceeding.display_name,
                        reason=reason,
                    )
                )

    def _get_wrong_mediation_reason(self):
        """Return what is wrong with the consent or the agreement, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        company = self.company_id
        today = company._complaint_today()
        dates = (self.date_consent, self.date_agreement, self.date_performed)
        if self.kind != "mediation":
            return bool(any(dates) or self.date_perform_until) and self.env._(
                "consent and agreement belong to a mediation. Choose that kind, or "
                "leave them empty."
            )
        if any(day and day > today for day in dates):
            return self.env._(
                "consent, agreement and performance cannot lie in the future. Correct "
                "the date."
            )
        received = company._complaint_date(self.complaint_id.date_received)
        if self.date_consent and self.date_consent < received:
            return self.env._(
                "nobody agreed to a mediation before the complaint was received, "
                "%(received)s. Correct the date.",
                received=company._complaint_format_day(received),
            )
        if self.date_consent and not (self.consent_ref or "").strip():
            return self.env._(
                "say what shows that both agreed, e.g. the signed application. Without "
                "it the time counts."
            )
        return self._get_wrong_agreement_reason()

    def _get_wrong_agreement_reason(self):
        """Return what is wrong with the mediation agreement, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        signed = self.date_agreement
        if not signed:
            return bool(self.date_perform_until or self.date_performed) and self.env._(
                "first enter when the agreement was signed."
            )
        if signed < self.date_started:
            return self.env._(
                "an agreement is signed after the mediation was opened. Correct one of "
                "the two dates."
            )
        if not (self.agreement_terms or "").strip() or not self.date_perform_until:
            return self.env._(
                "an agreement has terms and a day by which they are performed. Enter "
                "both."
            )
        if self.date_perform_until < signed or (
            self.date_performed and self.date_performed < signed
        ):
            return self.env._(
                "what was agreed is performed after the agreement was signed. Correct "
                "one of the two dates."
            )
        if self.date_performed and not (self.performance_note or "").strip():
            return self.env._("say how it was performed, with the proof.")
        return False

    @api.constrains("user_id", "complaint_id")
    def _check_user_id(self):
        for proceeding in self:
            user = proceeding.user_id
            if user and proceeding.complaint_id._is_recused_from(user.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s is recused from %(number)s. Choose somebody else to "
                        "see to the reply.",
                        user=user.name,
                        number=proceeding.complaint_id.name,
                    )
                )

    @api.model
    def _get_reserved_fields(self):
        # A reply that did not go out yet has no proof.
        return super()._get_reserved_fields() | PROOF_FIELDS

    @api.model
    def _get_unfinished_fields(self, row):
        """A proceeding that had not ended when the case was sealed goes on."""
        names = super()._get_unfinished_fields(row)
        if row["state"] not in ("open", "answered"):
            return names
        return names | self._get_all_but(
            "complaint_id", "kind", "date_started", "demand"
        )

    @api.model_create_multi
    def create(self, vals_list):
        proceedings = super().create(self._prepare_new_vals_list(vals_list))
        proceedings._ask_responsible()
        proceedings.complaint_id._sync_proceedings()
        proceedings._follow_mediation()
        for proceeding in proceedings:
            proceeding.complaint_id._message_log(
                body=self.env._("Proceeding: %(name)s", name=proceeding.display_name)
            )
        return proceedings

    def write(self, vals):
        self._check_may_write(vals.keys())
        self._check_consent_is_kept(vals)
        result = super().write(vals)
        if vals.keys() & {
            "date_due",
            "user_id",
            "date_perform_until",
            "date_performed",
        }:
            self._ask_responsible()
        if "kind" in vals:
            self.complaint_id._sync_proceedings()
        if vals.keys() & {"kind", "date_consent"}:
            self._follow_mediation()
        return result

    def _check_consent_is_kept(self, vals):
        """Refuse to change the consent that paused a clock.

        :param dict vals: as given to ``write``
        :raise UserError: naming the proceedings
        """
        if "date_consent" not in vals and "kind" not in vals:
            return
        day = fields.Date.to_date(vals.get("date_consent"))
        paused = self.filtered(
            lambda proceeding: (
                proceeding.sudo().pause_ids  # that it paused counts, not who sees it
                and (
                    ("date_consent" in vals and proceeding.date_consent != day)
                    or vals.get("kind", proceeding.kind) != proceeding.kind
                )
            )
        )
        if paused:
            raise UserError(
                self.env._(
                    "The clock was paused by this consent, which stays: %(names)s. If "
                    "it is wrong, a supervisor voids the pause; end this mediation and "
                    "record another one.",
                    names=format_list(self.env, paused.mapped("display_name")),
                )
            )

    def _check_may_write(self, names):
        """Refuse values that only the steps set, or that an ended proceeding keeps.

        :param names: names of the fields somebody wants to write
        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: naming the fields or the proceedings
        """
        names = set(names)
        self._check_may_add(self.complaint_id)
        forbidden = names & (self._get_marked_fields("system") | {"complaint_id"})
        if forbidden:
            raise UserError(
                self.env._(
                    "A proceeding keeps its complaint, and its steps are taken by its "
                    "buttons: %(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
        if names & REPLY_FIELDS and "answered" in self.mapped("state"):
            answered = self.filtered(lambda proceeding: proceeding.state == "answered")
            raise UserError(
                self.env._(
                    "Our reply went out and stays as it was: %(names)s. Proof of "
                    "sending may be added.",
                    names=format_list(self.env, answered.mapped("display_name")),
                )
            )
        self._check_may_prove(names & PROOF_FIELDS)
        ended = self.filtered(lambda proceeding: proceeding.state == "ended")
        content = {name for name in names if name in self._get_content_fields()}
        if ended and content:
            raise UserError(
                self.env._(
                    "These proceedings have ended and no longer change: %(names)s. "
                    "Open them again first.",
                    names=format_list(self.env, ended.mapped("display_name")),
                )
            )

    def _check_may_prove(self, names):
        """Refuse proof before the reply went out, and other proof than was given.

        :param names: names out of ``PROOF_FIELDS`` that somebody wants to write
        :raise UserError: naming the proceeding
        """
        for proceeding in self if names else ():
            if not proceeding.replied_by_id:
                raise UserError(
                    self.env._(
                        "%(proceeding)s: a reply is proved once it went out. Press "
                        "“Replied” first.",
                        proceeding=proceeding.display_name,
                    )
                )
            given = {name for name in names if proceeding[name]}
            if given:
                raise UserError(
                    self.env._(
                        "%(proceeding)s: proof of sending stays as it was given: "
                        "%(fields)s.",
                        proceeding=proceeding.display_name,
                        fields=self._list_labels(given),
                    )
                )

    @api.model
    def _get_content_fields(self):
        """Return the names of the fields that an ended proceeding keeps."""
        return {
            "kind",
            "partner_id",
            "body",
            "reference",
            "user_id",
            "date_started",
            "demand",
            "date_due",
            "attachment_ids",
            "reply",
            "reply_attachment_ids",
            "date_replied",
            "date_ended",
            "outcome",
            "date_consent",
            "consent_ref",
            "agreement_terms",
            "date_agreement",
            "date_perform_until",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A proceeding that was recorded is kept: %(names)s. End it and say "
                "how it came out.",
                names=format_list(self.env, self.mapped("display_name")),
            )
        )

    @api.model
    def _get_clock_triggers(self):
        return {"state", "date_started", "date_due", "date_replied"}

    def _get_clock_moments(self):
        company = self.company_id
        return {
            "body_asked": company._complaint_day_start(self.date_started),
            "body_answered": company._complaint_day_start(self.date_replied),
        }

    def _get_date_demanded(self):
        return self.company_id._complaint_day_end(self.date_due)

    def _is_clock_stopped(self):
        return self.state == "ended"

    def _get_kept_files(self):
        """Our papers stay once they went out, theirs once the proceeding has ended."""
        ended = self.filtered(lambda proceeding: proceeding.state == "ended")
        answered = self.filtered("replied_by_id")
        return (
            ended.attachment_ids
            | answered.reply_attachment_ids
            | self.proof_attachment_ids
        )

    def _ask_responsible(self):
        """Give who is responsible a to-do for the day the reply is due."""
        for proceeding in self:
            proceeding.activity_unlink(
                ["customer_complaint_review.mail_act_proceeding"]
            )
            complaint = proceeding.complaint_id
            dues = [
                (proceeding.state == "open" and proceeding.date_due, ""),
                (
                    proceeding.is_unperformed and proceeding.date_perform_until,
                    self.env._("Agreement performed?"),
                ),
            ]
            for day, question in dues:
                if not day:
                    continue
                user = complaint._get_first_to_act(
                    proceeding.user_id, complaint.user_id, self.env.user
                )
                summary = " ".join(filter(None, (question, proceeding.display_name)))
                proceeding.activity_schedule(
                    "customer_complaint_review.mail_act_proceeding",
                    date_deadline=day,
                    summary=summary[:MAX_NAME_LENGTH],
                    user_id=user.id,
                )

    def _iter_missing_ends(self):
        """Yield what is still to be done before the cases of these may close.

        :rtype: Iterator[str]
        """
        for proceeding in self:
            if proceeding._holds_up_closing():
                yield (
                    self.env._(
                        "send our reply: %(proceeding)s",
                        proceeding=proceeding.display_name,
                    )
                    if proceeding.kind == "transfer"
                    else self.env._(
                        "record the end: %(proceeding)s",
                        proceeding=proceeding.display_name,
                    )
                )

    def _holds_up_closing(self):
        """Return whether the complaint does not close before this went further.

        :rtype: bool
        """
        self.ensure_one()
        waiting = ("open",) if self.kind == "transfer" else ("open", "answered")
        return self.state in waiting

    def _follow_mediation(self):
        """Pause the clock while a mediation lasts that both agreed to.

        It pauses by itself, from the consent until the mediation ends: the consent is
        how the complainant was told.
        """
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        for proceeding_sudo in self.sudo():
            lasting = proceeding_sudo.pause_ids.filtered(
                lambda pause: not pause.date_to and not pause.date_void
            )
            wanted = (
                proceeding_sudo.kind == "mediation"
                and proceeding_sudo.state != "ended"
                and proceeding_sudo.date_consent
                and not proceeding_sudo.complaint_id._has_ended()
            )
            if lasting and not wanted:
                lasting.with_env(self.env)._resume(
                    max(
                        proceeding_sudo._get_mediation_end(),
                        *lasting.mapped("date_from"),
                    )
                )
            elif wanted and not lasting:
                self.browse(proceeding_sudo.id)._pause_for_mediation()

    def _get_mediation_end(self):
        """Return when the time of a mediation counts again.

        :rtype: datetime.datetime
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.date_ended:
            return now
        day_after = self.date_ended + timedelta(days=1)
        return min(now, self.company_id._complaint_day_start(day_after))

    def _pause_for_mediation(self):
        """Enter the pause of a mediation that both agreed to."""
        self.ensure_one()
        complaint = self.complaint_id
        begin = max(
            self.company_id._complaint_day_start(
                max(self.date_started, self.date_consent)
            ),
            complaint.date_received,
        )
        # Opened again, it goes on from now; what it took before is on record.
        if self.sudo().pause_ids.filtered(lambda pause: not pause.date_void):
            begin = fields.Datetime.now()
        with complaint._limits_stay_passed():
            pause = (
                self.env["customer.complaint.pause"]
                .with_context(clean_context(self.env.context))
                .create(
                    {
                        "complaint_id": complaint.id,
                        "kind": "mediation",
                        "reason": self.env._(
                            "%(mediation)s, agreed to by both: %(proof)s",
                            mediation=self.display_name,
                            proof=self.consent_ref,
                        ),
                        "date_from": begin,
                    }
                )
            )
            pause._write_unguarded({"proceeding_id": self.id})
            complaint._sync_deadlines()

    def _check_may_step(self, states):
        """Check that the user may take a step from one of the states.

        :param states: states the proceedings may be in
        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: naming the proceedings that are in another state
        """
        self._check_may_add(self.complaint_id)
        others = self.filtered(lambda proceeding: proceeding.state not in states)
        if others:
            raise UserError(
                self.env._(
                    "Somebody has taken this step already: %(names)s. Reload the page.",
                    names=format_list(self.env, others.mapped("display_name")),
                )
            )

    def action_answer(self):
        """Record that our reply went out on the day entered, or today.

        :raise UserError: if there is no reply
        """
        self._check_may_step(("open",))
        for proceeding in self:
            if not (proceeding.reply or "").strip():
                raise UserError(
                    self.env._(
                        "%(proceeding)s: first write our reply.",
                        proceeding=proceeding.display_name,
                    )
                )
        for proceeding in self:
            proceeding._set_answered(
                proceeding.date_replied or proceeding.company_id._complaint_today()
            )
        return True

    def _set_answered(self, day):
        """Note that the body has our reply.

        :param datetime.date day: when it got the reply
        """
        self.ensure_one()
        self._write_unguarded(
            {"state": "answered", "date_replied": day, "replied_by_id": self.env.uid}
        )
        self.activity_feedback(["customer_complaint_review.mail_act_proceeding"])

    def action_tell(self):
        """Open the dialog that tells the body our reply, with proof.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_step(("open",))
        return self.complaint_id.with_context(
            default_kind="authority", default_proceeding_id=self.id
        ).action_tell()

    def action_end(self):
        """End the proceedings on the day entered, or today.

        :raise UserError: if the outcome is missing
        """
        self._check_may_step(("open", "answered"))
        for proceeding in self:
            if not (proceeding.outcome or "").strip():
                raise UserError(
                    self.env._(
                        "%(proceeding)s: first say how it came out.",
                        proceeding=proceeding.display_name,
                    )
                )
        for proceeding in self:
            proceeding._write_unguarded(
                {
                    "state": "ended",
                    "date_ended": proceeding.date_ended
                    or proceeding.company_id._complaint_today(),
                }
            )
        self._ask_responsible()
        self.complaint_id._sync_proceedings()
        self._follow_mediation()
        return True

    def action_reopen(self):
        """Open proceedings again that go on after all."""
        self._check_may_step(("ended",))
        for proceeding in self:
            proceeding._write_unguarded(
                {
                    "state": "answered" if proceeding.replied_by_id else "open",
                    "date_ended": False,
                }
            )
        self._ask_responsible()
        self.complaint_id._sync_proceedings()
        self._follow_mediation()
        return True
