from odoo import models


class MailActivityPlanTemplate(models.Model):
    _name = "mail.activity.plan.template"
    _inherit = ["mail.activity.plan.template", "customer.complaint.shared"]

    def _filter_configuration(self):
        return self.filtered(
            lambda template: template.plan_id.res_model == "customer.complaint"
        )
