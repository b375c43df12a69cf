from odoo import models


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    def _erase_records(self):
        result = super()._erase_records()
        self._destroy_texts()
        return result
