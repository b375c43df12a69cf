from odoo import models

from .customer_complaint_telling import TOLD_STATES


class CustomerComplaint(models.Model):
    """What must have been told before a step.

    Loaded after the decision: what stands in its way is named before that it is not
    told.
    """

    _inherit = "customer.complaint"

    def _get_cannot_move_reason(self, target):
        reason = super()._get_cannot_move_reason(target)
        if reason or target not in TOLD_STATES or self._is_decision_told():
            return reason
        return self.env._(
            "first tell the complainant the decision: press “Tell the Decision” and "
            "record how it was told. Attempts that fail are recorded there too."
        )

    def _get_next_step_notes(self, target):
        notes = super()._get_next_step_notes(target)
        if target in TOLD_STATES and not self._is_decision_told():
            notes.append(self.env._("tell the complainant the decision"))
        return notes
