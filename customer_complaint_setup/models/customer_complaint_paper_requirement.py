from odoo import api, models
from odoo.fields import Domain


class CustomerComplaintPaperRequirement(models.Model):
    """Papers that a company wants in each case, whatever it is about."""

    _inherit = "customer.complaint.paper.requirement"

    @api.model
    def _get_always_domain(self, company):
        """Return the domain of what a company asks for before it seals any card.

        :param res.company company: which
        :rtype: odoo.fields.Domain
        """
        return Domain.AND(
            [
                Domain("company_id", "=", company.id),
                Domain("needed_for", "=", "sealing"),
                Domain("representation", "=", False),
                Domain("category_id", "=", False),
                Domain("measure", "=", False),
            ]
        )

    @api.model
    def _get_always_types(self, company):
        """Return the papers that a company asks for before it seals any card.

        :rtype: customer.complaint.archive.document.type
        """
        return self.search(self._get_always_domain(company)).type_id

    @api.model
    def _set_always_types(self, company, types):
        """Have a company ask for these papers before it seals a card, and no others.

        :param res.company company: which
        :param customer.complaint.archive.document.type types: of papers
        """
        known = self.with_context(active_test=False).search(
            self._get_always_domain(company)
        )
        for requirement in known:
            if requirement.active != (requirement.type_id in types):
                requirement.active = not requirement.active
        self.create(
            [
                {
                    "type_id": paper_type.id,
                    "company_id": company.id,
                    "needed_for": "sealing",
                }
                for paper_type in types - known.type_id
            ]
        )
