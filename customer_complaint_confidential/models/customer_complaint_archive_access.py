from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import clean_context, format_list

from odoo.addons.customer_complaint.const import ARCHIVIST, MANAGER
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

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
DECIDE_TODO = "customer_complaint_confidential.mail_act_access"
# Whether the request still waits, or opens something.
RUNNING_STATES = ("requested", "approved")


class CustomerComplaintArchiveAccess(models.Model):
    """Leave to consult confidential papers (查阅登记, CUSTOMER-FILES).

    Whoever neither handles the case nor keeps the archive asks, with a purpose and a
    period, for papers of a case they see. Another person, archivist or manager,
    approves; then exactly these papers open until the period ends. That is looked at
    at each sight, whether the scheduled action ran or not. Papers are read, never lent
    out: there is no lending.
    """

    _name = "customer.complaint.archive.access"
    _inherit = [
        "customer.complaint.four.eyes",
        "customer.complaint.part",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Consultation of Confidential Papers"
    _asked_fields = REQUEST_FIELDS
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
        system=True,
    )
    date_requested = fields.Datetime(
        string="Asked For On",
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        system=True,
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
        string="Opens On",
        compute="_compute_moments",
        store=True,
        precompute=True,
        system=True,
    )
    date_end = fields.Datetime(
        string="Ends On",
        compute="_compute_moments",
        store=True,
        precompute=True,
        index=True,
        help="Nothing opens after this moment, in the company's time zone.",
        system=True,
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
        system=True,
    )
    state = fields.Selection(
        ACCESS_STATES,
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    ended_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who ended it before its time.",
        system=True,
    )
    date_ended = fields.Datetime(
        string="Ended Early On", readonly=True, copy=False, system=True
    )
    decision_note = fields.Text(
        string="Reason of the Decision",
        readonly=True,
        copy=False,
        help="Why it was refused or revoked.",
        personal=True,
        system=True,
    )
    is_open = fields.Boolean(
        string="Open Now",
        compute="_compute_is_open",
        help="Approved, and its period runs.",
    )
    decided_by_id = fields.Many2one(tracking=True)

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
                vals_list, left_out=self._get_marked_fields("system") | {"document_ids"}
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

    # ------------------------------------------------------------------
    # STEPS
    #
    # How a request to consult papers is decided, and how it ends.
    #
    # Four eyes: who asks does not decide, managers and administrators included.
    # ------------------------------------------------------------------

    def action_approve(self):
        """Approve these requests, all or none.

        :raise AccessError: if the user may not decide one of them
        :raise UserError: if one is decided already, or its period is over
        """
        self._check_may_decide()
        for access in self:
            if access.date_end < fields.Datetime.now():
                raise UserError(
                    access.complaint_id._name_reason(
                        self.env._(
                            "the period asked for is over. Refuse the request; it can "
                            "be made anew."
                        )
                    )
                )
            reason = access._get_wrong_papers_reason()
            if reason:
                raise UserError(access.complaint_id._name_reason(reason))
        self._decide("approved")
        return True

    def action_refuse(self):
        """Ask why these requests are refused.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_refuse",
            self.env._("Refuse the Consultation"),
            self.env._("Whoever asked is told the reason."),
        )

    def action_revoke(self):
        """Ask why these consultations end before their time.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_revoke",
            self.env._("Revoke the Consultation"),
            self.env._("Whoever asked is told the reason."),
        )

    @takes_reason
    def _refuse(self, reason):
        """Refuse these requests, all or none.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user may not decide one of them
        :raise UserError: without a reason, or if one is decided already
        """
        self._check_may_decide()
        self._check_reason(reason)
        self._decide("refused", decision_note=reason)

    @takes_reason
    def _revoke(self, reason):
        """End these consultations before their time.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user neither keeps the archive nor manages
        :raise UserError: without a reason, or if one does not run
        """
        self._check_role()
        self._check_reason(reason)
        self._check_state("approved")
        self._set_state("revoked", decision_note=reason, **self._prepare_ended_vals())

    def action_withdraw(self):
        """Take back one's own requests, or give back what is no longer needed.

        :raise AccessError: if somebody else asked
        :raise UserError: if one has ended already
        """
        foreign = self.filtered(lambda access: access.user_id != self.env.user)
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "Whoever asked withdraws a request. Refuse or revoke it instead: "
                    "%(names)s.",
                    names=format_list(self.env, foreign.mapped("display_name")),
                )
            )
        self._check_state(*RUNNING_STATES)
        self._set_state("withdrawn", **self._prepare_ended_vals())
        return True

    def _prepare_ended_vals(self):
        return {"ended_by_id": self.env.uid, "date_ended": fields.Datetime.now()}

    def _after_state(self, state):
        """Tell it in the chatter of the case, and see to the to-dos."""
        self._log_states()
        self._sync_todos()
        if state in ("approved", "refused", "revoked"):
            self._tell_askers()
        return super()._after_state(state)

    def _get_cannot_decide_reason(self):
        """Return why the user must not decide this request, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.user_id == self.env.user:
            return self.env._(
                "you asked to see the papers yourself; somebody else decides it."
            )
        if self.env.su:
            return False
        if not self._has_role():
            return self.env._("the archivist or a manager decides who sees papers.")
        complaint = self.complaint_id
        if not complaint.has_access("read"):
            return self.env._("the complaint is not one of your company.")
        if complaint._is_recused_from(self.env.user.partner_id):
            return self.env._("you are recused from the complaint.")
        if complaint._is_recused_from(self.sudo().user_id.partner_id):  # their contact
            return self.env._("whoever asked is recused from the complaint.")
        return False

    def _has_role(self):
        user = self.env.user
        return user.has_group(ARCHIVIST) or user.has_group(MANAGER)

    def _check_role(self):
        """:raise AccessError: if the user neither keeps the archive nor manages"""
        self.check_access("read")
        if not self.env.su and not self._has_role():
            raise AccessError(
                self.env._("The archivist or a manager ends a consultation early.")
            )
        self.complaint_id._check_may_work()

    @api.model
    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: whoever asked is told the reason."))

    @api.model
    def _cron_expire(self):
        """Say of consultations that their period is over; nothing depends on it."""
        todo = self.search(
            [
                ("state", "in", RUNNING_STATES),
                ("date_end", "<", fields.Datetime.now()),
            ],
            order="date_end, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for access in todo:
            access = access.browse(access.id).try_lock_for_update(
                allow_referencing=True
            )
            if access and access.state in RUNNING_STATES:
                access._set_state("expired")
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _drop_for(self, person):
        """End what a person asked for on these cases, as they were recused.

        :param res.partner person: the contact of a user
        """
        running = self.filtered(
            lambda access: (
                access.state in RUNNING_STATES and access.user_id.partner_id == person
            )
        )
        for access in running:
            note = self.env._("Recused from the complaint")
            state = "refused" if access.state == "requested" else "revoked"
            access._set_state(state, decision_note=note, **access._prepare_ended_vals())

    def _log_states(self):
        """Note in the chatter of the case who asked, and what became of it."""
        # Auditors ask as well, who write nothing else on a case.
        for access_sudo in self.sudo():
            access_sudo.complaint_id._message_log(body=access_sudo._get_log_text())

    def _get_log_text(self):
        """Return the line of the chatter that says what became of the request.

        :rtype: str
        """
        self.ensure_one()
        values = {
            "user": self.user_id.name,
            "papers": self.papers_text,
            "until": self.company_id._complaint_format_day(self.date_to),
            "reason": self.decision_note or "",
            "purpose": self.purpose,
        }
        texts = {
            "requested": self.env._(
                "%(user)s asks to consult until %(until)s: %(papers)s. Purpose: "
                "%(purpose)s",
                **values,
            ),
            "approved": self.env._(
                "%(user)s may consult until %(until)s: %(papers)s", **values
            ),
            "expired": self.env._(
                "Consultation of %(user)s is over: %(papers)s", **values
            ),
            "refused": self.env._(
                "Consultation refused to %(user)s: %(papers)s. %(reason)s", **values
            ),
            "withdrawn": self.env._(
                "%(user)s withdraws the consultation: %(papers)s", **values
            ),
            "revoked": self.env._(
                "Consultation of %(user)s revoked: %(papers)s. %(reason)s", **values
            ),
        }
        return texts[self.state]

    def _tell_askers(self):
        """Let whoever asked know what was decided."""
        for access in self:
            access_sudo = access.sudo()  # the contact of who asked
            access.complaint_id.message_notify(
                subject=self.env._(
                    "Consultation of papers: %(complaint)s",
                    complaint=access.complaint_id.name,
                ),
                body=access_sudo._get_log_text(),
                partner_ids=access_sudo.user_id.partner_id.ids,
                email_layout_xmlid="mail.mail_notification_layout",
                force_send=False,
            )

    def _sync_todos(self):
        """Make the to-dos say who has to decide."""
        # The request calls for them, whoever made it.
        for access_sudo in self.sudo():
            if access_sudo.state != "requested":
                access_sudo.activity_unlink([DECIDE_TODO])
                continue
            for user in access_sudo._get_approvers():
                access_sudo.activity_schedule(
                    DECIDE_TODO,
                    date_deadline=access_sudo.company_id._complaint_today(),
                    summary=self.env._("Decide on the consultation of papers"),
                    user_id=user.id,
                )

    def _get_approvers(self):
        """Return who is asked to decide: the archivists, else the managers.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        for group in (ARCHIVIST, MANAGER):
            users_sudo = self.company_id._get_complaint_users(group).sudo()
            fit_sudo = users_sudo.filtered(
                lambda user: (
                    user.active and not self.with_user(user)._get_cannot_decide_reason()
                )
            )
            if fit_sudo:
                return fit_sudo
        self.complaint_id._message_log(
            body=self.env._(
                "Nobody can decide on this consultation: there is neither an archivist "
                "nor a manager but who asked. Ask an administrator to name one."
            )
        )
        return self.env["res.users"]

    def _name_reason(self, reason):
        return self.complaint_id._name_reason(reason)
