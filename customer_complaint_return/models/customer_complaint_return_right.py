from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

RETURN_STATES = [
    ("registered", "Waiting for Goods"),
    ("goods_back", "Goods Back"),
    ("refunding", "Refund Under Way"),
    ("done", "Refunded"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
# In which lines and days may still change.
RETURN_EDITABLE_STATES = ("registered", "goods_back")


class CustomerComplaintReturnRight(models.AbstractModel):
    """Until when the customer may return without a reason (LAW art. 25).

    The day after the goods were received is day 1; the last day counts to its end, in
    the company's time zone. Advice, never a lock.
    """

    _name = "customer.complaint.return.right"
    _inherit = ["customer.complaint.kept", "mail.thread"]
    _description = "Right to a No-Reason Return"

    date_received = fields.Datetime(
        string="Told On",
        required=True,
        default=fields.Datetime.now,
        index=True,
        copy=False,
        tracking=True,
        help="When the customer told us; it decides whether the return is in time.",
    )
    date_purchase = fields.Date(
        string="Purchased On",
        compute="_compute_date_purchase",
        store=True,
        precompute=True,
    )
    date_delivered = fields.Date(
        string="Received by the Customer On",
        compute="_compute_date_delivered",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The right runs from the day after; with several parcels, from the last.",
    )
    right_days = fields.Integer(
        string="Days of the Right",
        readonly=True,
        copy=False,
        aggregator=None,
        help="As the settings said when the return was registered.",
        system=True,
    )
    date_last_day = fields.Date(
        string="Last Day of the Right",
        compute="_compute_right",
        store=True,
        precompute=True,
        help="The day after the customer received the goods is day 1 (LAW art. 25).",
        system=True,
    )
    is_after_last_day = fields.Boolean(
        string="Told Too Late",
        compute="_compute_right",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Told after the last day of the right; a supervisor may accept it as "
        "goodwill.",
        system=True,
    )
    late_accepted_by_id = fields.Many2one(
        "res.users",
        string="Accepted as Goodwill By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_late_accepted = fields.Datetime(
        string="Accepted as Goodwill On", readonly=True, copy=False, system=True
    )
    advice = fields.Text(
        compute="_compute_advice",
        help="What the law and the settings say. Advice, never a lock.",
    )

    @api.depends("sale_order_id")
    def _compute_date_purchase(self):
        for record in self:
            order = record.sale_order_id
            record.date_purchase = record.company_id._complaint_date(order.date_order)

    @api.depends("sale_order_id")
    def _compute_date_delivered(self):
        for record in self:
            record.date_delivered = (
                record.sale_order_id._get_complaint_delivery_day()
                or record.date_delivered
            )

    @api.depends("date_delivered", "right_days", "date_received", "company_id")
    def _compute_right(self):
        for record in self:
            last = record.date_delivered and (
                record.date_delivered
                + timedelta(days=record.right_days or record._get_right_days())
            )
            told = record.company_id._complaint_date(record.date_received)
            record.date_last_day = last
            record.is_after_last_day = bool(last and told and told > last)

    @api.depends("date_last_day", "is_after_last_day", "line_ids.exception_id")
    @api.depends_context("lang")
    def _compute_advice(self):
        for record in self:
            texts = [record._get_right_advice(), *record._get_exception_advice()]
            record.advice = "\n".join(filter(None, texts))

    def _get_right_days(self):
        """Return how many days the right has, from the company's settings.

        :rtype: int
        """
        return (self.company_id or self.env.company).sudo().complaint_no_reason_days

    def _get_right_advice(self):
        """Return until when the right runs, and what is missing to know it.

        :rtype: str
        """
        self.ensure_one()
        if not self.sale_order_id:
            return ""
        values = {
            "days": self.right_days or self._get_right_days(),
            "last_day": self.company_id._complaint_format_day(self.date_last_day),
        }
        if not self.date_last_day:
            return self.env._(
                "The right runs %(days)s days from the day after the customer received "
                "the goods. Enter that day.",
                **values,
            )
        if self.is_after_last_day:
            return self.env._(
                "Told after %(last_day)s, the last day of the right (%(days)s days). A "
                "supervisor may accept it as goodwill.",
                **values,
            )
        return self.env._(
            "In time: a distance sale can be returned without a reason until "
            "%(last_day)s (%(days)s days).",
            **values,
        )

    def _get_exception_advice(self):
        """Return what the exceptions on the lines say.

        :rtype: list[str]
        """
        self.ensure_one()
        texts = []
        for line in self.line_ids.filtered("exception_id"):
            exception = line.exception_id
            values = {
                "product": line._get_text(),
                "exception": exception.name,
                "basis": exception.legal_basis or self.env._("house rule"),
            }
            texts.append(
                self.env._(
                    "%(product)s: %(exception)s (%(basis)s), if the customer confirmed "
                    "it at the purchase. Whether it is refused is your decision.",
                    **values,
                )
                if exception.needs_consent
                else self.env._(
                    "%(product)s: %(exception)s (%(basis)s). Whether it is refused is "
                    "your decision.",
                    **values,
                )
            )
        return texts

    @api.constrains("date_received", "date_delivered", "sale_order_id")
    def _check_days(self):
        now = fields.Datetime.now()
        for record in self:
            today = record.company_id._complaint_date(now)
            if record.date_received > now:
                reason = self.env._(
                    "nobody returns goods in the future. Correct when the customer "
                    "told us."
                )
            elif record.date_delivered and record.date_delivered > today:
                reason = self.env._(
                    "the customer cannot have received the goods in the future. "
                    "Correct the day, or leave it empty."
                )
            elif (
                record.date_delivered
                and record.date_purchase
                and record.date_delivered < record.date_purchase
            ):
                reason = self.env._(
                    "the customer cannot have received the goods before they bought "
                    "them on %(purchase)s. Correct the day.",
                    purchase=record.company_id._complaint_format_day(
                        record.date_purchase
                    ),
                )
            else:
                continue
            raise ValidationError(record._name_reason(reason))
