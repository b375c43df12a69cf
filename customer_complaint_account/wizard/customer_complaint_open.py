from odoo import models


class CustomerComplaintOpen(models.TransientModel):
    """The invoice of the order goes along, where there is no doubt which it is."""

    _inherit = "customer.complaint.open"

    def _prepare_complaint_vals(self):
        vals = super()._prepare_complaint_vals()
        if vals["invoice_id"]:
            return vals
        return {**vals, "invoice_id": self._get_only_invoice().id}

    def _get_only_invoice(self):
        """Return the one posted invoice of the order to the customer, or none.

        :return: one that the user may read
        :rtype: account.move
        """
        # Which there are; those that the user may not read are left out.
        invoices = self.sale_order_id.sudo().invoice_ids.sudo(False)
        invoices = invoices._filtered_access("read").filtered(
            lambda invoice: (
                invoice.state == "posted"
                and invoice.move_type in ("out_invoice", "out_receipt")
                and invoice.commercial_partner_id
                == self.partner_id.commercial_partner_id
            )
        )
        return invoices if len(invoices) == 1 else invoices.browse()
