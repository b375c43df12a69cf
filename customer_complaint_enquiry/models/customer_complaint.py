from odoo import fields, models

from ..const import ENQUIRY_READERS


class CustomerComplaint(models.Model):
    """Where a complaint comes from that began as an enquiry, suggestion or grumble."""

    _inherit = "customer.complaint"

    enquiry_id = fields.Many2one(
        "customer.complaint.enquiry",
        string="Turned From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=ENQUIRY_READERS,
        help="The enquiry, suggestion or grumble that was turned into this complaint.",
        sealed=False,
        system=True,
    )

    def action_open_enquiry(self):
        """Open the enquiry, suggestion or grumble it was turned from.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint.enquiry",
            "res_id": self.enquiry_id.id,
            "views": [(False, "form")],
        }
