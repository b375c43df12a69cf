from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CustomerComplaintReturnException(models.Model):
    """Goods that the no-reason return does not cover (LAW art. 25).

    A note on the line of a return; whether it is refused is decided by people.
    """

    _name = "customer.complaint.return.exception"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Exception to the No-reason Return"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    legal_basis = fields.Char(
        translate=True, help="Law or house rule that the exception rests on."
    )
    needs_consent = fields.Boolean(
        string="Only if Confirmed at the Purchase",
        help="It holds only where the customer confirmed at the purchase that the "
        "goods cannot be returned without a reason.",
    )
    product_category_ids = fields.Many2many(
        "product.category",
        "customer_complaint_return_exception_category_rel",
        "exception_id",
        "category_id",
        string="Product Categories",
        help="Products of these categories, and of those below them, are marked with "
        "the exception on each return.",
    )

    @api.model
    def _find_for(self, products):
        """Return the exception that the categories of products point to.

        The nearest category decides, then the order of the exceptions.

        :param product.product products: of any categories
        :rtype: dict[product.product, customer.complaint.return.exception]
        """
        by_category = {}
        for exception in self.search([("product_category_ids", "!=", False)]):
            # Which categories there are is no secret; only their ids are used.
            for category_id in exception.sudo().product_category_ids.ids:
                by_category.setdefault(category_id, exception)
        found = {}
        for product in products:
            path = (product.sudo().categ_id.parent_path or "").split("/")
            ids = [int(part) for part in reversed(path) if part]
            found[product] = next(
                (by_category[id_] for id_ in ids if id_ in by_category), self.browse()
            )
        return found

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        # Returns the user may not see count as well: only that there are some is told.
        used_sudo = (
            self.env["customer.complaint.return.line"]
            .sudo()
            .search([("exception_id", "in", self.ids)])
            .exception_id
        ) | (
            self.env["customer.complaint.return"]
            .sudo()
            .search([("refusal_exception_id", "in", self.ids)])
            .refusal_exception_id
        )
        if used_sudo:
            raise UserError(
                self.env._(
                    "Returns use what you want to delete: %(names)s. Archive it "
                    "instead: it will no longer be proposed.",
                    names=format_list(self.env, used_sudo.mapped("display_name")),
                )
            )
