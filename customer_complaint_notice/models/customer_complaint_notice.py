from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH
from odoo.addons.customer_complaint.models.customer_complaint_kept import ADD

# Other addons add theirs.
NOTICE_KINDS = [
    ("receipt", "Acknowledgement of Receipt"),
    ("papers", "Request for Papers"),
    ("refusal", "Refusal"),
    ("progress", "State of Things"),
    ("extension", "Extension of Time"),
    ("pause", "Pause of the Clock"),
    ("decision", "Decision"),
    ("other", "Other"),
]
NOTICE_WAYS = [
    ("hand", "By Hand"),
    ("post", "Post"),
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("phone", "Telephone"),
    ("messenger", "Messenger"),
    ("portal", "Portal"),
]
NOTICE_STATES = [
    ("pending", "On Its Way"),
    ("succeeded", "Told"),
    ("failed", "Not Reached"),
    ("void", "Void"),
]
# What a telling by each way leaves behind: without it nobody can prove it later.
PROOF_WAYS = ("hand", "post", "sms", "email", "phone", "messenger")
# What may still be added to a notice.
PROOF_FIELDS = frozenset({"proof_ref", "attachment_ids"})
# What became of a mail, and what that makes of the notice.
OUTCOMES = {"sent": "succeeded", "bounce": "failed", "exception": "failed"}


