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
        if target not in TOLD_STATES or self._is_decision_told():
            return
        if self.has_untold_review:
            # It tells the changed decision, too; the end asks for it anyway.
            if target != "closed":
                yield self.env._("tell the complainant the outcome of the review")
        else:
            yield self.env._(
                "tell the complainant the decision with “Tell the Decision”, or "
                "record there the attempts that failed"
            )
