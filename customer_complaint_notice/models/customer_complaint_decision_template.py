from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.customer_complaint.const import CONCLUSIONS, MAX_NAME_LENGTH

from ..const import TEMPLATE_TEXTS, UPHELD

OUTCOMES = [*CONCLUSIONS, ("refused", "Refused"), (UPHELD, "Upheld in a Review")]


class CustomerComplaintDecisionTemplate(models.Model):
    """Texts proposed for a decision, by category and conclusion.

    The most specific template that has a text proposes it: one of the category before
    one of its parents, one of the company before one for all, one of the conclusion
    before one for any. So a template of a category may hold the grounds only.
    """

    _name = "customer.complaint.decision.template"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Decision Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, longest=MAX_NAME_LENGTH)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty for a template that all companies use.",
    )
    category_id = fields.Many2one(
        "customer.complaint.category",
        index="btree_not_null",
        ondelete="cascade",
        help="The template is for complaints of this category and of those below it; "
        "left empty, for all.",
    )
    outcome = fields.Selection(
        OUTCOMES,
        string="Conclusion",
        index=True,
        help="The conclusion the texts are for; left empty, for any but a "
        "review. A refusal and a review that upholds take the ways still open only.",
    )
    decision_grounds = fields.Text(
        string="Grounds",
        translate=True,
        help="Law, contract or house rule a decision of this kind rests on.",
    )
    decision_measures = fields.Text(
        string="What Will Be Done",
        translate=True,
        help="What the complainant will receive, or that nothing is to be remedied.",
    )
    decision_ways_open = fields.Text(
        string="Ways Still Open",
        translate=True,
        help="Where the complainant can turn next: review, mediation, arbitration, "
        "court, regulator.",
    )

    @api.constrains("name", *TEMPLATE_TEXTS)
    def _check_texts(self):
        for template in self:
            if not any((template[name] or "").strip() for name in TEMPLATE_TEXTS):
                raise ValidationError(
                    self.env._(
                        "The template “%(name)s” has no text. Write at least one of "
                        "grounds, what will be done, and ways still open.",
                        name=template.name,
                    )
                )

    @api.constrains("category_id", "company_id")
    def _check_category_company(self):
        for template in self:
            company = template.category_id.company_id
            if company and company != template.company_id:
                raise ValidationError(
                    self.env._(
                        "The category %(category)s belongs to %(company)s. Make the "
                        "template “%(name)s” one of that company.",
                        category=template.category_id.display_name,
                        company=company.name,
                        name=template.name,
                    )
                )

    @api.model
    def _get_texts(self, company, category, outcome):
        """Return the texts proposed for a decision.

        :param res.company company: of the complaint
        :param customer.complaint.category category: of the complaint
        :param str outcome: a key of ``OUTCOMES``
        :return: the texts by the names of their fields, none that no template has
        :rtype: dict[str, str]
        """
        path = [int(part) for part in (category.parent_path or "").split("/") if part]
        # After a review another one is not open: what holds for any other outcome
        # does not hold for it.
        outcomes = (outcome,) if outcome == UPHELD else (outcome, False)
        # Texts that are meant for everybody who writes decisions of the company.
        templates_sudo = self.sudo().search(
            [
                ("company_id", "in", (False, company.id)),
                ("category_id", "in", (False, *path)),
                ("outcome", "in", outcomes),
            ]
        )
        # Among equals the first of the list wins, so it is put in last.
        ranked = sorted(
            reversed(templates_sudo),
            key=lambda template: (
                path.index(template.category_id.id) if template.category_id else -1,
                bool(template.company_id),
                bool(template.outcome),
            ),
        )
        return {
            name: template[name].strip()
            for template in ranked
            for name in TEMPLATE_TEXTS
            if (template[name] or "").strip()
        }

    @api.model
    def _is_template_text(self, name, text):
        """Return whether a text stands as a template proposes it.

        :param str name: one of ``TEMPLATE_TEXTS``
        :param str text: what stands in the decision
        :rtype: bool
        """
        text = (text or "").strip()
        # As above; whose template it is does not matter.
        texts = self.sudo().search([]).mapped(name)
        return any((other or "").strip() == text for other in texts)
