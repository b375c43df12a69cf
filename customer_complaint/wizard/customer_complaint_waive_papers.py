from odoo import fields, models


class CustomerComplaintWaivePapers(models.TransientModel):
    """Asks why a complaint goes on without the papers it needs."""

    _name = "customer.complaint.waive.papers"
    _inherit = "customer.complaint.dialog"
    _description = "Go On Without Papers"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    missing_papers_note = fields.Char(
        related="complaint_id.missing_papers_note", related_sudo=False
    )
    reason = fields.Text(
        required=True,
        help="Why the complaint is handled although these papers did not come.",
    )

    def action_waive(self):
        """Go on without the papers.

        :raise UserError: if the time to bring them has not passed
        """
        self.ensure_one()
        self.complaint_id._waive_papers(self.reason)
        return True
