from odoo import api, models
from odoo.fields import Domain

# Who sees restricted cases; the record rules say the same.
ENTITLED_GROUPS = ",".join(
    f"customer_complaint.group_complaint_{role}"
    for role in ("manager", "archivist", "auditor")
)


class CustomerComplaintHidden(models.AbstractModel):
    """What is kept on cases by other apps (messages, to-dos) hides with the case."""

    _name = "customer.complaint.hidden"
    _description = "Hidden With Its Case"
    # Which field of the models of a case shows it, and which of its own names them.
    _kept_by = "message_ids"
    _kept_model = "model"

    @api.model
    def _is_kept_from_user(self):
        return (
            not self.env.su
            and self.env["customer.complaint"]._is_any_restricted()
            and not self.env.user.has_groups(ENTITLED_GROUPS)
        )

    @api.model
    def _get_restricted_domain(self):
        """Return the domain of what hangs on restricted cases.

        :rtype: odoo.fields.Domain
        """
        # Which cases they are, nothing of them.
        Complaint_sudo = self.env["customer.complaint"].sudo()
        restricted_sudo = Complaint_sudo.search([("is_restricted", "=", True)])
        threads = Complaint_sudo._get_threads(restricted_sudo, self._kept_by)
        return Domain.OR(
            Domain(self._kept_model, "=", model)
            & Domain("res_id", "in", self.env[model].sudo()._search(domain))
            for model, domain in threads.items()
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not bypass_access and self._is_kept_from_user():
            domain = Domain(domain) & ~self._get_restricted_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "create" or not self or not self._is_kept_from_user():
            return result
        kept_sudo = self.sudo().filtered_domain(self._get_restricted_domain())
        kept = self.browse(kept_sudo.ids)
        if not kept:
            return result
        if result:
            return (result[0] | kept, result[1])
        return (kept, lambda: kept._make_access_error(operation))
