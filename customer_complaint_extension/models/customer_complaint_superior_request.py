from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint.const import MANAGER, SUPERVISOR
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

REQUEST_STATES = [
    ("requested", "To Decide"),
    ("approved", "To Tell"),
    ("in_effect", "In Effect"),
    ("refused", "Refused"),
    ("dropped", "No Longer Needed"),
]
# Granted: it takes effect once the complainant was told.
GRANTED_REQUEST_STATES = ("approved", "in_effect")
# The notice that tells of what was granted.
TELLING_KIND = "extension"
# Who decides, by what the policy says.
ROLE_GROUPS = {"supervisor": SUPERVISOR, "manager": MANAGER}


class CustomerComplaintSuperiorRequest(models.AbstractModel):
    """What somebody asks for, a superior decides, and the complainant is told.

    More time, another complexity: it takes effect on the limits once all three are
    done. Four eyes: who asks does not decide, managers and administrators included.
    """

    _name = "customer.complaint.superior.request"
    _inherit = [
        "customer.complaint.four.eyes",
        "customer.complaint.belonging",
        "customer.complaint.part",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Request That a Superior Decides"
    _check_company_auto = True
    # External ids of the to-dos: to decide, and to tell.
    _decide_todo = ""
    _tell_todo = ""

    reason = fields.Text(required=True)
    state = fields.Selection(
        REQUEST_STATES,
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
        help="It takes effect once it is approved and the complainant was told.",
        system=True,
    )
    requested_by_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
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
    decision_note = fields.Text(
        string="Note on the Decision",
        readonly=True,
        copy=False,
        help="Why it was refused, or is no longer needed.",
        personal=True,
        system=True,
    )
    notice_id = fields.Many2one(
        "customer.complaint.notice",
        string="Told By Notice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The notice that told the complainant of the new date.",
        system=True,
    )
    decided_by_id = fields.Many2one(tracking=True)

    def _get_deciding_role(self):
        """Return who decides by the policy, one of ``EXTENDING_ROLES``.

        :rtype: str
        """
        raise NotImplementedError

    def _get_cannot_approve_reason(self):
        """Return why it cannot be approved as things stand, or False.

        :rtype: str or bool
        """
        return False

    def _prepare_approved_vals(self):
        """Return what is noted besides who approved it, and when."""
        return {}

    def _get_log_text(self):
        """Return the line of the chatter that says what became of the request.

        :rtype: str
        """
        raise NotImplementedError

    def _get_notice_line(self):
        """Return how the complainant is told of it.

        :rtype: str
        """
        raise NotImplementedError

    def _get_texts(self):
        """Return the words for this kind of request.

        :return: ``own``, ``manager``, ``supervisor``: why somebody must not decide;
            ``no_reason``, ``refuse``, ``refused``, ``nobody``, ``decide``, ``tell``
        :rtype: dict[str, str]
        """
        raise NotImplementedError

    def action_approve(self):
        """Approve these requests, all or none.

        :raise AccessError: if the user may not decide one of them
        :raise UserError: if one is not waiting for a decision
        """
        self._check_may_decide()
        self._raise_reasons(lambda request: request._get_cannot_approve_reason())
        for request in self:
            request._decide("approved", **request._prepare_approved_vals())
        self.complaint_id._sync_deadlines()
        return True

    def action_refuse(self):
        """Ask why these requests are refused.

        :rtype: dict
        :raise AccessError: if the user must not work on one of the complaints
        """
        self.complaint_id._check_may_work()
        return self._action_ask_reason(
            "_refuse",
            self._get_texts()["refuse"],
            self.env._("Whoever asked is told the reason. The old limit stays."),
            self.env._("Why not; told to whoever asked."),
            self.env._("Refuse"),
        )

    @takes_reason
    def _refuse(self, reason):
        """Refuse these requests, all or none.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user may not decide one of them
        :raise UserError: without a reason, or if one is not waiting for a decision
        """
        self._check_may_decide()
        if not (reason or "").strip():
            raise UserError(self._get_texts()["no_reason"])
        for request in self:
            request._decide("refused", decision_note=reason)
            request._tell_asker()

    def action_take_back(self):
        """Take back requests that nobody decided yet.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one was decided already
        """
        self.complaint_id.check_access("write")
        self.complaint_id._check_may_change()
        self._check_state("requested")
        for request in self:
            request._drop(self.env._("Taken back by %(user)s", user=self.env.user.name))
        return True

    def _drop(self, note):
        """Close a request that has become pointless.

        :param str note: why
        """
        self.ensure_one()
        self._set_state("dropped", decision_note=note)

    def _after_state(self, state):
        """Tell it in the chatter of the case, and see to the to-dos."""
        for request_sudo in self.sudo():  # as in _set_state
            request_sudo.complaint_id._message_log(body=request_sudo._get_log_text())
        self._sync_todos()
        return super()._after_state(state)

    def _check_may_decide(self):
        """Refuse as well who is recused, and what has ended.

        :raise AccessError: naming the complaints
        :raise UserError: if one is not waiting for a decision
        """
        self.complaint_id._check_may_work()
        result = super()._check_may_decide()
        self.complaint_id._check_not_closed()
        return result

    def _name_reason(self, reason):
        return self.complaint_id._name_reason(reason)

    def _get_cannot_decide_reason(self):
        """Return why the user must not decide this request, or False.

        The leaders of the superior teams may, besides whom the policy names.

        :rtype: str or bool
        """
        self.ensure_one()
        texts = self._get_texts()
        if self.requested_by_id == self.env.user:
            return texts["own"]
        if self.env.su:
            return False
        # Whose superior they are, and who is recused: asked for, not shown.
        complaint_sudo = self.complaint_id.sudo()
        if self.env.user not in complaint_sudo.team_id._get_superior_leaders():
            group = ROLE_GROUPS.get(self._get_deciding_role())
            if not group or not self.env.user.has_group(group):
                return texts["manager" if group == MANAGER else "supervisor"]
            if not self.complaint_id.has_access("write"):
                return self.env._("the complaint is not one of your team.")
        if complaint_sudo._is_recused_from(self.env.user.partner_id):
            return self.env._("you are recused from the complaint.")
        return False

    def _get_approvers(self):
        """Return who is asked: the superior, else whom the policy names.

        The superior is the leader of the team above, the nearest who may decide and is
        not absent. Without one it is the leader of the team, or the managers.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        complaint = self.complaint_id
        # Who they are is needed to reach them; nothing of them is shown.
        leader_sudo = complaint.sudo().team_id.leader_id
        managers_sudo = complaint.company_id._get_complaint_managers()
        choices = [*complaint._get_present_superiors(), managers_sudo]
        if self._get_deciding_role() == "supervisor":
            choices.insert(-1, leader_sudo)
        for people_sudo in choices:
            fit_sudo = people_sudo.filtered(self._can_be_decided_by)
            if fit_sudo:
                return fit_sudo
        return managers_sudo.browse()

    def _can_be_decided_by(self, user):
        """Return whether a user may decide this request.

        :rtype: bool
        """
        return user.active and not self.with_user(user)._get_cannot_decide_reason()

    def _sync_todos(self):
        """Make the to-dos say who has to do what next."""
        # The case calls for them, whoever's deed it is.
        for request_sudo in self.sudo():
            request_sudo.activity_unlink([self._decide_todo, self._tell_todo])
            if request_sudo.state == "requested":
                request_sudo._ask_approvers()
            elif request_sudo.state == "approved":
                request_sudo._ask_to_tell()

    def _ask_approvers(self):
        self.ensure_one()
        texts = self._get_texts()
        approvers = self._get_approvers()
        if not approvers:
            self.complaint_id._message_log(body=texts["nobody"])
        for user in approvers:
            self._add_todo(self._decide_todo, user, texts["decide"])

    def _ask_to_tell(self):
        self.ensure_one()
        user = self.complaint_id.user_id or self.requested_by_id
        self._add_todo(self._tell_todo, user, self._get_texts()["tell"])

    def _add_todo(self, todo_type, user, summary):
        self.activity_schedule(
            todo_type,
            date_deadline=self.company_id._complaint_today(),
            summary=summary,
            user_id=user.id,
        )

    def _tell_asker(self):
        """Let whoever asked know that it was refused."""
        self.ensure_one()
        # A superior only reads the cases of the teams below.
        complaint_sudo = self.complaint_id.sudo()
        complaint_sudo.message_notify(
            subject=self._get_texts()["refused"],
            body=self._get_log_text(),
            partner_ids=self.sudo().requested_by_id.partner_id.ids,  # their contact
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    def action_tell(self):
        """Open the dialog that tells the complainant.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.with_context(default_kind=TELLING_KIND).action_tell()

    def _is_told(self):
        """Return whether the complainant was told, or it was tried in vain.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.notice_id) and self.notice_id._counts_as_told()

    def _follow_telling(self):
        """Take effect once the complainant was told, and lose it when they were not."""
        self.ensure_one()
        if self.state not in GRANTED_REQUEST_STATES:
            return
        state = "in_effect" if self._is_told() else "approved"
        if state != self.state:
            self._set_state(state)

    def _get_step_names(self):
        return self.complaint_id.mapped("display_name")
