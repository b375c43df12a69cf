from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.typed import get_phone_numbers

# Around each number, so that a search finds whole numbers only.
AROUND = ","


class CustomerComplaint(models.Model):
    """Telephones are compared as numbers, however somebody wrote them down."""

    _inherit = "customer.complaint"

    phone_numbers = fields.Char(
        compute="_compute_phone_numbers",
        # Not before it is created: until then the customer's own telephone stands
        # there, also when another one was told.
        store=True,
        index="trigram",
        help="The numbers of the telephone as they are compared: digits only, without "
        "the code of the own country.",
        personal=True,
        system=True,
    )
    phone_search = fields.Char(
        string="Telephone Number",
        compute="_compute_phone_search",
        search="_search_phone_search",
        help="Finds a telephone in whatever notation it was entered, and is asked for.",
    )

    @api.depends("phone", "company_id")
    def _compute_phone_numbers(self):
        for complaint in self:
            numbers = get_phone_numbers(
                complaint.phone, complaint.company_id._get_complaint_country_code()
            )
            complaint.phone_numbers = (
                AROUND + AROUND.join(numbers) + AROUND if numbers else False
            )

    @api.depends("phone")
    def _compute_phone_search(self):
        for complaint in self:
            complaint.phone_search = complaint.phone

    @api.model
    def _search_phone_search(self, operator, value):
        if operator == "in":
            return Domain.OR(
                self._get_phone_domain(phone, self.env.company) for phone in value
            )
        if operator != "ilike":
            return NotImplemented
        domain = Domain("phone", "ilike", value)
        code = self.env.company._get_complaint_country_code()
        for number in get_phone_numbers(value, code):
            # Also the last digits only.
            domain |= Domain("phone_numbers", "like", number)
        return domain

    @api.model
    def _get_phone_domain(self, phone, company):
        """Return the domain of complaints that name one of the numbers of a telephone.

        :param str phone: in any notation; texts without a number are compared as such
        :param res.company company: whose country code may be left out
        :rtype: Domain
        """
        numbers = get_phone_numbers(phone, company._get_complaint_country_code())
        if not numbers:
            text = (phone or "").strip()
            return Domain("phone", "=", text) if text else Domain.FALSE
        return Domain.OR(
            Domain("phone_numbers", "like", f"{AROUND}{number}{AROUND}")
            for number in numbers
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_complaint_country_code(self):
        """Return the telephone code of the company's country; China without one.

        :rtype: int
        """
        return self.country_id.phone_code or self.env.ref("base.cn").phone_code
