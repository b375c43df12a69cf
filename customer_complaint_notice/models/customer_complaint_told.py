from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_list, html2plaintext
from odoo.tools.misc import get_lang

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH, Missing

from ..const import TEMPLATE_TEXTS
from ..tools.language import seems_foreign

# What somebody writes and the customer reads.
TOLD_TEXTS = ("conclusion_note", *TEMPLATE_TEXTS, "refusal_note")

# External ids of the letters by kind of notice.
LETTERS = {
    "receipt": "customer_complaint_notice.report_acceptance_receipt",
    "papers": "customer_complaint_notice.report_papers_request",
    "refusal": "customer_complaint_notice.report_refusal_letter",
}
# Told in the course of a case only; the others may be told after its end too.
KINDS_WHILE_OPEN = (
    "receipt",
    "papers",
    "progress",
    "extension",
    "pause",
    "decision",
)
# States in which a decision that was dated stands.
DECIDED_STATES = ("remediation", "followup")
# External ids of the ready e-mails by kind of notice.
MAIL_TEMPLATES = {
    "receipt": "customer_complaint_notice.mail_template_receipt",
    "papers": "customer_complaint_notice.mail_template_papers",
    "refusal": "customer_complaint_notice.mail_template_refusal",
    "decision": "customer_complaint_notice.mail_template_decision",
}
# The steps that need the decision told, or the attempts on record.
TOLD_STATES = ("followup", "closed")
# What the form lists of the notices, and how many: read in one query.
LATEST_NOTICES_SHOWN = 20
LATEST_NOTICE_FIELDS = (
    "complaint_id",
    "company_id",
    "date",
    "kind",
    "way",
    "recipient_name",
    "address",
    "proof_ref",
    "failure_reason",
    "state",
)


