from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .customer_complaint_clock_facts import STANDING_EVENTS
from .customer_complaint_deadline import OPEN_STATES
from .customer_complaint_life import SUPERVISOR


class CustomerComplaint(models.Model):
    """New facts restart the clock of a case that still runs.

    New facts and reasons let the time run anew from the day their material arrived
    (CBIRC-2020 art. 18). The limit until then stays readable, with its lateness.
    """

    _inherit = "customer.complaint"

    def action_restart_clock(self):
        """Ask which new facts arrived, and when.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.restart",
            self.env._("Restart the Clock on New Facts"),
            complaint_id=self.id,
        )

    def _restart_clock(self, reason, moment, documents):
        """Let the clocks run anew from the day new facts arrived.

        :param str reason: which facts, as plain text
        :param datetime.datetime moment: when they arrived, naive UTC
        :param customer.complaint.archive.document documents: the new material
        :raise AccessError: if the user is no supervisor, or must not work on it
        :raise UserError: if the facts or the case do not allow it
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._(
                    "A supervisor restarts the clock. Ask one of the team to look at "
                    "the new facts."
                )
            )
        self._check_may_change()
        problem = self._get_cannot_restart_reason(reason, moment, documents)
        if problem:
            raise UserError(self._name_reason(problem))
        self._message_log(
            body=self.env._(
                "Clock restarted on new facts of %(date)s (%(papers)s): %(reason)s",
                date=self._format_moment(moment),
                papers=", ".join(documents._get_shown_names()),
                reason=reason,
            )
        )
        # Clocks run whoever's deed moves them; nothing of the caller gets in.
        complaint_sudo = self.sudo()
        complaint_sudo._end_round(complaint_sudo._read_current_deadlines()[self])
        complaint_sudo._write_unguarded(complaint_sudo._prepare_restarted_vals(moment))
        complaint_sudo._apply_policy()

    def _get_cannot_restart_reason(self, reason, moment, documents):
        """Return why the clock cannot be restarted so, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if not (reason or "").strip():
            return self.env._("say which new facts arrived.")
        if not documents or documents.complaint_id != self:
            return self.env._(
                "the clock restarts from new material: file it on the page “Papers” "
                "and choose it."
            )
        begin = self.date_restarted or self.date_received
        if not begin <= moment <= fields.Datetime.now():
            return self.env._(
                "new facts arrive after %(begin)s, when the clock began, and not in "
                "the future. Correct the date.",
                begin=self._format_moment(begin),
            )
        if self.date_decided:
            return self.env._(
                "it is decided. Take it back to the investigation first, so that the "
                "new facts are decided on."
            )
        return False

    def _end_round(self, deadlines):
        """Close the limits that new facts let run anew, and keep the others.

        What runs from another fact, e.g. the refund after the goods came back, or the
        answer to an authority, goes on as it is.

        :param customer.complaint.deadline deadlines: of the round that ends
        """
        self.ensure_one()
        gone = deadlines.filtered(
            lambda deadline: (
                deadline.state in OPEN_STATES
                and not deadline.res_model
                and deadline.start_event not in STANDING_EVENTS
            )
        )
        gone._keep_lateness()
        gone.write({"state": "replaced"})
        # Before their successors are inserted: the database allows one of each.
        gone.flush_recordset(["state"])

    def _prepare_restarted_vals(self, moment):
        """Return the facts of a new round: what is told is told anew.

        :param datetime.datetime moment: when the new facts arrived, naive UTC
        :rtype: dict
        """
        self.ensure_one()
        return {
            "date_restarted": moment,
            "clock_round": self.clock_round + 1,
            "date_acknowledged": False,
            "date_first_answer": False,
            "escalation_level": 0,
        }
