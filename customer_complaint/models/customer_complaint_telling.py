from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .customer_complaint_notice import NOTICE_KINDS

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
    "receipt": "customer_complaint.mail_template_receipt",
    "papers": "customer_complaint.mail_template_papers",
    "refusal": "customer_complaint.mail_template_refusal",
    "decision": "customer_complaint.mail_template_decision",
}
# The steps that need the decision told, or the attempts on record.
TOLD_STATES = ("followup", "closed")
# A technical bound: a year; longer ones are typing errors.
MAX_ANSWER_DAYS = 366
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


class CustomerComplaint(models.Model):
    """What is told of the complaint, and what follows from having told it."""

    _inherit = "customer.complaint"

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # HOOKS OF NOTICES
    # ------------------------------------------------------------------

    def _get_cannot_tell_reason(self, kind):
        """Return why a notice of this kind cannot be given now, or False.

        Extensions add their conditions.

        :param str kind: one of ``NOTICE_KINDS``
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

    def _get_notice_content(self, kind):
        """Return the text that a notice of this kind tells, as plain text.

        It is proposed in the dialog and kept with the notice as it was told.

        :param str kind: one of ``NOTICE_KINDS``
        :rtype: str
        """
        self.ensure_one()
        return ""

    def _get_notice_report(self, kind):
        """Return the external id of the letter that goes with a notice, or False.

        :param str kind: one of ``NOTICE_KINDS``
        :rtype: str or bool
        """
        self.ensure_one()
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

    def _format_day(self, moment):
        """Return the day of a moment in the company's time zone, as letters name it.

        :param datetime.datetime moment: naive UTC
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        return company._complaint_format_day(company._complaint_date(moment))

    # ------------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------------

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
            if notice.kind == "authority":
                continue  # not to the complainant
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

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    @api.depends("date_notified", "is_unreachable")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _is_decision_told(self):
        """Return whether the decision was told, or tried to in vain.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.date_notified) or (
            self.is_unreachable and self._was_decision_tried()
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_tell(self):
        """Ask what is told to whom and how; ``default_kind`` in the context says what.

        :rtype: dict
        :raise AccessError: if the user must not work on the complaint
        """
        self.ensure_one()
        self._check_may_work()
        kind = self.env.context.get("default_kind") or self._get_default_notice_kind()
        if kind not in dict(NOTICE_KINDS):
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
        return self._action_list_parts("notice")


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_unreachable_attempts = fields.Integer(
        string="Attempts Before Unreachable",
        default=3,
        required=True,
        help="After so many failed attempts in a row the complainant counts as "
        "unreachable.",
    )
    complaint_answer_days = fields.Integer(
        string="Days for the Answer",
        default=15,
        required=True,
        help="Natural days after acceptance within which the receipt promises the "
        "decision where the policy of a complaint gives no day for it.",
    )

    @api.constrains("complaint_answer_days")
    def _check_complaint_answer_days(self):
        for company in self:
            if not 1 <= company.complaint_answer_days <= MAX_ANSWER_DAYS:
                raise ValidationError(
                    self.env._(
                        "The receipt promises the decision within 1 to %(max)s days. "
                        "Correct the days for the answer.",
                        max=MAX_ANSWER_DAYS,
                    )
                )

    @api.constrains("complaint_unreachable_attempts")
    def _check_complaint_unreachable_attempts(self):
        for company in self:
            if company.complaint_unreachable_attempts < 1:
                raise ValidationError(
                    self.env._(
                        "At least one attempt must fail before a complainant counts as "
                        "unreachable."
                    )
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_unreachable_attempts = fields.Integer(
        related="company_id.complaint_unreachable_attempts", readonly=False
    )
    complaint_answer_days = fields.Integer(
        related="company_id.complaint_answer_days", readonly=False
    )
