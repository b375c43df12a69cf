from odoo import fields, models

from odoo.addons.customer_complaint.const import READER_GROUPS


class LoyaltyCard(models.Model):
    """Cards that were given, or filled up, for complaints."""

    _name = "loyalty.card"
    _inherit = ["loyalty.card", "customer.complaint.behind"]

    complaint_remediation_line_ids = fields.One2many(
        "customer.complaint.remediation.line",
        "voucher_card_id",
        string="Remediation Lines",
        readonly=True,
        groups=READER_GROUPS,
        help="What customers get for complaints, and was given with this card.",
    )

    def _get_remediation_lines_sudo(self):
        # Which complaints they are is filtered by the user's own rights.
        return self.sudo().complaint_remediation_line_ids
