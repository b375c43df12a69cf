from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .customer_complaint import CLOSED_STATES
from .customer_complaint_clock_sync import LATENESS_DIGITS
from .customer_complaint_deadline import OPEN_STATES
from .customer_complaint_extension import GRANTED_STATES

# What the form lists of the extensions: read in one query.
SHOWN_EXTENSION_FIELDS = (
    "complaint_id",
    "company_id",
    "deadline_id",
    "milestone_id",
    "clock",
    "length",
    "reason",
    "date_due_before",
    "date_due_after",
    "state",
    "requested_by_id",
    "decided_by_id",
)


class CustomerComplaint(models.Model):
    """What extensions do to the clocks of the complaint."""

    _inherit = "customer.complaint"

    extension_ids = fields.One2many(
        "customer.complaint.extension", "complaint_id", string="Extensions"
    )
    extension_count = fields.Integer(
        string="Number of Extensions",
        readonly=True,
        copy=False,
        sealed=False,
    )
    shown_extension_ids = fields.Many2many(
        "customer.complaint.extension",
        string="Extensions of Time",
        compute="_compute_shown_extension_ids",
        help="More time that was asked for, and what became of it.",
    )

    @api.depends("extension_count", "extension_ids.state")
    def _compute_shown_extension_ids(self):
        """One query where there are extensions, else none."""
        Extension = self.env["customer.complaint.extension"]
        for complaint in self:
            extensions = Extension.browse()
            if complaint.extension_count:
                extensions = Extension.search_fetch(
                    [("complaint_id", "=", complaint._origin.id)],
                    SHOWN_EXTENSION_FIELDS,
                )
            complaint.shown_extension_ids = extensions

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"extension_ids", "extension_count"}

    def _count_extensions(self):
        """Store how many extensions there are, so that most cost no query."""
        # A count of the system, whatever the user sees of each.
        counts = dict(
            self.env["customer.complaint.extension"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self.sudo():
            complaint._write_unguarded({"extension_count": counts.get(complaint, 0)})

    # ------------------------------------------------------------------
    # CLOCK
    # ------------------------------------------------------------------

    def _is_moved_by_notices(self):
        return bool(self.extension_count) or super()._is_moved_by_notices()

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target in CLOSED_STATES:
            # The end counts for them although no clock may wait for it.
            self.filtered(
                lambda complaint: complaint.pause_count or complaint.extension_count
            )._sync_deadlines()
        return result

    def _sync_deadlines(self):
        extended = self.sudo().filtered("extension_count")
        extended._apply_extensions()
        result = super()._sync_deadlines()
        extended._drop_extensions()
        return result

    def _apply_extensions(self):
        """Let extensions follow from the facts, and the limits from them.

        An extension moves along to the limit that replaced its own; those of earlier
        rounds of the clock stay as they were.
        """
        if not self:
            return
        for complaint, deadlines in self._read_current_deadlines().items():
            extensions = complaint._get_current_extensions()
            for extension in extensions:
                extension._follow_deadline(deadlines)
                extension._follow_telling()
            for deadline in deadlines:
                added = round(
                    sum(
                        extension.length
                        for extension in extensions
                        if extension.deadline_id == deadline
                        and extension.state == "in_effect"
                    ),
                    LATENESS_DIGITS,
                )
                if deadline.extended_by != added:
                    deadline.extended_by = added

    def _get_current_extensions(self):
        """Return the extensions of the present round of the clock.

        :rtype: customer.complaint.extension
        """
        self.ensure_one()
        return self.extension_ids.filtered(
            lambda extension: extension.deadline_id.round == self.clock_round
        )

    def _drop_extensions(self):
        """Close what nobody needs to decide or tell any more."""
        for complaint in self:
            for extension in complaint.extension_ids:
                note = extension._get_drop_note()
                if note:
                    extension._drop(note)

    # ------------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------------

    def _get_extensions_to_tell(self):
        """Return the approved extensions of which the complainant does not know.

        :rtype: customer.complaint.extension
        """
        self.ensure_one()
        if not self.extension_count:
            return self.env["customer.complaint.extension"]
        return self.extension_ids.filtered(
            lambda extension: extension.state == "approved"
        )

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        if reason or kind != "extension":
            return reason
        # A second telling of what is in effect does no harm.
        if self.extension_count and any(
            extension.state in GRANTED_STATES for extension in self.extension_ids
        ):
            return False
        return self.env._(
            "no extension is approved. Press “Ask for More Time” on the page “Time "
            "Limits” first, and have it approved."
        )

    def _get_notice_content(self, kind):
        if kind != "extension":
            return super()._get_notice_content(kind)
        lines = [
            extension._get_notice_line() for extension in self._get_extensions_to_tell()
        ]
        lines.append(
            self.env._(
                "If you have a question, name this number: %(contact)s.",
                contact=self._get_contact_text(),
            )
        )
        return "\n".join(lines)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_request_extension(self):
        """Ask for which limit more time is needed, how much, and why.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.request.extension",
            self.env._("Ask for More Time"),
            complaint_id=self.id,
        )


class CustomerComplaintExtension(models.Model):
    _inherit = "customer.complaint.extension"

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

    def _follow_telling(self):
        """Take effect once the complainant was told, and lose it when they were not."""
        self.ensure_one()
        if self.state not in GRANTED_STATES:
            return
        state = "in_effect" if self._is_told() else "approved"
        if state != self.state:
            self._set_state(state)

    def _get_drop_note(self):
        """Return why nobody needs this extension any more, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in ("requested", "approved"):
            return False
        if self.complaint_id._has_ended():
            return self.env._("The complaint has ended.")
        if self.deadline_id.round != self.complaint_id.clock_round:
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


class CustomerComplaintNotice(models.Model):
    """Notices of an extension let it take effect."""

    _inherit = "customer.complaint.notice"

    @api.model_create_multi
    def create(self, vals_list):
        notices = super().create(vals_list)
        notices.filtered(lambda notice: notice.kind == "extension")._carry_extensions()
        return notices

    def _carry_extensions(self):
        """Let these notices prove the approved extensions.

        :raise ValidationError: if one was given before the extension was approved
        """
        for notice in self:
            complaint = notice.complaint_id
            # Who may give the notice may prove an extension by it.
            extensions_sudo = complaint.sudo()._get_extensions_to_tell()
            for extension_sudo in extensions_sudo:
                if notice.date < extension_sudo.date_decided:
                    raise ValidationError(
                        complaint._name_reason(
                            self.env._(
                                "more time was approved on %(date)s and nobody can "
                                "have been told before. Enter when it was done.",
                                date=complaint._format_moment(
                                    extension_sudo.date_decided
                                ),
                            )
                        )
                    )
            if extensions_sudo:
                extensions_sudo._write_unguarded({"notice_id": notice.id})
                complaint._sync_deadlines()
