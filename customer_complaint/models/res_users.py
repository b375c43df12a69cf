from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    complaint_team_ids = fields.Many2many(
        "customer.complaint.team",
        "customer_complaint_team_member_rel",
        "user_id",
        "team_id",
        string="Complaint Teams",
    )
