import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from .customer_complaint_archive_seal import NUMBER_PREFIX
from .res_company import COMPLAINT_SEQUENCE

# What archive numbers begin with; a slash follows.
ARCHIVE_PREFIX = re.compile(r"[^\W_][\w-]{0,9}")
# Of many numbers, so many are named.
MAX_NAMED = 5
# Nobody follows what happened years ago, and nothing of it is news.
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class CustomerComplaint(models.Model):
    """Complaints of past years, of which there is a paper card only.

    They are closed when they are entered: no clock runs, nobody is alerted, they have
    no customer record and stand in no list of complaints, only in the archive.
    """

    _inherit = "customer.complaint"

    is_legacy = fields.Boolean(
        string="Of a Paper Card",
        readonly=True,
        copy=False,
        help="Entered from a paper card of past years: it stands in the archive only.",
        system=True,
    )
    legacy_handler = fields.Char(
        string="Handled By (Paper Card)",
        readonly=True,
        copy=False,
        help="Who handled the complaint, as the paper card says.",
        personal=True,
        system=True,
        frozen=True,
    )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _create_legacy(self, vals_list):
        """Create complaints of past years, past all that follows from a new one.

        What a complaint may say is checked as ever; numbers, clocks, assignment,
        alerts and the like belong to complaints that are being handled, and stand in
        the ``create`` of this model's parts: none of them is called.

        :param list[dict] vals_list: with the number as ``name``
        :return: with all rights and silent, still to be closed
        :rtype: customer.complaint
        """
        # Who may enter paper cards is asked where they are entered.
        silent_sudo = self.sudo().with_context(**SILENT)
        return models.BaseModel.create(
            silent_sudo, [{**vals, "is_legacy": True} for vals in vals_list]
        )

    # ------------------------------------------------------------------
    # WHAT DOES NOT HAPPEN
    # ------------------------------------------------------------------

    def _prepare_first_deadlines(self):
        return [] if self.is_legacy else super()._prepare_first_deadlines()

    def _get_sealing_type_ids(self):
        # What was filed years ago is all there is.
        return set() if self.is_legacy else super()._get_sealing_type_ids()

    def _get_cannot_move_reason(self, target):
        self.ensure_one()
        if self.is_legacy:
            return self.env._(
                "it was entered from a paper card of past years and stays closed. "
                "Open a new complaint instead."
            )
        return super()._get_cannot_move_reason(target)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains("complaint_archive_prefix")
    def _check_complaint_archive_prefix(self):
        """Refuse what cannot begin archive numbers, or begins those of paper cards."""
        for company in self.filtered("complaint_archive_prefix"):
            prefix = company.complaint_archive_prefix
            if not ARCHIVE_PREFIX.fullmatch(prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” cannot begin archive numbers: enter 1 to 10 "
                        "letters, digits or hyphens.",
                        prefix=prefix,
                    )
                )
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
