from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.reason import takes_reason

from ..const import APPROVE_TODO, SUPERVISOR

HANDLE_TODO = "customer_complaint.mail_act_handle_remediation"


class CustomerComplaintRemediationApprover(models.AbstractModel):
    """Who approves a remediation: a supervisor of the case, who did not propose it.

    Four eyes and recusal hold for everybody. Who else has to approve, from which
    amount on, others say (:meth:`_start_turns`, :meth:`_pass_on`).
    """

    _name = "customer.complaint.remediation.approver"
    _inherit = "customer.complaint.kept"
    _description = "Approval of a Remediation"

    requested_by_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_requested = fields.Datetime(
        string="Asked For On", readonly=True, copy=False, system=True
    )
    date_approved = fields.Datetime(
        string="Approved On", readonly=True, copy=False, system=True
    )
    decision_note = fields.Text(
        string="Why Not Approved",
        readonly=True,
        copy=False,
        help="Why it was refused or sent back.",
        personal=True,
        system=True,
    )
    route_text = fields.Text(
        string="Needs the Approval Of",
        compute="_compute_route_text",
        help="Who approves it, one tier after the other.",
    )
    can_approve = fields.Boolean(
        compute="_compute_can_approve", help="Whether you may approve it now."
    )

    def action_ask(self):
        """Ask for approval of these remediations, all or none.

        :raise UserError: if one has no lines, or is no draft
        :raise AccessError: if the user must not work on one of the complaints
        """
        self._check_may_step()
        figures = self._read_figures(lock=True)
        self._raise_reasons(lambda rem: rem._get_cannot_ask_reason())
        for company, remediations in self.grouped("company_id").items():
            today = company._complaint_today()
            remediations.filtered(
                lambda rem, day=today: rem.date_rate != day
            )._write_unguarded({"date_rate": today})
        is_first = not any(rem.date_requested for rem in self)
        for remediation in self:
            remediation._write_unguarded(remediation._prepare_asked_terms())
        self._write_unguarded(self._prepare_asked_vals())
        turns = self._start_turns(figures)
        self._log(
            lambda rem: rem.env._(
                "approval asked for, %(amount)s", amount=rem._get_amount_text()
            )
        )
        self._sync_todos(turns, is_first)
        # What waits besides them counts more, whoever may see it.
        self.sudo()._update_others()
        return True

    def _prepare_asked_terms(self):
        """Return what is noted of each one when approval is asked for.

        :rtype: dict
        """
        self.ensure_one()
        return {"terms": self.sudo()._prepare_terms()}  # whoever may see them

    def _prepare_asked_vals(self):
        """Return what is written on all when approval is asked for.

        :rtype: dict
        """
        return {
            "state": "to_approve",
            "requested_by_id": self.env.uid,
            "date_requested": fields.Datetime.now(),
            "date_approved": False,
            "decision_note": False,
        }

    def _get_cannot_ask_reason(self):
        """Return why approval of this remediation cannot be asked for now.

        Hook for addons that want more of it before it is approved.

        :return: a sentence that ends the refusal, False when nothing is in the way
        :rtype: str | Literal[False]
        """
        self.ensure_one()
        if self.state != "draft":
            return self._get_cannot_move_reason("to_approve")
        if not self.line_ids:
            return self.env._("enter what the customer gets first.")
        if not (self.note or "").strip():
            return self.env._("say under “Reasons” why the customer should get it.")
        return False

    def action_approve(self):
        """Approve these remediations, all or none.

        The rights, and the total that counts, are those of this moment.

        :return: where to go next; False for staying
        :rtype: dict or bool
        :raise AccessError: if the user may not approve one of them
        :raise UserError: if one does not wait for approval
        """
        figures = self._start_deciding()
        self._raise_reasons(lambda rem: rem._get_changed_terms_reason())
        self._record("approved", figures)
        turns = self._pass_on(figures)
        # Who decides was checked; they need no right to change it.
        final = self.filtered(lambda rem: rem not in turns)
        final.sudo()._set_approved()
        self._log(lambda rem: rem._get_approved_text(rem in final))
        self._sync_todos(turns)
        final.sudo()._finish_when_done()
        return False

    def _get_approved_text(self, is_final):
        """Return what the chatter says of an approval.

        :param bool is_final: nobody else has to approve it
        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "approved by %(user)s, %(amount)s",
            user=self.env.user.name,
            amount=self._get_amount_text(),
        )

    def _set_approved(self):
        """Note that these remediations are approved by all who have to.

        Where no day was promised, it is the one of the settings.
        """
        if not self:
            return
        self._write_unguarded(
            {
                "state": "approved",
                "date_approved": fields.Datetime.now(),
                "date_declined": False,
                "decline_reason": False,
            }
        )
        undated = self.filtered(lambda rem: not rem.date_promised)
        for company, remediations in undated.grouped("company_id").items():
            days = timedelta(days=company.complaint_carry_out_days)
            remediations._write_unguarded(
                {"date_promised": company._complaint_today() + days}
            )

    def action_refuse(self):
        """Ask why these remediations are refused.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_refuse",
            self.env._("Do Not Approve Remediation"),
            self.env._("Whoever asked is told the reason."),
        )

    def action_send_back(self):
        """Ask what is to be changed before it can be approved.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_send_back",
            self.env._("Send Back"),
            self.env._("Whoever asked is told the reason."),
        )

    @takes_reason
    def _refuse(self, reason):
        """Refuse these remediations, all or none.

        :param str reason: why; told to whoever asked
        :raise AccessError: if the user may not decide on one of them
        :raise UserError: without a reason, or if one does not wait for approval
        """
        return self._decide_against(
            "refused",
            "refused",
            reason,
            lambda rem: rem.env._("not approved: %(reason)s", reason=reason),
        )

    @takes_reason
    def _send_back(self, reason):
        """Send these remediations back to whoever asked, to be changed.

        :param str reason: what is to be changed
        :raise AccessError: if the user may not decide on one of them
        :raise UserError: without a reason, or if one does not wait for approval
        """
        return self._decide_against(
            "sent_back",
            "draft",
            reason,
            lambda rem: rem.env._("sent back: %(reason)s", reason=reason),
        )

    def _decide_against(self, decision, state, reason, text):
        """Decide that these remediations do not pass as they are.

        :param str decision: ``refused`` or ``sent_back``
        :param str state: what they become
        :param str reason: why
        :param text: function of a remediation; what the chatter says
        :return: where to go on; False for staying
        :rtype: dict or bool
        """
        self._check_reason(reason)
        figures = self._start_deciding()
        self._record(decision, figures, reason)
        # As above.
        vals = {"decision_note": reason, **self._prepare_unapproved_vals()}
        self.sudo()._move(state, text, **vals)
        self._sync_todos({})
        self._ask_handlers(self.env._("Not approved: propose anew"), reason)
        return False

    def _start_deciding(self):
        """Check who decides, and keep others from deciding or changing meanwhile.

        The rows are written before any sum is read: whoever began before the other
        ended starts anew, and finds what the other decided.

        :return: of :meth:`_read_figures`
        :rtype: dict
        """
        self.check_access("read")
        complaints_sudo = self.complaint_id.sudo()  # how the cases stand
        complaints_sudo._check_not_recused(self.env.user.partner_id)
        complaints_sudo._check_not_closed()
        # Their own rows are written by the decision, and by every change of them.
        figures = self._read_figures(lock=True)
        self._raise_reasons(
            lambda rem: (
                rem.state != "to_approve"
                and rem.env._(
                    "it does not wait for approval: it is “%(state)s”. Somebody may "
                    "have decided already; reload the page.",
                    state=rem._get_state_label(),
                )
            )
        )
        self._raise_reasons(
            lambda rem: rem._get_cannot_approve_reason(figures[rem.id]), AccessError
        )
        return figures

    # ------------------------------------------------------------------
    # WHAT OTHERS ADD
    #
    # Hooks for those who have more than one approve, one after the other.
    # ------------------------------------------------------------------

    def _read_figures(self, lock=False):
        """Return what decides who approves. Hook.

        :param bool lock: keep others from deciding meanwhile
        :return: by id of the remediation
        :rtype: dict[int, dict]
        """
        if lock:
            self._lock_content()
        return {remediation_id: {} for remediation_id in self._origin.ids}

    def _start_turns(self, figures):
        """Return whose turn it is once approval is asked for. Hook.

        :param dict figures: of :meth:`_read_figures`
        :return: by remediation; here it is always that of a supervisor
        :rtype: dict
        """
        return dict.fromkeys(self)

    def _pass_on(self, figures):
        """Return whose turn it is after the user has approved. Hook.

        :param dict figures: of :meth:`_read_figures`
        :return: by remediation; those left out are approved
        :rtype: dict
        """
        return {}

    def _record(self, decision, figures, reason=False):
        """Keep what the user decided. Hook.

        :param str decision: ``approved``, ``refused`` or ``sent_back``
        :param dict figures: of :meth:`_read_figures`
        :param str reason: why
        """

    def _update_others(self):
        """Let follow what waits besides these, on their complaints. Hook."""

    def _follow_category(self, category, text, reason):
        """Let who approves follow another category of the complaint. Hook.

        :param customer.complaint.category category: the one before
        :param str text: what was changed
        :param str reason: what cannot be changed while money is under way
        """

    # ------------------------------------------------------------------
    # WHO APPROVES
    # ------------------------------------------------------------------

    @api.depends("state", "requested_by_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        waiting = self.filtered(lambda rem: rem.state == "to_approve")
        figures = waiting._read_figures()
        for remediation in self:
            remediation.can_approve = (
                remediation in waiting
                and not remediation._get_cannot_approve_reason(
                    figures.get(remediation._origin.id, {})
                )
            )

    def _get_cannot_approve_reason(self, figures):
        """Return why the user must not decide on it now, or False.

        Four eyes and recusal hold for managers and the administrator, too.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: str or bool
        """
        self.ensure_one()
        user = self.env.user
        if self._is_proposed_by(user):
            return self.env._("you proposed it yourself; somebody else approves it.")
        if self.complaint_id.sudo()._is_recused_from(user.partner_id):
            return self.env._("you are recused from the complaint.")
        return self._get_lacking_role_reason(figures)

    def _get_lacking_role_reason(self, figures):
        """Say who approves instead of the user; False where they may. Hook.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: str or bool
        """
        self.ensure_one()
        return not self._has_role(self.env.user, SUPERVISOR) and self.env._(
            "a supervisor of the case approves it."
        )

    def _is_proposed_by(self, user):
        """Return whether somebody asked for it, or had a part in what it says.

        :rtype: bool
        """
        self.ensure_one()
        # Who had a part in it counts, whoever may see those people.
        own_sudo = self.sudo()
        return user in (
            own_sudo.requested_by_id | own_sudo.create_uid | own_sudo.author_ids
        )

    def _is_recused(self, user):
        # Whom the case concerns is compared, not shown.
        return self.complaint_id.sudo()._is_recused_from(user.sudo().partner_id)

    def _has_role(self, user, group):
        """Return whether a user has a role, and the case is theirs.

        :param res.users user: who would approve
        :param str group: external id of the group that gives the role
        :rtype: bool
        """
        self.ensure_one()
        user_sudo = user.sudo()
        if not user_sudo.active:
            return False
        if self.company_id.id not in user_sudo._get_company_ids():
            return False
        if not user_sudo.has_group(group):
            return False
        if user == self.env.user and not self.env.su:
            return self.complaint_id.has_access("write")
        return self.complaint_id._is_seen_by(user)

    def _find_supervisors(self, managers=None):
        """Return who is asked, those who may decide only.

        :param dict managers: those of each company, as far as they were read
        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        managers = {} if managers is None else managers
        return self._get_first_fit(self._get_candidates(SUPERVISOR, managers))

    def _get_first_fit(self, groups):
        """Return of the first group of people those who may decide, if any may.

        :param Iterable[res.users] groups: the nearest first
        :rtype: res.users
        """
        fit = self.env["res.users"].sudo()
        for people_sudo in groups:
            fit = people_sudo.filtered(self._is_fit)
            if fit:
                break
        return fit

    def _is_fit(self, user):
        """Return whether neither recusal nor four eyes keep somebody from deciding.

        :rtype: bool
        """
        return not self._is_recused(user) and not self._is_proposed_by(user)

    def _get_candidates(self, group, managers):
        """Yield groups of people to ask: leader and members of the team, managers.

        :param str group: external id of the group that gives the role
        :param dict managers: those of each company, as far as they were read
        :rtype: Iterator[res.users]
        """
        self.ensure_one()
        # Who leads and works in the team, to ask them; nothing else is read.
        team_sudo = self.complaint_id.sudo().team_id
        for people_sudo in (team_sudo.leader_id, team_sudo.member_ids):
            yield people_sudo.filtered(
                lambda user: user.active and user.has_group(group)
            )
        yield self._get_managers(managers)

    def _get_managers(self, managers):
        """Return the managers of complaints of the company, read once.

        :param dict managers: those of each company, as far as they were read
        :rtype: res.users
        """
        company = self.company_id
        if company not in managers:
            managers[company] = company._get_complaint_managers()
        return managers[company]

    @api.depends("state", "line_ids")
    @api.depends_context("lang")
    def _compute_route_text(self):
        figures = self._read_figures()
        for remediation in self:
            remediation.route_text = (
                remediation._get_route_text(figures.get(remediation._origin.id, {}))
                if remediation.state in ("draft", "to_approve") and remediation.line_ids
                else False
            )

    def _get_route_text(self, figures):
        """Return who approves it. Hook.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: str
        """
        self.ensure_one()
        return self._get_asked_text(
            self.env._("Supervisor of the case"), self._find_supervisors()
        )

    def _get_asked_text(self, name, people):
        """Return who is asked to approve.

        :param str name: what the step is called
        :param res.users people: who is asked
        :rtype: str
        """
        if not people:
            return self._get_nobody_text(name)
        return self.env._(
            "%(tier)s: %(people)s",
            tier=name,
            people=self._get_names(people),
        )

    def _get_nobody_text(self, name):
        """Say that nobody can approve a step, and who can change that.

        :param str name: what the step is called
        :rtype: str
        """
        self.ensure_one()
        if managers := self.company_id._get_complaint_managers():
            return self.env._(
                "%(tier)s: nobody can approve this, as whoever could proposed it, is "
                "recused or has left. %(people)s can give the case to another team.",
                tier=name,
                people=self._get_names(managers),
            )
        return self.env._(
            "%(tier)s: nobody can approve this, and there is no manager of complaints. "
            "%(people)s can make somebody one.",
            tier=name,
            people=self._get_names(
                self.company_id._get_complaint_users("base.group_erp_manager").sudo()
            ),
        )

    @api.model
    def _get_names(self, users):
        """Return users as texts name them.

        :rtype: str
        """
        return format_list(self.env, users.mapped("name"), "or")

    # ------------------------------------------------------------------
    # WHO IS ASKED
    #
    # The to-dos of those who approve remediations.
    # ------------------------------------------------------------------

    def _sync_todos(self, turns, is_first=False):
        """Make the to-dos say who has to approve now.

        :param dict turns: whose turn it is, by remediation that waits
        :param bool is_first: nobody was asked before, so there are no to-dos yet
        """
        if not is_first:
            # The case calls for them, whoever's deed it is.
            given_sudo = self.sudo().activity_search(
                [APPROVE_TODO], only_automated=False
            )
            given_sudo.write({"active": False})
        managers = {}
        wanted = {rem: rem._find_supervisors(managers) for rem in turns}
        nobody = self.filtered(lambda rem: rem in wanted and not wanted[rem])
        if nobody:
            nobody._log(lambda rem: rem._get_route_text({}))
        missing = {
            (rem.id, user.id) for rem, people in wanted.items() for user in people
        }
        self._create_todos(self._prepare_todos(missing))

    @api.model
    def _get_todos(self):
        """Return the model of to-dos, as those who approve are given them.

        :rtype: mail.activity
        """
        # The case calls for them, whoever's deed it is; what they say is ours. Those
        # concerned find them in their list, with no mail and without following it.
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True, complaint_no_followers=True)
        )

    def _create_todos(self, vals_list):
        """Give to-dos, unless their type was deleted.

        :param list[dict] vals_list: of :meth:`_prepare_todos`
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            APPROVE_TODO, raise_if_not_found=False
        )
        if not type_id or not vals_list:
            return
        model_id = self.env["ir.model"]._get_id(self._name)
        self._get_todos().create(
            [
                {
                    **vals,
                    "activity_type_id": type_id,
                    "res_model_id": model_id,
                    "res_model": self._name,
                }
                for vals in vals_list
            ]
        )

    def _prepare_todos(self, missing):
        """Return the values of the to-dos of some people.

        :param set missing: ids of remediations and users
        :rtype: list[dict]
        """
        by_id = {remediation.id: remediation for remediation in self}
        return [
            {
                "res_id": res_id,
                "res_name": by_id[res_id].name,
                "user_id": user_id,
                "automated": True,
                "date_deadline": by_id[res_id]._get_todo_day(),
                "summary": by_id[res_id]._get_todo_text(),
            }
            for res_id, user_id in sorted(missing)
        ]

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Leave approvers alone: a to-do is enough, they need not follow the talk."""
        if self.env.context.get("complaint_no_followers"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _get_todo_day(self):
        """Return until when the step should be approved.

        :rtype: datetime.date
        """
        self.ensure_one()
        company = self.company_id
        return company._complaint_today()

    def _get_todo_text(self):
        self.ensure_one()
        return self.env._(
            "Approve %(amount)s for %(number)s",
            amount=self._get_amount_text(),
            number=self.name,
        )

    def _ask_handlers(self, summary, reason):
        """Give a to-do to whoever proposed, or handles the case by now.

        :param str summary: what is to be done
        :param str reason: why
        """
        for remediation in self:
            complaint = remediation.complaint_id
            # The case calls for it, whoever decided.
            remediation_sudo = remediation.sudo()
            user = complaint.sudo()._get_first_to_act(
                complaint.sudo().user_id, remediation_sudo.requested_by_id
            )
            if user:
                remediation_sudo.activity_schedule(
                    HANDLE_TODO,
                    date_deadline=complaint.company_id._complaint_today(),
                    summary=summary,
                    note=reason,
                    user_id=user.id,
                )
