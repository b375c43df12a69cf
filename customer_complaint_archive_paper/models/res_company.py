import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from odoo.addons.customer_complaint.models.res_company import COMPLAINT_SEQUENCE
from odoo.addons.customer_complaint_archive.models.res_company import NUMBER_PREFIX

from .customer_complaint_archive_inventory import INVENTORY_SEQUENCE

DEFAULT_MONTHS = 12
# Of many numbers, so many are named.
MAX_NAMED = 5


class ResCompany(models.Model):
    _inherit = "res.company"

    # When the next one is due
    complaint_inventory_months = fields.Integer(
        string="Months Between Inventories",
        default=DEFAULT_MONTHS,
        help="When cards of an archive category have not been checked for so long, an "
        "inventory is drafted and the archivists get a to-do. 0: no reminder.",
    )

    _complaint_inventory_months_positive = models.Constraint(
        "CHECK (complaint_inventory_months >= 0)",
        "The months between inventories cannot be negative; 0 is no reminder.",
    )

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            INVENTORY_SEQUENCE: (
                self.env._("Archive Inventories"),
                "PD/%(range_year)s/",
            ),
        }

    # ------------------------------------------------------------------
    # CARDS OF PAST YEARS
    # ------------------------------------------------------------------

    @api.constrains("complaint_archive_prefix")
    def _check_legacy_numbers_are_free(self):
        """Refuse what begins the numbers of paper cards."""
        for company in self.filtered("complaint_archive_prefix"):
            prefix = company.complaint_archive_prefix
            # Which numbers paper cards have, whoever may see them.
            cards_sudo = (
                self.env["customer.complaint.archive.card"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("legacy_number", "=like", f"{prefix}/%"),
                    ]
                )
            )
            taken = company._complaint_get_givable(cards_sudo.mapped("legacy_number"))
            if taken:
                raise ValidationError(
                    self.env._(
                        "Paper cards of past years have numbers that begin like this: "
                        "%(numbers)s. Choose another prefix.",
                        numbers=format_list(self.env, sorted(taken)[:MAX_NAMED]),
                    )
                )

    def _complaint_get_own_numbers(self):
        """Return what the numbers look like that this company gives by itself.

        :return: patterns; the group ``year``, if there is one, is the year of a number
        :rtype: list[re.Pattern]
        """
        self.ensure_one()
        # The look of numbers, for those who have no right on sequences.
        sequence_sudo = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [("code", "=", COMPLAINT_SEQUENCE), ("company_id", "=", self.id)],
                limit=1,
            )
        )
        prefix = self.complaint_archive_prefix or NUMBER_PREFIX
        return [
            re.compile(
                _to_pattern(sequence_sudo.prefix)
                + r"\d+"
                + _to_pattern(sequence_sudo.suffix)
            ),
            re.compile(re.escape(prefix) + r"/(?P<year>\d{4})/[A-Z0-9]{1,8}/\d+"),
        ]

    def _complaint_get_givable(self, numbers):
        """Return which of some numbers this company may itself give some day.

        :param numbers: e.g. of paper cards
        :rtype: set[str]
        """
        this_year = self._complaint_today().year
        givable = set()
        for pattern in self._complaint_get_own_numbers():
            for number in numbers:
                match = pattern.fullmatch(number)
                year = match and match.groupdict().get("year")
                if match and int(year or this_year) >= this_year:
                    givable.add(number)
        return givable


def _to_pattern(affix):
    """Return what a prefix or suffix of a sequence looks like, as a pattern."""
    parts = re.split(r"(%\(\w+\)s)", affix or "")
    years = [part for part in parts if part in ("%(range_year)s", "%(year)s")]
    return "".join(
        r"(?P<year>\d{4})"
        if part in years[:1]
        else ".+"
        if part.startswith("%(")
        else re.escape(part)
        for part in parts
    )
