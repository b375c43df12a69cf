from odoo import api, models
from odoo.fields import Domain

from ..tools.access import forbid_as_rule, refuse_no_record


class CustomerComplaintDialog(models.AbstractModel):
    """What somebody is about to write in a dialog: theirs alone."""

    _name = "customer.complaint.dialog"
    _description = "Dialog of Complaint Handling"

    def ensure_one(self):
        refuse_no_record(self)
        return super().ensure_one()

    def _check_access(self, operation):
        refuse_no_record(self)
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        # Whose they are, nothing else of them.
        others = self.browse(self.sudo().filtered_domain(~self._get_own_domain()).ids)
        others -= result[0] if result else self.browse()
        return forbid_as_rule(others, result, operation)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._get_own_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_own_domain(self):
        """Return the domain of the user's own dialogs.

        :rtype: odoo.fields.Domain
        """
        return Domain("create_uid", "=", self.env.uid)
