from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerComplaintCategory(models.Model):
    _inherit = "customer.complaint.category"

    needs_quality_signoff = fields.Boolean(
        string="Quality Signs Decisions",
        help="Somebody of the quality department, other than who decided, signs the "
        "decision before it is told.",
    )
    needs_legal_signoff = fields.Boolean(
        string="Legal Signs Decisions",
        help="Somebody of the legal department, other than who decided, signs the "
        "decision before it is told. The settings say who signs.",
    )

    @api.constrains("needs_quality_signoff", "is_quality_matter")
    def _check_quality_signoff(self):
        for category in self:
            if category.needs_quality_signoff and not category.is_quality_matter:
                raise ValidationError(
                    self.env._(
                        "The quality department does not see complaints of "
                        "“%(category)s” and could not sign. Tick “Quality Matter” too.",
                        category=category.display_name,
                    )
                )
