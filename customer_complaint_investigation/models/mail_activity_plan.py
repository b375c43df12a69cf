from odoo import models


class MailActivityPlan(models.Model):
    """Emergency plans belong to mail, and are configuration of complaints too."""

    _name = "mail.activity.plan"
    _inherit = ["mail.activity.plan", "customer.complaint.shared"]

    def _filter_configuration(self):
        return self.filtered(lambda plan: plan.res_model == "customer.complaint")
