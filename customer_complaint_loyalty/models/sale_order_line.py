from odoo import models


class SaleOrderLine(models.Model):
    """What a reward takes money off."""

    _inherit = "sale.order.line"

    def _get_complaint_lowered_lines(self):
        """Those products that the reward is meant for, where it says which."""
        lines = super()._get_complaint_lowered_lines()
        reward = self.reward_id
        if len(reward) != 1 or reward.reward_type != "discount":
            return lines
        sold = lines.filtered(lambda line: not line._is_complaint_deduction())
        if reward.discount_applicability == "specific":
            return sold.filtered(
                lambda line: line.product_id.filtered_domain(
                    reward._get_discount_product_domain()
                )
            )
        if reward.discount_applicability == "cheapest":
            return self.order_id._cheapest_line(reward) or lines
        return lines
