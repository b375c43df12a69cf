from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.customer_complaint.const import CONCLUSIONS

from ..models.customer_complaint import (
    CAUSES,
    FINDING_FIELDS,
    RESPONSIBLE_PARTIES,
)


class CustomerComplaintSkipInvestigation(models.TransientModel):
    """Asks why complaints are decided without investigation, and on what it rests."""

    _name = "customer.complaint.skip.investigation"
    _inherit = "customer.complaint.dialog"
    _description = "Decide without Investigation"
    _check_company_auto = True

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    precedent_domain = fields.Binary(compute="_compute_precedent_domain")
    reason = fields.Text(
        required=True, help="Why an investigation would find nothing new."
    )
    precedent_id = fields.Many2one(
        "customer.complaint",
        string="Earlier Similar Complaint",
        required=True,
        help="The closed complaint about the same matter whose investigation you rely "
        "on.",
    )
    conclusion = fields.Selection(
        [key for key in CONCLUSIONS if key[0] != "undetermined"],
        required=True,
        compute="_compute_from_precedent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cause = fields.Selection(
        CAUSES,
        required=True,
        compute="_compute_from_precedent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    responsible_party = fields.Selection(
        RESPONSIBLE_PARTIES,
        required=True,
        compute="_compute_from_precedent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    responsible_team_id = fields.Many2one(
        "customer.complaint.team",
        string="Responsible Department",
        compute="_compute_from_precedent",
        compute_sudo=False,
        store=True,
        readonly=False,
        check_company=True,
    )
    responsible_partner_id = fields.Many2one(
        "res.partner",
        string="Responsible Contact",
        compute="_compute_from_precedent",
        compute_sudo=False,
        store=True,
        readonly=False,
        check_company=True,
    )
    conclusion_note = fields.Text(
        string="Findings and Opinion",
        required=True,
        help="What is known from the earlier complaint and what is to be done "
        "(处理意见).",
    )

    @api.depends("complaint_ids")
    def _compute_company_id(self):
        for dialog in self:
            dialog.company_id = dialog.complaint_ids.company_id[:1]

    @api.depends("complaint_ids")
    def _compute_precedent_domain(self):
        """Propose closed complaints of the category or the products."""
        for dialog in self:
            complaints = dialog.complaint_ids._origin
            similar = Domain("category_id", "in", complaints.category_id.ids) | Domain(
                "line_ids.product_id", "in", complaints.line_ids.product_id.ids
            )
            dialog.precedent_domain = list(
                Domain("id", "not in", complaints.ids)
                & Domain("company_id", "in", complaints.company_id.ids)
                & Domain("state", "=", "closed")
                & Domain("conclusion", "not in", (False, "undetermined"))
                & Domain("no_investigation_by_id", "=", False)
                & similar
            )

    @api.depends("precedent_id")
    def _compute_from_precedent(self):
        """Propose what was found before; the opinion is written for this case."""
        for dialog in self:
            precedent = dialog.precedent_id
            for name in FINDING_FIELDS - {"conclusion_note"}:
                dialog[name] = precedent[name]
            if dialog.responsible_party == "customer":
                dialog.responsible_partner_id = dialog.complaint_ids.partner_id[:1]

    def action_skip_investigation(self):
        """Decide the complaints without investigating them, in the user's name."""
        self.ensure_one()
        findings = {name: self[name] for name in FINDING_FIELDS}
        for name in ("responsible_team_id", "responsible_partner_id"):
            findings[name] = self[name].id
        self.complaint_ids._skip_investigation(self.reason, self.precedent_id, findings)
        return True
