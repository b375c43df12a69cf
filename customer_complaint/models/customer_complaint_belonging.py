from odoo import api, models

from ..const import ARCHIVIST


class CustomerComplaintBelonging(models.AbstractModel):
    """Archivists keep papers of cases that they only read."""

    _inherit = "customer.complaint.belonging"
    # Whether archivists work on it although they only read the complaint.
    _is_kept_by_archivists = False

    @api.model
    def _get_needed_access(self, operation):
        if self._is_kept_by_archivists and self.env.user.has_group(ARCHIVIST):
            return "read"
        return super()._get_needed_access(operation)
