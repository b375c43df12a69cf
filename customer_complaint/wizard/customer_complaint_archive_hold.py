from odoo import fields, models

# Each deed is the name of a method of the card, after an underscore.
DEEDS = [("hold", "Legal Hold"), ("release", "End Legal Hold")]


class CustomerComplaintArchiveHold(models.TransientModel):
    """Asks why cards are held, or no longer."""

    _name = "customer.complaint.archive.hold"
    _inherit = "customer.complaint.dialog"
    _description = "Legal Hold"

    card_ids = fields.Many2many(
        "customer.complaint.archive.card",
        "customer_complaint_archive_hold_rel",
        "dialog_id",
        "card_id",
        string="Archive Cards",
        required=True,
    )
    deed = fields.Selection(DEEDS, required=True)
    reason = fields.Text(
        required=True,
        help="E.g. the court and the number of the case. It stays in the chain.",
    )

    def action_confirm(self):
        """Hold the cards, or end their hold.

        :raise AccessError: if the user may not
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        getattr(self.card_ids, f"_{self.deed}")(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class CustomerComplaintArchiveRefuseDisposal(models.TransientModel):
    """Asks why a disposal is not approved."""

    _name = "customer.complaint.archive.refuse.disposal"
    _inherit = "customer.complaint.dialog"
    _description = "Refuse a Disposal"

    disposal_ids = fields.Many2many(
        "customer.complaint.archive.disposal",
        "customer_complaint_archive_refuse_disposal_rel",
        "dialog_id",
        "disposal_id",
        string="Disposals",
        required=True,
    )
    reason = fields.Text(required=True, help="Whoever proposed it is told.")

    def action_confirm(self):
        """Refuse the disposals.

        :raise AccessError: if the user may not
        """
        self.ensure_one()
        self.disposal_ids._refuse(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
