from odoo import models

from odoo.addons.customer_complaint_base.tools.document import Document


class RepairOrder(models.Model):
    """Repair orders that carry out what a customer gets for a complaint."""

    _name = "repair.order"
    _inherit = [
        "repair.order",
        "customer.complaint.carrier",
        "customer.complaint.behind",
    ]

    def write(self, vals):
        """Write; a change of the state is told to the complaint."""
        result = super().write(vals)
        if "state" in vals:
            self._get_carried_lines_sudo()._follow_carriers()
        return result

    def _get_remediation_lines_sudo(self):
        return self._get_carried_lines_sudo()

    def _to_complaint_document(self):
        """Return the repair order as the line it carries out follows it.

        :rtype: Document
        """
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return Document(
            record=self,
            state={"done": "done", "cancel": "cancelled"}.get(self.state, "draft"),
            state_label=labels[self.state],
            cancel="action_repair_cancel",
        )
