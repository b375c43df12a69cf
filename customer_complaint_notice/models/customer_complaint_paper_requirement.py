from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from odoo.addons.customer_complaint.const import REPRESENTATIONS

from .customer_complaint_documented import MONEY

NEEDED_FOR = [
    ("acceptance", "Accepting the complaint"),
    ("sealing", "Sealing the archive card"),
]
# What must have been done for a paper to be needed, besides the boxes of the card.
MEASURES = [
    (MONEY, "Money or money's worth was paid"),
    ("has_return", "Goods Returned"),
    ("has_exchange", "Goods Exchanged"),
    ("has_lost_wages", "Lost Wages"),
    ("has_travel", "Travel Costs"),
    ("has_nursing", "Nursing Costs"),
    ("has_consolation", "Consolation Goods"),
    ("has_compensation", "Compensation Money"),
    ("has_other_measure", "Other Measure"),
]


@dataclass(frozen=True)
class SealingRequirement:
    """Which paper is needed to seal a card, and when; conditions may be empty."""

    type_id: int
    representation: str
    category_id: int
    measure: str

    def is_needed_for(self, complaint):
        """Return whether this paper is needed to seal the card of a complaint.

        :rtype: bool
        """
        if self.representation not in (False, complaint.representation):
            return False
        if self.category_id:
            path = complaint.category_id.sudo().parent_path or ""
            if str(self.category_id) not in path.split("/"):
                return False
        return not self.measure or complaint._has_measure(self.measure)


class CustomerComplaintPaperRequirement(models.Model):
    """A paper that a kind of representation needs (CBIRC-2020 art. 12-14)."""

    _name = "customer.complaint.paper.requirement"
    _inherit = ["customer.complaint.cached", "customer.complaint.shared"]
    _description = "Required Paper"
    _order = "representation, sequence, id"
    _rec_name = "type_id"

    representation = fields.Selection(
        REPRESENTATIONS,
        required=False,
        index=True,
        help="Who acts for the customer; empty: anybody.",
    )
    type_id = fields.Many2one(
        "customer.complaint.archive.document.type",
        string="Paper",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Company that asks for the paper; empty: all of them.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    note = fields.Char(
        translate=True, help="What the paper must show, or which law asks for it."
    )

    # Papers before sealing
    needed_for = fields.Selection(
        NEEDED_FOR,
        required=True,
        default="acceptance",
        index=True,
        help="Papers for the acceptance depend on who acts for whom only; those for "
        "the archive card also on what it is about and what was done.",
    )
    category_id = fields.Many2one(
        "customer.complaint.category",
        index="btree_not_null",
        ondelete="cascade",
        help="Needed for complaints of this category and those below; empty: of all.",
    )
    measure = fields.Selection(
        MEASURES,
        string="What Was Done",
        help="Needed when this was done; empty: whatever was done.",
    )

    _paper_uniq = models.UniqueIndex(
        "(type_id, needed_for, COALESCE(representation, ''),"
        " COALESCE(category_id, 0), COALESCE(measure, ''), COALESCE(company_id, 0))",
        "This paper is already required under these conditions.",
    )

    @api.model
    def _get_required_domain(self, company_id):
        """Return the domain of the papers that are needed for the acceptance.

        :rtype: odoo.fields.Domain
        """
        return (
            Domain("company_id", "in", (False, company_id))
            & Domain("type_id.active", "=", True)
            & Domain("needed_for", "=", "acceptance")
        )

    @api.model
    @ormcache("company.id")
    def _get_required_type_ids(self, company):
        """Return the papers each kind of representation needs in a company.

        :param res.company company: whose requirements
        :return: ids of document types by representation
        :rtype: dict[str, list[int]]
        """
        # Which papers are needed is no secret, whoever asks.
        requirements_sudo = self.sudo().search_fetch(
            self._get_required_domain(company.id), ["representation", "type_id"]
        )
        return {
            representation: requirements.type_id.ids
            for representation, requirements in requirements_sudo.grouped(
                "representation"
            ).items()
        }

    # ------------------------------------------------------------------
    # PAPERS BEFORE SEALING
    #
    # A paper that a category, a representation or a measure needs.
    # ------------------------------------------------------------------

    @api.constrains("needed_for", "representation", "category_id", "measure")
    def _check_conditions(self):
        for requirement in self:
            is_early = requirement.needed_for == "acceptance"
            if is_early and not requirement.representation:
                raise ValidationError(
                    self.env._(
                        "%(paper)s: before the acceptance papers depend on who acts "
                        "for the customer. Choose it, or have the paper needed for "
                        "sealing.",
                        paper=requirement.type_id.name,
                    )
                )
            if is_early and (requirement.category_id or requirement.measure):
                raise ValidationError(
                    self.env._(
                        "%(paper)s: what a complaint is about and what was done counts "
                        "for sealing only. Have the paper needed for sealing, or "
                        "leave these conditions out.",
                        paper=requirement.type_id.name,
                    )
                )

    @api.model
    @ormcache("company.id")
    def _get_sealing_requirements(self, company):
        """Return what is needed to seal cards of a company.

        :param res.company company: of the cards
        :rtype: tuple[SealingRequirement]
        """
        # As above.
        requirements_sudo = self.sudo().search(
            [
                ("company_id", "in", (False, company.id)),
                ("type_id.active", "=", True),
                ("needed_for", "=", "sealing"),
            ]
        )
        return tuple(
            SealingRequirement(
                requirement.type_id.id,
                requirement.representation,
                requirement.category_id.id,
                requirement.measure,
            )
            for requirement in requirements_sudo
        )
