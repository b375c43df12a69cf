from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.customer_complaint_base.tools.clock import DAY_CLOCKS
from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_policy_milestone as milestones,
)
from odoo.addons.customer_complaint_deadline.models.customer_complaint_deadline import (
    OPEN_STATES,
)

from .customer_complaint_superior_request import GRANTED_REQUEST_STATES


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
        if self.complaint_id._is_due_agreed(self):
            return self.env._(
                "its day was agreed with the complainant. Agree on another day with "
                "them."
            )
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
                max=self._format_length(self.max_length or milestones.MAX_LENGTH),
            )
        return False

    def _get_longest_extension(self, but=None):
        """Return how much time can still be added, in the unit of the clock.

        :param customer.complaint.extension but: one that is not counted
        :rtype: float
        """
        self.ensure_one()
        granted = self.sudo().extension_ids.filtered(
            lambda extension: (
                extension.state in GRANTED_REQUEST_STATES and extension != but
            )
        )
        used = self.length + sum(granted.mapped("length"))
        return min(
            self.extension_length, (self.max_length or milestones.MAX_LENGTH) - used
        )

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

    def _forget_parts(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_complaint_extension WHERE deadline_id = ANY(%s)",
                self.ids,
            )
        )
        return super()._forget_parts()
