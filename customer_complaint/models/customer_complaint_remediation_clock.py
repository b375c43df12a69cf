from dataclasses import replace

from odoo import fields, models

from .customer_complaint_remediation import GRANTED_STATES


class CustomerComplaint(models.Model):
    """When what was granted was carried out, for the limits that ask for it."""

    _inherit = "customer.complaint"

    date_carried_out_by_hand = fields.Datetime(
        string="Carried Out before the Remediations",
        readonly=True,
        copy=False,
        help="When what was decided counted as carried out before a remediation was "
        "approved; it holds again when that is cancelled.",
        system=True,
    )

    def _prepare_undecided_vals(self):
        return {**super()._prepare_undecided_vals(), "date_carried_out_by_hand": False}

    def _prepare_carried_out_vals(self, remediations):
        """Return when all that was granted was carried out, since the clocks began.

        :param customer.complaint.remediation remediations: of the complaint
        :rtype: dict
        """
        self.ensure_one()
        done = self._get_days_done(remediations)
        carried_out = self.date_carried_out
        if any(rem.state in GRANTED_STATES for rem in remediations):
            if not carried_out or carried_out in done:
                return {"date_carried_out": False}
            return {
                "date_carried_out": False,
                "date_carried_out_by_hand": carried_out,
            }
        if carried_out:
            return {}
        return {
            "date_carried_out": max(
                filter(None, [*done, self.date_carried_out_by_hand]), default=False
            )
        }

    def _get_days_done(self, remediations):
        """Return when remediations were carried out, since the clocks began.

        :rtype: list[datetime.datetime]
        """
        begin = self.date_restarted
        return sorted(
            rem.date_done
            for rem in remediations
            if rem.state == "done" and (not begin or rem.date_done >= begin)
        )

    def _get_completions(self):
        """Return each moment at which all that was approved by then was carried out.

        What is granted afterwards makes no limit late that was met before.

        :return: in order
        :rtype: list[datetime.datetime]
        """
        self.ensure_one()
        remediations = self.remediation_ids
        approved = remediations.filtered("date_approved")
        moments = {
            moment
            for moment in self._get_days_done(remediations)
            if not any(
                rem.date_approved < moment
                and (rem.state != "done" or rem.date_done > moment)
                for rem in approved
            )
        }
        moments |= {self.date_carried_out, self.date_carried_out_by_hand} - {False}
        return sorted(moments)

    def _get_clock_facts(self, events=()):
        facts = super()._get_clock_facts(events)
        # One query, and only where there is more than the date says.
        if not self.date_carried_out_by_hand and self.remediation_count < 2:
            return facts
        completions = self._get_completions()
        if not completions:
            return facts
        return replace(facts, moments={**facts.moments, "carried_out": completions})
