from odoo import api, fields, models

from ..tools.fetch_joined import fetch_joined

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

    @api.depends("confirmer", "parent_id.effective_confirmer")
    def _compute_effective_confirmer(self):
        for category in self:
            category.effective_confirmer = (
                category.confirmer
                or category.parent_id.effective_confirmer
                or DEFAULT_CONFIRMER
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_complaint_users(self, *groups):
        """Return the active users of the company who have a complaint role.

        :param groups: external ids of the groups that give the role
        :rtype: res.users
        """
        self.ensure_one()
        xmlid_to_res_id = self.env["ir.model.data"]._xmlid_to_res_id
        # Who has which role, to ask them; nothing else of the users is read.
        users_sudo = self.env["res.users"].sudo()
        query = users_sudo._search(
            [
                ("share", "=", False),
                ("all_group_ids", "in", [*map(xmlid_to_res_id, groups)]),
                ("company_ids", "in", self.ids),
            ],
            order=users_sudo._order,
        )
        # To ask them, their contacts are needed, too.
        return fetch_joined(users_sudo, query, ["partner_id"]).sudo(False)
