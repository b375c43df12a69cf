from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MEASURE_FIELDS
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

from .customer_complaint_paper_waiver import TYPE

MONEY = "money"
# Complaints that ended otherwise need no further papers.
UNNEEDED_STATES = ("refused", "withdrawn", "merged")
# Who acts for whom: when one of these changes, papers asked of others, or waived for
# them, count no more.
PERSON_FIELDS = frozenset({"partner_id", "representation", "representative_ids"})
# While papers are asked for, and the steps that wait for them.
ASKING_STATES = ("registered", "accepted", "investigating")
PAPERS_STATES = ("accepted", "investigating", "remediation")


class CustomerComplaintDocumented(models.AbstractModel):
    """The papers of representation: checked, asked for, waived."""

    _name = "customer.complaint.documented"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Papers of a Complaint"

    # Papers before sealing
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

    missing_paper_type_ids = fields.Many2many(
        "customer.complaint.archive.document.type",
        string="Missing Papers",
        compute="_compute_missing_papers",
        help="Papers that the representation needs and the company does not have yet.",
    )
    missing_papers_note = fields.Char(
        string="Papers Missing", compute="_compute_missing_papers"
    )
    date_papers_due = fields.Date(
        string="Papers Asked For Until",
        readonly=True,
        copy=False,
        tracking=True,
        help="Day until which the complainant was asked to bring the missing papers.",
        system=True,
    )
    date_papers_reset = fields.Datetime(
        string="Papers Asked Anew Since",
        readonly=True,
        copy=False,
        help="When somebody else came to act for the complainant: what was asked for "
        "before was asked of others.",
        sealed=False,
        system=True,
    )
    papers_waived_reason = fields.Text(
        string="Accepted Without Papers",
        readonly=True,
        copy=False,
        help="Why the complaint is accepted although papers are missing.",
        personal=True,
        system=True,
    )
    papers_waived_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, system=True
    )
    date_papers_waived = fields.Datetime(
        string="Papers Waived On",
        readonly=True,
        copy=False,
        system=True,
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
        """Return which papers the archive cards of the complaints need.

        :return: ids of document types by complaint
        :rtype: dict[customer.complaint, set[int]]
        """
        Requirement = self.env["customer.complaint.paper.requirement"]
        needed = {}
        running = self.filtered(
            lambda complaint: (
                complaint.state not in UNNEEDED_STATES and not complaint.is_legacy
            )
        )
        for company, complaints in running.grouped("company_id").items():
            requirements = Requirement._get_sealing_requirements(company)
            by_representation = Requirement._get_required_type_ids(company)
            for complaint in complaints:
                needed[complaint] = {
                    requirement.type_id
                    for requirement in requirements
                    if requirement.is_needed_for(complaint)
                }
                if not complaint.papers_waived_by_id:
                    needed[complaint].update(
                        by_representation.get(complaint.representation, ())
                    )
        return needed

    def _has_measure(self, measure):
        # Rounded when it was written: to look at the currency would cost a query.
        return self.compensation_total > 0 if measure == MONEY else self[measure]

    def _get_missing_sealing_papers(self):
        """Return the papers that are needed, neither filed nor waived.

        :return: document types of the complaints that lack any
        :rtype: dict[CustomerComplaint, CustomerComplaintArchiveDocumentType]
        """
        carded = self.filtered("archive_card_id")
        needed = {
            complaint: type_ids
            for complaint, type_ids in carded._get_sealing_type_ids().items()
            if type_ids
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

    # ------------------------------------------------------------------
    # PAPERS BEFORE ACCEPTANCE
    # ------------------------------------------------------------------

    @api.depends(
        "state",
        "company_id",
        "document_ids.type_id",
        "document_ids.is_original",
        "document_ids.attachment_ids",
        "papers_waived_by_id",
        *PERSON_FIELDS,
    )
    def _compute_missing_papers(self):
        open_cases = self.filtered(lambda complaint: complaint.state in ASKING_STATES)
        missing = open_cases._get_missing_paper_types()
        none = self.env["customer.complaint.archive.document.type"]
        for complaint in self:
            types = missing.get(complaint, none)
            complaint.missing_paper_type_ids = types
            complaint.missing_papers_note = format_list(
                self.env, types._get_wanted_names()
            )

    def _get_missing_paper_types(self):
        """Return the papers that the representation needs and nobody has.

        Guards ask this and not the field, which the call being checked could have put
        into the cache.

        :return: document types of the complaints that lack any
        :rtype: dict[CustomerComplaint, CustomerComplaintArchiveDocumentType]
        """
        Requirement = self.env["customer.complaint.paper.requirement"]
        required = {}
        for company, complaints in self.grouped("company_id").items():
            by_representation = Requirement._get_required_type_ids(company)
            for complaint in complaints:
                if complaint.representation in by_representation:
                    required[complaint] = {*by_representation[complaint.representation]}
        if not required:
            return {}
        held = self.browse().union(*required)._get_held_type_ids()
        Type = self.env["customer.complaint.archive.document.type"]
        return {
            complaint: Type.browse(sorted(missing))
            for complaint, type_ids in required.items()
            if (missing := type_ids - held.get(complaint, set()))
        }

    def _get_held_type_ids(self):
        """Return which papers the company holds for these complaints.

        Filed with the complaint itself or the one it was split from; types that keep
        also with another one of the same customer and representative.

        :return: ids of document types by complaint
        :rtype: dict[CustomerComplaint, set[int]]
        """
        held = {complaint: set() for complaint in self}
        # Whether a paper exists counts, not whether the user may see it: it may be
        # confidential, or another team's. Neither it nor its case is told.
        own = (self._origin | self.split_from_id).ids
        # The cases first: an OR over both tables would read all papers there are.
        cases = Domain("id", "in", own) | (
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )
        kept = Domain("type_id", "any", [("is_kept_for_partner", "=", True)])
        documents_sudo = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            .search_fetch(
                Domain("complaint_id", "any", cases)
                & (Domain("complaint_id", "in", own) | kept),
                ["complaint_id", "type_id", "is_original"],
            )
            .filtered(lambda paper: paper._counts_as_filed())
        )
        by_case_sudo = documents_sudo.grouped("complaint_id")
        for complaint in self:
            if complaint != complaint._origin:
                # Lines of a form that is not saved yet count as well.
                papers = complaint.document_ids.filtered(lambda p: p._counts_as_filed())
                held[complaint].update(papers.type_id._origin.ids)
            for case_sudo, papers_sudo in by_case_sudo.items():
                if case_sudo.id in (complaint._origin.id, complaint.split_from_id.id):
                    held[complaint].update(papers_sudo.type_id.ids)
                elif complaint._is_same_representation(case_sudo):
                    held[complaint].update(
                        papers_sudo.type_id.filtered("is_kept_for_partner").ids
                    )
        return held

    def _is_same_representation(self, other_sudo):
        """Return whether another complaint is of the same customer and representative.

        :param other_sudo: the complaint a paper is filed with
        :rtype: bool
        """
        self.ensure_one()
        if (
            not self.partner_id
            or other_sudo.partner_id.id != self.partner_id._origin.id
            or other_sudo.company_id.id != self.company_id._origin.id
        ):
            return False
        if not self.representative_ids:
            return other_sudo.representation == self.representation
        return set(self.representative_ids._origin.ids) <= set(
            other_sudo.representative_ids.ids
        )

    def _get_papers_due(self):
        """Return until when missing papers are to be brought.

        :return: the day being asked for, the day asked for, or the one to propose
        :rtype: datetime.date
        """
        self.ensure_one()
        company = self.company_id
        today = company._complaint_today()
        asked = fields.Date.to_date(self.env.context.get("complaint_papers_due"))
        if asked or (self.date_papers_due and self.date_papers_due >= today):
            return asked or self.date_papers_due
        return today + timedelta(days=company.complaint_papers_days)

    def _get_followed_fields(self, names):
        return super()._get_followed_fields(names) | (set(PERSON_FIELDS) & names)

    def _after_change(self, changes):
        """What was asked of, or waived for, another person is asked anew."""
        result = super()._after_change(changes)
        self._changed(changes, set(PERSON_FIELDS)).filtered(
            lambda c: c.papers_waived_by_id or c.date_papers_due
        )._write_unguarded(
            {
                "date_papers_due": False,
                "date_papers_reset": fields.Datetime.now(),
                "papers_waived_reason": False,
                "papers_waived_by_id": False,
                "date_papers_waived": False,
            }
        )
        return result

    def _get_cannot_move_reasons(self, target):
        """Refuse to go on while papers are missing, in a few queries.

        They are asked for before acceptance; who represents the customer may change
        until it is decided.
        """
        reasons = super()._get_cannot_move_reasons(target)
        if target not in PAPERS_STATES:
            return reasons
        asking = self.filtered(lambda complaint: complaint.state in ASKING_STATES)
        for complaint, types in asking._get_missing_paper_types().items():
            if complaint not in reasons and not complaint.papers_waived_by_id:
                reasons[complaint] = complaint._name_reason(
                    complaint._get_papers_missing_reason(types)
                )
        return reasons

    def _get_papers_missing_reason(self, types):
        """Return what to do about missing papers before the complaint goes on.

        :rtype: str
        """
        self.ensure_one()
        papers = format_list(self.env, types._get_wanted_names())
        if self._can_waive_papers():
            return self.env._(
                "papers are missing: %(papers)s. The time to bring them has passed: "
                "file what came, or press “Go On Without Papers” and say why.",
                papers=papers,
            )
        if self.date_papers_due:
            return self.env._(
                "papers are missing: %(papers)s. They were asked for until %(due)s; "
                "file them on the page “Papers” when they come.",
                papers=papers,
                due=self.company_id._complaint_format_day(self.date_papers_due),
            )
        return self.env._(
            "papers are missing: %(papers)s. File them on the page “Papers”, or press "
            "“Ask for Papers”.",
            papers=papers,
        )

    def _can_waive_papers(self):
        """Return whether the handler may decide to go on without the papers.

        They were asked for and the last day has passed, or nobody can be reached.

        :rtype: bool
        """
        self.ensure_one()
        due = self.date_papers_due
        return self.is_unreachable or bool(
            due and due < self.company_id._complaint_today()
        )

    @takes_reason
    def _waive_papers(self, reason):
        """Go on without the missing papers.

        :param str reason: why, as plain text
        :raise UserError: if nothing is missing, the time has not passed, or there is
            no reason
        :raise AccessError: if the user must not work on the complaint
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_change()
        self._check_not_complained_of()
        types = self._get_missing_paper_types().get(self)
        if not types or self.state not in ASKING_STATES:
            raise UserError(
                self._name_reason(self.env._("no papers are missing. Reload the page."))
            )
        if not self._can_waive_papers():
            raise UserError(self._name_reason(self._get_papers_missing_reason(types)))
        if not (reason or "").strip():
            raise UserError(
                self._name_reason(
                    self.env._("say why the complaint goes on without the papers.")
                )
            )
        self._message_log(
            body=self.env._(
                "Goes on without these papers: %(papers)s. Reason: %(reason)s",
                papers=format_list(self.env, types._get_wanted_names()),
                reason=reason,
            )
        )
        self._write_unguarded(
            {
                "papers_waived_reason": reason,
                "papers_waived_by_id": self.env.uid,
                "date_papers_waived": fields.Datetime.now(),
            }
        )

    def action_waive_papers(self):
        """Ask why the complaint goes on without the missing papers.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_work()
        return self._action_ask_reason(
            "_waive_papers",
            self.env._("Go On Without Papers"),
            self.env._(
                "The complainant was asked for these papers and they did not come in "
                "time. Your decision and its reason stay on record."
            )
            + f"\n{self.missing_papers_note or ''}",
            self.env._(
                "Why the complaint is handled although these papers did not come."
            ),
            self.env._("Go On Without Papers"),
        )

    def action_ask_for_papers(self):
        """Ask the complainant for the missing papers, by a dated notice.

        :rtype: dict
        """
        return self.with_context(default_kind="papers").action_tell()

    def _get_default_notice_kind(self):
        kind = super()._get_default_notice_kind()
        if self.state in ASKING_STATES and self._get_missing_paper_types():
            return "papers"
        return kind

    def _prepare_told_vals(self, notices):
        vals = super()._prepare_told_vals(notices)
        reset = self.date_papers_reset
        asked = notices.filtered(
            lambda notice: (
                notice.kind == "papers"
                and notice.state in ("pending", "succeeded")
                and not (reset and notice.date <= reset)
            )
        )
        if not self._has_ended() and "papers" in notices.mapped("kind"):
            vals["date_papers_due"] = max(
                filter(None, asked.mapped("date_due")), default=False
            )
        return vals

    def _remind_of_papers(self, due):
        """Give the handler a to-do for the day the papers are due.

        :param datetime.date due: the last day to bring them
        """
        self.ensure_one()
        user = self._get_first_to_act(
            self.user_id, self.received_by_id, self.team_id.leader_id
        )
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=due,
                summary=self.env._("Papers due: file them, or decide without them"),
                user_id=user.id,
            )