class CustomerComplaintTold(models.AbstractModel):
    """What is told of the complaint, and what follows from having told it."""

    _name = "customer.complaint.told"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "What a Complainant Was Told"

    notice_ids = fields.One2many(
        "customer.complaint.notice", "complaint_id", string="Notices"
    )
    latest_notice_ids = fields.Many2many(
        "customer.complaint.notice",
        string="Latest Notices",
        compute="_compute_latest_notice_ids",
        help="The latest notices, latest first; “All Notices” lists them all.",
    )
    is_unreachable = fields.Boolean(
        string="Unreachable",
        readonly=True,
        copy=False,
        help="So many attempts to reach the complainant failed in a row as the "
        "settings say. The case goes on, with the attempts on record.",
        sealed=False,
        system=True,
    )
    # Language of the customer
    language_warning = fields.Char(
        compute="_compute_language_warning",
        help="Which language the customer reads, where it is not yours or where a text "
        "seems to be in another one.",
    )

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        kind = self._get_mail_notice_kind()
        if self and kind != "other":
            reason = self._get_cannot_tell_reason(kind)
            if reason:
                raise UserError(self._name_reason(reason))
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if self and not self._is_internal_message(message):
            told = [
                data
                for data in recipients or []
                if data["notif"] == "email" and self._is_told_person(data)
            ]
            if told:
                self._check_may_work()
                self._create_mail_notices(message, told)
        return recipients

    def _message_mail_after_hook(self, mails):
        """E-mails sent to many complaints at once are notices as well."""
        result = super()._message_mail_after_hook(mails)
        by_id = self.grouped("id")
        for mail in mails:
            complaint = by_id.get(mail.res_id)
            if complaint and mail.model == self._name:
                told = [
                    {"id": person.id, "email_normalized": person.email_normalized}
                    for person in mail.recipient_ids
                    if person in complaint._get_told_persons()
                ]
                if told:
                    complaint._check_may_work()
                    complaint._create_mail_notices(mail.mail_message_id, told)
        return result

    def _message_receive_bounce(self, email, partner):
        """A mail that came back has told nobody."""
        result = super()._message_receive_bounce(email, partner)
        for complaint in self:
            # The gateway acts as superuser: the sender of a bounce is nobody.
            notice_sudo = complaint.sudo().notice_ids.filtered(
                lambda notice: (
                    notice.message_id
                    and notice.state in ("pending", "succeeded")
                    and (
                        email_normalize(notice.address or "") == email_normalize(email)
                        or notice.partner_id in (partner or notice.partner_id.browse())
                    )
                )
            )[:1]
            notice_sudo._set_outcome(
                "failed",
                failure_reason=self.env._(
                    "The e-mail to %(address)s came back.", address=email
                ),
            )
        return result

    def _get_mail_notice_kind(self):
        """Return the kind of notice that a mail is, as its composer was opened for.

        :rtype: str
        """
        kind = self.env.context.get("complaint_notice_kind")
        return kind if kind in self._get_notice_kinds() else "other"

    def _is_internal_message(self, message):
        return (
            super()._is_internal_message(message)
            # Who wrote it, not what.
            or message.sudo().author_id in self._get_told_persons()
        )

    def _is_told_person(self, data):
        """Return whether a recipient is the complainant or who represents them.

        :param dict data: see ``_notify_get_recipients``
        :rtype: bool
        """
        self.ensure_one()
        if data["id"]:
            return data["id"] in self._get_told_persons().ids
        address = email_normalize(self.email or "")
        return bool(address) and data.get("email_normalized") == address

    def _create_mail_notices(self, message, told):
        """Record that a mail is on its way to these people.

        :param mail.message message: what is sent
        :param list[dict] told: id and address of each person
        """
        self.ensure_one()
        # Who may send the mail was checked; the message belongs to the notice then.
        message_sudo = message.sudo()
        Notice_sudo = self.env["customer.complaint.notice"].sudo()
        known = Notice_sudo.search([("message_id", "=", message.id)]).partner_id.ids
        kind = self._get_mail_notice_kind()
        subject = message_sudo.subject or self._get_notice_kind_label(kind)
        notices_sudo = Notice_sudo.create(
            [
                {
                    "complaint_id": self.id,
                    "kind": kind,
                    "way": "email",
                    "name": subject[:MAX_NAME_LENGTH],
                    "partner_id": data["id"],
                    "address": data.get("email_normalized"),
                    "content": html2plaintext(message_sudo.body or ""),
                    "state": "pending",
                    "message_id": message.id,
                    "date_due": kind == "papers" and self._get_papers_due(),
                }
                for data in told
                if data["id"] not in known
            ]
        )
        notices_sudo._settle_by_notifications()

    # ------------------------------------------------------------------
    # WHAT LETTERS SAY
    #
    # The texts that notices propose, and what the letters say.
    # ------------------------------------------------------------------

    def _get_notice_content(self, kind):
        """Return the text that a notice of this kind tells, as plain text.

        It is proposed in the dialog and kept with the notice as it was told.

        :param str kind: a kind of notice
        :rtype: str
        """
        self.ensure_one()
        write = {
            "receipt": self._get_receipt_text,
            "papers": self._get_papers_text,
            "refusal": self._get_refusal_text,
        }.get(kind)
        return write() if write else ""

    def _get_notice_report(self, kind):
        """Return the external id of the letter that goes with a notice, or False.

        :param str kind: a kind of notice
        :rtype: str or bool
        """
        self.ensure_one()
        return LETTERS.get(kind, False)

    def _get_receipt_text(self):
        limit = self._get_limit_text()
        return "\n".join(
            filter(
                None,
                [
                    self.env._(
                        "Your complaint of %(received)s (“%(subject)s”) was accepted "
                        "on %(accepted)s under the number %(number)s.",
                        received=self._format_day(self.date_received),
                        subject=self.subject or "",
                        accepted=self._format_day(self.date_accepted),
                        number=self.name,
                    ),
                    limit
                    and self.env._(
                        "You will have our decision: %(limit)s.", limit=limit
                    ),
                    self.env._(
                        "If you have a question, name this number: %(contact)s.",
                        contact=self._get_contact_text(),
                    ),
                ],
            )
        )

    def _get_papers_text(self):
        papers = self._get_missing_paper_types().get(self)
        due = self.company_id._complaint_format_day(self._get_papers_due())
        lines = [
            self.env._(
                "To accept your complaint %(number)s we need these papers: %(papers)s.",
                number=self.name,
                papers=format_list(self.env, papers._get_wanted_names()),
            )
            if papers
            else self.env._(
                "To handle your complaint %(number)s we need more papers from you.",
                number=self.name,
            ),
            self.env._(
                "Please bring or send them until %(due)s to: %(place)s.",
                due=due,
                place=self._get_place_text(),
            ),
            self.env._(
                "Papers we already have need not be handed in again. If you cannot get "
                "a paper in time, tell us why: %(contact)s.",
                contact=self._get_contact_text(),
            ),
        ]
        return "\n".join(lines)

    def _get_refusal_text(self):
        ground = self.refusal_ground_id
        values = {
            "number": self.name,
            "received": self._format_day(self.date_received),
            "ground": ground.name or "",
        }
        lines = [
            self.env._(
                "We had accepted your complaint %(number)s of %(received)s, and cannot "
                "go on with it. Ground: %(ground)s.",
                **values,
            )
            if self.date_accepted
            else self.env._(
                "We cannot accept your complaint %(number)s of %(received)s. "
                "Ground: %(ground)s.",
                **values,
            ),
            ground.legal_basis
            and self.env._("Legal basis: %(basis)s.", basis=ground.legal_basis),
            self.refusal_note,
            self._get_refusal_ways(),
        ]
        return "\n".join(filter(None, lines))

    def _get_limit_text(self):
        """Return until when the complainant has an answer, as the receipt says it.

        A receipt always names the day. Extensions that know the time limit of the case
        return its date.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        accepted = company._complaint_date(self.date_accepted or fields.Datetime.now())
        day = accepted + timedelta(days=company.complaint_answer_days)
        return self.env._("until %(date)s", date=company._complaint_format_day(day))

    def _get_contact_text(self):
        """Return whom the complainant asks: handler, team, telephone and e-mail.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        known = [
            self.user_id.name,
            self.team_id.name or company.name,
            company.phone,
            company.email,
        ]
        return ", ".join(filter(None, known))

    def _get_place_text(self):
        """Return where papers are brought or sent.

        :rtype: str
        """
        self.ensure_one()
        # The address of the company, which every letterhead shows.
        address = self.company_id.sudo().partner_id._get_complaint_address()
        return address or self.company_id.name

    def _get_refusal_ways(self):
        """Return the ways still open to who was refused.

        :rtype: str
        """
        self.ensure_one()
        return self.decision_ways_open or self.env._(
            "If you do not agree you can hand in new facts, or turn to the consumer "
            "association, the market regulator, an arbitration body or the court."
        )

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

    @api.depends("notice_ids.state")
    def _compute_latest_notice_ids(self):
        """One query instead of the two of a list of lines, which grows besides."""
        Notice = self.env["customer.complaint.notice"]
        for complaint in self:
            notices = Notice.browse()
            # A complaint that is being entered has told nothing yet.
            if complaint._origin:
                notices = Notice.search_fetch(
                    [("complaint_id", "=", complaint._origin.id)],
                    LATEST_NOTICE_FIELDS,
                    limit=LATEST_NOTICES_SHOWN,
                )
            complaint.latest_notice_ids = notices

    def _get_cannot_tell_reason(self, kind):
        """Return why a notice of this kind cannot be given now, or False.

        Extensions add their conditions.

        :param str kind: a kind of notice
        :rtype: str or bool
        """
        self.ensure_one()
        if kind in KINDS_WHILE_OPEN and self._has_ended():
            return self.env._(
                "it has ended (“%(state)s”). Record what else you tell the complainant "
                "as a notice of the kind “%(other)s”.",
                state=self._get_state_label(self.state),
                other=self._get_notice_kind_label("other"),
            )
        if kind == "refusal" and self.state != "refused":
            return self.env._(
                "it is not refused. Press “Refuse” first, with the ground."
            )
        if kind == "receipt" and not self.date_accepted:
            return self.env._(
                "acceptance is confirmed once it is accepted. Accept it first, or ask "
                "for the papers that are missing."
            )
        if kind == "decision" and not (
            self.date_decided and self.state in DECIDED_STATES
        ):
            return self.env._(
                "there is no decision to tell yet. Finish the investigation and decide "
                "first."
            )
        return False

    @api.model
    def _get_notice_kind_label(self, kind):
        """Return the translated label of a kind of notice."""
        field = self.env["customer.complaint.notice"]._fields["kind"]
        return dict(field._description_selection(self.env))[kind]

    def _get_told_persons(self):
        """Return who can be told: the customer and who represents them.

        :rtype: res.partner
        """
        return self.partner_id | self.representative_ids

    def _get_told_address(self, way, person):
        """Return the number or address at which a person is told.

        :param str way: one of ``NOTICE_WAYS``
        :param res.partner person: the customer, or who represents them
        :rtype: str or bool
        """
        self.ensure_one()
        is_other = person and person != self.partner_id
        if way in ("phone", "sms"):
            return person.phone if is_other else self.phone
        if way in ("email", "portal"):
            return person.email if is_other else self.email
        if way == "post":
            return person._get_complaint_address() if is_other else self.address
        return self.other_contact if way == "messenger" and not is_other else False

    def _format_moment(self, moment):
        """Return a date and time in the company's time zone, which it names.

        :param datetime.datetime moment: naive UTC
        :rtype: str
        """
        self.ensure_one()
        return self.company_id._complaint_format_moment(moment)

    def _update_from_notices(self):
        """Bring the date of telling and reachability up to date with the notices."""
        by_complaint = (
            self.env["customer.complaint.notice"]
            .search_fetch(
                [("complaint_id", "in", self.ids)],
                ["complaint_id", "kind", "state", "date", "date_told", "date_due"],
            )
            .sorted(lambda notice: (notice.date_told or notice.date, notice.id))
            .grouped("complaint_id")
        )
        for complaint, notices in by_complaint.items():
            vals = complaint._prepare_told_vals(notices)
            changed = {
                name: value for name, value in vals.items() if complaint[name] != value
            }
            if changed:
                complaint._write_unguarded(changed)

    def _prepare_told_vals(self, notices):
        """Return what its notices say of the complaint.

        :param notices: all of the complaint, void ones too, latest last
        :rtype: dict
        """
        self.ensure_one()
        failed = 0
        for notice in notices:
            if not notice._is_to_complainant():
                continue
            if notice.state == "succeeded":
                failed = 0
            failed += notice.state == "failed"
        vals = {
            "is_unreachable": failed >= self.company_id.complaint_unreachable_attempts
        }
        # Without such a notice a date entered before there were notices stays.
        decision_notices = self._get_decision_notices(notices)
        if not self._has_ended() and (
            decision_notices or "decision" in notices.mapped("kind")
        ):
            # The decision counts as told when it first reached somebody.
            vals["date_notified"] = min(
                decision_notices.filtered(
                    lambda notice: notice.state == "succeeded"
                ).mapped("date_told"),
                default=False,
            )
        return vals

    def _get_decision_notices(self, notices):
        """Return the notices that tell the decision as it stands.

        :rtype: customer.complaint.notice
        """
        decided = self.date_decided
        return notices.filtered(
            lambda notice: (
                notice.kind == "decision" and decided and notice.date >= decided
            )
        )

    def _was_decision_tried(self):
        """Return whether it was tried to tell the decision as it stands.

        :rtype: bool
        """
        self.ensure_one()
        notices = self.notice_ids.filtered(lambda notice: notice.state != "void")
        return bool(self._get_decision_notices(notices))

    @api.depends("date_notified", "is_unreachable")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _is_decision_told(self):
        """A decision that could not be told counts, too, once it was tried in vain."""
        return super()._is_decision_told() or (
            self.is_unreachable and self._was_decision_tried()
        )

    def _prepare_followup_vals(self):
        # The notices say when, and whether.
        vals = super()._prepare_followup_vals()
        vals.pop("date_notified", None)
        return vals

    def action_tell(self):
        """Ask what is told to whom and how; ``default_kind`` in the context says what.

        :rtype: dict
        :raise AccessError: if the user must not work on the complaint
        """
        self.ensure_one()
        self._check_may_work()
        kind = self.env.context.get("default_kind") or self._get_default_notice_kind()
        if kind not in self._get_notice_kinds():
            raise UserError(
                self.env._("There is no kind of notice “%(kind)s”.", kind=kind)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Complainant"),
            "res_model": "customer.complaint.tell",
            "views": [(False, "form")],
            "target": "new",
            # What the notice is about besides, e.g. a review.
            "context": {
                **{
                    name: value
                    for name, value in self.env.context.items()
                    if name.startswith("default_")
                },
                "default_complaint_id": self.id,
                "default_kind": kind,
            },
        }

    @api.model
    def _get_notice_kinds(self):
        """Return which kinds of notice there are.

        :rtype: list[str]
        """
        return (
            self.env["customer.complaint.notice"]._fields["kind"].get_values(self.env)
        )

    def _get_default_notice_kind(self):
        """Return which kind of notice is likely to be given now.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "remediation" and not self.date_notified:
            return "decision"
        kinds = {"accepted": "receipt", "refused": "refusal"}
        return kinds.get(self.state, "other")

    def action_open_notices(self):
        """List the notices of the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts(
            "customer_complaint_notice.customer_complaint_notice_action"
        )

    # ------------------------------------------------------------------
    # BEFORE THE STEPS
    #
    # What must have been told before a step.
    #
    # Loaded after the decision: what stands in its way is named before that it is not
    # told.
    # ------------------------------------------------------------------

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if target not in TOLD_STATES or self._is_decision_told():
            return
        demand = self._get_telling_demand(target)
        if demand:
            yield Missing.TELLING, demand

    def _get_telling_demand(self, target):
        """Return how the decision, which is not told yet, is told before a step.

        Hook: False where something else asks for it.

        :param str target: the state it goes to
        :rtype: str or bool
        """
        return self.env._(
            "tell the complainant the decision with “Tell the Decision”, or record "
            "there the attempts that failed"
        )

    @api.depends("partner_id", *TOLD_TEXTS)
    @api.depends_context("lang")
    def _compute_language_warning(self):
        for complaint in self:
            complaint.language_warning = complaint._get_language_warning(
                {
                    f"“{complaint._get_field_label(name)}”": complaint[name]
                    for name in TOLD_TEXTS
                }
            )

    def _get_language_warning(self, texts):
        """Return what to tell whoever writes to the customer, or False.

        :param dict texts: what was written so far, by its name for the reader
        :rtype: str or bool
        """
        self.ensure_one()
        if not self.partner_id:
            return False
        lang = self._get_letter_lang()
        language = get_lang(self.env, lang).name
        foreign = [name for name, text in texts.items() if seems_foreign(text, lang)]
        if foreign:
            return self.env._(
                "The customer reads %(language)s. This goes to them and seems to be in "
                "another language: %(texts)s.",
                language=language,
                texts=format_list(self.env, foreign),
            )
        written = any((text or "").strip() for text in texts.values())
        return (
            lang != self.env.lang
            and not written
            and self.env._(
                "The customer reads %(language)s: write what goes to them in it.",
                language=language,
            )
        )
