from odoo import api, models

# A notice with one of these outcomes told somebody, or is about to.
TOLD_OUTCOMES = ("pending", "succeeded")


class CustomerComplaintNotice(models.Model):
    """Notices of a pause carry it."""

    _inherit = "customer.complaint.notice"

    @api.model_create_multi
    def create(self, vals_list):
        notices = super().create(vals_list)
        if not self.env.context.get("complaint_pause_follows"):
            notices.filtered(lambda notice: notice.kind == "pause")._carry_pauses()
        return notices

    def _carry_pauses(self):
        """Let these notices prove the pauses that the complainant was not told of.

        Of a pause that begins on a later day they did not tell.
        """
        for notice in self:
            company = notice.company_id
            day = company._complaint_date(notice.date)
            # Who may give the notice may prove a pause by it.
            pauses_sudo = notice.complaint_id.sudo().pause_ids.filtered(
                lambda pause, company=company, day=day: (
                    pause.state == "untold"
                    and company._complaint_date(pause.date_from) <= day
                )
            )
            if pauses_sudo:
                with notice.complaint_id._limits_stay_passed():
                    pauses_sudo._write_unguarded({"notice_id": notice.id})
                    notice.complaint_id._sync_deadlines()

    def _counts_as_told(self):
        """Return whether a notice told, is on its way, or was tried in vain.

        :rtype: bool
        """
        self.ensure_one()
        if self.state == "failed":
            return self in self.complaint_id._get_vain_notices()
        return self.state in TOLD_OUTCOMES
