from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Who confirms the findings of a category (GSP-QUALITY).
CONFIRMERS = [
    ("shop", "Shop or Warehouse"),
    ("quality", "Quality Department"),
    ("service", "Responsible Department's Leader or Another Unit"),
]
DEFAULT_CONFIRMER = "shop"


class CustomerComplaintCategory(models.Model):
    """Who confirms what is found about the complaints of a category."""

    _inherit = "customer.complaint.category"

    needs_verification = fields.Boolean(
        string="Three Verifications",
        default=True,
        help="Complainant, matter and record are verified and signed before the "
        "investigation (三核实).",
    )
    confirmer = fields.Selection(
        CONFIRMERS,
        string="Findings Confirmed By",
        help="Who confirms what an investigation found. Empty: like the parent "
        "category.",
    )
    effective_confirmer = fields.Selection(
        CONFIRMERS,
        string="Findings Are Confirmed By",
        compute="_compute_effective_confirmer",
        store=True,
        recursive=True,
        help="Its own entry, or that of the parent category.",
    )

    # Duty to report
    is_health_matter = fields.Boolean(
        string="Health Matter",
        help="For each complaint it has to be decided whether the case is to be "
        "reported to an authority.",
    )
    report_decision_days = fields.Integer(
        string="Days to Decide on Reporting",
        default=1,
        help="Natural days after acceptance. House rule: adapt it to what the law "
        "asks of your trade.",
    )

    @api.depends("confirmer", "parent_id.effective_confirmer")
    def _compute_effective_confirmer(self):
        for category in self:
            category.effective_confirmer = (
                category.confirmer
                or category.parent_id.effective_confirmer
                or DEFAULT_CONFIRMER
            )

    # ------------------------------------------------------------------
    # DUTY TO REPORT
    #
    # Which categories are about health.
    # ------------------------------------------------------------------

    @api.constrains("report_decision_days")
    def _check_report_decision_days(self):
        for category in self:
            if category.report_decision_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(category)s: the days to decide on reporting cannot be "
                        "negative. Enter 0 for the day of acceptance itself.",
                        category=category.display_name,
                    )
                )
