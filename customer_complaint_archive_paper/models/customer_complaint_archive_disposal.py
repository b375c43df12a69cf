from odoo import api, models

from odoo.addons.customer_complaint_base.tools.job import work_off


class CustomerComplaintArchiveDisposal(models.Model):
    _inherit = "customer.complaint.archive.disposal"

    @api.model
    def _cron_archive_retention(self):
        """The daily job of the archive also goes on with inventories, and reminds."""
        result = super()._cron_archive_retention()
        Inventory = self.env["customer.complaint.archive.inventory"]
        Inventory._cron_compare()
        work_off(
            self.env["res.company"].search([("complaint_inventory_months", ">", 0)]),
            lambda company: Inventory._propose_due(company),
        )
        return result
