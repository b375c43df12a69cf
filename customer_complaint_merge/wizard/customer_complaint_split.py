from odoo import api, fields, models


class CustomerComplaintSplit(models.TransientModel):
    """Asks which products and papers go to a complaint of their own."""

    _name = "customer.complaint.split"
    _inherit = "customer.complaint.dialog"
    _description = "Split a Complaint"

    complaint_id = fields.Many2one("customer.complaint", required=True)
    company_id = fields.Many2one(related="complaint_id.company_id", related_sudo=False)
    line_ids = fields.Many2many(
        "customer.complaint.line",
        string="Products",
        domain="[('complaint_id', '=', complaint_id)]",
        help="Products that go to the new complaint, with their whole quantity.",
    )
    document_ids = fields.Many2many(
        "customer.complaint.archive.document",
        # The name made of both tables would be too long.
        "customer_complaint_split_document_rel",
        "split_id",
        "document_id",
        string="Papers",
        domain="[('complaint_id', '=', complaint_id)]",
        help="Papers that go to the new complaint, with their files.",
    )
    subject = fields.Char(
        help="What the new complaint is about; left empty, category and product say it."
    )
    description = fields.Text(
        string="What Happened",
        required=True,
        help="What the customer said of the matter that is split off.",
    )
    category_id = fields.Many2one(
        "customer.complaint.category",
        required=True,
        compute="_compute_category_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        compute="_compute_team_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('company_id', '=', company_id)]",
        help="Team responsible for the new complaint.",
    )

    @api.depends("complaint_id")
    def _compute_category_id(self):
        for dialog in self:
            dialog.category_id = dialog.complaint_id.category_id

    @api.depends("category_id", "complaint_id")
    def _compute_team_id(self):
        for dialog in self:
            complaint = dialog.complaint_id
            category = dialog.category_id.with_company(complaint.company_id)
            dialog.team_id = category.team_id or complaint.team_id

    def action_split(self):
        """Split the complaint, and open the new one.

        :rtype: dict
        """
        self.ensure_one()
        new = self.complaint_id._split_off(
            self.line_ids,
            self.document_ids,
            {
                "subject": self.subject,
                "description": self.description,
                "category_id": self.category_id.id,
                "team_id": self.team_id.id,
            },
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint",
            "res_id": new.id,
            "views": [(False, "form")],
        }
