from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerComplaint(models.Model):
    """The sale a complaint is about: order, invoice, day and place of purchase."""

    _inherit = "customer.complaint"

    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        domain="[('state', '=', 'sale'), ('company_id', '=', company_id),"
        " '|', ('partner_id', 'child_of', commercial_partner_id or []),"
        " (0 if partner_id else 1, '=', 1)]",
        help="Confirmed order the goods or services were bought with. "
        "Empty for a walk-in customer without an order.",
        personal=True,
        frozen=True,
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('company_id', '=', company_id)]",
        personal=True,
        frozen=True,
    )
    purchase_date = fields.Date(
        compute="_compute_purchase_date",
        store=True,
        readonly=False,
        precompute=True,
        help="Day of purchase; taken from the order when there is one.",
        frozen=True,
    )
    purchase_place = fields.Char(
        string="Point of Purchase",
        help="Shop, counter or site of the purchase.",
        personal=True,
        frozen=True,
    )
    receipt_ref = fields.Char(
        string="Receipt Number",
        index="trigram",
        help="Number of the till receipt or paper invoice the customer shows.",
        personal=True,
        frozen=True,
    )

    @api.depends("sale_order_id")
    def _compute_purchase_date(self):
        for complaint in self:
            if complaint.sale_order_id:
                complaint.purchase_date = complaint.company_id._complaint_date(
                    complaint.sale_order_id.date_order
                )

    @api.constrains("sale_order_id", "partner_id", "company_id")
    def _check_sale_order(self):
        for complaint in self:
            # Constraints run as superuser: the reason names the order to everybody.
            # Whether the user may read it is checked in _check_sale_access.
            order_sudo = complaint.sale_order_id.sudo()
            if not order_sudo:
                continue
            reason = complaint._get_cannot_use_order_reason(order_sudo)
            if reason:
                raise ValidationError(reason)

    def _get_cannot_use_order_reason(self, order_sudo):
        """Return why this complaint cannot be about the order, or False.

        :param sale.order order_sudo: readable whatever the user's rights
        :rtype: str or bool
        """
        self.ensure_one()
        company = self.company_id
        if order_sudo.company_id != company:
            return self.env._(
                "Order %(order)s belongs to another company than this complaint "
                "(%(company)s). Switch to the company of the order and open the "
                "complaint there.",
                order=order_sudo.name,
                company=company.display_name,
            )
        reason = order_sudo._get_cannot_complain_reason()
        if reason:
            return reason
        entity = self.partner_id.commercial_partner_id
        if entity and entity not in order_sudo._get_complaint_customers():
            return self.env._(
                "Order %(order)s was not sold to %(customer)s. Choose an order of "
                "this customer, or the customer of the order.",
                order=order_sudo.name,
                customer=self.partner_id.display_name,
            )
        return False

    @api.constrains("invoice_id", "partner_id", "company_id")
    def _check_invoice(self):
        for complaint in self:
            # As with the order: the refusal names it to everybody.
            invoice_sudo = complaint.invoice_id.sudo()
            if not invoice_sudo:
                continue
            if not invoice_sudo.is_sale_document(include_receipts=True) or (
                complaint.partner_id
                and invoice_sudo.commercial_partner_id
                != complaint.partner_id.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is not a customer invoice of %(customer)s. "
                        "Choose an invoice of this customer, or leave it empty.",
                        invoice=invoice_sudo.display_name,
                        customer=complaint.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._check_sale_access()
        return complaints

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"sale_order_id", "invoice_id"}:
            self._check_sale_access()
        return result

    def _check_sale_access(self):
        """Refuse orders and invoices that the user may not read.

        Otherwise a complaint would show what their sales rights hide.

        :raise AccessError: if the user may not read one of them
        """
        if self.env.su:
            return
        for records in (self.sale_order_id, self.invoice_id):
            # Asked of no record, check_access would ask for a right on the model.
            if records:
                records.check_access("read")

    def action_open_sale_order(self):
        """Open the order the complaint is about.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "views": [(False, "form")],
        }
