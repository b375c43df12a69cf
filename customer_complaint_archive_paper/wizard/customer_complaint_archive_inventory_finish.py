from odoo import fields, models


class CustomerComplaintArchiveInventoryFinish(models.TransientModel):
    """Asks what happens with the cards nobody ticked."""

    _name = "customer.complaint.archive.inventory.finish"
    _inherit = "customer.complaint.dialog"
    _description = "Finish an Inventory"

    inventory_id = fields.Many2one(
        "customer.complaint.archive.inventory", required=True, ondelete="cascade"
    )
    open_count = fields.Integer(related="inventory_id.open_count")
    found_count = fields.Integer(related="inventory_id.found_count")
    missing_count = fields.Integer(related="inventory_id.missing_count")
    damaged_count = fields.Integer(related="inventory_id.damaged_count")
    misplaced_count = fields.Integer(related="inventory_id.misplaced_count")
    open_is_missing = fields.Boolean(
        string="They Are Missing",
        help="Cards nobody ticked are recorded as missing. Leave it empty and discard, "
        "to go on ticking.",
    )
    conclusion = fields.Text(
        string="Measures to Take", help="What follows from it. Printed on the report."
    )

    def action_confirm(self):
        """Finish the inventory.

        :raise AccessError: unless the user is archivist
        :raise UserError: if cards are open and nothing was said about them
        """
        self.ensure_one()
        self.inventory_id._finish(self.conclusion, self.open_is_missing)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class CustomerComplaintArchiveInventoryMark(models.TransientModel):
    """Asks what is wrong with cards on the list, or with one that is added to it."""

    _name = "customer.complaint.archive.inventory.mark"
    _inherit = "customer.complaint.dialog"
    _description = "Mark Cards of an Inventory"

    inventory_id = fields.Many2one(
        "customer.complaint.archive.inventory", ondelete="cascade"
    )
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        ondelete="cascade",
        help="Card that is not on the list.",
    )
    line_ids = fields.Many2many(
        "customer.complaint.archive.inventory.line",
        "customer_complaint_archive_inventory_mark_rel",
        "dialog_id",
        "line_id",
        string="Cards",
    )
    result = fields.Selection(
        [("damaged", "Damaged"), ("misplaced", "Misplaced")], required=True
    )
    place_found = fields.Char(
        string="Found At", help="Where it was found instead: room, cabinet, box."
    )
    note = fields.Char(help="What is damaged, who was asked, where it was looked for.")

    def action_confirm(self):
        """Mark the cards, or add the one that is not on the list.

        :raise AccessError: unless the user is archivist
        :raise UserError: if the inventory does not go on
        """
        self.ensure_one()
        if self.card_id:
            self.inventory_id._add_card(self.card_id, self.place_found, self.note)
        else:
            self.line_ids.write(
                {
                    "result": self.result,
                    "note": self.note,
                    "place_found": self.result == "misplaced" and self.place_found,
                }
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
