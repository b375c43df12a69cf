from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import clean_context, format_list

ACCESS_STATES = [
    ("requested", "To Decide"),
    ("approved", "Approved"),
    ("expired", "Period Over"),
    ("refused", "Not Approved"),
    ("withdrawn", "Withdrawn"),
    ("revoked", "Revoked"),
]
# What whoever asks says; the rest follows or is set by the steps.
REQUEST_FIELDS = frozenset(
    {"complaint_id", "purpose", "date_from", "date_to", "document_ids"}
)
# Set by asking, deciding and ending only.
SYSTEM_FIELDS = frozenset(
    {
        "company_id",
        "user_id",
        "date_requested",
        "date_start",
        "date_end",
        "papers_text",
        "state",
        "decided_by_id",
        "date_decided",
        "ended_by_id",
        "date_ended",
        "decision_note",
    }
)


class CustomerComplaintArchiveAccess(models.Model):
    """Leave to consult confidential papers (查阅登记, CUSTOMER-FILES).

    Whoever neither handles the case nor keeps the archive asks, with a purpose and a
    period, for papers of a case they see. Another person, archivist or manager,
    approves; then exactly these papers open until the period ends. That is looked at
    at each sight, whether the scheduled action ran or not. Papers are read, never lent
    out: there is no lending.
    """

    _name = "customer.complaint.archive.access"
    _inherit = ["customer.complaint.part", "mail.thread", "mail.activity.mixin"]
    _description = "Consultation of Confidential Papers"
    _order = "date_requested desc, id desc"
    _rec_name = "complaint_id"
    _check_company_auto = True
    # Papers are consulted above all when the case is over; that is no part of it.
    _outlives_complaint = True
    _is_in_seal = False
    _excludes_sealing = False

    card_id = fields.Many2one(related="complaint_id.archive_card_id")
    user_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date_requested = fields.Datetime(
        string="Asked For On",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    purpose = fields.Text(
        required=True, help="What the papers are needed for.", personal=True
    )
    date_from = fields.Date(
        string="From",
        required=True,
        copy=False,
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
        help="First day on which the papers are open.",
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        copy=False,
        help="Last day on which the papers are open, to its end.",
    )
    date_start = fields.Datetime(
        string="Opens On", compute="_compute_moments", store=True, precompute=True
    )
    date_end = fields.Datetime(
        string="Ends On",
        compute="_compute_moments",
        store=True,
        precompute=True,
        index=True,
        help="Nothing opens after this moment, in the company's time zone.",
    )
    document_ids = fields.Many2many(
        "customer.complaint.archive.document",
        "customer_complaint_archive_access_document_rel",
        "access_id",
        "document_id",
        string="Papers",
        copy=False,
        help="The confidential papers that are consulted. Listed are those you may "
        "see now.",
    )
    papers_text = fields.Text(
        string="Which Papers",
        readonly=True,
        copy=False,
        help="Types of the papers asked for and when they were filed.",
    )
    state = fields.Selection(
        ACCESS_STATES,
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_decided = fields.Datetime(string="Decided On", readonly=True, copy=False)
    ended_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who ended it before its time.",
    )
    date_ended = fields.Datetime(string="Ended Early On", readonly=True, copy=False)
    decision_note = fields.Text(
        string="Reason of the Decision",
        readonly=True,
        copy=False,
        help="Why it was refused or revoked.",
        personal=True,
    )
    can_decide = fields.Boolean(
        compute="_compute_can_decide", help="Whether you may approve or refuse it."
    )
    is_open = fields.Boolean(
        string="Open Now",
        compute="_compute_is_open",
        help="Approved, and its period runs.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("complaint_id")
    def _compute_date_from(self):
        self._propose_today("date_from")

    @api.depends("date_from", "date_to")
    def _compute_moments(self):
        """A later change of the company's time zone does not move what was approved."""
        for access in self:
            company = access.complaint_id.company_id or self.env.company
            access.date_start = company._complaint_day_start(access.date_from)
            access.date_end = company._complaint_day_end(access.date_to)

    @api.depends("state", "user_id", "complaint_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for access in self:
            access.can_decide = (
                access.state == "requested" and not access._get_cannot_decide_reason()
            )

    @api.depends("state", "date_start", "date_end")
    def _compute_is_open(self):
        now = fields.Datetime.now()
        for access in self:
            access.is_open = (
                access.state == "approved"
                and access.date_start <= now <= access.date_end
            )

    @api.depends("complaint_id", "user_id")
    def _compute_display_name(self):
        for access in self:
            # Names of who asked; all who read the request see them.
            access.display_name = self.env._(
                "%(complaint)s: %(user)s",
                complaint=access.complaint_id.name,
                user=access.user_id.sudo().name,
            )

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("purpose", "date_from", "date_to")
    def _check_request(self):
        for access in self:
            reason = access._get_wrong_period_reason()
            if not (access.purpose or "").strip():
                reason = self.env._("say what the papers are needed for.")
            if reason:
                raise ValidationError(access.complaint_id._name_reason(reason))

    def _get_wrong_papers_reason(self):
        """Return why these papers are not asked for, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        documents_sudo = self.sudo().document_ids  # they need not be seen by the asker
        if not documents_sudo:
            return self.env._("choose the papers to be consulted.")
        if any(
            document_sudo.complaint_id != self.complaint_id
            or not document_sudo._is_confidential()
            for document_sudo in documents_sudo
        ):
            return self.env._(
                "only its own confidential papers are asked for. Other papers open "
                "without asking."
            )
        return False

    def _get_wrong_period_reason(self):
        """Return what is wrong with the period asked for, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.date_to < self.date_from:
            return self.env._("the period ends before it starts. Correct the days.")
        days = (self.date_to - self.date_from).days + 1
        longest = self.company_id.complaint_access_max_days
        if days > longest:
            return self.env._(
                "papers are consulted for at most %(max)s days at a time; %(days)s are "
                "asked for. Choose an earlier last day, and ask again if need be.",
                max=longest,
                days=days,
            )
        return False

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_reserved_fields(self):
        return SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Ask to consult papers, in the name of the user.

        :raise AccessError: if the user does not see one of the cases, or is recused
        :raise UserError: if they see the papers anyway
        :raise ValidationError: if the period or the papers are wrong
        """
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        wanted = [self._get_wanted_ids(vals) for vals in vals_list]
        accesses = super().create(
            self._prepare_new_vals_list(
                vals_list, left_out=SYSTEM_FIELDS | {"document_ids"}
            )
        )
        for access, document_ids in zip(accesses, wanted, strict=True):
            # Whoever asks does not see them yet; what they may be is checked next.
            access.sudo()._write_unguarded(
                {"document_ids": [Command.set(document_ids)]}
            )
            reason = access._get_wrong_papers_reason()
            if reason:
                raise ValidationError(access.complaint_id._name_reason(reason))
            access._check_is_needed()
            access._write_unguarded({"papers_text": access._get_papers_text()})
        accesses._log_states()
        accesses._sync_todos()
        return accesses

    @api.model
    def _get_wanted_ids(self, vals):
        """Return the ids of the papers that a new request names.

        :param dict vals: as given to ``create``
        :rtype: list[int]
        """
        ids = set()
        for command in vals.get("document_ids") or []:
            if isinstance(command, int):
                ids.add(command)
            elif command[0] == Command.SET:
                ids.update(command[2])
            elif command[0] == Command.LINK:
                ids.add(command[1])
        # There may be none of them any more.
        return self.env["customer.complaint.archive.document"].browse(ids).exists().ids

    @api.model
    def _check_may_add(self, complaints):
        # Whoever sees the case may ask, auditors included.
        complaints.check_access("read")
        complaints._check_may_work()

    def write(self, vals):
        """Refuse what was asked for to change; following the record is no change.

        :raise UserError: naming the fields, and the way out
        """
        forbidden = (REQUEST_FIELDS | SYSTEM_FIELDS) & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "A request to consult papers stays as it was made: %(fields)s. "
                    "Withdraw it and ask anew, or have it decided.",
                    fields=self._list_labels(forbidden),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A request to consult papers is never deleted: what was asked for and "
                "decided stays on record. Withdraw it instead."
            )
        )

    def _check_is_needed(self):
        """Refuse to ask for what the user sees anyway, or for days gone by.

        :raise UserError: with the way to the papers
        """
        self.ensure_one()
        complaint = self.complaint_id
        # Which of them the user may read is what is being looked at.
        documents = self.sudo().document_ids.sudo(False)
        if documents._filtered_access("read") == documents:
            raise UserError(
                complaint._name_reason(
                    self.env._(
                        "these papers are open to you. Open them on the page “Papers”."
                    )
                )
            )
        if self.date_to < self.company_id._complaint_today():
            raise UserError(
                complaint._name_reason(
                    self.env._("the period is over already. Choose a later last day.")
                )
            )

    def _get_papers_text(self):
        """Return which papers are asked for, without what stands in them.

        :rtype: str
        """
        self.ensure_one()
        # Types and days only: whoever decides need not see the papers.
        return format_list(
            self.env,
            [
                self.env._(
                    "%(type)s (filed on %(date)s)",
                    type=document_sudo.type_id.name,
                    date=self.company_id._complaint_format_day(
                        document_sudo.date_filed
                    ),
                )
                for document_sudo in self.sudo().document_ids
            ],
        )


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    consultation_ids = fields.Many2many(
        "customer.complaint.archive.access",
        "customer_complaint_archive_access_document_rel",
        "document_id",
        "access_id",
        string="Consultations",
        copy=False,
        groups="customer_complaint.group_complaint_archivist",
        sealed=False,
    )

    @api.depends("name", "type_id", "confidentiality")
    def _compute_display_name(self):
        """Name confidential papers by type: who points to them may not see them."""
        for document in self:
            document.display_name = document._get_shown_names()[0]

    @api.model
    def _get_granted_domain(self, operation):
        granted = super()._get_granted_domain(operation)
        if operation != "read":
            return granted
        # Asked for and approved: exactly these papers, until the period ends.
        consulted = Domain("user_id", "=", self.env.uid)
        consulted &= Domain("state", "=", "approved")
        consulted &= Domain("date_start", "<=", "now") & Domain("date_end", ">=", "now")
        # Which papers they are: consultations are the archivist's to read.
        papers = Domain("consultation_ids", "any", consulted)
        return granted | Domain("id", "in", self.sudo()._search(papers))

    @api.model
    def _get_reserved_fields(self):
        return super()._get_reserved_fields() | {"consultation_ids"}

    def write(self, vals):
        """Note in the chatter when papers become less, or more, confidential."""
        if "consultation_ids" in vals:
            vals = {name: vals[name] for name in vals if name != "consultation_ids"}
        if vals.keys().isdisjoint({"confidentiality", "type_id"}):
            return super().write(vals)
        before = {document: document.confidentiality for document in self}
        result = super().write(vals)
        labels = dict(self._fields["confidentiality"]._description_selection(self.env))
        for document, confidentiality in before.items():
            if confidentiality == document.confidentiality:
                continue
            document.complaint_id._message_log(
                body=self.env._(
                    "Paper “%(paper)s”: %(before)s, now %(after)s",
                    paper=document.type_id.name,
                    before=labels[confidentiality],
                    after=labels[document.confidentiality],
                )
            )
            if document._is_confidential():
                document.attachment_ids._close_other_ways()
        return result

    def _is_confidential(self):
        """Return whether the paper opens only to those who handle it.

        :rtype: bool
        """
        self.ensure_one()
        return self.confidentiality == "confidential"

    def _get_confidential_label(self):
        """Return how the log of sights names the paper.

        :rtype: str
        """
        self.ensure_one()
        return self.type_id.name

    def _get_access_of(self, user):
        """Return the consultation by which a user sees the paper now.

        :param res.users user: who looks
        :rtype: customer.complaint.archive.access
        """
        self.ensure_one()
        return self.consultation_ids.filtered(
            lambda access: access.user_id == user and access.is_open
        )[:1]


class CustomerComplaintEvidence(models.Model):
    _inherit = "customer.complaint.evidence"

    def _is_confidential(self):
        """As for papers."""
        self.ensure_one()
        return self.is_confidential

    def _get_confidential_label(self):
        """As for papers: the kind, not the name."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_access_of(self, user):
        """Evidence is not consulted; papers are."""
        return self.env["customer.complaint.archive.access"]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("is_confidential"):
            self.attachment_ids._close_other_ways()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_access_max_days = fields.Integer(
        string="Longest Consultation",
        default=30,
        required=True,
        help="Days for which confidential papers are open at most after one request.",
    )

    @api.constrains("complaint_access_max_days")
    def _check_complaint_access_max_days(self):
        for company in self:
            if company.complaint_access_max_days < 1:
                raise ValidationError(
                    self.env._("Let papers be consulted for at least one day.")
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_access_max_days = fields.Integer(
        related="company_id.complaint_access_max_days", readonly=False
    )
