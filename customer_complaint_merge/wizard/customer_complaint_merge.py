from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.customer_complaint.const import OPEN_STATES


class CustomerComplaintMerge(models.TransientModel):
    """Asks into which complaint others are merged, and shows both."""

    _name = "customer.complaint.merge"
    _inherit = "customer.complaint.dialog"
    _description = "Merge Complaints"

    complaint_ids = fields.Many2many("customer.complaint", required=True)
    target_id = fields.Many2one(
        "customer.complaint",
        string="Merge Into",
        required=True,
        compute="_compute_target_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="target_domain",
        help="The complaint that goes on. The others end and point to it.",
    )
    target_domain = fields.Binary(compute="_compute_target_domain")
    reason = fields.Text(
        required=True, help="Why all of them are about the same matter."
    )
    source_ids = fields.Many2many(
        "customer.complaint", string="To Be Merged", compute="_compute_source_ids"
    )
    note = fields.Text(compute="_compute_source_ids")
    target_subject = fields.Char(
        related="target_id.subject", related_sudo=False, string="Subject"
    )
    target_customer_id = fields.Many2one(
        related="target_id.partner_id", related_sudo=False, string="Customer"
    )
    target_date_received = fields.Datetime(
        related="target_id.date_received", related_sudo=False, string="Received On"
    )
    target_state = fields.Selection(
        related="target_id.state", related_sudo=False, string="State"
    )
    target_description = fields.Text(
        related="target_id.description", related_sudo=False, string="What Happened"
    )

    @api.depends("complaint_ids")
    def _compute_target_id(self):
        """Of several complaints, propose the one that was received first."""
        for dialog in self:
            complaints = dialog.complaint_ids
            running = complaints.filtered(lambda c: not c._has_ended())
            if len(complaints) > 1 and not dialog.target_id:
                dialog.target_id = running.sorted("date_received")[:1]._origin

    @api.depends("complaint_ids")
    def _compute_target_domain(self):
        for dialog in self:
            complaints = dialog.complaint_ids
            customers = complaints.commercial_partner_id
            domain = Domain("company_id", "in", complaints.company_id.ids)
            domain &= Domain("state", "in", OPEN_STATES)
            domain &= Domain("commercial_partner_id", "in", customers.ids) | Domain(
                "representation", "=", "group"
            )
            if len(complaints) == 1:
                domain &= Domain("id", "!=", complaints._origin.id)
            dialog.target_domain = list(domain)

    @api.depends("complaint_ids", "target_id")
    def _compute_source_ids(self):
        for dialog in self:
            main = dialog.target_id
            sources = dialog.complaint_ids._origin - main
            dialog.source_ids = sources
            dialog.note = "\n".join(dialog._get_notes(main, sources))

    def _get_notes(self, main, sources):
        """Return what whoever merges should know beforehand.

        :rtype: list[str]
        """
        notes = []
        if not main or not sources:
            return notes
        earlier = sources.filtered(lambda c: c.date_received < main.date_received)
        if earlier:
            notes.append(
                self.env._(
                    "%(target)s was received later than a complaint merged into it. "
                    "The time limits are those of %(target)s; the earlier receipt "
                    "stays visible.",
                    target=main.name,
                )
            )
        if main.representation == "group":
            notes.append(
                self.env._(
                    "%(target)s is a complaint of a group: the people of other "
                    "customers are added to its number of complainants.",
                    target=main.name,
                )
            )
        return notes

    def action_merge(self):
        """Merge the complaints into the target, and open it.

        :rtype: dict
        :raise UserError: if one of them cannot be merged into it
        """
        self.ensure_one()
        sources = self.complaint_ids - self.target_id
        if not sources:
            raise UserError(
                self.env._(
                    "A complaint cannot be merged into itself. Choose another one to "
                    "merge it into."
                )
            )
        sources.write(
            {
                "state": "merged",
                "merged_into_id": self.target_id.id,
                "merge_reason": self.reason,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint",
            "res_id": self.target_id.id,
            "views": [(False, "form")],
        }
