import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.models.customer_complaint_category import (
    SEVERITIES,
    find_as_shown,
)

CODE_PATTERN = re.compile(r"[A-Z0-9]{1,8}")
CODE_AND_NAME = re.compile(r"^[A-Z0-9]{1,8}\s+\S")
DEFAULT_YEARS = 5


class CustomerComplaintArchiveCategory(models.Model):
    """Under what a card is archived (档案类别): its number series and retention."""

    _name = "customer.complaint.archive.category"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Archive Category"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Part of the archive number, e.g. JK in DA/2026/JK/00001: up to 8 capital "
        "letters and digits. Stays once cards have numbers with it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10, help="The first category that applies to a card is taken."
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a category that all companies use.",
    )
    is_permanent = fields.Boolean(
        string="Permanent", help="Cards of this category are never destroyed."
    )
    retention_years = fields.Integer(
        string="Years Kept",
        default=DEFAULT_YEARS,
        help="Full years from the day the complaint was closed. A card keeps the day "
        "it was sealed with when this is changed later.",
    )
    severity = fields.Selection(
        SEVERITIES,
        help="Applies to complaints of this severity only; empty: of any.",
    )
    complaint_category_ids = fields.Many2many(
        "customer.complaint.category",
        "customer_complaint_archive_category_rel",
        "archive_category_id",
        "category_id",
        string="Complaint Categories",
        help="Applies to complaints of these categories and those below them only; "
        "empty: of any.",
    )

    _years_positive = models.Constraint(
        "CHECK (is_permanent OR retention_years > 0)",
        "Enter for how many years the cards are kept, or tick “Permanent”.",
    )

    @api.depends("name", "code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = f"{category.code or ''} {category.name or ''}"

    @api.model
    def _search_display_name(self, operator, value):
        """Find a category by code and name together, too."""
        domain = Domain(super()._search_display_name(operator, value))
        found = find_as_shown(self, operator, value, CODE_AND_NAME)
        return domain | Domain("id", "in", found.ids) if found else domain

    @api.constrains("code", "company_id")
    def _check_code(self):
        for category in self:
            if not CODE_PATTERN.fullmatch(category.code):
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” becomes part of archive numbers: use 1 to "
                        "8 capital letters and digits.",
                        code=category.code,
                    )
                )
            domain = [("id", "!=", category.id), ("code", "=", category.code)]
            if category.company_id:
                domain.append(("company_id", "in", [category.company_id.id, False]))
            if self.with_context(active_test=False).search_count(domain, limit=1):
                raise ValidationError(
                    self.env._(
                        "Another archive category has the code “%(code)s” already; two "
                        "cards would get the same number. Choose another code.",
                        code=category.code,
                    )
                )

    def write(self, vals):
        if {"code", "company_id"} & vals.keys():
            changed = self.filtered(
                lambda category: any(
                    name in vals and category._get_raw(name) != (vals[name] or False)
                    for name in ("code", "company_id")
                )
            )
            changed._check_not_in_use()
        return super().write(vals)

    def _get_raw(self, name):
        value = self[name]
        return value.id if isinstance(value, models.BaseModel) else value

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_not_in_use()

    def _check_not_in_use(self):
        """Refuse what would make numbers given ambiguous.

        :raise UserError: naming the categories
        """
        # Cards the user may not see count as well: only the category is named.
        used = (
            self.env["customer.complaint.archive.card"]
            .sudo()
            ._read_group(
                [("archive_category_id", "in", self.ids)], ["archive_category_id"]
            )
        )
        if used:
            raise UserError(
                self.env._(
                    "Cards are archived under %(names)s, which keeps its code and "
                    "company. Archive it and make a new one.",
                    names=format_list(
                        self.env, [category.display_name for [category] in used]
                    ),
                )
            )

    @api.model
    def _get_for(self, complaints):
        """Return under which category the card of each complaint is archived.

        :param customer.complaint complaints: of one company
        :return: the first category that applies, or none
        :rtype: dict[customer.complaint, customer.complaint.archive.category]
        """
        # Where cards are filed is the same whoever closes the case.
        categories_sudo = self.sudo().search(
            [("company_id", "in", (False, *complaints.company_id.ids))]
        )
        return {
            complaint: categories_sudo.filtered(
                lambda category, of=complaint: category._applies_to(of)
            )[:1].sudo(False)
            for complaint in complaints
        }

    def _applies_to(self, complaint):
        """Return whether cards of a complaint can be archived here.

        :rtype: bool
        """
        self.ensure_one()
        if self.severity not in (False, complaint.severity):
            return False
        path = complaint.category_id.sudo().parent_path or ""
        ancestors = {int(part) for part in path.split("/") if part}
        wanted = set(self.complaint_category_ids.ids)
        return not wanted or bool(wanted & ancestors)
