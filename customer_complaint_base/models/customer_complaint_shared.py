from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list


class CustomerComplaintShared(models.AbstractModel):
    """Configuration that all companies share is changed by whoever has all of them.

    A row without company rules the cases of every company: who answers for one of them
    only makes a row of that company instead.
    """

    _name = "customer.complaint.shared"
    _inherit = "customer.complaint.logged"
    _description = "Shared Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        records = super().create(vals_list)
        records._check_may_share()
        return records

    def write(self, vals):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        self._check_may_share()
        result = super().write(vals)
        self._check_may_share()
        return result

    def unlink(self):
        """:raise AccessError: for rows of all companies, unless the user has all"""
        self._check_may_share()
        return super().unlink()

    def _check_may_share(self):
        if self.env.su:
            return
        shared = self._filter_configuration().filtered(
            lambda record: not record.sudo()._get_logged_company()
        )
        if not shared or self.env.user._has_all_companies():
            return
        self.check_access("read")
        raise AccessError(
            self.env._(
                "All companies share this: %(names)s. Whoever has all companies "
                "changes it; for your company alone, make one of its own where that is "
                "possible.",
                names=format_list(self.env, shared.mapped("display_name")),
            )
        )
