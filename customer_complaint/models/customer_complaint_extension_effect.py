from odoo import api, fields, models

from .customer_complaint import CLOSED_STATES
from .customer_complaint_deadline import LATENESS_DIGITS, OPEN_STATES
from .customer_complaint_superior_request import GRANTED_STATES

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
        "customer.complaint.extension",
        "complaint_id",
        string="Extensions",
        system=True,
    )
    extension_count = fields.Integer(
        string="Number of Extensions",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
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
            extensions = complaint._get_current_extensions(deadlines)
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

    def _get_current_extensions(self, deadlines):
        """Return the extensions of the present round of the clock.

        :param customer.complaint.deadline deadlines: of the present round
        :rtype: customer.complaint.extension
        """
        self.ensure_one()
        return self.extension_ids.filtered(
            lambda extension: (
                extension.deadline_id.round == self.clock_round
                or extension.deadline_id in deadlines
            )
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

    def _get_requests_to_tell(self):
        requests = super()._get_requests_to_tell()
        if self.extension_count:
            requests += self.extension_ids.filtered(
                lambda extension: extension.state == "approved"
            )
        return requests

    def _has_granted_requests(self):
        return super()._has_granted_requests() or (
            self.extension_count > 0
            and any(
                extension.state in GRANTED_STATES for extension in self.extension_ids
            )
        )

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
