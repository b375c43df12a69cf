from math import isfinite, nan

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.quantity import format_quantity

from ..const import EDITABLE_STATES, GRANTED_STATES

LINE_KINDS = [
    ("refund", "Refund with Return"),
    ("exchange", "Exchange"),
    ("repair", "Repair"),
    ("price_reduction", "Price Reduction"),
    ("redo", "Redo the Service"),
    ("lost_wages", "Lost Wages"),
    ("travel", "Travel Costs"),
    ("nursing", "Nursing Costs"),
    ("medical", "Medical Costs"),
    ("consolation", "Consolation Goods"),
    ("compensation", "Compensation Money"),
    ("voucher", "Voucher"),
    ("apology", "Apology"),
    ("other", "Other"),
]
LINE_STATES = [("open", "To Do"), ("done", "Done")]
# Which tick box of the archive card each kind ticks (ARCHIVE-CARD).
MEASURE_OF_KIND = {
    "refund": "has_return",
    "exchange": "has_exchange",
    "lost_wages": "has_lost_wages",
    "travel": "has_travel",
    "nursing": "has_nursing",
    "consolation": "has_consolation",
    "compensation": "has_compensation",
}
OTHER_MEASURE = "has_other_measure"
# Kinds without money: what they are worth is the value of goods or work.
FREE_KINDS = ("exchange", "repair", "redo", "apology", "other")
# Free kinds that always cost the company something, which the approval counts.
WORTH_KINDS = ("exchange", "repair")
# Kinds by which the customer gets what was sold, or its like, once more.
REPLACING_KINDS = ("exchange", "redo")
# Kinds of which the product is what comes back, is repaired or costs less.
ABOUT_KINDS = ("refund", "price_reduction", "repair")
# Kinds whose product is given, unless it only says what they are about.
GIVING_KINDS = ("consolation", "other")
# Kinds that are work: what it will cost is estimated.
WORK_KINDS = ("repair", "redo")
# Kinds that are about goods complained of: no more of them than were complained of.
GOODS_KINDS = ("refund", "exchange", "repair", "price_reduction")
# What the customer gets: a change of it is approved anew, unless it only lowers.
PAID_FIELDS = (
    "kind",
    "complaint_line_id",
    "product_id",
    "quantity",
    "product_uom_id",
    "amount",
    "cost_estimate",
    "currency_id",
)
LOWERING_FIELDS = ("quantity", "amount", "cost_estimate")
# The figures people enter: numbers, in decimals that the currency has.
ENTERED_AMOUNTS = ("amount", "cost_estimate")
# Kinds that follow from what was billed.
CREDIT_KINDS = ("refund", "price_reduction")
# A technical bound, no policy: beyond it a decimal point was forgotten.
MAX_AMOUNT = 1_000_000_000
# Beyond what currencies round to: the rest of a binary number.
IDLE_DIFFERENCE = 1e-6


