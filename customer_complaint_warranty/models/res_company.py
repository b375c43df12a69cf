from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Kinds for which the day of purchase matters.
WINDOW_KINDS = ("refund", "exchange", "repair")
# LAW art. 25: distance sales in China; other countries have laws of their own.
LAW_NO_REASON_DAYS = 7
LAW_COUNTRIES = ("CN",)
WINDOW_FIELDS = (
    "complaint_no_reason_days",
    "complaint_return_days",
    "complaint_exchange_days",
    "complaint_repair_days",
)


class ResCompany(models.Model):
    """Until when goods are taken back, exchanged or repaired free of charge."""

    _inherit = "res.company"

    complaint_no_reason_days = fields.Integer(
        string="No-reason Return",
        default=7,
        required=True,
        help="Days after a distance sale in which no reason is asked.",
    )
    complaint_return_days = fields.Integer(
        string="Return",
        default=7,
        required=True,
        help="Days after the purchase with return, exchange or repair.",
    )
    complaint_exchange_days = fields.Integer(
        string="Exchange",
        default=15,
        required=True,
        help="Days after the purchase with exchange or repair.",
    )
    complaint_repair_days = fields.Integer(
        string="Free Repair",
        default=60,
        required=True,
        help="Days after the purchase with free repair; later it is paid.",
    )

    @api.constrains(*WINDOW_FIELDS)
    def _check_return_windows(self):
        for company in self:
            days = [company[name] for name in WINDOW_FIELDS]
            if min(days) < 0 or sorted(days[1:]) != days[1:]:
                raise ValidationError(
                    self.env._(
                        "%(company)s: return windows are not negative, and return is "
                        "not longer than exchange, exchange not longer than repair.",
                        company=company.name,
                    )
                )

    @api.constrains("complaint_no_reason_days", "country_id")
    def _check_no_reason_days(self):
        for company in self:
            if company.country_id.code not in LAW_COUNTRIES:
                continue
            if 0 < company.complaint_no_reason_days < LAW_NO_REASON_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the law gives customers at least %(days)s days "
                        "to return a distance sale without a reason. Enter %(days)s or "
                        "more, or 0 if nothing is sold at a distance.",
                        company=company.name,
                        days=LAW_NO_REASON_DAYS,
                    )
                )

    def _get_return_window(self, days):
        """Return what the windows allow so many days after the purchase.

        :param int days: from the day of purchase to the day of the complaint
        :return: the text, and the kinds of lines that lie within
        :rtype: tuple[str, tuple[str]]
        """
        self.ensure_one()
        values = {"days": days}
        if days <= self.complaint_return_days:
            text = self.env._(
                "%(days)s days after the purchase: return, exchange or repair.",
                **values,
            )
            allowed = WINDOW_KINDS
        elif days <= self.complaint_exchange_days:
            text = self.env._(
                "%(days)s days after the purchase: exchange or repair.", **values
            )
            allowed = ("exchange", "repair")
        elif days <= self.complaint_repair_days:
            text = self.env._(
                "%(days)s days after the purchase: free repair.", **values
            )
            allowed = ("repair",)
        else:
            text = self.env._(
                "%(days)s days after the purchase: paid repair.", **values
            )
            allowed = ("repair",)
        if days > self.complaint_no_reason_days:
            return text, allowed
        no_reason = self.env._(
            "A distance sale can be returned without a reason until %(limit)s days "
            "after the customer received the goods.",
            limit=self.complaint_no_reason_days,
        )
        return f"{text} {no_reason}", (*allowed, "refund")
