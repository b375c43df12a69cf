import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from .customer_complaint_approval_steps import APPROVE_TODO, HANDLE_TODO

_logger = logging.getLogger(__name__)


class CustomerComplaintRemediation(models.Model):
    """The to-dos of those who approve remediations, and their reminders."""

    _inherit = "customer.complaint.remediation"

    # ------------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------------

    def _sync_todos(self, figures=None):
        """Make the to-dos say who has to approve now.

        :param dict figures: of :meth:`_read_figures`, when they are known already
        """
        waiting = self.filtered(lambda rem: rem.state == "to_approve")
        if waiting and figures is None:
            figures = waiting._read_figures()
        wanted = {}
        for remediation in waiting:
            steps = remediation._get_open_steps(figures[remediation.id])
            people = remediation._get_approvers(steps[0]) if steps else None
            if steps and not people:
                remediation._tell_nobody_approves(steps[0])
            wanted[remediation] = people or self.env["res.users"].sudo()
        self._replace_todos(wanted)
        self._let_guests_in(wanted)

    def _replace_todos(self, wanted):
        """Give to-dos to these people, and take those of others back.

        :param dict wanted: the approvers of each remediation that waits
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            APPROVE_TODO, raise_if_not_found=False
        )
        if not type_id:
            return
        # The case calls for them, whoever's deed it is; what they say is ours. Those
        # concerned find them in their list, with no mail for each.
        todos_sudo = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
        )
        given_sudo = todos_sudo.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", type_id),
            ]
        )
        missing = {
            (rem.id, user.id) for rem, people in wanted.items() for user in people
        }
        obsolete_sudo = given_sudo.filtered(
            lambda todo: (todo.res_id, todo.user_id.id) not in missing
        )
        missing -= {(todo.res_id, todo.user_id.id) for todo in given_sudo}
        if obsolete_sudo:
            obsolete_sudo.unlink()
        if not missing:
            return
        by_id = {remediation.id: remediation for remediation in self}
        model_id = self.env["ir.model"]._get_id(self._name)
        todos_sudo.create(
            [
                {
                    "activity_type_id": type_id,
                    "automated": True,
                    "res_model_id": model_id,
                    "res_id": res_id,
                    "user_id": user_id,
                    "date_deadline": by_id[res_id]._get_todo_day(),
                    "summary": by_id[res_id]._get_todo_text(),
                }
                for res_id, user_id in sorted(missing)
            ]
        )

    def _get_todo_day(self):
        """Return until when the step should be approved.

        :rtype: datetime.date
        """
        self.ensure_one()
        company = self.company_id
        days = company.sudo().complaint_approval_days
        return company._complaint_today() + timedelta(days=days)

    def _get_todo_text(self):
        self.ensure_one()
        return self.env._(
            "Approve %(amount)s for %(number)s",
            amount=self._get_amount_text(),
            number=self.name,
        )

    def _let_guests_in(self, wanted):
        """Show the remediation to those asked who would not see the case otherwise.

        :param dict wanted: the approvers of each remediation that waits
        """
        for remediation_sudo in self.sudo():
            people = wanted.get(remediation_sudo, self.env["res.users"])
            # Leaders and managers see the case anyway: one need not ask.
            known = (
                remediation_sudo.team_id.leader_id
                | remediation_sudo.company_id._get_complaint_managers()
                if people
                else people
            )
            guests = (people - known).filtered(
                lambda user, rem=remediation_sudo: (
                    not rem.complaint_id._is_seen_by(user)
                )
            )
            if guests != remediation_sudo.guest_approver_ids:
                remediation_sudo._write_unguarded(
                    {"guest_approver_ids": [Command.set(guests.ids)]}
                )

    def _tell_nobody_approves(self, step):
        self.ensure_one()
        self._log(lambda rem: rem._get_step_text(step, self.env["res.users"]))

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

    # ------------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------------

    @api.model
    def _cron_remind_approvals(self):
        """Remind of what waits for approval, and ask those who can decide by now.

        Approvers leave, lose their role or go on leave meanwhile. A remediation that
        fails does not stop the others; nobody is reminded twice a day.
        """
        waiting = self.search([("state", "=", "to_approve")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for remediation in waiting:
            try:
                with self.env.cr.savepoint():
                    remediation.with_company(remediation.company_id)._remind()
            except OperationalError:
                raise  # somebody else changes it: the job starts anew
            except Exception:
                _logger.exception("no reminder of remediation %s", remediation.id)
                remediation.invalidate_recordset()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _remind(self):
        self.ensure_one()
        if self.state != "to_approve":
            return
        self._sync_todos()
        now = fields.Datetime.now()
        last = self.date_reminded or self.date_requested
        wait = timedelta(days=max(self.company_id.complaint_approval_days, 1))
        if now - last < wait:
            return
        steps = self._get_open_steps(self._read_figures()[self.id])
        people = self._get_approvers(steps[0]) if steps else None
        if not people:
            return
        self.message_notify(
            subject=self._get_todo_text(),
            body=self.env._(
                "It has been waiting since %(date)s.",
                date=self.company_id._complaint_format_moment(self.date_requested),
            ),
            partner_ids=people.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )
        self._write_unguarded({"date_reminded": now})


class ResCompany(models.Model):
    """How long approvers have, and what was granted before."""

    _inherit = "res.company"

    complaint_approval_days = fields.Integer(
        string="Days to Approve",
        default=1,
        required=True,
        help="After so many days approvers are reminded, and again as often.",
    )
    complaint_earlier_months = fields.Integer(
        string="Earlier Compensation Counts For",
        default=12,
        required=True,
        help="Months for which approvers see what the same customer and the same "
        "order received before.",
    )
    complaint_earlier_raises_tier = fields.Boolean(
        string="Earlier Compensation Raises the Tier",
        help="Add what the same customer and the same order received before to the "
        "total that decides who approves.",
    )

    @api.constrains("complaint_approval_days", "complaint_earlier_months")
    def _check_complaint_approval(self):
        for company in self:
            if company.complaint_approval_days < 0 or (
                company.complaint_earlier_months < 0
            ):
                raise ValidationError(
                    self.env._("Days and months of the approval cannot be negative.")
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_approval_days = fields.Integer(
        related="company_id.complaint_approval_days", readonly=False
    )
    complaint_earlier_months = fields.Integer(
        related="company_id.complaint_earlier_months", readonly=False
    )
    complaint_earlier_raises_tier = fields.Boolean(
        related="company_id.complaint_earlier_raises_tier", readonly=False
    )
