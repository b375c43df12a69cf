from odoo import fields
from odoo.fields import Command

from odoo.addons.customer_complaint_account.tests.accounting_common import (
    AccountingCase,
)


class ReturnCase(AccountingCase):
    """A customer who bought 3 creams and 5 syrups online, and what comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.complaint_no_reason_days = 7
        cls.customer.lang = "en_US"
        cls.perishable = cls.quick_ref(
            "customer_complaint_return.return_exception_perishable"
        )

    def _today(self):
        return self.company._complaint_today()

    def _prepare_return_vals(self, *lines, **values):
        """Return the values of a return in time: two creams by default."""
        return {
            "sale_order_id": self.order.id,
            "date_delivered": self._today(),
            "line_ids": [
                Command.create({"sale_order_line_id": line.id, "quantity": quantity})
                for line, quantity in lines or [(self.cream_line, 2)]
            ],
            **values,
        }

    def _return(self, *lines, user=None, **values):
        """Register a return as the agent."""
        return (
            self.env["customer.complaint.return"]
            .with_user(user or self.agent)
            .create(self._prepare_return_vals(*lines, **values))
        )

    def _settle(self, record, verb, user=None, **values):
        """Fill in the dialog of a step."""
        self._ask(verb, record, user, **values).action_confirm()
        return record

    def _back(self, record=None, **values):
        """Return a return whose goods are back."""
        record = record or self._return()
        return self._settle(record, "goods_back", **{"note": "完好。", **values})

    def _late(self, days=8, user=None, **values):
        """Return a return that was told so many days after the goods arrived."""
        delivered = fields.Date.subtract(self._today(), days=days)
        # Nobody receives goods before they buy them.
        self.order.date_order = fields.Datetime.subtract(
            fields.Datetime.now(), days=days + 1
        )
        return self._return(user=user, **{"date_delivered": delivered, **values})
