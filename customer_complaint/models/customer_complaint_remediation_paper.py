from odoo import models
from odoo.tools.misc import formatLang

from ..tools.chinese_amount import to_chinese_amount

CHINESE = "zh"
YUAN_CURRENCY = "CNY"


class CustomerComplaintRemediation(models.Model):
    """What the papers of a remediation print."""

    _inherit = "customer.complaint.remediation"

    def _get_amount_in_words(self):
        """Return the total in Chinese capital numerals, on Chinese papers only.

        :return: with the currency before it, as on bills; empty on other papers
        :rtype: str
        """
        self.ensure_one()
        return self.currency_id._get_complaint_amount_in_words(self.amount_total)


class CustomerComplaintRemediationLine(models.Model):
    _inherit = "customer.complaint.remediation.line"

    def _get_printed_quantity(self):
        """Return the quantity with its unit, without idle zeros.

        :rtype: str
        """
        self.ensure_one()
        digits = 0 if self.quantity == int(self.quantity) else 2
        quantity = formatLang(self.env, self.quantity, digits=digits)
        # The unit is part of what is promised, whoever prints it.
        return f"{quantity} {self.sudo().product_uom_id.name or ''}".strip()


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
