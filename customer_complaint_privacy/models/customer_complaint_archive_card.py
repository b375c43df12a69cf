from odoo import models


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    def _destroy(self, disposal):
        """Erase the data of persons together with the files."""
        figures = super()._destroy(disposal)
        self.complaint_id._erase(
            self.env._(
                "The archive card was destroyed by %(disposal)s, and with it all "
                "personal data of the case.",
                disposal=disposal.name,
            )
        )
        return figures
