from odoo import api, models

from .customer_complaint_deadline import OPEN_STATES


class CustomerComplaintClocked(models.AbstractModel):
    """What hangs on a complaint and has a time limit of its own: memo, review, …"""

    _name = "customer.complaint.clocked"
    _description = "Part of a Complaint With a Time Limit"

    @api.model_create_multi
    def create(self, vals_list):
        subjects = super().create(vals_list)
        subjects._sync_clocks()
        return subjects

    def write(self, vals):
        result = super().write(vals)
        if not self._get_clock_triggers().isdisjoint(vals):
            self._sync_clocks()
        return result

    def unlink(self):
        complaints_sudo = self._drop_clocks()
        result = super().unlink()
        complaints_sudo._sync_deadlines()
        return result

    @api.model
    def _get_clock_triggers(self):
        """Return the names of the fields that move the clocks of these records.

        :rtype: set[str]
        """
        raise NotImplementedError

    def _get_clock_moments(self):
        """Return when the events of this record happened.

        :return: for each event, see ``CLOCK_EVENTS``, its moment in naive UTC or False
        :rtype: dict
        """
        raise NotImplementedError

    def _get_date_demanded(self):
        """Return the end of the day that whoever asks named, in naive UTC, or False."""
        return False

    def _is_clock_stopped(self):
        """Return whether nothing is due any more although it was not done."""
        return False

    def _prepare_clock_facts(self, terms):
        """Return the facts of this record for the clock of a milestone.

        :param MilestoneTerms terms: what the milestone says
        :rtype: dict
        """
        self.ensure_one()
        # To the second, as clocks are shown.
        moments = {
            event: moment and moment.replace(microsecond=0)
            for event, moment in self._get_clock_moments().items()
        }
        return {
            "date_start": moments[terms.start_event],
            "date_done": moments.get(terms.done_event, False),
            "date_demanded": terms.kind == "demanded" and self._get_date_demanded(),
        }

    def _sync_clocks(self):
        """Let the clocks of these records follow their facts."""
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        subjects_sudo = self.sudo()
        complaints_sudo = subjects_sudo.complaint_id
        current = complaints_sudo._read_current_deadlines()
        if not any(
            deadline.res_model == self._name
            for deadlines in current.values()
            for deadline in deadlines
        ):
            return
        new_vals = []
        for subject in subjects_sudo:
            new_vals += subject._start_clocks(current[subject.complaint_id])
        self.env["customer.complaint.deadline"].sudo().create(new_vals)
        complaints_sudo._sync_deadlines()

    def _start_clocks(self, deadlines):
        """Bring the clocks of this record up to date with its facts.

        :param deadlines: those of its complaint
        :return: the values of the clocks it does not have yet
        :rtype: list[dict]
        """
        self.ensure_one()
        kin = deadlines.filtered(lambda deadline: deadline.res_model == self._name)
        own = kin.filtered(lambda deadline: deadline.res_id == self.id)
        for deadline in own:
            vals = self._prepare_clock_facts(deadline._get_terms())
            if self._is_clock_stopped() and not vals["date_done"]:
                # By how much it was late stays.
                deadline._keep_lateness()
                vals["state"] = "dropped"
            deadline.write(vals)
        if self._is_clock_stopped():
            return []
        # Of a complaint that has ended nothing waits; what outlives it starts anyway.
        states = ("waiting", "dropped") if self._outlives_complaint else ("waiting",)
        waiting = kin.filtered(
            lambda deadline: (
                not deadline.res_id
                and deadline.state in states
                and deadline.milestone_id not in own.milestone_id
            )
        )
        return [
            self.complaint_id._prepare_deadline_vals(
                deadline._get_terms(),
                complaint_id=self.complaint_id.id,
                res_id=self.id,
                **self._prepare_clock_facts(deadline._get_terms()),
            )
            for deadline in waiting
        ]

    def _drop_clocks(self):
        """Drop the clocks of records that are about to be deleted.

        :return: whose deadlines follow once they are, as superuser
        :rtype: customer.complaint
        """
        # The record goes with the right to delete it; its clocks are the system's.
        deadlines_sudo = (
            self.env["customer.complaint.deadline"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "in", OPEN_STATES),
                ]
            )
        )
        deadlines_sudo._keep_lateness()
        deadlines_sudo.write({"state": "dropped"})
        return deadlines_sudo.complaint_id
