from odoo import api, models
from odoo.exceptions import ValidationError

from .customer_complaint_superior_request import TELLING_KIND


class CustomerComplaintNotice(models.Model):
    """Notices of more time carry what was granted."""

    _inherit = "customer.complaint.notice"

    @api.model_create_multi
    def create(self, vals_list):
        notices = super().create(vals_list)
        notices.filtered(lambda notice: notice.kind == TELLING_KIND)._carry_requests()
        return notices

    def _carry_requests(self):
        """Let these notices prove what was granted.

        :raise ValidationError: if one was given before it was approved
        """
        for notice in self:
            complaint = notice.complaint_id
            # Who may give the notice may prove by it what was granted.
            requests_sudo = complaint.sudo()._get_requests_to_tell()
            for request_sudo in requests_sudo:
                if notice.date < request_sudo.date_decided:
                    raise ValidationError(
                        complaint._name_reason(
                            self.env._(
                                "more time was approved on %(date)s and nobody can "
                                "have been told before. Enter when it was done.",
                                date=complaint._format_moment(
                                    request_sudo.date_decided
                                ),
                            )
                        )
                    )
                request_sudo._write_unguarded({"notice_id": notice.id})
            if requests_sudo:
                complaint._sync_deadlines()
