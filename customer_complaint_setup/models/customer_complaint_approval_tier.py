from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# The ladder that the set-up asks about, from below.
LADDER_ROLES = ("agent", "supervisor", "manager", "people")


class CustomerComplaintApprovalTier(models.Model):
    """The ladder of a company, as up to which amount each role approves."""

    _inherit = "customer.complaint.approval.tier"

    @api.model
    def _get_general_ladder(self, company):
        """Return the tiers for all categories and kinds that hold for a company.

        :param res.company company: its own tiers, or else those all companies share
        :rtype: customer.complaint.approval.tier
        """
        general = Domain("category_id", "=", False) & Domain("kind", "=", False)
        own = self.search(general & Domain("company_id", "=", company.id))
        return own or self.search(general & Domain("company_id", "=", False))

    def _is_plain_ladder(self):
        """Return whether these are one tier for each role, each above the one before.

        :rtype: bool
        """
        return tuple(self.mapped("role")) == LADDER_ROLES

    def _get_limits(self, company):
        """Return up to which amount each role approves, but the last, which has none.

        :param res.company company: in whose currency
        :return: in the order of ``LADDER_ROLES``
        :rtype: list[float]
        """
        currency = company.currency_id
        return [
            max(currency.round(tier.amount_from - currency.rounding), 0.0)
            for tier in self[1:]
        ]

    def _get_directors(self, company):
        """Return who is named in the last of these tiers, and works in a company.

        :param res.company company: of those all companies share, not all do
        :rtype: res.users
        """
        # Where they work is no secret to who names them.
        people_sudo = self[-1:].user_ids.sudo()
        return people_sudo.filtered(lambda user: company in user.company_ids).sudo(
            False
        )

    def _set_up_limits(self, company, limits, people):
        """Have each role approve up to an amount, in this company alone.

        Tiers that all companies share stay as they are; the company gets its own.

        :param res.company company: whose ladder
        :param list[float] limits: as :meth:`_get_limits` returns them
        :param res.users people: who approves above all of them
        """
        if not self._is_plain_ladder():
            raise UserError(
                self.env._(
                    "Your ladder has other tiers than these questions ask for. Change "
                    "it under Configuration > Approval Ladder."
                )
            )
        rounding = company.currency_id.rounding
        amounts = [0.0, *(limit + rounding for limit in limits)]
        own = self
        if not self.company_id:
            own = self.browse()
            for tier, amount in zip(self, amounts, strict=True):
                own += tier.copy(
                    {
                        "company_id": company.id,
                        "amount_from": amount,
                        "user_ids": [Command.clear()],
                    }
                )
        for tier, amount in zip(own, amounts, strict=True):
            if company.currency_id.compare_amounts(tier.amount_from, amount):
                tier.amount_from = amount
        if own[-1].user_ids != people:
            own[-1].user_ids = people
