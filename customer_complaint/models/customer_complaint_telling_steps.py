from odoo import models

from .customer_complaint_telling import TOLD_STATES


class CustomerComplaint(models.Model):
    """What must have been told before a step.

    Loaded after the decision: what stands in its way is named before that it is not
    told.
    """

    _inherit = "customer.complaint"

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if target in TOLD_STATES and not self._is_decision_told():
            yield self.env._(
                "tell the complainant the decision with “Tell the Decision”, or "
                "record there the attempts that failed"
            )
