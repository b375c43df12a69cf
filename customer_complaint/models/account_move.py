from odoo import fields, models
from odoo.exceptions import UserError

from ..const import READER_GROUPS


class AccountMove(models.Model):
    _inherit = "account.move"

    complaint_count = fields.Integer(
        compute="_compute_complaint_count", groups=READER_GROUPS
    )

    def _compute_complaint_count(self):
        counts = self._get_complaint_counts()
        for move in self:
            move.complaint_count = counts.get(move._origin, 0)

    def _get_complaint_counts(self):
        """Return how many complaints each invoice has to do with.

        :rtype: dict[account.move, int]
        """
        return dict(
            self.env["customer.complaint"]._read_group(
                [("invoice_id", "in", self.ids)], ["invoice_id"], ["__count"]
            )
        )

    def _get_complaint_domain(self):
        """Return the domain of the complaints these invoices have to do with.

        :rtype: odoo.fields.Domain
        """
        return fields.Domain("invoice_id", "in", self.ids)

    def action_open_complaint(self):
        """Open a complaint about what was invoiced.

        An invoice of one order asks for the lines of that order; any other one opens
        a new complaint with the invoiced products.

        :rtype: dict
        :raise UserError: if this is not a posted customer invoice
        """
        self.ensure_one()
        if self.state != "posted" or not self.is_sale_document(include_receipts=True):
            raise UserError(
                self.env._(
                    "A complaint is opened from a posted customer invoice. Post "
                    "%(name)s first, or open the complaint from the order or the "
                    "customer.",
                    name=self.display_name,
                )
            )
        orders = self.invoice_line_ids.sale_line_ids.order_id
        if len(orders) == 1:
            action = orders.action_open_complaint()
            action["context"]["default_invoice_id"] = self.id
            return action
        return self.env["customer.complaint"]._action_new(
            partner_id=self.partner_id.id,
            company_id=self.company_id.id,
            invoice_id=self.id,
            purchase_date=self.invoice_date,
            line_ids=[
                (
                    0,
                    0,
                    {
                        "product_id": line.product_id.id,
                        "quantity": line.quantity,
                        "product_uom_id": line.product_uom_id.id,
                        "price_unit": line.price_unit,
                    },
                )
                for line in self.invoice_line_ids
                if line._is_complaint_product()
            ],
        )

    def action_view_complaints(self):
        """List the complaints about the invoice, or carried out by the credit note.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_list_for(
            self._get_complaint_domain(),
            invoice_id=self.id if self.move_type != "out_refund" else False,
            partner_id=self.partner_id.id,
        )
