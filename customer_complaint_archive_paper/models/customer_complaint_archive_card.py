from odoo import fields, models

from .customer_complaint_archive_inventory_line import RESULTS


class CustomerComplaintArchiveCard(models.Model):
    """When the papers of a card were last checked, and with what result."""

    _inherit = "customer.complaint.archive.card"

    inventory_id = fields.Many2one(
        "customer.complaint.archive.inventory",
        string="Last Inventory",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        sealed=False,
        system=True,
    )
    inventory_date = fields.Date(
        string="Last Checked On",
        readonly=True,
        copy=False,
        index=True,
        help="Day on which the last inventory that listed the card was finished.",
        sealed=False,
        system=True,
    )
    inventory_result = fields.Selection(
        RESULTS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        sealed=False,
        system=True,
    )

    # Cards of past years
    is_legacy = fields.Boolean(related="complaint_id.is_legacy")

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    # ------------------------------------------------------------------
    # CARDS OF PAST YEARS
    # ------------------------------------------------------------------

    def _get_handler_name(self):
        return super()._get_handler_name() or self.complaint_id.legacy_handler or ""
