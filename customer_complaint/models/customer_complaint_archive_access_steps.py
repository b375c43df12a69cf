from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

ARCHIVIST = "customer_complaint.group_complaint_archivist"
MANAGER = "customer_complaint.group_complaint_manager"
DECIDE_TODO = "customer_complaint.mail_act_access"
# Whether the request still waits, or opens something.
RUNNING_STATES = ("requested", "approved")


class CustomerComplaintArchiveAccess(models.Model):
    """How a request to consult papers is decided, and how it ends.

    Four eyes: who asks does not decide, managers and administrators included.
    """

    _inherit = "customer.complaint.archive.access"

    # ------------------------------------------------------------------
    # DECIDING
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
        self._set_state("approved", **self._prepare_decided_vals())
        return True

    def action_refuse(self):
        """Ask why these requests are refused.

        :rtype: dict
        """
        return self._action_ask_reason("refuse", self.env._("Refuse the Consultation"))

    def action_revoke(self):
        """Ask why these consultations end before their time.

        :rtype: dict
        """
        return self._action_ask_reason("revoke", self.env._("Revoke the Consultation"))

    def _action_ask_reason(self, deed, title):
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.end.access", title, access_ids=self.ids, deed=deed
        )

    def _refuse(self, reason):
        """Refuse these requests, all or none.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user may not decide one of them
        :raise UserError: without a reason, or if one is decided already
        """
        self._check_may_decide()
        self._check_reason(reason)
        self._set_state("refused", decision_note=reason, **self._prepare_decided_vals())

    def _revoke(self, reason):
        """End these consultations before their time.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user neither keeps the archive nor manages
        :raise UserError: without a reason, or if one does not run
        """
        self._check_role()
        self._check_reason(reason)
        self._check_states(("approved",))
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
        self._check_states(RUNNING_STATES)
        self._set_state("withdrawn", **self._prepare_ended_vals())
        return True

    def _prepare_decided_vals(self):
        return {"decided_by_id": self.env.uid, "date_decided": fields.Datetime.now()}

    def _prepare_ended_vals(self):
        return {"ended_by_id": self.env.uid, "date_ended": fields.Datetime.now()}

    def _set_state(self, state, **values):
        """Write a state, tell it in the chatter of the case, and see to the to-dos."""
        self._write_unguarded({**values, "state": state})
        self._log_states()
        self._sync_todos()
        if state in ("approved", "refused", "revoked"):
            self._tell_askers()

    # ------------------------------------------------------------------
    # WHO DECIDES
    # ------------------------------------------------------------------

    def _check_may_decide(self):
        """Refuse those who must not decide these requests, and decided ones.

        :raise AccessError: naming the complaints
        :raise UserError: if one is not waiting for a decision
        """
        reasons = [
            access.complaint_id._name_reason(reason)
            for access in self
            if (reason := access._get_cannot_decide_reason())
        ]
        if reasons:
            raise AccessError("\n".join(reasons))
        self._check_states(("requested",))

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

    def _check_states(self, states):
        """Refuse to go on with requests that are in another state.

        :raise UserError: naming them
        """
        others = self.filtered(lambda access: access.state not in states)
        if others:
            raise UserError(
                self.env._(
                    "These requests are decided or have ended already: %(names)s. "
                    "Reload the page.",
                    names=format_list(self.env, others.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # THE END
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

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


class CustomerComplaintRecusal(models.Model):
    _inherit = "customer.complaint.recusal"

    def _apply(self):
        result = super()._apply()
        # What was opened to them, whoever enters the recusal.
        accesses_sudo = (
            self.env["customer.complaint.archive.access"]
            .sudo()
            .search([("complaint_id", "=", self.complaint_id.id)])
        )
        accesses_sudo._drop_for(self.partner_id)
        return result


class CustomerComplaint(models.Model):
    """Asking to see the confidential papers of a case."""

    _inherit = "customer.complaint"

    hidden_paper_count = fields.Integer(
        string="Papers Not Shown",
        compute="_compute_hidden_paper_count",
        help="Confidential papers of the case that are not open to you.",
    )

    @api.depends("confidential_paper_count", "document_ids.confidentiality")
    @api.depends_context("uid")
    def _compute_hidden_paper_count(self):
        for complaint in self:
            if not complaint.confidential_paper_count:
                complaint.hidden_paper_count = 0
                continue
            seen = complaint.document_ids._filtered_access("read").filtered(
                lambda document: document._is_confidential()
            )
            complaint.hidden_paper_count = max(
                complaint.confidential_paper_count - len(seen), 0
            )

    def action_ask_access(self):
        """Ask for leave to consult the confidential papers.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.ask.access",
            self.env._("Consult Confidential Papers"),
            complaint_id=self.id,
        )


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    hidden_paper_count = fields.Integer(related="complaint_id.hidden_paper_count")

    def action_ask_access(self):
        """As on the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.action_ask_access()

    def action_open_accesses(self):
        """List who asked to consult the papers of the card.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id._action_list_parts("archive_access")

    def action_open_access_log(self):
        """List who saw confidential papers of the card.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id._action_list_parts("archive_access_log")
