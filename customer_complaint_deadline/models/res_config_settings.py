from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_policy_id = fields.Many2one(
        related="company_id.complaint_policy_id", readonly=False
    )

    def action_add_mainland_holidays(self):
        """Add the holidays of mainland China to the working hours of the company.

        :rtype: dict
        """
        return self.company_id.resource_calendar_id.action_add_mainland_holidays()
