from odoo import api, fields, models


class CustomerComplaintLine(models.Model):
    """The lot that was delivered is proposed."""

    _inherit = "customer.complaint.line"

    lot_name = fields.Char(
        compute="_compute_lot_name", store=True, readonly=False, precompute=True
    )

    @api.depends("sale_order_line_id")
    def _compute_lot_name(self):
        """Propose the lot or serial number, where the customer got one only."""
        for line in self:
            name = line.lot_name
            if not name and line.product_id.tracking in ("lot", "serial"):
                # Which goods they are, whoever may look into the stock.
                moves_sudo = line.sale_order_line_id.sudo().move_ids.filtered(
                    lambda move: (
                        move.state == "done"
                        and move.location_dest_id.usage == "customer"
                    )
                )
                lots_sudo = moves_sudo.move_line_ids.lot_id
                name = len(lots_sudo) == 1 and lots_sudo.name
            line.lot_name = name
