from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from ..tools.clock import DAY_CLOCKS
from .customer_complaint_deadline import OPEN_STATES
from .customer_complaint_policy_milestone import CLOCK_LABELS, MAX_LENGTH
from .customer_complaint_superior_request import GRANTED_STATES

DECIDE_TODO = "customer_complaint.mail_act_extension"
TELL_TODO = "customer_complaint.mail_act_tell_extension"
# What whoever asks says; the rest follows or is set by the steps.
REQUEST_FIELDS = frozenset({"complaint_id", "deadline_id", "reason", "length"})
# Set by asking, deciding and telling only.
SYSTEM_FIELDS = frozenset(
    {
        "complaint_id",
        "company_id",
        "milestone_id",
        "clock",
        "date_due_before",
        "date_due_after",
        "state",
        "requested_by_id",
        "date_requested",
        "decided_by_id",
        "date_decided",
        "decision_note",
        "notice_id",
    }
)


class CustomerComplaintExtension(models.Model):
    """More time for one limit of a complaint.

    Asked for with a reason before the limit passes, approved by the superior whom the
    milestone names and who did not ask, and told to the complainant; only then the
    limit moves (CBIRC-2020, CBRC-2012). The old and the new date stay on record.
    """

    _name = "customer.complaint.extension"
    _inherit = "customer.complaint.superior.request"
    _description = "Extension of a Deadline"
    _order = "date_requested desc, id desc"
    _rec_name = "milestone_id"
    _check_company_auto = True
    _decide_todo = DECIDE_TODO
    _tell_todo = TELL_TODO
    _refuse_field = "extension_ids"

    deadline_id = fields.Many2one(
        "customer.complaint.deadline",
        required=True,
        index=True,
        ondelete="restrict",
        help="The limit that gets more time.",
    )
    complaint_id = fields.Many2one(
        "customer.complaint",
        compute="_compute_complaint_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True, precompute=True
    )
    milestone_id = fields.Many2one(
        "customer.complaint.policy.milestone",
        compute="_compute_complaint_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    clock = fields.Selection(
        CLOCK_LABELS, compute="_compute_complaint_id", store=True, precompute=True
    )
    reason = fields.Text(help="Why the limit cannot be kept.", personal=True)
    length = fields.Float(
        string="Time Asked For",
        required=True,
        digits=(16, 2),
        help="In the unit of the clock: hours or days.",
    )
    length_text = fields.Char(string="More Time", compute="_compute_length_text")
    date_due_before = fields.Datetime(
        string="Old Date",
        readonly=True,
        copy=False,
        help="When the limit was due; empty while a pause held it.",
    )
    date_due_after = fields.Datetime(
        string="New Date",
        readonly=True,
        copy=False,
        help="When the limit is due with the time added.",
    )
    state = fields.Selection(
        help="The limit moves once the extension is approved and the complainant was "
        "told.",
    )

    _request_uniq = models.UniqueIndex(
        "(deadline_id) WHERE state = 'requested'",
        "More time was asked for this limit already. Have that decided first.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("deadline_id")
    def _compute_complaint_id(self):
        """Follow the limit; the unit is that in which the time was asked for."""
        for extension in self:
            deadline = extension.deadline_id
            extension.complaint_id = deadline.complaint_id
            extension.milestone_id = deadline.milestone_id
            extension.clock = deadline.clock

    @api.depends("length", "deadline_id")
    @api.depends_context("lang")
    def _compute_length_text(self):
        for extension in self:
            deadline = extension.deadline_id
            extension.length_text = deadline and deadline._format_length(
                extension.length
            )

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("reason")
    def _check_reason(self):
        for extension in self:
            if not (extension.reason or "").strip():
                raise ValidationError(
                    extension.complaint_id._name_reason(
                        self.env._("say why the limit cannot be kept.")
                    )
                )

    @api.constrains("length")
    def _check_length(self):
        for extension in self:
            reason = extension.deadline_id._get_wrong_extension_reason(
                extension.length, extension
            )
            if reason:
                raise ValidationError(extension.complaint_id._name_reason(reason))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_reserved_fields(self):
        return SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for more time, in the name of the user.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the limits cannot be extended now
        :raise ValidationError: if more time is asked for than the milestone allows
        """
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        vals_list = [
            {name: value for name, value in vals.items() if name not in SYSTEM_FIELDS}
            for vals in vals_list
        ]
        deadlines = self.env["customer.complaint.deadline"].browse(
            {vals["deadline_id"] for vals in vals_list if vals.get("deadline_id")}
        )
        deadlines.check_access("read")
        complaints = deadlines.complaint_id
        complaints.check_access("write")
        complaints._check_may_change()
        deadlines._check_can_be_extended()
        extensions = super().create(vals_list)
        for extension in extensions:
            extension._write_unguarded(extension._prepare_dates_vals())
            extension.complaint_id._message_log(body=extension._get_log_text())
        complaints._count_extensions()
        extensions._sync_todos()
        return extensions

    def write(self, vals):
        """Refuse what was asked for to change; following the record is no change.

        :raise UserError: naming the fields, and the way out
        """
        forbidden = sorted(
            name for name in vals if name in REQUEST_FIELDS or name in SYSTEM_FIELDS
        )
        if forbidden:
            raise UserError(
                self.env._(
                    "A request for more time stays as it was made: %(fields)s. Take it "
                    "back and ask anew, or have it approved or refused.",
                    fields=self._list_labels(forbidden),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A request for more time is never deleted: what was asked for and "
                "decided stays on record. Take it back instead."
            )
        )

    # ------------------------------------------------------------------
    # DECIDING
    # ------------------------------------------------------------------

    def _get_deciding_role(self):
        return self.deadline_id.extending_role

    def _get_cannot_approve_reason(self):
        return self.deadline_id._get_wrong_extension_reason(self.length, self)

    def _prepare_approved_vals(self):
        """The dates that are approved are those the complainant is told."""
        return self._prepare_dates_vals()

    def _get_texts(self):
        return {
            "own": self.env._(
                "you asked for more time yourself; somebody else decides it."
            ),
            "manager": self.env._("a manager decides on more time for this limit."),
            "supervisor": self.env._("a supervisor of the team decides on more time."),
            "no_reason": self.env._("Say why there is no more time."),
            "refuse": self.env._("Refuse More Time"),
            "refused": self.env._(
                "No more time for %(complaint)s",
                complaint=self.complaint_id[:1].sudo().display_name or "",
            ),
            "nobody": self.env._(
                "Nobody can decide on more time: there is no leader of the team "
                "and no manager but who asked, or they are recused. Ask an "
                "administrator to name one."
            ),
            "decide": self.env._("Decide on more time"),
            "tell": self.env._("Tell the complainant of the new date"),
        }

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _prepare_dates_vals(self):
        """Return the date of the limit as it is, and with the time added.

        :rtype: dict
        """
        self.ensure_one()
        deadline = self.deadline_id
        return {
            "date_due_before": deadline.date_due,
            "date_due_after": deadline._get_extended_due(self.length),
        }

    def _get_log_text(self):
        """Return the line of the chatter that says what became of the request.

        :rtype: str
        """
        self.ensure_one()
        values = {
            "milestone": self.milestone_id.display_name,
            "time": self.length_text,
            "reason": self.reason,
            "note": self.decision_note or "",
        }
        texts = {
            "requested": self.env._(
                "More time asked for, “%(milestone)s”, %(time)s: %(reason)s", **values
            ),
            "approved": self.env._(
                "More time approved, “%(milestone)s”, %(time)s. It counts once the "
                "complainant is told.",
                **values,
            ),
            "in_effect": self.env._(
                "Limit “%(milestone)s” extended by %(time)s", **values
            ),
            "refused": self.env._(
                "More time refused, “%(milestone)s”, %(time)s: %(note)s", **values
            ),
            "dropped": self.env._(
                "More time no longer needed, “%(milestone)s”: %(note)s", **values
            ),
        }
        return texts[self.state]


class CustomerComplaintDeadline(models.Model):
    """Whether a limit can get more time, and how much."""

    _inherit = "customer.complaint.deadline"

    extension_ids = fields.One2many(
        "customer.complaint.extension", "deadline_id", string="Extensions"
    )

    def _check_can_be_extended(self):
        """Refuse more time for limits that cannot get any now.

        :raise UserError: naming the complaints and limits
        """
        reasons = [
            deadline.complaint_id._name_reason(
                self.env._(
                    "“%(milestone)s”: %(reason)s",
                    milestone=deadline.milestone_id.display_name,
                    reason=reason,
                )
            )
            for deadline in self
            if (reason := deadline._get_cannot_extend_reason())
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    def _get_cannot_extend_reason(self):
        """Return why no more time can be asked for now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.extending_role in (False, "none"):
            return self.env._("its policy allows no more time.")
        if self.kind == "demanded":
            return self.env._(
                "its day was named by who asked. Agree on another day with them."
            )
        if self.state == "waiting":
            return self.env._("it has not started yet.")
        if self.state not in OPEN_STATES:
            return self.env._("it does not run any more.")
        if self.date_due and self.date_due < fields.Datetime.now():
            return self.env._(
                "it passed on %(date)s. More time is asked for before the limit "
                "passes; tell the complainant how things stand instead.",
                date=self.complaint_id._format_moment(self.date_due),
            )
        # Whether one was asked for counts, not whether the user may see it.
        states = self.sudo().extension_ids.mapped("state")
        if "requested" in states:
            return self.env._("more time was asked for already. Have it decided first.")
        if "approved" in states:
            return self.env._(
                "more time was approved already. Tell the complainant first."
            )
        if self._get_longest_extension() <= 0:
            return self.env._(
                "it cannot be longer than %(max)s in all, and is already.",
                max=self._format_length(self.max_length or MAX_LENGTH),
            )
        return False

    def _get_longest_extension(self, but=None):
        """Return how much time can still be added, in the unit of the clock.

        :param customer.complaint.extension but: one that is not counted
        :rtype: float
        """
        self.ensure_one()
        granted = self.sudo().extension_ids.filtered(
            lambda extension: extension.state in GRANTED_STATES and extension != but
        )
        used = self.length + sum(granted.mapped("length"))
        return min(self.extension_length, (self.max_length or MAX_LENGTH) - used)

    def _get_wrong_extension_reason(self, length, extension=None):
        """Return why the limit cannot be extended by so much, or False.

        :param float length: in the unit of the clock
        :param customer.complaint.extension extension: the one that asks, if there is
        :rtype: str or bool
        """
        self.ensure_one()
        if length <= 0:
            return self.env._("enter how much more time is needed.")
        if self.clock in DAY_CLOCKS and length != int(length):
            return self.env._("days are counted whole. Enter a whole number.")
        longest = self._get_longest_extension(extension)
        if length > longest:
            return self.env._(
                "at most %(max)s can be added, by the policy. Ask for less.",
                max=self._format_length(max(longest, 0)),
            )
        return False

    def _get_extended_due(self, length):
        """Return when the limit would pass with more time, as things stand.

        :param float length: in the unit of the clock, whole where days are counted
        :return: naive UTC, False while a pause holds it
        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        if not self.date_start:
            return False
        return self.complaint_id._get_due(
            self._get_terms(),
            self.date_start,
            self.date_demanded,
            self.extended_by + length,
        )
