from odoo import models

from odoo.addons.customer_complaint_base.tools.chinese_amount import to_chinese_amount

CHINESE = "zh"
YUAN_CURRENCY = "CNY"


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _get_complaint_amount_in_words(self, amount):
        """Return an amount in Chinese capital numerals when the reader reads Chinese.

        :param float amount: in this currency, not negative
        :return: e.g. 人民币壹佰元整; empty in other languages
        :rtype: str
        """
        self.ensure_one()
        if not (self.env.lang or "").startswith(CHINESE):
            return ""
        name = "人民币" if self.name == YUAN_CURRENCY else f"{self.name} "
        return name + to_chinese_amount(self.round(amount))
