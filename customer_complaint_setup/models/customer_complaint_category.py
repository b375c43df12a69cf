from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list


class CustomerComplaintCategory(models.Model):
    """Which categories a company uses."""

    _inherit = "customer.complaint.category"

    @api.model
    def _get_choosable_domain(self, company):
        """Return the domain of the categories whose use a company decides on.

        Its own, and those that all companies share where there is no other company.

        :param res.company company: which
        :rtype: odoo.fields.Domain
        """
        own = Domain("company_id", "=", company.id)
        companies_sudo = self.env["res.company"].sudo()  # whether there are others
        if companies_sudo.search_count([], limit=2) > 1:
            return own
        return own | Domain("company_id", "=", False)

    def _get_used(self):
        """Return those of these categories that have complaints, whoever sees them.

        :rtype: customer.complaint.category
        """
        # Only that there are any.
        Complaint_sudo = self.env["customer.complaint"].sudo()
        used = Complaint_sudo._read_group(
            [("category_id", "in", self.ids)], ["category_id"]
        )
        return self.browse(category.id for (category,) in used)

    def _choose(self, chosen):
        """Keep the chosen ones of these categories in use, and archive the others.

        :param customer.complaint.category chosen: of these
        :raise ValidationError: if one that has complaints, or stands above a chosen
            one, is left out
        """
        left = self - chosen
        above = self.browse(
            int(category_id)
            for category in chosen
            for category_id in (category.parent_path or "").split("/")[:-1]
        )
        kept = left & (left._get_used() | above)
        if kept:
            raise ValidationError(
                self.env._(
                    "These categories have complaints, or others below them that you "
                    "keep, and stay: %(names)s. Choose them again.",
                    names=format_list(self.env, kept.mapped("display_name")),
                )
            )
        left.filtered("active").active = False
        chosen.filtered(lambda category: not category.active).active = True
