from odoo import api, fields, models

from ..models.ir_module_module import ADDONS, CONFIRMED_KEY


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    complaint_card_count = fields.Integer(
        string="Sealed Archive Cards",
        compute="_compute_complaint_card_count",
        help="Of complaints, in all companies. They are destroyed with all papers, and "
        "with the chain that proves them.",
    )
    complaint_confirmed_count = fields.Integer(
        string="Number of Cards to Destroy",
        help="Enter the number of sealed cards, to say that they may be destroyed.",
    )

    @api.depends("module_ids")
    def _compute_complaint_card_count(self):
        count = self.env["ir.module.module"]._count_sealed_cards()
        for dialog in self:
            is_removed = ADDONS.intersection(dialog._get_modules().mapped("name"))
            dialog.complaint_card_count = count if is_removed else 0

    def action_uninstall(self):
        """:raise UserError: unless the number of sealed cards was entered"""
        if self.complaint_card_count:
            if self.complaint_confirmed_count == self.complaint_card_count:
                self.env["ir.config_parameter"].set_param(
                    CONFIRMED_KEY, str(self.complaint_card_count)
                )
            self.env["ir.module.module"]._check_sealed_cards_may_go()
        return super().action_uninstall()

    def action_download_complaint_archive(self):
        """Download all cards with their files, histories and chains.

        :rtype: dict
        :raise AccessError: unless the user is archivist or manager
        """
        self.env["customer.complaint.archive.card"]._check_may_export()
        return {
            "type": "ir.actions.act_url",
            "url": "/customer_complaint/archive",
            "target": "new",
        }
