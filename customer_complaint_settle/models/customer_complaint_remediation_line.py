from odoo import models

# What is done or handed over while the customer stands there.
IN_PERSON_KINDS = ("apology", "consolation", "voucher", "other")
BY_NOTE = "customer.complaint.carry.out"


class CustomerComplaintRemediationLine(models.Model):
    """Lines carried out while the customer is there, or by the other apps."""

    _inherit = "customer.complaint.remediation.line"

    def _carry_out_on_the_spot(self):
        """Have the app draft what it does; sign what is done in person.

        What neither does waits for a person: the next step of the case says so.
        """
        self.ensure_one()
        action = self._action_carry_out()
        asks_by_note = isinstance(action, dict) and action.get("res_model") == BY_NOTE
        if asks_by_note and self.kind in IN_PERSON_KINDS:
            self._sign_done(self.env._("At the counter, in person."))
