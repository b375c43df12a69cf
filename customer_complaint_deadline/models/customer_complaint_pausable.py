from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint.const import CLOSED_STATES

from .customer_complaint_deadline import MOVING_STATES
from .customer_complaint_pause import CUSTOMER_KIND


class CustomerComplaintPausable(models.AbstractModel):
    """What pauses do to the clocks of the complaint."""

    _name = "customer.complaint.pausable"
    _inherit = "customer.complaint.sealed"
    _description = "Pauses of a Complaint"

    pause_ids = fields.One2many(
        "customer.complaint.pause",
        "complaint_id",
        string="Pauses",
        system=True,
    )
    pause_count = fields.Integer(
        string="Number of Pauses",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    is_paused = fields.Boolean(
        string="Paused",
        readonly=True,
        copy=False,
        help="A pause lasts that holds at least one of the clocks.",
        sealed=False,
        system=True,
    )

    @api.depends("is_paused")
    def _compute_due_state(self):
        result = super()._compute_due_state()
        for complaint in self._filter_standing_still():
            complaint.due_state = "paused"
        return result

    @api.depends("is_paused")
    def _compute_time_left(self):
        result = super()._compute_time_left()
        for complaint in self._filter_standing_still():
            complaint.time_left = self.env._("Paused")
        return result

    def _filter_standing_still(self):
        """Return those that are paused and have no other limit that runs."""
        return self.filtered(
            lambda complaint: complaint.is_paused and not complaint.date_deadline
        )

    def _count_pauses(self):
        """Store how many pauses the complaints have, so that most cost no query."""
        # A count of the system, whatever the user sees of each pause.
        counts = dict(
            self.env["customer.complaint.pause"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self.sudo():
            complaint._write_unguarded({"pause_count": counts.get(complaint, 0)})

    def _get_pause_intervals(self, waits_for_customer):
        intervals = super()._get_pause_intervals(waits_for_customer)
        if self.split_from_id:
            intervals = intervals + self._get_earlier_intervals(waits_for_customer)
        if not self.pause_count:
            return intervals
        # A limit is the same for every reader.
        return intervals + [
            (pause_sudo.date_from, pause_sudo.date_to or None)
            for pause_sudo in self.sudo().pause_ids
            if pause_sudo.is_effective
            and (waits_for_customer or pause_sudo.kind != CUSTOMER_KIND)
        ]

    def _get_earlier_intervals(self, waits_for_customer):
        """Return the pauses of the complaint this one was split off, until then.

        The complainant was told of them, and the clock runs from the original receipt.

        :rtype: list
        """
        self.ensure_one()
        # Before the record is there, it is being split off now.
        split = self.create_date or fields.Datetime.now()
        source_sudo = self.sudo().split_from_id
        return [
            (start, min(end or split, split))
            for start, end in source_sudo._get_pause_intervals(waits_for_customer)
            if start < split
        ]

    def _is_settled_by(self, target):
        # The end of a case ends its pauses.
        return super()._is_settled_by(target) or (
            target in CLOSED_STATES and bool(self.pause_count)
        )

    def _sync_deadlines(self):
        self.sudo().filtered("pause_count")._sync_pauses()
        return super()._sync_deadlines()

    def _sync_pauses(self):
        """Let the pauses follow from the facts: who was told, and whether it ended.

        Called with the rights of the system: clocks run whoever's deed moves them.
        """
        for complaint in self:
            ended = complaint._get_clock_end()
            for pause in complaint.pause_ids:
                vals = {"is_effective": not pause.date_void and pause._is_told()}
                if vals["is_effective"] == pause.is_effective:
                    vals = {}
                if ended and not pause.date_to and not pause.date_void:
                    vals |= complaint._prepare_pause_end_vals(pause, ended)
                if vals:
                    pause._write_unguarded(vals)

    def _prepare_pause_end_vals(self, pause, ended):
        """Return what ends a pause that lasts when its complaint ends."""
        return {
            "date_to": max(pause.date_from, ended),
            "resumed_by_id": self.closed_by_id.id or self.env.uid,
            "date_resumed": fields.Datetime.now(),
        }

    def _show_next_deadline(self, deadlines):
        result = super()._show_next_deadline(deadlines)
        is_paused = self._is_held_up(deadlines)
        if is_paused != self.is_paused:
            self._write_unguarded({"is_paused": is_paused})
        return result

    def _is_held_up(self, deadlines):
        """Return whether a pause lasts that holds one of these clocks.

        :param customer.complaint.deadline deadlines: of the present round
        :rtype: bool
        """
        self.ensure_one()
        if not self.pause_count:
            return False
        running = self.pause_ids.filtered(lambda pause: pause.state == "running")
        return any(
            deadline.state in MOVING_STATES and pause._is_held(deadline)
            for pause in running
            for deadline in deadlines
        )

    def _get_vain_notices(self):
        """Return the notices tried while the complainant could not be reached.

        They are those of each row of failed attempts that is as long as the settings
        ask for; what was told to others does not count.

        :rtype: customer.complaint.notice
        """
        self.ensure_one()
        attempts = self.company_id.complaint_unreachable_attempts
        vain = row = self.env["customer.complaint.notice"]
        for notice in self.notice_ids.sorted(
            lambda notice: (notice.date_told or notice.date, notice.id)
        ):
            if not notice._is_to_complainant():
                continue
            if notice.state == "failed":
                row |= notice
                if len(row) >= attempts:
                    vain |= row
            elif notice.state == "succeeded":
                row = row.browse()
        return vain

    def _get_notice_content(self, kind):
        if kind != "pause":
            return super()._get_notice_content(kind)
        untold = self.pause_ids.filtered(lambda pause: pause.state == "untold")
        return self._get_pause_text(
            [(pause.kind, pause.reason, pause.date_from) for pause in untold]
        )

    def _get_pause_text(self, pauses):
        """Return how the complainant is told that time does not count.

        :param pauses: tuples of kind, reason and start
        :rtype: str
        """
        self.ensure_one()
        kinds = dict(
            self.env["customer.complaint.pause"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        lines = [
            self.env._(
                "Your complaint %(number)s: the time for “%(kind)s” does not count "
                "towards our time limit, from %(start)s on. Reason: %(reason)s",
                number=self.name,
                kind=kinds.get(kind, ""),
                start=self._format_moment(start or fields.Datetime.now()),
                reason=reason or "",
            )
            for kind, reason, start in pauses
        ]
        if self.date_deadline:
            lines.append(
                self.env._(
                    "The limit until now was %(date)s; it moves by as long as this "
                    "takes. We tell you the new date when the time goes on.",
                    date=self._format_moment(self.date_deadline),
                )
            )
        lines.append(
            self.env._(
                "If you have a question, name this number: %(contact)s.",
                contact=self._get_contact_text(),
            )
        )
        return "\n".join(lines)

    def action_pause(self):
        """Ask why the clock stands still, and how the complainant was told.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause the Clock"),
            "res_model": "customer.complaint.start.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                **{
                    name: value
                    for name, value in self.env.context.items()
                    if name.startswith("default_")
                },
                "default_complaint_id": self.id,
                "default_kind": "pause",
            },
        }

    def action_resume(self):
        """Ask when the pause that lasts ended.

        :raise UserError: if none lasts
        :rtype: dict
        """
        self.ensure_one()
        pauses = self._get_open_pauses()
        if not pauses:
            raise UserError(
                self._name_reason(self.env._("no pause lasts. Reload the page."))
            )
        return pauses[-1:].action_resume()

    def _get_open_pauses(self):
        """Return the pauses that were not ended, the oldest last.

        :rtype: customer.complaint.pause
        """
        self.ensure_one()
        return self.pause_ids.filtered(
            lambda pause: not pause.date_to and not pause.date_void
        )
