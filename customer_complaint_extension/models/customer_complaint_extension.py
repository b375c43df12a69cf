from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import clean_context

from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_policy_milestone as milestones,
)
from odoo.addons.customer_complaint_deadline.models.customer_complaint_deadline import (
    OPEN_STATES,
)

DECIDE_TODO = "customer_complaint_extension.mail_act_extension"
TELL_TODO = "customer_complaint_extension.mail_act_tell_extension"
# What whoever asks says; the rest follows or is set by the steps.
REQUEST_FIELDS = frozenset({"complaint_id", "deadline_id", "reason", "length"})


class CustomerComplaintExtension(models.Model):
    """More time for one limit of a complaint.

    Asked for with a reason before the limit passes, approved by the superior whom the
    milestone names and who did not ask, and told to the complainant; only then the
    limit moves (CBIRC-2020, CBRC-2012). The old and the new date stay on record.
    """

    _name = "customer.complaint.extension"
    _inherit = "customer.complaint.superior.request"
    _description = "Extension of a Deadline"
    _asked_fields = REQUEST_FIELDS
    _order = "date_requested desc, id desc"
    _rec_name = "milestone_id"
    _check_company_auto = True
    _decide_todo = DECIDE_TODO
    _tell_todo = TELL_TODO

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
        system=True,
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )
    milestone_id = fields.Many2one(
        "customer.complaint.policy.milestone",
        compute="_compute_complaint_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
        system=True,
    )
    clock = fields.Selection(
        milestones.CLOCK_LABELS,
        compute="_compute_complaint_id",
        store=True,
        precompute=True,
        system=True,
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
        system=True,
    )
    date_due_after = fields.Datetime(
        string="New Date",
        readonly=True,
        copy=False,
        help="When the limit is due with the time added.",
        system=True,
    )
    state = fields.Selection(
        help="The limit moves once the extension is approved and the complainant was "
        "told.",
        system=True,
    )

    _request_uniq = models.UniqueIndex(
        "(deadline_id) WHERE state = 'requested'",
        "More time was asked for this limit already. Have that decided first.",
    )

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

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for more time, in the name of the user.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the limits cannot be extended now
        :raise ValidationError: if more time is asked for than the milestone allows
        """
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        vals_list = [self._without_reserved(vals) for vals in vals_list]
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

    # ------------------------------------------------------------------
    # WHAT EXTENSIONS DO
    # ------------------------------------------------------------------

    def _follow_deadline(self, deadlines):
        """Move along to the limit that replaced the one that was extended.

        Nothing moves to a limit that counts by another clock.

        :param customer.complaint.deadline deadlines: those that were not replaced
        """
        self.ensure_one()
        old = self.deadline_id
        if old.state != "replaced":
            return
        heir = deadlines.filtered(
            lambda deadline: (
                deadline.milestone_id == old.milestone_id
                and deadline.turn == old.turn
                and deadline.res_id == old.res_id
                and deadline.clock == self.clock
            )
        )
        if heir:
            self._write_unguarded({"deadline_id": heir.id})

    def _get_drop_note(self):
        """Return why nobody needs this extension any more, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in ("requested", "approved"):
            return False
        if self.complaint_id._has_ended():
            return self.env._("The complaint has ended.")
        is_old = self.deadline_id.round != self.complaint_id.clock_round
        if is_old and self.deadline_id.state not in OPEN_STATES:
            return self.env._("The clock started anew on new facts.")
        if self.deadline_id.state == "replaced":
            return self.env._("Another limit took the place of this one.")
        if self.deadline_id.state not in OPEN_STATES:
            return self.env._("The limit does not run any more.")
        return False

    def _get_notice_line(self):
        """Return how the complainant is told of the new date.

        :rtype: str
        """
        self.ensure_one()
        complaint = self.complaint_id
        values = {
            "number": complaint.name,
            "milestone": self.milestone_id.display_name,
            "time": self.length_text,
            "reason": self.reason,
        }
        if not self.date_due_before or not self.date_due_after:
            return self.env._(
                "Your complaint %(number)s needs more time: the limit “%(milestone)s” "
                "is extended by %(time)s once the pause ends. Reason: %(reason)s",
                **values,
            )
        return self.env._(
            "Your complaint %(number)s needs more time: the limit “%(milestone)s” was "
            "%(before)s and is now %(after)s (%(time)s more). Reason: %(reason)s",
            before=complaint._format_moment(self.date_due_before),
            after=complaint._format_moment(self.date_due_after),
            **values,
        )
