from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, ormcache

from .customer_complaint import MEASURE_FIELDS
from .customer_complaint_life import SUPERVISOR

ARCHIVIST = "customer_complaint.group_complaint_archivist"
TYPE = "customer.complaint.archive.document.type"
MONEY = "money"
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
# Complaints that ended otherwise need no further papers.
UNNEEDED_STATES = ("refused", "withdrawn", "merged")


class CustomerComplaintPaperRequirement(models.Model):
    """A paper that a category, a representation or a measure needs."""

    _inherit = "customer.complaint.paper.requirement"

    representation = fields.Selection(
        required=False, help="Who acts for the customer; empty: anybody."
    )
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
    def _get_required_domain(self, company_id):
        return super()._get_required_domain(company_id) & Domain(
            "needed_for", "=", "acceptance"
        )

    @api.model
    @ormcache("company_id")
    def _get_sealing_requirements(self, company_id):
        """Return what is needed to seal cards of a company, kept between requests.

        :param int company_id: id of the company
        :return: document type, representation, ids of categories and measure of each;
            what is empty does not matter
        :rtype: tuple[tuple[int, str, frozenset[int], str]]
        """
        # Which papers are needed is no secret, whoever asks.
        requirements_sudo = self.sudo().search_fetch(
            Domain("company_id", "in", (False, company_id))
            & Domain("type_id.active", "=", True)
            & Domain("needed_for", "=", "sealing"),
            ["type_id", "representation", "category_id", "measure"],
        )
        Category = self.env["customer.complaint.category"].sudo()
        return tuple(
            (
                requirement.type_id.id,
                requirement.representation,
                frozenset(
                    Category.with_context(active_test=False)
                    .search([("id", "child_of", requirement.category_id.id)])
                    .ids
                    if requirement.category_id
                    else ()
                ),
                requirement.measure,
            )
            for requirement in requirements_sudo
        )


class CustomerComplaintCategory(models.Model):
    _name = "customer.complaint.category"
    # What lies below a category is kept with the papers it needs.
    _inherit = ["customer.complaint.category", "customer.complaint.cached"]


class CustomerComplaintPaperWaiver(models.Model):
    """Leave to seal a card without a paper: which, why, by whom and when."""

    _name = "customer.complaint.paper.waiver"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _is_kept_by_archivists = True
    _description = "Waiver of a Paper"
    _order = "id"
    _rec_name = "type_id"
    _check_company_auto = True
    _outlives_complaint = True

    type_id = fields.Many2one(
        "customer.complaint.archive.document.type",
        string="Paper",
        required=True,
        index=True,
        ondelete="restrict",
    )
    reason = fields.Text(
        required=True, help="Why the card is complete without it.", personal=True
    )
    waived_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date_waived = fields.Datetime(
        string="Waived On",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )

    _once_uniq = models.UniqueIndex(
        "(complaint_id, type_id)", "This paper is waived already. Reload the page."
    )

    @api.constrains("reason")
    def _check_reason(self):
        for waiver in self:
            if not (waiver.reason or "").strip():
                raise ValidationError(
                    waiver.complaint_id._name_reason(
                        self.env._("say why the card is complete without the paper.")
                    )
                )

    @api.model
    def _get_reserved_fields(self):
        return frozenset({"company_id", "waived_by_id", "date_waived"})

    @api.model_create_multi
    def create(self, vals_list):
        """Waive papers, in the name of the user.

        :raise AccessError: if the user is neither archivist nor supervisor of the case
        :raise UserError: if a paper is not missing, or the card is sealed
        """
        vals_list = self._prepare_new_vals_list(vals_list)
        wanted = {(vals.get("complaint_id"), vals.get("type_id")) for vals in vals_list}
        complaints = self.env["customer.complaint"].browse(
            {complaint_id for complaint_id, _type_id in wanted}
        )
        missing = complaints._get_missing_sealing_papers()
        for complaint_id, type_id in wanted:
            complaint = complaints.browse(complaint_id)
            if type_id not in missing.get(complaint, self.env[TYPE]).ids:
                raise UserError(
                    complaint._name_reason(
                        self.env._("this paper is not missing. Reload the page.")
                    )
                )
        waivers = super().create(vals_list)
        for waiver in waivers:
            waiver.complaint_id._message_log(
                body=self.env._(
                    "Archive card complete without “%(paper)s”: %(reason)s",
                    paper=waiver.type_id.name,
                    reason=waiver.reason,
                )
            )
        return waivers

    @api.model
    def _check_may_add(self, complaints):
        complaints.check_access("read")
        complaints._check_may_work()
        complaints._check_not_complained_of()
        user = self.env.user
        if not self.env.su and not user.has_group(ARCHIVIST):
            if not user.has_group(SUPERVISOR):
                raise AccessError(
                    self.env._(
                        "The archivist or a supervisor of the team waives papers."
                    )
                )
            complaints.check_access("write")
        complaints.archive_card_id._check_not_sealed()

    def write(self, vals):
        """:raise UserError: always, if there is anything to write"""
        if self and vals:
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "A waiver stays as it was given, with who gave it. File the paper when "
                "it comes after all."
            )
        )


