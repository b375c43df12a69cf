from odoo import api, models

LOG = "customer.complaint.archive.access.log"


class IrAttachment(models.Model):
    """Confidential files: whoever sees one is written into the log."""

    _inherit = "ir.attachment"

    @api.model
    def _note_sights(self, owners, kind):
        self.env[LOG]._record_sights(self.env.user, owners, kind)
        return super()._note_sights(owners, kind)

    def _note_request_sight(self, user, owners):
        Log = self.env[LOG]
        if not Log._is_same_sight(user, self):
            Log._record_sights(user, owners, Log._get_request_kind())
        return super()._note_request_sight(user, owners)
