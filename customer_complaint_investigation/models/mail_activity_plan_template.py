from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MailActivityPlanTemplate(models.Model):
    """Activities of a plan for those who work on the complaint."""

    _name = "mail.activity.plan.template"
    _inherit = ["mail.activity.plan.template", "customer.complaint.shared"]

    responsible_type = fields.Selection(
        selection_add=[
            ("complaint_handler", "Handler of the complaint"),
            ("complaint_leader", "Leader of the complaint's team"),
        ],
        ondelete={"complaint_handler": "cascade", "complaint_leader": "cascade"},
    )

    @api.constrains("responsible_type", "plan_id")
    def _check_complaint_responsible(self):
        for template in self:
            if (
                template._get_complaint_role()
                and template.plan_id.res_model != "customer.complaint"
            ):
                raise ValidationError(
                    self.env._(
                        "Only plans for complaints know a handler and a team leader. "
                        "Choose another assignment in “%(plan)s”.",
                        plan=template.plan_id.name,
                    )
                )

    def _filter_configuration(self):
        return self.filtered(
            lambda template: template.plan_id.res_model == "customer.complaint"
        )

    def _get_complaint_role(self):
        """Return ``"handler"``, ``"leader"``, or False for anybody else."""
        prefix, _separator, role = self.responsible_type.partition("_")
        return prefix == "complaint" and role

    def _determine_responsible(self, on_demand_responsible, applied_on_record):
        role = self._get_complaint_role()
        if not role:
            return super()._determine_responsible(
                on_demand_responsible, applied_on_record
            )
        responsible = applied_on_record._get_responsible(role)
        error = not responsible and self.env._(
            "%(complaint)s has neither a handler nor a team leader.",
            complaint=applied_on_record.display_name,
        )
        return {"responsible": responsible, "error": error, "warning": False}
