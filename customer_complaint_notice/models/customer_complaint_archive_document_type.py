from odoo import fields, models


class CustomerComplaintArchiveDocumentType(models.Model):
    _inherit = "customer.complaint.archive.document.type"

    is_kept_for_partner = fields.Boolean(
        string="Holds for Later Complaints",
        help="A paper of this type that was filed with an earlier complaint of the "
        "same customer and representative is not asked for again.",
    )
    needs_original = fields.Boolean(
        string="Counts Only as an Original",
        help="A paper of this type counts as filed only where the original is filed, "
        "together with a file of it (e.g. an authorisation, CBIRC-2020 art. 13).",
    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            # Papers of an archived type are not asked for; what is asked is kept.
            self.env.registry.clear_cache()
        return result

    def _get_wanted_names(self):
        """Return how the papers are asked for, each with what makes it count.

        :rtype: list[str]
        """
        return [
            self.env._("%(paper)s (the original, with a file)", paper=paper_type.name)
            if paper_type.needs_original
            else paper_type.name
            for paper_type in self
        ]