class CustomerComplaintNotice(models.Model):
    """What was told about a complaint, to whom, how, when, and the proof of it.

    The record is append-only: what was told never changes. A notice on its way gets
    its outcome once, proof may be added, and a supervisor voids an erroneous one with
    a reason. (CBIRC-2020: decisions are told with proof.)
    """

    _name = "customer.complaint.notice"
    _inherit = [
        "customer.complaint.voidable",
        "customer.complaint.belonging",
        "customer.complaint.part",
    ]
    _description = "Complaint Notice"
    _gives_person_files = True
    _order = "date desc, id desc"
    _check_company_auto = True
    _outlives_complaint = True
    _file_fields = ("attachment_ids",)

    name = fields.Char(
        string="Subject",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="What the notice is about, in a few words.",
        personal=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    kind = fields.Selection(
        NOTICE_KINDS, required=True, default="other", index=True, told_to_person=True
    )
    way = fields.Selection(NOTICE_WAYS, required=True, index=True, told_to_person=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Told To",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The complainant, or who represents them.",
        personal=True,
    )
    recipient_name = fields.Char(
        compute="_compute_recipient_name",
        store=True,
        precompute=True,
        help="Name of who was told, as it was then.",
        personal=True,
        system=True,
        told_to_person=True,
    )
    address = fields.Char(
        string="Number or Address",
        help="Telephone number, e-mail or postal address that was used.",
        personal=True,
        told_to_person=True,
    )
    content = fields.Text(
        string="What Was Told",
        help="The text as it was told.",
        personal=True,
        told_to_person=True,
    )
    date = fields.Datetime(
        string="Sent or Told On",
        required=True,
        default=fields.Datetime.now,
        index=True,
        help="When the letter was posted, the call was made, the message was sent.",
        told_to_person=True,
    )
    date_due = fields.Date(
        string="Papers Until",
        help="Day until which the papers asked for are to be brought.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Told By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
        system=True,
    )
    state = fields.Selection(
        NOTICE_STATES,
        string="Outcome",
        required=True,
        default="succeeded",
        copy=False,
        index=True,
        told_to_person=True,
    )
    date_told = fields.Datetime(
        string="Reached On",
        readonly=True,
        copy=False,
        help="When the notice reached the person; a letter later than it was posted.",
        system=True,
        told_to_person=True,
    )
    failure_reason = fields.Text(
        copy=False,
        help="Why the person was not reached, e.g. no answer, returned.",
        personal=True,
    )

    # Proof
    proof_ref = fields.Char(
        string="Proof Reference",
        copy=False,
        help="Number of the posting slip, time and number of the call, message id, "
        "who signed.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_notice_attachment_rel",
        "notice_id",
        "attachment_id",
        string="Proof",
        copy=False,
        bypass_search_access=True,
        help="Signed copy, photo of the posting slip, screenshot, recording.",
    )
    message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        system=True,
    )

    @api.depends("kind")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for notice in self:
            notice.name = notice.name or kinds.get(notice.kind)

    @api.depends("partner_id")
    def _compute_recipient_name(self):
        """Keep the name as it was: it depends on the choice only."""
        for notice in self:
            notice.recipient_name = (
                notice.partner_id.name or notice.complaint_id.complainant_name
            )

    @api.constrains("date", "date_told")
    def _check_date(self):
        for notice in self:
            reason = notice._get_wrong_date_reason()
            if reason:
                raise ValidationError(notice.complaint_id._name_reason(reason))

    def _get_wrong_date_reason(self):
        """Return why the notice cannot be dated so, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        complaint = self.complaint_id
        if max(self.date, self.date_told or self.date) > fields.Datetime.now():
            return self.env._(
                "nobody can have been told in the future. Enter when it was done."
            )
        if self.date < complaint.date_received:
            return self.env._(
                "nobody can have been told before the complaint was received. Enter "
                "when it was done."
            )
        if self.date_told and self.date_told < self.date:
            return self.env._(
                "a notice cannot have arrived before it was sent. Correct one of the "
                "two times."
            )
        return False

    @api.constrains("date", "kind")
    def _check_told_after_decision(self):
        """A notice is dated once: a later decision does not make it wrong."""
        for notice in self:
            complaint = notice.complaint_id
            decided = complaint.date_decided
            if (
                notice.kind in ("decision", "refusal")
                and decided
                and notice.date < decided
            ):
                raise ValidationError(
                    complaint._name_reason(
                        self.env._(
                            "it was decided on %(date)s and nobody can have been told "
                            "before. Enter when it was done.",
                            date=complaint._format_moment(decided),
                        )
                    )
                )

    @api.constrains("state", "way", "failure_reason", "proof_ref", "attachment_ids")
    def _check_outcome(self):
        for notice in self:
            reason = notice._get_wrong_outcome_reason()
            if reason:
                raise ValidationError(notice.complaint_id._name_reason(reason))

    def _get_wrong_outcome_reason(self):
        """Return what an outcome lacks: the proof, or why it failed.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state == "failed" and not (self.failure_reason or "").strip():
            return self.env._(
                "say why the person was not reached, e.g. no answer, letter returned."
            )
        is_proved = (
            self.message_id or self.attachment_ids or (self.proof_ref or "").strip()
        )
        if self.state == "succeeded" and self.way in PROOF_WAYS and not is_proved:
            return self._get_proof_wanted()
        return False

    def _get_proof_wanted(self):
        """Return which proof a telling by this way needs.

        :rtype: str
        """
        self.ensure_one()
        texts = {
            "hand": self.env._(
                "who was told by hand signs for it: attach the signed copy, or enter "
                "who signed and when as proof reference."
            ),
            "post": self.env._(
                "a letter needs its proof: enter the number of the posting slip, or "
                "attach it."
            ),
            "sms": self.env._(
                "a text message needs its proof: enter its number or time, or attach "
                "a screenshot."
            ),
            "email": self.env._(
                "an e-mail written elsewhere needs its proof: enter its message id, "
                "or attach it. Better write it here; then it is its own proof."
            ),
            "phone": self.env._(
                "a call needs its proof: enter when and which number was called, or "
                "attach the recording."
            ),
            "messenger": self.env._(
                "a message needs its proof: enter its time and account, or attach a "
                "screenshot."
            ),
        }
        return texts[self.way]

    @api.model_create_multi
    def create(self, vals_list):
        """Record tellings, in the name of the user.

        Papers are asked for until a day, of which the handler is reminded.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if a notice of this kind cannot be given now
        """
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        left_out = self._get_reserved_fields()
        if self.env.su:
            left_out -= {"message_id"}
        vals_list = self._prepare_new_vals_list(vals_list, left_out)
        now = fields.Datetime.now()  # one moment for both, not a second later
        for vals in vals_list:
            vals["date"] = vals.get("date") or now
            if vals.get("state", "succeeded") == "succeeded":
                vals["date_told"] = vals["date"]
            if vals.get("kind") == "papers" and not vals.get("date_due"):
                complaint = self.env["customer.complaint"].browse(
                    vals.get("complaint_id")
                )
                vals["date_due"] = complaint._get_papers_due()
        notices = super().create(vals_list)
        notices._check_may_tell()
        for notice in notices:
            notice.complaint_id._message_log(body=notice._get_log_text())
        notices._apply_outcome()
        for notice in notices:
            if notice.kind == "papers" and notice.state != "failed":
                notice.complaint_id._remind_of_papers(notice.date_due)
        return notices

    def _check_may_tell(self):
        """Refuse new notices that the state of their complaint does not allow.

        :raise UserError: naming the complaints
        """
        reasons = []
        for notice in self:
            complaint = notice.complaint_id
            reason = complaint._get_cannot_tell_reason(notice.kind)
            if notice.state == "void":
                reason = self.env._("a new notice is told, on its way or failed.")
            if reason:
                reasons.append(complaint._name_reason(reason))
        if reasons:
            raise UserError("\n".join(reasons))

    def write(self, vals):
        """Add proof; nothing else of a notice ever changes.

        :raise UserError: if another value, or given proof, would change
        """
        if not vals:
            return True
        forbidden = vals.keys() - PROOF_FIELDS
        if forbidden:
            raise UserError(
                self.env._(
                    "What was told stays as it was: %(fields)s. If the record is "
                    "wrong, a supervisor voids it and you record the notice anew.",
                    fields=self._list_labels(forbidden),
                )
            )
        self._check_may_work()
        before = {notice: (notice.proof_ref, notice.attachment_ids) for notice in self}
        result = super().write(vals)
        for notice, (proof_ref, files) in before.items():
            if (proof_ref and notice.proof_ref != proof_ref) or (
                files - notice.attachment_ids
            ):
                raise UserError(
                    self.env._(
                        "Proof of “%(notice)s” may be added, not changed or taken "
                        "away. If it is wrong, a supervisor voids the notice.",
                        notice=notice.name,
                    )
                )
        return result

    @api.model
    def _get_unfinished_fields(self, row):
        """A notice on its way when the case was sealed gets its outcome later."""
        names = super()._get_unfinished_fields(row)
        if row["state"] != "pending":
            return names
        return names | {
            "state",
            "date_told",
            "failure_reason",
            "message_id",
            "date_void",
            "void_by_id",
            "void_reason",
            *PROOF_FIELDS,
        }

    def _get_file_refusal(self, change, files):
        """Proof of a notice stays as it was filed; more may be added."""
        if change == ADD:
            return super()._get_file_refusal(change, files)
        return self.env._(
            "These files prove a notice and stay as they are: %(files)s. If the notice "
            "is wrong, a supervisor voids it.",
            files=format_list(self.env, files.mapped("name")),
        )

    def _check_may_work(self):
        """Refuse those who do not work on the complaints of these notices.

        :raise AccessError: if the user reads only, or is recused
        """
        self._check_may_add(self.complaint_id)

    def action_settle(self):
        """Ask for the outcome of a notice that is on its way.

        :rtype: dict
        """
        return self._action_ask_outcome("succeeded", self.env._("Outcome"))

    def action_void(self):
        """Ask why a notice is void.

        :rtype: dict
        """
        return self._action_ask_outcome("void", self.env._("Void the Notice"))

    def _action_ask_outcome(self, outcome, title):
        self.ensure_one()
        return self.complaint_id._action_ask(
            "customer.complaint.settle.notice",
            title,
            notice_id=self.id,
            outcome=outcome,
        )

    def _settle(self, state, **vals):
        """Give notices on their way their outcome.

        :param str state: ``succeeded`` or ``failed``
        :param vals: ``date_told``, ``failure_reason``, and proof
        :raise UserError: if one of the notices is not on its way any more
        :raise ValidationError: if the proof or the reason is missing
        """
        self._check_may_work()
        settled = self.filtered(lambda notice: notice.state != "pending")
        if settled:
            raise UserError(
                self.env._(
                    "The outcome of these notices is known already: %(names)s. Reload "
                    "the page.",
                    names=format_list(self.env, settled.mapped("name")),
                )
            )
        self._set_outcome(state, **vals)

    def _set_outcome(self, state, **vals):
        """Write an outcome and do what follows from it."""
        if state == "succeeded":
            vals.setdefault("date_told", fields.Datetime.now())
        else:
            vals["date_told"] = False
        for notice in self:
            notice._write_unguarded({**vals, "state": state})
            notice._link_attachments()
            notice.complaint_id._message_log(body=notice._get_log_text())
        self._apply_outcome()

    def _void(self, reason):
        """Take notices out that were recorded in error.

        :param str reason: what was wrong
        :raise AccessError: if the user is no supervisor
        :raise UserError: without a reason, if one is void already, or if the case has
            ended on the decision it told
        """
        self._check_may_void(reason)
        decisions = self.filtered(lambda notice: notice.kind == "decision")
        decisions.complaint_id._check_not_closed()
        self._write_unguarded({"state": "void", **self._prepare_void_vals(reason)})
        for notice in self:
            notice.complaint_id._message_log(body=notice._get_log_text())
        self._apply_outcome()

    def _apply_outcome(self):
        """Bring the complaints up to date with the outcome of these notices."""
        self.complaint_id._update_from_notices()
        for notice in self:
            if notice.state == "succeeded":
                notice._after_told()

    def _is_to_complainant(self):
        """Return whether it tells the complainant, or who represents them.

        Hook: addons that tell others, e.g. an authority, say so.

        :rtype: bool
        """
        self.ensure_one()
        return True

    def _after_told(self):
        """Do what follows from telling, once per notice that succeeded.

        Extensions add what their kind of notice dates.
        """

    def _get_log_text(self):
        """Return the line of the chatter that says what became of the notice.

        :rtype: str
        """
        self.ensure_one()
        values = {
            "notice": self.name,
            "way": self._get_label("way"),
            "person": self.recipient_name or self.env._("the complainant"),
            "date": self.complaint_id._format_moment(self.date_told or self.date),
        }
        if self.state == "void":
            return self.env._(
                "Notice “%(notice)s” voided: %(reason)s",
                reason=self.void_reason or "",
                **values,
            )
        if self.state == "failed":
            return self.env._(
                "%(person)s not reached (%(way)s, %(date)s), “%(notice)s”: %(reason)s",
                reason=self.failure_reason or "",
                **values,
            )
        if self.state == "pending":
            return self.env._(
                "“%(notice)s” on its way to %(person)s (%(way)s, %(date)s)", **values
            )
        return self.env._(
            "“%(notice)s” told to %(person)s (%(way)s, %(date)s)", **values
        )

    def _get_label(self, name):
        """Return the translated label of the value of a selection field."""
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    # ------------------------------------------------------------------
    # E-MAIL
    # ------------------------------------------------------------------

    def _settle_by_notifications(self):
        """Take over what became of mails that went out at once."""
        for notification in self.message_id.notification_ids:
            outcome = OUTCOMES.get(notification.notification_status)
            if notification.failure_type == "mail_smtp":
                continue  # tried again
            notices = self.filtered(
                lambda notice, notification=notification: (
                    notice.state == "pending"
                    and notice.message_id == notification.mail_message_id
                    and notice.partner_id == notification.res_partner_id
                )
            )
            if outcome and notices:
                notices._settle_mail(outcome, notification.failure_reason)

    def _settle_mail(self, outcome, reason=False):
        """Record that the mail went out, or why it did not.

        :param str outcome: ``succeeded`` or ``failed``
        :param str reason: what the mail server said
        """
        vals = {}
        if outcome == "failed":
            vals["failure_reason"] = reason or self.env._(
                "The e-mail could not be sent."
            )
        self._set_outcome(outcome, **vals)

    # ------------------------------------------------------------------
    # PAPERS BEFORE ACCEPTANCE
    # ------------------------------------------------------------------

    @api.constrains("kind", "date", "date_due")
    def _check_date_due(self):
        for notice in self:
            if notice.kind != "papers":
                continue
            company = notice.company_id
            if not notice.date_due or notice.date_due < company._complaint_date(
                notice.date
            ):
                raise ValidationError(
                    notice.complaint_id._name_reason(
                        self.env._(
                            "papers are asked for until a day that has not passed when "
                            "they are asked for. Enter a later day."
                        )
                    )
                )
