from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, format_list

PAUSE_KINDS = [
    ("appraisal", "Outside Appraisal"),
    ("testing", "Testing"),
    ("evaluation", "Evaluation"),
    ("mediation", "Mediation"),
    ("customer", "Waiting for the Customer"),
]
# Holds only the clocks whose milestone says so; the other kinds hold every clock.
CUSTOMER_KIND = "customer"
# Time that an outside body takes.
TEST_KINDS = ("appraisal", "testing", "evaluation")
PAUSE_STATES = [
    ("running", "Lasts"),
    ("ended", "Ended"),
    ("untold", "Does Not Count"),
    ("void", "Void"),
]


class CustomerComplaintPause(models.Model):
    """Time that does not count: the clocks of a complaint stand still.

    Time for outside appraisal, testing or evaluation and for mediation does not count
    when the complainant was told (CBIRC-2020); waiting for the customer holds the
    clocks whose milestone says so. The record is append-only: its end is entered once,
    and a supervisor voids an erroneous one with a reason.
    """

    _name = "customer.complaint.pause"
    _inherit = [
        "customer.complaint.voidable",
        "customer.complaint.belonging",
        "customer.complaint.part",
    ]
    _description = "Complaint Pause"
    _order = "date_from desc, id desc"
    _rec_name = "kind"
    _check_company_auto = True

    kind = fields.Selection(
        PAUSE_KINDS,
        required=True,
        index=True,
        help="Waiting for the customer holds only the limits whose policy says so; the "
        "other kinds hold all.",
    )
    reason = fields.Text(
        required=True,
        help="Why the clock stands still, e.g. which body tests what.",
        personal=True,
    )
    date_from = fields.Datetime(
        string="Since",
        required=True,
        default=fields.Datetime.now,
        help="From when on the time does not count.",
    )
    date_to = fields.Datetime(
        string="Until", copy=False, help="Empty while the pause lasts."
    )
    notice_id = fields.Many2one(
        "customer.complaint.notice",
        string="Told By Notice",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The notice that told the complainant; without one the time counts.",
    )
    is_effective = fields.Boolean(
        string="Holds the Clock",
        readonly=True,
        copy=False,
        help="The complainant was told, the notice is on its way, or it was tried "
        "while they could not be reached.",
        system=True,
    )
    state = fields.Selection(
        PAUSE_STATES,
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
        help="Does not count: the complainant was not told.",
        system=True,
    )
    effect_note = fields.Char(
        string="Effect",
        compute="_compute_effect_note",
        help="What the pause does to the clocks, and why.",
    )

    # Who entered, ended and voided it
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
        system=True,
    )
    resumed_by_id = fields.Many2one(
        "res.users",
        string="End Entered By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_resumed = fields.Datetime(
        string="End Entered On", readonly=True, copy=False, system=True
    )

    @api.depends("date_to", "date_void", "is_effective")
    def _compute_state(self):
        for pause in self:
            if pause.date_void:
                pause.state = "void"
            elif not pause.is_effective:
                pause.state = "untold"
            else:
                pause.state = "ended" if pause.date_to else "running"

    @api.depends("state", "kind", "notice_id.state")
    @api.depends_context("lang")
    def _compute_effect_note(self):
        for pause in self:
            pause.effect_note = pause._get_effect_note()

    def _get_effect_note(self):
        """Return what the pause does to the clocks, and why.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "void":
            return self.env._("Void: the time counts.")
        if self.state == "untold":
            return (
                self.env._("The time counts: the notice did not reach the complainant.")
                if self.notice_id
                else self.env._("The time counts: the complainant was not told.")
            )
        if self.kind == CUSTOMER_KIND:
            return self.env._(
                "The time does not count for limits that wait for the customer."
            )
        return self.env._("The time does not count.")

    @api.constrains("reason")
    def _check_reason(self):
        for pause in self:
            if not (pause.reason or "").strip():
                raise ValidationError(
                    pause.complaint_id._name_reason(
                        self.env._("say why the clock stands still.")
                    )
                )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for pause in self:
            reason = pause._get_wrong_date_reason()
            if reason:
                raise ValidationError(pause.complaint_id._name_reason(reason))

    def _get_wrong_date_reason(self):
        """Return why the pause cannot have lasted so, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.date_from > now:
            return self.env._(
                "a pause cannot begin in the future. Enter it when it begins."
            )
        if self.date_from < self.complaint_id.date_received:
            return self.env._(
                "a pause cannot begin before the complaint was received. Correct the "
                "date."
            )
        if self.date_to and self.date_to < self.date_from:
            return self.env._(
                "a pause cannot end before it began. Correct one of the two dates."
            )
        if self.date_to and self.date_to > now:
            return self.env._(
                "a pause cannot have ended in the future. Enter its end when it ends."
            )
        return False

    @api.constrains("notice_id", "complaint_id")
    def _check_notice_id(self):
        for pause in self:
            notice = pause.notice_id
            if notice and (
                notice.complaint_id != pause.complaint_id or notice.kind != "pause"
            ):
                raise ValidationError(
                    pause.complaint_id._name_reason(
                        self.env._(
                            "choose a notice of this complaint that told of a pause."
                        )
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Enter pauses, in the name of the user.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one has ended, or its notice told of another pause
        :raise ValidationError: if a pause cannot have lasted so
        """
        vals_list = [
            self._prepare_entered_vals(vals)
            for vals in self._prepare_new_vals_list(vals_list)
        ]
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        complaints = self.env["customer.complaint"].browse(
            {vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")}
        )
        self._check_new_notices(vals_list)
        with complaints._limits_stay_passed():
            pauses = super().create(vals_list)
            for pause in pauses:
                pause.complaint_id._message_log(body=pause._get_log_text())
            complaints._count_pauses()
            complaints._sync_deadlines()
        return pauses

    def _prepare_entered_vals(self, vals):
        """Return the values of a new pause: whoever enters an end stands for it."""
        if not vals.get("date_to"):
            return vals
        return {
            **vals,
            "resumed_by_id": self.env.uid,
            "date_resumed": fields.Datetime.now(),
        }

    @api.model
    def _check_new_notices(self, vals_list):
        """Refuse notices that told of another pause already.

        :raise UserError: naming the notices
        """
        notice_ids = [vals["notice_id"] for vals in vals_list if vals.get("notice_id")]
        # Whether a notice is used counts, not whether the user may see for what.
        used_sudo = (
            self.sudo()
            .search([("notice_id", "in", notice_ids), ("date_void", "=", False)])
            .notice_id
        )
        if used_sudo:
            raise UserError(
                self.env._(
                    "These notices told of another pause: %(names)s. Tell the "
                    "complainant of this one, too.",
                    names=format_list(self.env, used_sudo.mapped("name")),
                )
            )

    def write(self, vals):
        """Refuse: the end of a pause is entered by “Resume”, nothing else changes.

        :raise UserError: always, unless there is nothing to write
        """
        if vals:
            raise UserError(
                self.env._(
                    "A pause stays as it was entered: %(fields)s. End it by “Resume”. "
                    "If it is wrong, a supervisor voids it and you enter it anew.",
                    fields=self._list_labels(vals),
                )
            )
        return super().write(vals)

    def action_resume(self):
        """Ask when the pause ended.

        :rtype: dict
        """
        return self._action_ask_end("resume", self.env._("Resume the Clock"))

    def action_void(self):
        """Ask why the pause is void.

        :rtype: dict
        """
        return self._action_ask_end("void", self.env._("Void the Pause"))

    def _action_ask_end(self, outcome, title):
        self.ensure_one()
        return self.complaint_id._action_ask(
            "customer.complaint.end.pause", title, pause_id=self.id, outcome=outcome
        )

    def action_tell(self):
        """Open the dialog that tells the complainant of the pause.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.with_context(default_kind="pause").action_tell()

    def _resume(self, date_to):
        """End pauses: the clocks go on.

        :param datetime.datetime date_to: when, naive UTC
        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the pauses ended or is void, or its complaint ended
        :raise ValidationError: if it cannot have ended then
        """
        self._check_may_change()
        ended = self.filtered(lambda pause: pause.date_to or pause.date_void)
        if ended:
            raise UserError("\n".join(pause._get_ended_text() for pause in ended))
        self._check_may_end()
        self._write_unguarded(
            {
                "date_to": date_to,
                "resumed_by_id": self.env.uid,
                "date_resumed": fields.Datetime.now(),
            }
        )
        for pause in self:
            pause.complaint_id._message_log(body=pause._get_log_text())
        self.complaint_id._sync_deadlines()

    def _check_may_end(self):
        """Refuse to end pauses that end with something else.

        Hook: addons whose records pause the clock refuse while these last.

        :raise UserError: naming what they end with
        """

    def _get_ended_text(self):
        """Say that this pause lasts no longer.

        :rtype: str
        """
        self.ensure_one()
        complaint = self.complaint_id
        return complaint._name_reason(
            self.env._("this pause is void and holds no clock.")
            if self.date_void
            else self.env._(
                "this pause ended on %(date)s already. Reload the page.",
                date=complaint._format_moment(self.date_to),
            )
        )

    def _void(self, reason):
        """Take pauses out that were entered in error: their time counts.

        :param str reason: what was wrong
        :raise AccessError: if the user is no supervisor, or must not work on the case
        :raise UserError: without a reason, if one is void already, or its case ended
        """
        self._check_may_void(reason)
        self._check_may_change()
        self._write_unguarded(self._prepare_void_vals(reason))
        for pause in self:
            pause.complaint_id._message_log(body=pause._get_log_text())
        self.complaint_id._sync_deadlines()

    def _check_may_change(self):
        """Refuse those who do not work on the complaints, and ended cases.

        :raise AccessError: if the user reads only, or is recused
        :raise UserError: if one of the complaints has ended
        """
        complaints = self.complaint_id
        complaints.check_access("write")
        complaints._check_may_change()

    def _is_told(self):
        """Return whether the complainant was told, or it was tried in vain.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.notice_id) and self.notice_id._counts_as_told()

    def _is_held(self, deadline):
        """Return whether a pause of this kind holds a clock.

        :param customer.complaint.deadline deadline: one that is open
        :rtype: bool
        """
        self.ensure_one()
        if deadline.kind == "demanded" or self.complaint_id._is_due_agreed(deadline):
            return False
        return self.kind != CUSTOMER_KIND or deadline.pauses_for_customer

    def _get_log_text(self):
        """Return the line of the chatter that says what became of the pause.

        :rtype: str
        """
        self.ensure_one()
        complaint = self.complaint_id
        values = {
            "kind": self._get_kind_label(),
            "start": complaint._format_moment(self.date_from),
            "reason": self.reason,
        }
        if self.date_void:
            return self.env._(
                "Pause since %(start)s (%(kind)s) voided: %(void_reason)s",
                void_reason=self.void_reason,
                **values,
            )
        if self.date_to:
            return self.env._(
                "Clock paused from %(start)s to %(end)s (%(kind)s): %(reason)s",
                end=complaint._format_moment(self.date_to),
                **values,
            )
        return self.env._(
            "Clock paused since %(start)s (%(kind)s): %(reason)s", **values
        )

    def _get_kind_label(self):
        """Return the translated kind of the pause."""
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]
