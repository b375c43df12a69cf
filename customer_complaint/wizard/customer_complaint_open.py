from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list


class CustomerComplaintOpen(models.TransientModel):
    """Asks what of a sales order is complained of, and opens the complaint.

    What the order says is computed with the rights of who asks: the dialog shows no
    order that they may not open.
    """

    _name = "customer.complaint.open"
    _inherit = ["customer.complaint.dialog", "customer.complaint.numbers"]
    _description = "Open a Complaint from an Order"

    sale_order_id = fields.Many2one("sale.order", required=True, readonly=True)
    invoice_id = fields.Many2one("account.move", readonly=True)
    company_id = fields.Many2one(related="sale_order_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('id', 'child_of', allowed_partner_ids)]",
    )
    allowed_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_allowed_partner_ids"
    )
    category_id = fields.Many2one("customer.complaint.category", required=True)
    channel_id = fields.Many2one(
        "customer.complaint.channel",
        required=True,
        compute="_compute_channel_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    description = fields.Text(string="What Happened", required=True)
    demand = fields.Text(string="Customer's Demand")
    line_ids = fields.One2many(
        "customer.complaint.open.line",
        "open_id",
        string="Products",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    has_complained_lines = fields.Boolean(compute="_compute_has_complained_lines")
    complaint_id = fields.Many2one("customer.complaint", readonly=True)

    @api.depends("sale_order_id")
    def _compute_partner_id(self):
        for dialog in self:
            dialog.partner_id = dialog.sale_order_id.partner_id

    @api.depends("sale_order_id")
    def _compute_allowed_partner_ids(self):
        for dialog in self:
            dialog.allowed_partner_ids = dialog.sale_order_id._get_complaint_customers()

    @api.depends("sale_order_id")
    def _compute_channel_id(self):
        for dialog in self:
            company = dialog.sale_order_id.company_id
            dialog.channel_id = company.complaint_channel_id

    @api.depends("sale_order_id")
    def _compute_line_ids(self):
        for dialog in self:
            sold_lines = dialog.sale_order_id._get_complaint_lines()
            complained = sold_lines._get_complained_quantities()
            dialog.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "sale_order_line_id": sold.id,
                            "quantity_sold": sold._get_quantity_sold(),
                            "quantity_complained": complained[sold],
                            "is_selected": len(sold_lines) == 1,
                        }
                    )
                    for sold in sold_lines
                ),
            ]

    @api.depends("line_ids.quantity_complained")
    def _compute_has_complained_lines(self):
        for dialog in self:
            dialog.has_complained_lines = any(
                dialog.line_ids.mapped("quantity_complained")
            )

    def action_open(self):
        """Open the complaint, once, and show it.

        A second press of the same dialog shows the complaint of the first.

        :rtype: dict
        :raise UserError: if the order cannot be complained of
        :raise ValidationError: if a quantity is wrong
        """
        self.ensure_one()
        if not self.complaint_id:
            # The dialog's row is written in the same transaction: of two presses in
            # one instant the later is replayed, and finds the first one's complaint.
            self.complaint_id = self.env["customer.complaint"].create(
                self._prepare_complaint_vals()
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint",
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }

    def _prepare_complaint_vals(self):
        """Return the values of the complaint; bridges may add to them.

        :rtype: dict
        """
        chosen = self.line_ids.filtered(lambda line: line.is_selected)
        entered = self.line_ids.filtered(lambda line: line.quantity) - chosen
        if entered:
            raise UserError(
                self.env._(
                    "A quantity is entered for %(products)s, but the product is not "
                    "ticked. Tick it, or set the quantity to zero.",
                    products=format_list(
                        self.env, entered.product_id.mapped("display_name")
                    ),
                )
            )
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "sale_order_id": self.sale_order_id.id,
            "invoice_id": self.invoice_id.id,
            "category_id": self.category_id.id,
            "channel_id": self.channel_id.id,
            "description": self.description,
            "demand": self.demand,
            "line_ids": [
                Command.create(line._prepare_complaint_line_vals()) for line in chosen
            ],
        }


class CustomerComplaintOpenLine(models.TransientModel):
    """A line of the order that may be complained of."""

    _name = "customer.complaint.open.line"
    _inherit = ["customer.complaint.dialog", "customer.complaint.numbers"]
    _description = "Order Line to Complain Of"

    open_id = fields.Many2one(
        "customer.complaint.open", required=True, ondelete="cascade", index=True
    )
    sale_order_line_id = fields.Many2one(
        "sale.order.line", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        related="sale_order_line_id.product_id", related_sudo=False
    )
    product_uom_id = fields.Many2one(
        related="sale_order_line_id.product_uom_id", related_sudo=False
    )
    quantity_sold = fields.Float(
        string="Sold",
        digits="Product Unit",
        readonly=True,
        help="Or delivered, if more.",
    )
    quantity_complained = fields.Float(
        string="Complained Of",
        digits="Product Unit",
        readonly=True,
        help="Already in other complaints.",
    )
    is_selected = fields.Boolean(string="Select")
    quantity = fields.Float(
        compute="_compute_quantity", store=True, readonly=False, digits="Product Unit"
    )
    lot_name = fields.Char(string="Lot or Serial Number")
    is_repeat_confirmed = fields.Boolean(
        string="Again",
        help="These goods are already in another complaint, and that is right: the "
        "same pieces are complained of again.",
    )

    @api.depends("is_selected")
    def _compute_quantity(self):
        """Propose what nobody has complained of yet."""
        for line in self:
            left = max(line.quantity_sold - line.quantity_complained, 0.0)
            line.quantity = line.is_selected and (left or line.quantity_sold)

    def _prepare_complaint_line_vals(self):
        """Return the values of the complaint line.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "sale_order_line_id": self.sale_order_line_id.id,
            "quantity": self.quantity,
            "lot_name": self.lot_name,
            "is_repeat_confirmed": self.is_repeat_confirmed,
        }
