from odoo import api, fields, models
from odoo.tools import format_list

from .customer_complaint import get_field_label
from .customer_complaint_verification import MATTER_FIELDS

# What a category may ask of its cases, beside the field of the complaint that says it.
COMPLAINT_NEEDS = {"needs_event_date": "event_date", "needs_event_place": "event_place"}
# And beside the field of each product complained of.
LINE_NEEDS = {
    "needs_lot": "lot_name",
    "needs_production_date": "production_date",
    "needs_expiry_date": "expiry_date",
    "needs_manufacturer": "manufacturer",
}
NEEDS = ("needs_product", *COMPLAINT_NEEDS, *LINE_NEEDS)
# How far back it is looked for what is known of a product: technical, not policy.
KNOWN_LINES_READ = 80
# What the same lot of the same product always has in common.
LOT_FIELDS = ("production_date", "expiry_date", "manufacturer", "supplier_id")


class CustomerComplaintCategory(models.Model):
    """What must be known of a matter before it is verified (GSP-QUALITY 5.3).

    A category starts with what its parent asks for; each may be set apart.
    """

    _inherit = "customer.complaint.category"

    needs_product = fields.Boolean(
        string="Product",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="At least one product is entered before the matter is verified.",
    )
    needs_event_date = fields.Boolean(
        string="When It Happened",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="“Happened On” is entered before the matter is verified.",
    )
    needs_event_place = fields.Boolean(
        string="Where It Happened",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="“Place” is entered before the matter is verified.",
    )
    needs_lot = fields.Boolean(
        string="Lot or Serial Number",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="Each product has its lot or serial number before the matter is verified.",
    )
    needs_production_date = fields.Boolean(
        string="Production Date",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="Each product has its production date before the matter is verified.",
    )
    needs_expiry_date = fields.Boolean(
        string="Expiry Date",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="Each product has its expiry date before the matter is verified.",
    )
    needs_manufacturer = fields.Boolean(
        string="Manufacturer",
        compute="_compute_needs",
        store=True,
        readonly=False,
        precompute=True,
        help="Each product has its maker before the matter is verified.",
    )

    @api.depends("parent_id")
    def _compute_needs(self):
        """Take over what the parent asks for, once, when it is chosen."""
        for category in self:
            for name in NEEDS:
                category[name] = category[name] or category.parent_id[name]


class CustomerComplaint(models.Model):
    """What the category asks to know of the matter."""

    _inherit = "customer.complaint"

    needs_event_date = fields.Boolean(related="category_id.needs_event_date")
    needs_event_place = fields.Boolean(related="category_id.needs_event_place")
    needs_lot = fields.Boolean(related="category_id.needs_lot")
    needs_production_date = fields.Boolean(related="category_id.needs_production_date")
    needs_expiry_date = fields.Boolean(related="category_id.needs_expiry_date")
    needs_manufacturer = fields.Boolean(related="category_id.needs_manufacturer")

    def write(self, vals):
        """Another category may ask for more than was verified."""
        result = super().write(vals)
        if "category_id" in vals:
            for complaint in self.filtered("matter_verified_by_id"):
                if complaint._get_missing_matter():
                    complaint._reopen_verifications(MATTER_FIELDS)
        return result

    def _get_cannot_verify_reason(self, kind):
        reason = super()._get_cannot_verify_reason(kind)
        if reason or kind != "matter":
            return reason
        missing = self._get_missing_matter()
        return bool(missing) and self.env._(
            "enter what matters of this kind need: %(missing)s. Where the goods bear "
            "no lot or maker, enter “none”.",
            missing=format_list(self.env, missing),
        )

    def _get_missing_matter(self):
        """Return what the category asks to know and nobody entered.

        :return: names for the reader, with the product they are missing of
        :rtype: list[str]
        """
        self.ensure_one()
        # Guards ask the category, and not what a call can put into the cache.
        category = self.category_id
        missing = [
            f"“{self._get_field_label(name)}”"
            for need, name in COMPLAINT_NEEDS.items()
            if category[need] and not self[name]
        ]
        if category.needs_product and not self.line_ids:
            missing.append(f"“{self._get_field_label('line_ids')}”")
        for line in self.line_ids:
            missing += [
                self.env._(
                    "“%(field)s” of %(product)s",
                    field=get_field_label(line, name),
                    product=line.product_name,
                )
                for need, name in LINE_NEEDS.items()
                if category[need]
                and not (
                    line[name].strip() if isinstance(line[name], str) else line[name]
                )
            ]
        return missing


class CustomerComplaintLine(models.Model):
    """What is known of a lot is not entered twice."""

    _inherit = "customer.complaint.line"

    production_date = fields.Date(
        compute="_compute_from_lot", store=True, readonly=False, precompute=True
    )
    expiry_date = fields.Date(
        compute="_compute_from_lot", store=True, readonly=False, precompute=True
    )
    manufacturer = fields.Char(
        compute="_compute_from_lot", store=True, readonly=False, precompute=True
    )
    supplier_id = fields.Many2one(
        compute="_compute_from_lot", store=True, readonly=False, precompute=True
    )

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
