from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.customer_complaint_base.tools.quantity import format_quantity

from ..const import MAX_NAME_LENGTH

# Complaints that came to nothing do not use up what was sold.
STATES_NOT_COUNTED = ("refused", "withdrawn", "merged")
# How far back it is looked for what is known of a product: technical, not policy.
KNOWN_LINES_READ = 80
# What the same lot of the same product always has in common.
LOT_FIELDS = ("production_date", "expiry_date", "manufacturer", "supplier_id")


class CustomerComplaintLine(models.Model):
    """One product complained of, as it was sold."""

    _name = "customer.complaint.line"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _description = "Product Complained Of"
    _order = "sequence, id"
    _rec_name = "product_name"
    _check_company_auto = True

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10, sealed=False)
    sale_order_id = fields.Many2one(related="complaint_id.sale_order_id")
    sale_order_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        compute="_compute_sale_order_line_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        domain="[('order_id', '=', sale_order_id), ('display_type', '=', False),"
        " ('is_downpayment', '=', False), ('price_total', '>=', 0),"
        " ('product_id.type', '!=', 'combo')]",
        help="Line of the order under which the product was sold.",
        personal=True,
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
    )
    product_name = fields.Char(
        required=True,
        compute="_compute_product_name",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="Name of the product or service as printed on the archive card; also "
        "for goods that are not in the catalogue.",
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    specification = fields.Char(
        compute="_compute_product_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Model, strength, size or colour (规格).",
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    packaging = fields.Char(
        string="Packaging Form",
        help="E.g. bottle, blister, box of 12, drum.",
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit", told_to_person=True
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        compute="_compute_sale_figures",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        told_to_person=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_sale_figures",
        store=True,
        precompute=True,
        help="Currency of the order, else of the company.",
        system=True,
    )
    price_unit = fields.Monetary(
        string="Unit Price",
        compute="_compute_sale_figures",
        store=True,
        readonly=False,
        precompute=True,
        help="Price of one unit as sold, in the currency of the order.",
        told_to_person=True,
    )
    lot_name = fields.Char(
        string="Lot or Serial Number",
        index="trigram",
        help="As printed on the goods.",
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    production_date = fields.Date(
        compute="_compute_from_lot",
        store=True,
        readonly=False,
        precompute=True,
        told_to_person=True,
    )
    expiry_date = fields.Date(
        compute="_compute_from_lot",
        store=True,
        readonly=False,
        precompute=True,
        told_to_person=True,
    )
    manufacturer = fields.Char(
        help="Maker named on the goods.",
        compute="_compute_from_lot",
        store=True,
        readonly=False,
        precompute=True,
        told_to_person=True,
    )
    supplier_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        help="From whom the goods were bought.",
        compute="_compute_from_lot",
        store=True,
        readonly=False,
        precompute=True,
    )
    is_repeat_confirmed = fields.Boolean(
        string="Complained of Before",
        help="These goods are already in another complaint, and that is right: "
        "the same pieces are complained of again.",
    )

    # Matter

    @api.depends("product_id", "complaint_id.sale_order_id")
    def _compute_sale_order_line_id(self):
        """Find the first line of the order with the product."""
        for line in self:
            order = line.complaint_id.sale_order_id
            if order and line.sale_order_line_id.order_id == order:
                continue
            line.sale_order_line_id = order._get_complaint_lines().filtered(
                lambda sold, line=line: sold.product_id == line.product_id
            )[:1]

    @api.depends("sale_order_line_id")
    def _compute_product_id(self):
        for line in self:
            line.product_id = line.sale_order_line_id.product_id or line.product_id

    @api.depends("product_id")
    def _compute_product_name(self):
        """Copy how the product is called, once, when it is chosen."""
        for line in self:
            product = line.product_id
            if not product:
                continue
            attributes = product.product_template_attribute_value_ids
            # A longer name can still be entered shortened; see _check_lengths.
            line.product_name = product.name[:MAX_NAME_LENGTH]
            combination = attributes._get_combination_name()
            line.specification = combination[:MAX_NAME_LENGTH] or False

    @api.depends("sale_order_line_id", "product_id")
    def _compute_sale_figures(self):
        for line in self:
            sold = line.sale_order_line_id
            company_currency = line.complaint_id.company_id.currency_id
            line.currency_id = sold.currency_id or company_currency
            line.product_uom_id = sold.product_uom_id or line.product_id.uom_id
            if sold:
                line.price_unit = sold.price_unit
            elif not line.price_unit:
                line.price_unit = line.product_id.lst_price

    @api.constrains("production_date", "expiry_date")
    def _check_goods_dates(self):
        for line in self:
            if (
                line.production_date
                and line.expiry_date
                and line.production_date > line.expiry_date
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s: the production date is after the expiry date. "
                        "Read both again from the goods.",
                        product=line.product_name,
                    )
                )

    @api.constrains("price_unit")
    def _check_price_unit(self):
        for line in self:
            if line.price_unit < 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: the unit price cannot be negative.",
                        product=line.product_name,
                    )
                )

    @api.constrains("sale_order_line_id", "product_id", "complaint_id")
    def _check_on_order(self):
        for line in self:
            # What the order says is compared, not shown.
            order_sudo = line.complaint_id.sale_order_id.sudo()
            sold_sudo = line.sale_order_line_id.sudo()
            if not order_sudo and not sold_sudo:
                continue
            if (
                sold_sudo.order_id != order_sudo
                or sold_sudo not in order_sudo._get_complaint_lines()
                or sold_sudo.product_id != line.product_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s is not on order %(order)s. Choose a line of the "
                        "order, or open a complaint without an order for it.",
                        product=line.product_name,
                        order=order_sudo.name or self.env._("(none)"),
                    )
                )

    @api.constrains(
        "quantity", "product_uom_id", "sale_order_line_id", "is_repeat_confirmed"
    )
    def _check_quantity(self):
        for line in self:
            uom = line.product_uom_id
            if line.quantity <= 0 or (uom and uom.is_zero(line.quantity)):
                raise ValidationError(
                    self.env._(
                        "%(product)s: the quantity complained of must be above zero. "
                        "Enter how many are concerned, or remove the line.",
                        product=line.product_name,
                    )
                )
            sold_uom = line.sale_order_line_id.product_uom_id
            if uom and sold_uom and not uom._has_common_reference(sold_uom):
                raise ValidationError(
                    self.env._(
                        "%(product)s was sold in %(sold_unit)s and cannot be counted "
                        "in %(unit)s. Enter the quantity in %(sold_unit)s.",
                        product=line.product_name,
                        sold_unit=sold_uom.name,
                        unit=uom.name,
                    )
                )
        self.filtered("sale_order_line_id")._check_quantity_sold()

    def _check_quantity_sold(self):
        """Check the quantities against the order, other complaints counted.

        :raise ValidationError: if more is complained of than was sold, or goods
            that are in another complaint and nobody confirmed the repetition
        """
        # The figures of the order and of complaints of other teams are compared;
        # the error tells no more of them than the numbers needed to correct it.
        lines_sudo = self.sudo()
        lines_sudo.sale_order_line_id._lock_for_complaints()
        complained = lines_sudo.sale_order_line_id._get_complained_quantities()
        for line in lines_sudo:
            sold_line = line.sale_order_line_id
            uom = sold_line.product_uom_id
            sold = sold_line._get_quantity_sold()
            same_goods = line.complaint_id.line_ids.filtered(
                lambda other, line=line: (
                    other.sale_order_line_id == line.sale_order_line_id
                )
            )
            quantity = sum(other._get_quantity_in(uom) for other in same_goods)
            elsewhere = complained[sold_line] - quantity
            figures = {
                "product": line.product_name,
                "quantity": quantity,
                "sold": sold,
                "unit": uom.name,
                "order": sold_line.order_id.name,
                "elsewhere": elsewhere,
            }
            if uom.compare(quantity, sold) > 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(quantity)s cannot be complained of, as only "
                        "%(sold)s %(unit)s were sold with order %(order)s. Correct the "
                        "quantity.",
                        **figures,
                    )
                )
            if uom.compare(quantity + elsewhere, sold) > 0 and not all(
                same_goods.mapped("is_repeat_confirmed")
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(sold)s %(unit)s were sold with order %(order)s "
                        "and %(elsewhere)s of them are in other complaints already. "
                        "Reduce the quantity, or confirm “Complained of Before” when "
                        "the same pieces are complained of again.",
                        **figures,
                    )
                )

    def _get_quantity_in(self, uom):
        """Return the quantity converted to the unit ``uom``.

        :rtype: float
        """
        self.ensure_one()
        if self.product_uom_id and self.product_uom_id != uom:
            return self.product_uom_id._compute_quantity(self.quantity, uom)
        return self.quantity

    def _get_printed_text(self):
        """Return the product as the papers name it, in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        text = self.product_name
        if self.specification:
            text = self.env._(
                "%(product)s (%(specification)s)",
                product=text,
                specification=self.specification,
            )
        text = self.env._(
            "%(product)s × %(quantity)s %(unit)s",
            product=text,
            quantity=format_quantity(self.env, self.quantity),
            unit=self.product_uom_id.name or "",
        ).strip()
        if self.lot_name:
            text = self.env._(
                "%(product)s, lot %(lot)s", product=text, lot=self.lot_name
            )
        return text

    @api.model
    def _sum_by_order_line(self, order_lines):
        """Return how much of each order line is complained of, in its own unit.

        :param sale.order.line order_lines: in an environment that may read lines of
            all teams
        :rtype: dict[sale.order.line, float]
        """
        totals = defaultdict(float)
        groups = self._read_group(
            [
                ("sale_order_line_id", "in", order_lines.ids),
                ("complaint_id.state", "not in", STATES_NOT_COUNTED),
            ],
            ["sale_order_line_id", "product_uom_id"],
            ["quantity:sum"],
        )
        for order_line, uom, quantity in groups:
            target = order_line.product_uom_id
            if uom and uom != target:
                quantity = uom._compute_quantity(quantity, target)
            totals[order_line] += quantity
        return totals

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._prepare_new_vals_list(vals_list))

    @api.model
    def _check_may_add(self, complaints):
        # The rules of the lines are those of their complaint.
        complaints._check_may_change()

    def write(self, vals):
        self.complaint_id._check_may_change()
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._(
                    "A product stays with its complaint. Remove it here and enter it "
                    "in the other complaint."
                )
            )
        return super().write(self._without_reserved(vals))

    def _move_to_complaint(self, complaint):
        """Move the products to a complaint split off theirs, past write().

        :param customer.complaint complaint: of the same customer and sale
        """
        self._write_unguarded({"complaint_id": complaint.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.complaint_id._check_may_change()

    # ------------------------------------------------------------------
    # WHAT A MATTER NEEDS
    #
    # What is known of a lot is not entered twice.
    # ------------------------------------------------------------------

    @api.depends("product_id", "lot_name")
    def _compute_from_lot(self):
        """Fill in what is empty: of the same lot as entered before, of the product.

        The dates are those of the lot; maker and supplier those last entered for the
        product, else its vendor.
        """
        entered = self._read_same_products()
        for line in self:
            known = line._get_known_of_lot(entered.get(line.product_id._origin, []))
            for name in LOT_FIELDS:
                line[name] = line[name] or known.get(name, False)

    def _read_same_products(self):
        """Return what was entered of the same products in the same companies.

        :return: lines, the latest first, by product; readable whatever the rights
        :rtype: dict[product.product, CustomerComplaintLine]
        """
        products = self.product_id._origin
        if not products:
            return {}
        # What goods of a lot are like is no secret of the team that was told first.
        lines_sudo = self.sudo().search_fetch(
            [
                ("product_id", "in", products.ids),
                ("company_id", "in", self.complaint_id.company_id._origin.ids),
                ("id", "not in", self._origin.ids),
            ],
            ["product_id", "company_id", "lot_name", *LOT_FIELDS],
            order="id desc",
            limit=KNOWN_LINES_READ,
        )
        return {
            product.sudo(False): lines
            for product, lines in lines_sudo.grouped("product_id").items()
        }

    def _get_known_of_lot(self, lines_sudo):
        """Return what is known of the product and its lot.

        :param lines_sudo: other lines with the product, the latest first
        :return: values out of ``LOT_FIELDS``
        :rtype: dict
        """
        self.ensure_one()
        company, lot = (
            self.complaint_id.company_id._origin,
            (self.lot_name or "").strip(),
        )
        known = {}
        for line_sudo in lines_sudo:
            if line_sudo.company_id.id != company.id:
                continue
            for name in ("manufacturer", "supplier_id"):
                known[name] = known.get(name) or line_sudo[name]
            if lot and (line_sudo.lot_name or "").strip() == lot:
                for name in ("production_date", "expiry_date"):
                    known[name] = known.get(name) or line_sudo[name]
        # The vendor of the product, which the price list of purchases names.
        sellers_sudo = self.product_id._origin.sudo().seller_ids.filtered(
            lambda seller: not seller.company_id or seller.company_id.id == company.id
        )
        supplier_sudo = known.get("supplier_id") or sellers_sudo[:1].partner_id
        return {**known, "supplier_id": supplier_sudo.id}
