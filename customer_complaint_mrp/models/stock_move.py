from collections import defaultdict

from odoo import models


class StockMove(models.Model):
    """Parts of a kit know how many of them are in one, and what they are sent for."""

    _inherit = "stock.move"

    def _generate_all_phantom_moves(self, exploded_lines_data):
        """Note what the bill of materials says now: returns follow it later.

        The bill may change after the delivery. What a kit replaces, its parts replace.
        """
        vals_list = super()._generate_all_phantom_moves(exploded_lines_data)
        kits = self._get_planned_quantity() * (self._get_kits_per_part())
        totals = defaultdict(float)
        for vals in vals_list:
            totals[vals["product_id"]] += self._get_phantom_quantity(vals)
        for vals in vals_list:
            if kits:
                vals["complaint_kit_quantity"] = totals[vals["product_id"]] / kits
            vals["complaint_remediation_line_id"] = self._get_carried_id()
        return vals_list

    def _get_kits_per_part(self):
        """Return how many kits sold one piece of the move is: a part may be a kit.

        :rtype: float
        """
        return 1.0 / self.complaint_kit_quantity if self.complaint_kit_quantity else 1.0

    def _get_phantom_quantity(self, vals):
        """Return the quantity of a move to be created, in the unit of its product.

        :param dict vals: as for ``create``
        :rtype: float
        """
        unit = self.env["uom.uom"].browse(vals["product_uom"])
        product = self.env["product.product"].browse(vals["product_id"])
        quantity = vals.get("product_uom_qty") or vals.get("quantity") or 0.0
        return unit._compute_quantity(quantity, product.uom_id, round=False)