class CustomerComplaintRemediationLine(models.Model):
    """One thing a customer receives: refund, exchange, compensation, an apology …"""

    _name = "customer.complaint.remediation.line"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
    ]
    _description = "Remediation Line"
    _order = "sequence, id"
    _rec_name = "kind"
    _check_company_auto = True
    _file_fields = ("attachment_ids",)

    remediation_id = fields.Many2one(
        "customer.complaint.remediation",
        string="Remediation No.",
        required=True,
        index=True,
        ondelete="cascade",
        told_to_person=True,
    )
    complaint_id = fields.Many2one(
        related="remediation_id.complaint_id",
        store=True,
        precompute=True,
        index=True,
        required=False,
        readonly=True,
        system=True,
    )
    sequence = fields.Integer(default=10, sealed=False)
    kind = fields.Selection(LINE_KINDS, required=True, index=True, told_to_person=True)
    complaint_line_id = fields.Many2one(
        "customer.complaint.line",
        string="Product Complained Of",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id)]",
        help="For which of the products complained of.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="What the customer gets; for an exchange it may be another product.",
        told_to_person=True,
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit", told_to_person=True
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
    )
    amount = fields.Monetary(
        help="What the customer gets in money or money's worth, in all.",
        told_to_person=True,
    )
    cost_estimate = fields.Monetary(
        string="Estimated Cost",
        help="What a repair, or doing the work again, will cost the company. The "
        "approval counts it; the customer's papers do not show it.",
    )
    amount_given = fields.Monetary(
        string="Given",
        compute="_compute_amount_given",
        store=True,
        precompute=True,
        help="The amount; once accounting has put it into effect, what was posted, "
        "less what was reversed since.",
        system=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency", system=True
    )
    amount_company = fields.Monetary(
        string="Amount in Company Currency",
        compute="_compute_amount_company",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="What is given, at the rate of the day of the request.",
        system=True,
    )
    worth = fields.Monetary(
        compute="_compute_worth",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
        help="What the approval counts: the amount, for an exchange and whatever else "
        "gives goods at least their value, for a repair its estimated cost.",
        system=True,
    )
    note = fields.Text(
        help="Printed on the agreement, e.g. until when it is done.", personal=True
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_remediation_line_attachment_rel",
        "line_id",
        "attachment_id",
        string="Evidence",
        bypass_search_access=True,
        help="E.g. bills of the doctor, tickets, certificate of the employer.",
    )

    # Carried out
    state = fields.Selection(
        LINE_STATES,
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        system=True,
        told_to_person=True,
    )
    done_note = fields.Text(
        string="How It Was Done",
        readonly=True,
        copy=False,
        help="Signed by whoever carried it out.",
        personal=True,
        system=True,
    )
    done_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    date_done = fields.Datetime(
        string="Done On",
        readonly=True,
        copy=False,
        system=True,
        told_to_person=True,
    )
    can_carry_out = fields.Boolean(compute="_compute_can_carry_out")

    @api.depends("complaint_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.complaint_line_id.product_id or line.product_id

    @api.depends("complaint_line_id")
    def _compute_product_uom_id(self):
        for line in self:
            about = line.complaint_line_id
            line.product_uom_id = about.product_uom_id or line.product_uom_id

    @api.depends("complaint_line_id", "remediation_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = (
                line.currency_id
                or line.complaint_line_id.currency_id
                or line.remediation_id.complaint_id.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("amount", "state")
    def _compute_amount_given(self):
        """Follow the line; what carries it out asks for it when it changes."""
        for line in self:
            is_done = line.state == "done"
            line.amount_given = line._get_amount_in_effect() if is_done else line.amount

    def _get_amount_in_effect(self):
        """Return what came of the amount, once it was carried out. Hook of apps.

        :return: in the currency of the line
        :rtype: float
        """
        self.ensure_one()
        return self.amount

    @api.depends("amount_given", "currency_id", "remediation_id.date_rate")
    def _compute_amount_company(self):
        for line in self:
            line.amount_company = line._to_company(line.amount_given, line.currency_id)

    @api.depends(
        "amount_company",
        "cost_estimate",
        "kind",
        "complaint_line_id",
        "product_id",
        "quantity",
        "product_uom_id",
    )
    def _compute_worth(self):
        for line in self:
            worth = line.amount_company
            if line.kind in WORK_KINDS:
                estimate = line._to_company(line.cost_estimate, line.currency_id)
                worth = max(worth, estimate)
            if line.kind in REPLACING_KINDS or line._gives_goods():
                worth = max(worth, line._get_replacing_worth())
            line.worth = worth

    def _gives_goods(self):
        """Return whether the product is given, and not only what the line is about.

        :rtype: bool
        """
        self.ensure_one()
        # Which products the case is about, whoever works on it.
        line_sudo = self.sudo()
        product, about = line_sudo.product_id, line_sudo.complaint_line_id
        if not product or self.kind in ABOUT_KINDS:
            return False
        if self.kind in GIVING_KINDS and not about:
            return True
        case = line_sudo.remediation_id.complaint_id
        return product not in about.product_id | case.line_ids.product_id

    def _to_company(self, amount, currency):
        """Return an amount in the company's currency, at the rate of the request.

        :param float amount: in another currency
        :param res.currency currency: which one
        :rtype: float
        """
        self.ensure_one()
        company = self.remediation_id.complaint_id.company_id
        if not company:
            return amount
        day = self.remediation_id.date_rate or company._complaint_today()
        return currency._convert(amount, company.currency_id, company, day)

    def _get_replacing_worth(self):
        """Return the value of the goods or work that replace what was sold.

        As billed where it is the same once more, else at today's price.

        :return: in the company's currency
        :rtype: float
        """
        self.ensure_one()
        # Prices of the sale are compared with limits, and not shown.
        line_sudo = self.sudo()
        about, product = line_sudo.complaint_line_id, line_sudo.product_id
        sold = about.sale_order_line_id
        price, unit, currency = product.lst_price, product.uom_id, product.currency_id
        if not product or product == about.product_id:
            if sold.product_uom_qty > 0 and sold.price_total > 0:
                price = sold.price_total / sold.product_uom_qty
                unit, currency = sold.product_uom_id, sold.currency_id
            elif about.price_unit > 0:
                price, unit, currency = (
                    about.price_unit,
                    about.product_uom_id,
                    about.currency_id,
                )
        if not price or not currency:
            return 0.0
        own_unit = line_sudo.product_uom_id
        quantity = self.quantity
        if own_unit and unit and own_unit._has_common_reference(unit):
            quantity = own_unit._compute_quantity(quantity, unit, round=False)
        return self._to_company(price * quantity, currency)

    @api.depends("state", "remediation_id.state")
    def _compute_can_carry_out(self):
        for line in self:
            line.can_carry_out = (
                line.state == "open" and line.remediation_id.state in GRANTED_STATES
            )

    @api.depends("kind", "product_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line._get_text()

    @api.constrains(
        "amount",
        "cost_estimate",
        "kind",
        "currency_id",
        "complaint_line_id",
        "product_id",
    )
    def _check_amount(self):
        for line in self:
            reason = line._get_wrong_amount_reason()
            if reason:
                raise ValidationError(line._name_reason(reason))

    def _get_wrong_amount_reason(self):
        """Return what is wrong with the amount, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        for amount in (self.amount, self.cost_estimate):
            if self.currency_id.compare_amounts(amount, 0) < 0:
                return self.env._("the amount cannot be negative. Enter what they get.")
            if not 0 <= amount <= MAX_AMOUNT:
                return self.env._(
                    "%(amount)s is more than the %(max)s that can be entered. Check "
                    "the decimal point.",
                    amount=amount,
                    max=MAX_AMOUNT,
                )
        if self.kind not in FREE_KINDS and self.currency_id.is_zero(self.amount):
            return self._get_no_amount_reason()
        if self.kind in WORTH_KINDS and not self.worth:
            if self.kind == "repair":
                return self.env._(
                    "enter what the repair is estimated to cost. The approval counts "
                    "it."
                )
            return self.env._(
                "choose the product the customer gets, or enter what it is worth. The "
                "approval counts it."
            )
        return False

    def _get_no_amount_reason(self):
        """Return why the customer would get nothing by the line, or False. Hook.

        :rtype: str or bool
        """
        self.ensure_one()
        if not self.quantity > 0:
            # Which is said by itself.
            return False
        return self.env._("enter the amount the customer gets.")

    @api.constrains("currency_id", "amount")
    def _check_rate(self):
        foreign = self.filtered(
            lambda line: line.currency_id != line.company_id.currency_id
        )
        for company, lines in foreign.grouped("company_id").items():
            rated = {
                currency
                for (currency,) in self.env["res.currency.rate"]._read_group(
                    [
                        ("currency_id", "in", lines.currency_id.ids),
                        ("company_id", "in", (False, company.root_id.id)),
                    ],
                    ["currency_id"],
                )
            }
            for line in lines:
                if line.currency_id not in rated:
                    raise ValidationError(
                        line._name_reason(
                            self.env._(
                                "there is no rate for %(currency)s, so its worth in "
                                "%(company_currency)s is not known. Have accounting "
                                "enter a rate, or enter the amount in "
                                "%(company_currency)s.",
                                currency=line.currency_id.name,
                                company_currency=company.currency_id.name,
                            )
                        )
                    )

    @api.constrains("complaint_line_id", "remediation_id")
    def _check_complaint_line(self):
        for line in self:
            about = line.complaint_line_id
            if about and about.complaint_id != line.complaint_id:
                raise ValidationError(
                    line._name_reason(
                        self.env._(
                            "“%(product)s” is not in this complaint. Choose one of "
                            "its products.",
                            product=about.display_name,
                        )
                    )
                )

    @api.constrains("quantity", "complaint_line_id", "product_uom_id", "kind")
    def _check_quantity(self):
        goods = self.filtered(lambda line: line.kind in GOODS_KINDS)
        # What is left of the order is compared after this.
        goods.sudo().complaint_line_id.sale_order_line_id._lock_for_complaints()
        for line in self:
            about = line.complaint_line_id
            uom = line.product_uom_id
            if not line.quantity > 0 or not isfinite(line.quantity):
                raise ValidationError(
                    line._name_reason(self.env._("enter a quantity above zero."))
                )
            if line.kind not in GOODS_KINDS or not about:
                continue
            about_uom = about.product_uom_id or uom
            quantity = line.quantity
            if uom and uom != about_uom:
                if not uom._has_common_reference(about_uom):
                    raise ValidationError(
                        line._name_reason(
                            self.env._(
                                "it was sold in %(sold_unit)s and cannot be counted "
                                "in %(unit)s.",
                                sold_unit=about_uom.name,
                                unit=uom.name,
                            )
                        )
                    )
                quantity = uom._compute_quantity(quantity, about_uom, round=False)
            if quantity - about.quantity > IDLE_DIFFERENCE:
                raise ValidationError(
                    line._name_reason(
                        self.env._(
                            "%(quantity)s is more than the %(complained)s complained "
                            "of. Correct the quantity here or there.",
                            quantity=line.quantity,
                            complained=about.quantity,
                        )
                    )
                )

    def _name_reason(self, reason):
        """Say of which line a reason speaks.

        :rtype: str
        """
        self.ensure_one()
        return self.remediation_id._name_reason(
            self.env._("%(line)s: %(reason)s", line=self._get_text(), reason=reason)
        )

    def _get_kind_label(self):
        """Return the kind in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels.get(self.kind, "")

    def _get_text(self):
        """Return what the line is, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        # What it is about is said to whoever sees the line.
        product = self.sudo().complaint_line_id.product_name or (
            self.sudo().product_id.name
        )
        if not product:
            return self._get_kind_label()
        return self.env._(
            "%(kind)s, %(product)s", kind=self._get_kind_label(), product=product
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines; to an approved remediation that is a raise.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the remediations does not change now
        """
        vals_list = [
            self._without_reserved(vals) for vals in self._with_remediation(vals_list)
        ]
        self._check_amounts_given(vals_list)
        remediations = self.env["customer.complaint.remediation"].browse(
            {vals["remediation_id"] for vals in vals_list if vals.get("remediation_id")}
        )
        remediations.check_access("write")
        remediations._check_may_edit()
        remediations._lock_content()
        lines = super().create(vals_list)
        remediations._add_author()
        for line, vals in zip(lines, vals_list, strict=True):
            line._check_decimals(vals)
        remediations._after_change(
            {
                line: self.env._("added: %(line)s", line=line._get_text())
                for line in lines
            }
        )
        return lines

    @api.model
    def _with_remediation(self, vals_list):
        """Return the values with the remediation they belong to by default.

        :rtype: list[dict]
        """
        if all("remediation_id" in vals for vals in vals_list):
            return vals_list
        default = self.default_get(["remediation_id"]).get("remediation_id")
        return [{"remediation_id": default, **vals} for vals in vals_list]

    def write(self, vals):
        """Write; what raises or changes what is paid has to be approved anew.

        :raise UserError: if the line or its remediation does not change now
        """
        forbidden = self._get_reserved_fields() & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "Carrying out a line sets these; use the button: %(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
        self.remediation_id._check_may_edit()
        self.remediation_id._lock_content()
        self._check_not_done()
        if "remediation_id" in vals and self.remediation_id.ids != [
            vals["remediation_id"]
        ]:
            raise UserError(
                self.env._(
                    "A line stays with its remediation. Remove it here and enter it "
                    "there."
                )
            )
        self._check_amounts_given([vals])
        watched = self.filtered(lambda line: line.remediation_id.state != "draft")
        before = {line: line._get_paid_terms() for line in watched}
        result = super().write(vals)
        self.remediation_id._add_author()
        for line in self:
            line._check_decimals(vals)
        raised, lowered = {}, {}
        for line in watched:
            line._sort_change(before[line], raised, lowered)
        self.remediation_id._after_change(raised, lowered)
        self.remediation_id._follow_agreement()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.remediation_id._check_may_edit()
        self._check_not_done()
        for remediation in self.remediation_id:
            if remediation.state != "draft" and not remediation.line_ids - self:
                raise UserError(
                    remediation._name_reason(
                        self.env._(
                            "an approved remediation keeps a line. Cancel it when the "
                            "customer gets nothing."
                        )
                    )
                )

    def unlink(self):
        dropped = {
            line: self.env._("dropped: %(line)s", line=line._get_long_text())
            for line in self
            if line.remediation_id.state != "draft"
        }
        remediations = self.remediation_id
        by_remediation = {line: line.remediation_id for line in dropped}
        remediations._lock_content()
        remediations._add_author()
        result = super().unlink()
        remediations._after_change({}, dropped, by_remediation)
        return result

    def _check_not_done(self):
        self._check_none_under_way()
        done = self.filtered(lambda line: line.state == "done")
        if done:
            raise UserError(
                self.env._(
                    "What was carried out stays as it is: %(lines)s. Add another line "
                    "for what is still to be done.",
                    lines=format_list(self.env, [line._get_text() for line in done]),
                )
            )

    @api.model
    def _check_amounts_given(self, vals_list):
        """Refuse amounts that nobody can mean, before they are rounded.

        :raise ValidationError: if one is no number, or out of all bounds
        """
        for vals in vals_list:
            for name in (*ENTERED_AMOUNTS, "quantity"):
                try:
                    value = float(vals.get(name) or 0)
                except (TypeError, ValueError, OverflowError):
                    value = nan
                if not isfinite(value):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: enter a number.",
                            field=self._list_labels([name]),
                        )
                    )
                if abs(value) > MAX_AMOUNT:
                    raise ValidationError(
                        self.env._(
                            "%(field)s: %(amount)s is more than the %(max)s that can "
                            "be entered. Check the decimal point.",
                            field=self._list_labels([name]),
                            amount=f"{value:.15g}",
                            max=MAX_AMOUNT,
                        )
                    )

    def _check_decimals(self, vals):
        """Refuse an amount that had to be rounded to its currency.

        :param dict vals: as given to ``create`` or ``write``
        :raise ValidationError: if the amount given has too many decimals
        """
        self.ensure_one()
        for name in ENTERED_AMOUNTS:
            given = vals.get(name)
            if not given or abs(float(given) - self[name]) <= IDLE_DIFFERENCE:
                continue
            raise ValidationError(
                self._name_reason(
                    self.env._(
                        "%(amount)s has more decimals than %(currency)s has "
                        "(%(decimals)s). Round it.",
                        amount=given,
                        currency=self.currency_id.name,
                        decimals=self.currency_id.decimal_places,
                    )
                )
            )

    def _get_file_refusal(self, change, files):
        """While a remediation waits or has ended, nothing is added either."""
        remediation = self.remediation_id
        if remediation.state not in EDITABLE_STATES:
            return remediation._name_reason(remediation._get_cannot_edit_reason())
        return super()._get_file_refusal(change, files)

    def _get_kept_files(self):
        """What an approval rests on stays as it was seen."""
        return self.filtered(
            lambda line: line.remediation_id.state != "draft"
        ).attachment_ids

    def _get_paid_terms(self):
        """Return what the customer gets by this line.

        :rtype: dict
        """
        self.ensure_one()
        return {name: self[name] for name in PAID_FIELDS}

    def _sort_change(self, before, raised, lowered):
        """Put a change of the line among what raises or what lowers, if it is one.

        :param dict before: :meth:`_get_paid_terms` before the change
        :param dict raised: texts of changes that need approval anew, by line
        :param dict lowered: texts of those that are noted only
        """
        after = self._get_paid_terms()
        changed = [name for name in PAID_FIELDS if before[name] != after[name]]
        if not changed:
            return
        is_lowered = all(
            name in LOWERING_FIELDS and after[name] < before[name] for name in changed
        )
        text = self.env._(
            "%(line)s: %(changes)s",
            line=self._get_text(),
            changes=format_list(
                self.env,
                [
                    self.env._(
                        "%(field)s %(before)s → %(after)s",
                        field=self._list_labels([name]),
                        before=self._format_term(name, before[name]),
                        after=self._format_term(name, after[name]),
                    )
                    for name in changed
                ],
            ),
        )
        (lowered if is_lowered else raised)[self] = text

    def _format_term(self, name, value):
        """Return a value of ``PAID_FIELDS`` as notes name it.

        :rtype: str
        """
        if isinstance(value, models.BaseModel):
            return value.sudo().display_name or self.env._("(none)")
        if name == "kind":
            return dict(self._fields["kind"]._description_selection(self.env))[value]
        if name in ENTERED_AMOUNTS:
            return self.currency_id.format(value)
        return str(value)

    def _get_long_text(self):
        """Return the line with its quantity and amount, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(line)s × %(quantity)s, %(amount)s",
            line=self._get_text(),
            quantity=format_quantity(self.env, self.quantity),
            amount=self.currency_id.format(self.amount),
        )

    def _prepare_snapshot(self):
        """Return the line as it is approved, readable without the record.

        :rtype: dict
        """
        self.ensure_one()
        # As it was approved, whoever reads it later.
        line_sudo = self.sudo()
        return {
            "line_id": self.id,
            "kind": self.kind,
            "product": line_sudo.complaint_line_id.product_name
            or line_sudo.product_id.display_name
            or "",
            "quantity": self.quantity,
            "unit": line_sudo.product_uom_id.name or "",
            "amount": self.amount,
            "cost_estimate": self.cost_estimate,
            "currency": self.currency_id.name,
            "amount_company": self.amount_company,
            "worth": self.worth,
            "note": self.note or "",
        }

    # ------------------------------------------------------------------
    # STEPS
    #
    # Carrying out one line.
    # ------------------------------------------------------------------

    def action_carry_out(self):
        """Carry out the line.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if it is not approved, or done already
        :return: an action, or True where nothing is asked
        :rtype: dict or None
        """
        self.ensure_one()
        self.remediation_id._lock_content()
        self._check_may_carry_out()
        return self._action_carry_out() or True

    def _action_carry_out(self):
        """Carry out the line, by a signed note. Hook of apps that do such things.

        :return: an action, or None where nothing is asked
        :rtype: dict or None
        """
        return self._action_carry_out_by_note()

    def _action_carry_out_by_note(self, hint=False):
        """Ask how it was done, signed by the user.

        :param str hint: why no app does it, shown in the dialog
        :rtype: dict
        """
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.carry.out",
            self.env._("Carried Out"),
            line_ids=self.ids,
            hint=hint,
        )

    def _check_may_carry_out(self):
        """Refuse to carry out what is not approved, or was done already.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: naming the lines
        """
        self.remediation_id._check_may_step()
        reasons = [
            line._name_reason(reason)
            for line in self
            if (reason := line._get_cannot_carry_out_reason())
        ]
        if reasons:
            raise UserError("\n".join(reasons))
        self.remediation_id._check_terms_kept()

    def _get_cannot_carry_out_reason(self):
        """Return why the line cannot be carried out now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state == "done":
            return self.env._("it was carried out already. Reload the page.")
        if self.remediation_id.state not in GRANTED_STATES:
            return self.env._("it is not approved. Ask for approval first.")
        return False

    def _check_none_under_way(self, change=None):
        """Refuse to change what is being carried out as it is. Hook of other apps.

        :param str change: what else changes; the lines themselves when not given
        :raise UserError: naming the lines
        """

    def _stop_carrying_out(self, **choices):
        """Stop what is being carried out, as the customer gets none of it. Hook.

        :param choices: what the dialog of the step asked besides the reason
        :raise UserError: if it cannot be stopped any more
        """

    def _sign_done(self, note, moment=None):
        """Record that these lines were carried out, in the name of the user.

        :param str note: how, e.g. “apologised by telephone”
        :param datetime.datetime moment: when, naive UTC; now when not given
        :raise AccessError: if the user must not work on the complaint
        :raise UserError: without a note, or if one cannot be carried out
        """
        self.remediation_id._lock_content()
        self._check_may_carry_out()
        if not (note or "").strip():
            raise UserError(self.env._("Say how it was done."))
        now = fields.Datetime.now()
        if moment and moment > now:
            raise UserError(self.env._("Nothing was done in the future."))
        self._set_done(note, moment or now)

    def _set_done(self, note, moment):
        """Note what was carried out, and what follows from it. Bridges call it too.

        :param str note: how
        :param datetime.datetime moment: when, naive UTC
        """
        self._write_unguarded(
            {
                "state": "done",
                "done_note": note,
                "done_by_id": self.env.uid,
                "date_done": moment,
            }
        )
        for line in self:
            line.remediation_id._log(
                lambda rem, line=line: rem.env._(
                    "%(line)s carried out: %(note)s", line=line._get_text(), note=note
                )
            )
        self.remediation_id._finish_when_done()

    def _note_goods_returned(self, moment):
        """Note that goods came back, for the limit of the refund (LAW: 7 days).

        Called by the bridge to the stock; by hand it is entered on the complaint.
        Goods that came before the complaint count from its receipt on.

        :param datetime.datetime moment: when, naive UTC
        """
        now = fields.Datetime.now()
        for complaint in self.complaint_id:
            if not complaint.date_goods_returned:
                since = max(moment, complaint.date_received)
                complaint._write_unguarded({"date_goods_returned": min(since, now)})

    # ------------------------------------------------------------------
    # PAPERS
    # ------------------------------------------------------------------

    def _get_remedy_text(self, number):
        """Return the line as agreement and decision say it.

        :param int number: its place in the list
        :rtype: str
        """
        self.ensure_one()
        parts = [self._get_text(), self._get_printed_quantity()]
        if self.amount_given:
            parts.append(self.currency_id.format(self.amount_given))
        if self.note:
            parts.append(self.note)
        return f"{number}. {' · '.join(parts)}"

    def _get_printed_quantity(self):
        """Return the quantity with its unit.

        :rtype: str
        """
        self.ensure_one()
        quantity = format_quantity(self.env, self.quantity)
        # The unit is part of what is promised, whoever prints it.
        return f"{quantity} {self.sudo().product_uom_id.name or ''}".strip()
