from odoo import models


class CustomerComplaintEvidence(models.Model):
    _inherit = "customer.complaint.evidence"

    def _is_confidential(self):
        """As for papers."""
        self.ensure_one()
        return self.is_confidential

    def _get_confidential_label(self):
        """As for papers: the kind, not the name."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_access_of(self, user):
        """Evidence is not consulted; papers are."""
        return self.env["customer.complaint.archive.access"]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("is_confidential"):
            self.attachment_ids._close_other_ways()
        return result
