from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.phone import get_phone_numbers

# Around each number, so that a search finds whole numbers only.
AROUND = ","


class CustomerComplaintPhoned(models.AbstractModel):
    """What names a telephone: found and compared however somebody wrote it down.

    Models that inherit this have ``phone`` and ``company_id``.
    """

    _name = "customer.complaint.phoned"
    _inherit = "customer.complaint.personal"
    _description = "Names a Telephone"

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
        for record in self:
            numbers = get_phone_numbers(
                record.phone, record.company_id._get_complaint_country_code()
            )
            record.phone_numbers = (
                AROUND + AROUND.join(numbers) + AROUND if numbers else False
            )

    @api.depends("phone")
    def _compute_phone_search(self):
        for record in self:
            record.phone_search = record.phone

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

    def _get_known_numbers(self):
        """Return the numbers of the telephone as they were worked out for it.

        :rtype: list[str]
        """
        self.ensure_one()
        return (self.phone_numbers or "").strip(AROUND).split(AROUND)

    @api.model
    def _get_phone_domain(self, phone, company, numbers=None):
        """Return the domain of records that name one of the numbers of a telephone.

        :param str phone: in any notation; texts without a number are compared as such
        :param res.company company: whose country code may be left out
        :param list[str] numbers: those it names, if they are known
        :rtype: Domain
        """
        if numbers is None:
            code = company._get_complaint_country_code()
            numbers = get_phone_numbers(phone, code)
        if not any(numbers):
            text = (phone or "").strip()
            return Domain("phone", "=", text) if text else Domain.FALSE
        return Domain.OR(
            Domain("phone_numbers", "like", f"{AROUND}{number}{AROUND}")
            for number in numbers
        )
