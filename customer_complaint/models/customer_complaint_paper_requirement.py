from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, ormcache

from .customer_complaint import REPRESENTATIONS

# Who acts for whom: when one of these changes, papers asked of others, or waived for
# them, count no more.
PERSON_FIELDS = frozenset({"partner_id", "representation", "representative_ids"})
# While papers are asked for, and the steps that wait for them.
ASKING_STATES = ("registered", "accepted", "investigating")
PAPERS_STATES = ("accepted", "investigating", "remediation")


class CustomerComplaintPaperRequirement(models.Model):
    """A paper that a kind of representation needs (CBIRC-2020 art. 12-14)."""

    _name = "customer.complaint.paper.requirement"
    _description = "Required Paper"
    _inherit = "customer.complaint.cached"
    _order = "representation, sequence, id"
    _rec_name = "type_id"

    representation = fields.Selection(REPRESENTATIONS, required=True, index=True)
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

    _paper_uniq = models.UniqueIndex(
        "(representation, type_id, COALESCE(company_id, 0))",
        "This paper is already required for this kind of representation.",
    )

    @api.model
    def _get_required_domain(self, company_id):
        """Return the domain of the papers that are needed for the acceptance.

        :rtype: odoo.fields.Domain
        """
        return Domain("company_id", "in", (False, company_id)) & Domain(
            "type_id.active", "=", True
        )

    @api.model
    @ormcache("company_id")
    def _get_required_type_ids(self, company_id):
        """Return the papers each kind of representation needs in a company.

        Configuration, so it is kept between requests: no query for most complaints.

        :param int company_id: id of the company
        :return: ids of document types by representation
        :rtype: dict[str, tuple[int]]
        """
        # Which papers are needed is no secret, whoever asks.
        requirements_sudo = self.sudo().search_fetch(
            self._get_required_domain(company_id), ["representation", "type_id"]
        )
        return {
            representation: tuple(requirements.type_id.ids)
            for representation, requirements in requirements_sudo.grouped(
                "representation"
            ).items()
        }


class CustomerComplaintArchiveDocumentType(models.Model):
    _inherit = "customer.complaint.archive.document.type"

    is_kept_for_partner = fields.Boolean(
        string="Holds for Later Complaints",
        help="A paper of this type that was filed with an earlier complaint of the "
        "same customer and representative is not asked for again.",
    )
    needs_original = fields.Boolean(
        string="Counts Only as an Original",
        help="A paper of this type counts as filed only where the original is filed, "
        "together with a file of it (e.g. an authorisation, CBIRC-2020 art. 13).",
    )

    def _get_wanted_names(self):
        """Return how the papers are asked for, each with what makes it count.

        :rtype: list[str]
        """
        return [
            self.env._("%(paper)s (the original, with a file)", paper=paper_type.name)
            if paper_type.needs_original
            else paper_type.name
            for paper_type in self
        ]


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    def _counts_as_filed(self):
        """Return whether the paper is what its type asks for.

        :rtype: bool
        """
        self.ensure_one()
        return not self.type_id.needs_original or bool(
            self.is_original and self.attachment_ids
        )


class CustomerComplaint(models.Model):
    """The papers of representation: checked, asked for, waived."""

    _inherit = "customer.complaint"

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

    # ------------------------------------------------------------------
    # COMPUTE
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
        for complaint in self:
            by_representation = Requirement._get_required_type_ids(
                complaint.company_id.id
            )
            type_ids = by_representation.get(complaint.representation)
            if type_ids:
                required[complaint] = set(type_ids)
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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        asked = self.browse()
        if PERSON_FIELDS & vals.keys():
            asked = self.filtered(lambda c: c.papers_waived_by_id or c.date_papers_due)
        before = {c: [c[name] for name in PERSON_FIELDS] for c in asked}
        result = super().write(vals)
        for complaint, values in before.items():
            if values != [complaint[name] for name in PERSON_FIELDS]:
                complaint._write_unguarded(
                    {
                        "date_papers_due": False,
                        "date_papers_reset": fields.Datetime.now(),
                        "papers_waived_reason": False,
                        "papers_waived_by_id": False,
                        "date_papers_waived": False,
                    }
                )
        return result

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

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
        return self._action_ask(
            "customer.complaint.waive.papers",
            self.env._("Go On Without Papers"),
            complaint_id=self.id,
        )

    def action_ask_for_papers(self):
        """Ask the complainant for the missing papers, by a dated notice.

        :rtype: dict
        """
        return self.with_context(default_kind="papers").action_tell()

    # ------------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------------

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


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    @api.model_create_multi
    def create(self, vals_list):
        """Papers are asked for until a day, of which the handler is reminded."""
        Complaint = self.env["customer.complaint"]
        for vals in vals_list:
            if vals.get("kind") == "papers" and not vals.get("date_due"):
                complaint = Complaint.browse(vals.get("complaint_id"))
                vals["date_due"] = complaint._get_papers_due()
        notices = super().create(vals_list)
        for notice in notices:
            if notice.kind == "papers" and notice.state != "failed":
                notice.complaint_id._remind_of_papers(notice.date_due)
        return notices

    @api.constrains("kind", "date", "date_due")
    def _check_date_due(self):
        for notice in self:
            if notice.kind != "papers":
                continue
            company = notice.company_id
            if not notice.date_due or notice.date_due < company._complaint_date(
                notice.date
            ):
                raise ValidationError(
                    notice.complaint_id._name_reason(
                        self.env._(
                            "papers are asked for until a day that has not passed when "
                            "they are asked for. Enter a later day."
                        )
                    )
                )


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_papers_days = fields.Integer(
        string="Days to Bring Papers",
        default=7,
        required=True,
        help="Days proposed when missing papers are asked for.",
    )

    @api.constrains("complaint_papers_days")
    def _check_complaint_papers_days(self):
        for company in self:
            if company.complaint_papers_days < 1:
                raise ValidationError(
                    self.env._("Give at least one day to bring missing papers.")
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_papers_days = fields.Integer(
        related="company_id.complaint_papers_days", readonly=False
    )
