from odoo import fields, models
from odoo.exceptions import UserError

from ..models.customer_complaint_decision_template import TEMPLATE_TEXTS


class CustomerComplaintApplyTemplate(models.TransientModel):
    """Asks which template's texts a decision takes over."""

    _name = "customer.complaint.apply.template"
    _inherit = "customer.complaint.dialog"
    _description = "Apply Decision Template"

    complaint_id = fields.Many2one("customer.complaint", required=True)
    company_id = fields.Many2one(related="complaint_id.company_id", related_sudo=False)
    template_id = fields.Many2one(
        "customer.complaint.decision.template",
        required=True,
        domain="[('company_id', 'in', (False, company_id)),"
        " ('outcome', 'not in', ('refused', 'upheld'))]",
    )
    decision_grounds = fields.Text(
        related="template_id.decision_grounds", related_sudo=False
    )
    decision_measures = fields.Text(
        related="template_id.decision_measures", related_sudo=False
    )
    decision_ways_open = fields.Text(
        related="template_id.decision_ways_open", related_sudo=False
    )

    def action_apply(self):
        """Put the template's texts into the decision, over what stands there.

        :raise UserError: if the decision was told, or the template is another
            company's
        """
        self.ensure_one()
        template, complaint = self.template_id, self.complaint_id
        if template.company_id and template.company_id != complaint.company_id:
            raise UserError(
                self.env._(
                    "The template “%(name)s” belongs to another company. Choose one "
                    "of %(company)s.",
                    name=template.name,
                    company=complaint.company_id.name,
                )
            )
        # What the customer will read is in their language.
        template = template.with_context(lang=complaint._get_letter_lang())
        complaint.write(
            {name: template[name] for name in TEMPLATE_TEXTS if template[name]}
        )
        return True