class CustomerComplaint(models.Model):
    """Which papers the archive card still lacks."""

    _inherit = "customer.complaint"

    paper_waiver_ids = fields.One2many(
        "customer.complaint.paper.waiver", "complaint_id", string="Papers Waived"
    )
    missing_sealing_note = fields.Char(
        string="Missing on the Archive Card",
        compute="_compute_missing_sealing_note",
        help="Papers that are needed to seal the archive card and neither filed nor "
        "waived.",
    )
    takes_late_papers = fields.Boolean(
        compute="_compute_takes_late_papers",
        help="Whether you may still file papers: the case has ended, and its archive "
        "card is not sealed yet.",
    )
    duplicate_note = fields.Char(
        string="Filed Twice",
        compute="_compute_duplicate_note",
        help="Papers of which the same file is filed twice on this card.",
    )

    @api.depends(
        "state",
        "company_id",
        "representation",
        "category_id",
        "compensation_total",
        "document_ids.type_id",
        "document_ids.is_original",
        "document_ids.attachment_ids",
        "papers_waived_by_id",
        *MEASURE_FIELDS,
    )
    def _compute_missing_sealing_note(self):
        missing = self._get_missing_sealing_papers()
        for complaint in self:
            types = missing.get(complaint, self.env[TYPE])
            complaint.missing_sealing_note = format_list(
                self.env, types._get_wanted_names()
            )

    @api.depends("document_ids.has_duplicate_file")
    def _compute_duplicate_note(self):
        for complaint in self:
            documents = complaint.document_ids.filtered("has_duplicate_file")
            complaint.duplicate_note = format_list(
                self.env, documents._get_shown_names()
            )

    def _get_sealing_type_ids(self):
        """Return which papers the archive card of the complaint needs.

        From what stands on the complaint; the requirements are kept in memory: no
        query.

        :rtype: set[int]
        """
        self.ensure_one()
        if self.state in UNNEEDED_STATES:
            return set()
        company_id = self.company_id.id
        Requirement = self.env["customer.complaint.paper.requirement"]
        needed = {
            type_id
            for type_id, representation, category_ids, measure in (
                Requirement._get_sealing_requirements(company_id)
            )
            if representation in (False, self.representation)
            and (not category_ids or self.category_id.id in category_ids)
            and (not measure or self._has_measure(measure))
        }
        if not self.papers_waived_by_id:
            by_representation = Requirement._get_required_type_ids(company_id)
            needed.update(by_representation.get(self.representation, ()))
        return needed

    def _has_measure(self, measure):
        # Rounded when it was written: to look at the currency would cost a query.
        return self.compensation_total > 0 if measure == MONEY else self[measure]

    def _get_missing_sealing_papers(self):
        """Return the papers that are needed, neither filed nor waived.

        :return: document types of the complaints that lack any
        :rtype: dict[CustomerComplaint, CustomerComplaintArchiveDocumentType]
        """
        needed = {
            complaint: type_ids
            for complaint in self
            if complaint.archive_card_id
            and (type_ids := complaint._get_sealing_type_ids())
        }
        if not needed:
            return {}
        cases = self.browse().union(*needed)
        held = cases._get_held_type_ids()
        lacking = {
            complaint: type_ids
            for complaint in cases
            if (type_ids := needed[complaint] - held.get(complaint, set()))
        }
        if not lacking:
            return {}
        # Whether they are waived counts, not whether the user may see by whom.
        waived = set(
            self.env["customer.complaint.paper.waiver"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", [c._origin.id for c in lacking])],
                ["complaint_id", "type_id"],
            )
        )
        waived_ids = {(complaint.id, kind.id) for complaint, kind in waived}
        return {
            complaint: self.env[TYPE].browse(sorted(left))
            for complaint, type_ids in lacking.items()
            if (
                left := {
                    type_id
                    for type_id in type_ids
                    if (complaint._origin.id, type_id) not in waived_ids
                }
            )
        }

    def action_waive_sealing_papers(self):
        """Ask why the archive card is complete without the missing papers.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.waive.sealing",
            self.env._("Waive Papers"),
            complaint_id=self.id,
        )

    def _takes_late_papers(self):
        """Return whether the user may file a paper though the complaint has ended.

        The handler, the leader of the team and the archivist may, as long as the card
        is not sealed because papers are missing.

        :rtype: bool
        """
        self.ensure_one()
        complaint_sudo = self.sudo()  # how the card stands, and who leads
        user = self.env.user
        return complaint_sudo.archive_card_id.state == "open" and (
            user in complaint_sudo.user_id | complaint_sudo.team_id.leader_id
            or user.has_group(ARCHIVIST)
        )

    @api.depends("state", "user_id", "team_id", "archive_card_id.state")
    @api.depends_context("uid")
    def _compute_takes_late_papers(self):
        for complaint in self:
            complaint.takes_late_papers = (
                complaint._has_ended() and complaint._takes_late_papers()
            )

    def _note_duplicate_files(self):
        """Mark the papers of which the same bytes are filed twice on these cases."""
        # All papers count, also those the user may not see; which they are is not told.
        documents_sudo = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            .search([("complaint_id", "in", self.ids)])
        )
        for papers_sudo in documents_sudo.grouped("complaint_id").values():
            counts = Counter(papers_sudo.attachment_ids.mapped("checksum"))
            for paper_sudo in papers_sudo:
                is_double = any(
                    file.checksum and counts[file.checksum] > 1
                    for file in paper_sudo.attachment_ids
                )
                if paper_sudo.has_duplicate_file != is_double:
                    paper_sudo._write_unguarded({"has_duplicate_file": is_double})


class CustomerComplaintArchiveCard(models.Model):
    """The papers of the card: missing, waived, filed twice."""

    _inherit = "customer.complaint.archive.card"

    missing_sealing_note = fields.Char(related="complaint_id.missing_sealing_note")
    duplicate_note = fields.Char(related="complaint_id.duplicate_note")
    paper_waiver_ids = fields.One2many(related="complaint_id.paper_waiver_ids")

    def _get_missing_papers(self):
        """Return the papers that are needed to seal, neither filed nor waived.

        :return: document types of the cards that lack any
        :rtype: dict[CustomerComplaintArchiveCard, CustomerComplaintArchiveDocumentType]
        """
        missing = self.complaint_id._get_missing_sealing_papers()
        return {
            card: missing[card.complaint_id]
            for card in self
            if card.complaint_id in missing
        }

    def _get_cannot_seal_reasons(self):
        """Return why the card cannot be sealed now: what is missing, for one.

        :return: one text per reason, empty when it can be sealed
        :rtype: list[str]
        """
        self.ensure_one()
        ask_further = getattr(super(), "_get_cannot_seal_reasons", list)
        reasons = ask_further()
        types = self._get_missing_papers().get(self)
        if types:
            reasons.append(
                self.env._(
                    "papers are missing: %(papers)s. File them, or waive them with a "
                    "reason",
                    papers=format_list(self.env, types._get_wanted_names()),
                )
            )
        return reasons

    def action_waive_sealing_papers(self):
        """As on the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.action_waive_sealing_papers()


class CustomerComplaintArchiveDocument(models.Model):
    """The same file filed twice is noticed, not refused."""

    _inherit = "customer.complaint.archive.document"

    has_duplicate_file = fields.Boolean(
        string="Same File Twice",
        readonly=True,
        copy=False,
        help="A file of this paper is filed twice on the card, here or with another "
        "paper.",
        sealed=False,
    )

    @api.model
    def _get_reserved_fields(self):
        return super()._get_reserved_fields() | {"has_duplicate_file"}

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.complaint_id._note_duplicate_files()
        return documents

    def write(self, vals):
        vals = {name: vals[name] for name in vals if name != "has_duplicate_file"}
        result = super().write(vals)
        if "attachment_ids" in vals:
            self.complaint_id._note_duplicate_files()
        return result

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints._note_duplicate_files()
        return result

    @api.model
    def _check_may_add(self, complaints):
        late = complaints.filtered(lambda complaint: complaint._takes_late_papers())
        late.check_access("read")
        late._check_may_work()
        return super()._check_may_add(complaints - late)
