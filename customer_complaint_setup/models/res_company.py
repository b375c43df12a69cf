from odoo import fields, models

BUSINESSES = [
    ("shop", "Shop or shops"),
    ("web", "Web shop"),
    ("pharmacy", "Pharmacy"),
    ("maker", "Maker of goods"),
    ("bank", "Bank or insurer"),
]


class ResCompany(models.Model):
    """What a company answered when its complaint desk was set up."""

    _inherit = "res.company"

    complaint_business = fields.Selection(
        BUSINESSES,
        string="Kind of Business",
        help="What the company said it is when complaints were set up.",
    )
    complaint_setup_settled = fields.Boolean(
        string="Complaint Set-up Settled",
        help="The five questions were answered or skipped: they are no longer offered.",
    )

    def _complaint_is_setup_offered(self):
        """Return whether the company is still as it was installed: nobody answered the
        questions or skipped them, and there is no team but the first.

        :rtype: bool
        """
        self.ensure_one()
        if self.complaint_setup_settled:
            return False
        Team = self.env["customer.complaint.team"]
        return Team.search_count([("company_id", "=", self.id)], limit=2) < 2
