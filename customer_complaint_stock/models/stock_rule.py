from odoo import models


class StockRule(models.Model):
    """Replacements keep their remediation along all steps of the route."""

    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "complaint_remediation_line_id"]

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        # Where returned goods are put after they came in is the stock's affair.
        if move_to_copy._is_complaint_replacement():
            vals["complaint_remediation_line_id"] = move_to_copy._get_carried_id()
        return vals
