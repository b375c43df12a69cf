import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.customer_complaint_base.tools.text import normalise

CARD_CATEGORY_BOXES = [
    ("service", "Service quality complaint"),
    ("product", "Product quality complaint"),
    ("allergy", "Allergy complaint"),
    ("other", "Others"),
]
# Between a category and its parent.
BELOW_PARENT = re.compile("/")
SEVERITIES = [
    ("general", "General"),
    ("serious", "Serious"),
    ("major", "Major"),
]
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


class CustomerComplaintCategory(models.Model):
    """What a complaint is about (投诉类型): a tree that the company extends."""

    _name = "customer.complaint.category"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Complaint Category"
    _parent_store = True
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        help="Short code for imports and lists, e.g. QUALITY-FOREIGN. Unique.",
        copy=False,
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    parent_id = fields.Many2one(
        "customer.complaint.category",
        string="Parent Category",
        index=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("customer.complaint.category", "parent_id")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a category that all companies use.",
    )
    card_box = fields.Selection(
        CARD_CATEGORY_BOXES,
        string="Box on the Archive Card",
        required=True,
        default="other",
        help="Tick box of the printed archive card that complaints of this "
        "category tick.",
    )
    default_severity = fields.Selection(
        SEVERITIES,
        required=True,
        default="general",
        help="Severity proposed for a new complaint of this category.",
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        string="Responsible Team",
        company_dependent=True,
        help="Team that receives the complaints of this category. "
        "Each company chooses its own.",
    )
    is_quality_matter = fields.Boolean(
        string="Quality Matter",
        help="The quality department sees the complaints of this category and works "
        "on them.",
    )
    complaint_properties_definition = fields.PropertiesDefinition(
        "Complaint Properties"
    )

    # What a matter needs
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

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "Another category already has this code."
    )

    @api.depends("name", "parent_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name the category with its parents, e.g. “Product quality / Expired”."""
        for category in self:
            names = []
            ancestor = category
            while ancestor:
                names.append(ancestor.name or "")
                ancestor = ancestor.parent_id
            category.display_name = " / ".join(reversed(names))

    @api.model
    def _search_display_name(self, operator, value):
        """Find a category by its whole way in the tree, too."""
        domain = Domain(super()._search_display_name(operator, value))
        found = find_as_shown(self, operator, value, BELOW_PARENT)
        return domain | Domain("id", "in", found.ids) if found else domain

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A category cannot be below itself. Choose another parent category."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint"]._check_not_in_use(self, "category_id")

    # ------------------------------------------------------------------
    # WHAT A MATTER NEEDS
    #
    # What must be known of a matter before it is verified (GSP-QUALITY 5.3).
    #
    # A category starts with what its parent asks for; each may be set apart.
    # ------------------------------------------------------------------

    @api.depends("parent_id")
    def _compute_needs(self):
        """Take over what the parent asks for, once, when it is chosen."""
        for category in self:
            for name in NEEDS:
                category[name] = category[name] or category.parent_id[name]


def find_as_shown(model, operator, value, shown):
    """Return which records are called as people read it on the screen.

    With parents or code before the name, as lists, exports and sheets show them.

    :param model: of the records
    :param str operator: of a search for the display name
    :param value: what is searched for; a text, or several
    :param re.Pattern shown: what such a text has in it, others are not looked for
    """

    def simplify(text):
        parts = normalise(text).casefold().split("/")
        return "/".join(" ".join(part.split()) for part in parts)

    wanted = {
        simplify(text)
        for text in ([value] if isinstance(value, str) else value or ())
        if isinstance(text, str) and shown.search(normalise(text))
    }
    if not wanted or operator not in ("=", "in", "ilike"):
        return model.browse()
    is_part = operator == "ilike"
    return model.search([]).filtered(
        lambda record: (
            (name := simplify(record.display_name)) in wanted
            or (is_part and any(text in name for text in wanted))
        )
    )
