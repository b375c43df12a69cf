from odoo import api, models
from odoo.fields import Domain

from odoo.addons.customer_complaint_base.tools.job import work_off

# How many cases one run of the job looks at; the next run goes on.
ERASED_AT_ONCE = 500


class CustomerComplaintArchiveDisposal(models.Model):
    """The job that destroys cards also erases what requests ask for."""

    _inherit = "customer.complaint.archive.disposal"

    @api.model
    def _cron_archive_retention(self):
        """Destroy what is approved, and erase what is due.

        Every case is a transaction of its own; what fails is tried again next time,
        and never stops the others.
        """
        self.env["customer.complaint.person.request"]._approve_due_disposals()
        result = super()._cron_archive_retention()
        self._erase_left()
        return result

    @api.model
    def _erase_left(self):
        """Erase cases without a card to dispose of, and what was left of others."""
        cases = self.env["customer.complaint"].search(
            self._get_left_domain(), order="id", limit=ERASED_AT_ONCE
        )
        work_off(cases, self._erase_one_left)
        if any(cases.exists().mapped("date_erased")):
            self.env["ir.attachment"]._collect_destroyed()

    @api.model
    def _erase_one_left(self, case):
        locked = case.try_lock_for_update().filtered_domain(self._get_left_domain())
        if locked and not locked._get_cannot_restrict_reason():
            Request = self.env["customer.complaint.person.request"]
            locked._erase(Request._get_ground(locked))

    @api.model
    def _get_left_domain(self):
        """Return the domain of the cases that hold data of persons for no reason.

        Those whose card was destroyed before data were erased with it, and those that
        are to be erased and have no card whose retention could run.

        :rtype: odoo.fields.Domain
        """
        has_ended = Domain("is_closed", "=", True) & Domain("date_erased", "=", False)
        asked = [("kind", "=", "erasure"), ("state", "=", "granted")]
        return has_ended & (
            Domain("archive_card_id.state", "=", "disposed")
            | (
                Domain("archive_card_id", "=", False)
                & Domain("merged_into_id", "=", False)
                & Domain("person_request_ids", "any", asked)
            )
        )
