from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .customer_complaint_life import SUPERVISOR
from .customer_complaint_severity import MANAGER

DECIDE_TODO = "customer_complaint.mail_act_extension"
TELL_TODO = "customer_complaint.mail_act_tell_extension"
# Who approves, by what the milestone says.
ROLE_GROUPS = {"supervisor": SUPERVISOR, "manager": MANAGER}


class CustomerComplaintExtension(models.Model):
    """How a request for more time is decided. Four eyes: who asks does not decide."""

    _inherit = "customer.complaint.extension"

    # ------------------------------------------------------------------
    # DECIDING
    # ------------------------------------------------------------------

    def action_approve(self):
        """Approve these requests, all or none.

        :raise AccessError: if the user may not decide one of them
        :raise UserError: if one is not waiting for a decision
        """
        self._check_may_decide()
        reasons = [
            extension.complaint_id._name_reason(reason)
            for extension in self
            if (
                reason := extension.deadline_id._get_wrong_extension_reason(
                    extension.length, extension
                )
            )
        ]
        if reasons:
            raise UserError("\n".join(reasons))
        for extension in self:
            # The dates that are approved are those the complainant is told.
            extension._decide("approved", **extension._prepare_dates_vals())
        self.complaint_id._sync_deadlines()

    def action_refuse(self):
        """Ask why these requests are refused.

        :rtype: dict
        :raise AccessError: if the user must not work on one of the complaints
        """
        self.complaint_id._check_may_work()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse More Time"),
            "res_model": "customer.complaint.refuse.extension",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_extension_ids": self.ids},
        }

    def _refuse(self, reason):
        """Refuse these requests, all or none.

        :param str reason: why, told to whoever asked
        :raise AccessError: if the user may not decide one of them
        :raise UserError: without a reason, or if one is not waiting for a decision
        """
        self._check_may_decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why there is no more time."))
        for extension in self:
            extension._decide("refused", decision_note=reason)
            extension._tell_asker()

    def action_take_back(self):
        """Take back requests that nobody decided yet.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one was decided already
        """
        self.complaint_id.check_access("write")
        self.complaint_id._check_may_change()
        self._check_undecided()
        for extension in self:
            extension._drop(
                self.env._("Taken back by %(user)s", user=self.env.user.name)
            )

    def _decide(self, state, **values):
        """Note who decided and how."""
        self.ensure_one()
        self._set_state(
            state,
            decided_by_id=self.env.uid,
            date_decided=fields.Datetime.now(),
            **values,
        )

    def _drop(self, note):
        """Close a request that has become pointless.

        :param str note: why
        """
        self.ensure_one()
        self._set_state("dropped", decision_note=note)

    def _set_state(self, state, **values):
        """Write a state, tell it in the chatter of the case, and see to the to-dos."""
        self._write_unguarded({**values, "state": state})
        for extension in self:
            extension.complaint_id._message_log(body=extension._get_log_text())
        self._sync_todos()

    # ------------------------------------------------------------------
    # WHO DECIDES
    # ------------------------------------------------------------------

    def _check_may_decide(self):
        """Refuse those who must not decide these requests, and decided ones.

        :raise AccessError: naming the complaints
        :raise UserError: if one is not waiting for a decision
        """
        self.complaint_id._check_may_work()
        reasons = [
            extension.complaint_id._name_reason(reason)
            for extension in self
            if (reason := extension._get_cannot_decide_reason())
        ]
        if reasons:
            raise AccessError("\n".join(reasons))
        self.complaint_id._check_not_closed()
        self._check_undecided()

    def _check_undecided(self):
        decided = self.filtered(lambda extension: extension.state != "requested")
        if decided:
            raise UserError(
                self.env._(
                    "These requests are decided already, or no longer needed: "
                    "%(names)s. Reload the page.",
                    names=format_list(
                        self.env, decided.complaint_id.mapped("display_name")
                    ),
                )
            )

    def _get_cannot_decide_reason(self):
        """Return why the user must not decide this request, or False.

        Four eyes hold for managers and the administrator, too.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.requested_by_id == self.env.user:
            return self.env._(
                "you asked for more time yourself; somebody else decides it."
            )
        if self.env.su:
            return False
        group = ROLE_GROUPS.get(self.deadline_id.extending_role)
        complaint = self.complaint_id
        if not group or not self.env.user.has_group(group):
            return (
                self.env._("a manager decides on more time for this limit.")
                if group == MANAGER
                else self.env._("a supervisor of the team decides on more time.")
            )
        if not complaint.has_access("write"):
            return self.env._("the complaint is not one of your team.")
        if complaint._is_recused_from(self.env.user.partner_id):
            return self.env._("you are recused from the complaint.")
        return False

    def _get_approvers(self):
        """Return who is asked: the leader of the team, else the managers.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        complaint = self.complaint_id
        # Who they are is needed to reach them; nothing of them is shown.
        leader_sudo = complaint.sudo().team_id.leader_id
        managers_sudo = complaint.company_id._get_complaint_managers()
        choices = [managers_sudo]
        if self.deadline_id.extending_role == "supervisor":
            choices.insert(0, leader_sudo)
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

    # ------------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------------

    def _sync_todos(self):
        """Make the to-dos say who has to do what next."""
        # The case calls for them, whoever's deed it is.
        for extension_sudo in self.sudo():
            extension_sudo.activity_unlink([DECIDE_TODO, TELL_TODO])
            if extension_sudo.state == "requested":
                extension_sudo._ask_approvers()
            elif extension_sudo.state == "approved":
                extension_sudo._ask_to_tell()

    def _ask_approvers(self):
        self.ensure_one()
        approvers = self._get_approvers()
        if not approvers:
            self.complaint_id._message_log(
                body=self.env._(
                    "Nobody can decide on more time: there is no leader of the team "
                    "and no manager but who asked, or they are recused. Ask an "
                    "administrator to name one."
                )
            )
        for user in approvers:
            self._add_todo(DECIDE_TODO, user, self.env._("Decide on more time"))

    def _ask_to_tell(self):
        self.ensure_one()
        user = self.complaint_id.user_id or self.requested_by_id
        self._add_todo(
            TELL_TODO, user, self.env._("Tell the complainant of the new date")
        )

    def _add_todo(self, todo_type, user, summary):
        self.activity_schedule(
            todo_type,
            date_deadline=self.company_id._complaint_today(),
            summary=summary,
            user_id=user.id,
        )

    def _tell_asker(self):
        """Let whoever asked know that there is no more time."""
        self.ensure_one()
        self.complaint_id.message_notify(
            subject=self.env._(
                "No more time for %(complaint)s",
                complaint=self.complaint_id.display_name,
            ),
            body=self._get_log_text(),
            partner_ids=self.sudo().requested_by_id.partner_id.ids,  # their contact
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

    def action_tell(self):
        """Open the dialog that tells the complainant of the new date.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.with_context(default_kind="extension").action_tell()
