import logging
from collections import defaultdict
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

    def _sync_todos(self, steps=None, is_first=False):
        """Make the to-dos say who has to approve now.

        :param dict steps: the step that waits on each remediation, when it is known
        :param bool is_first: nobody was asked before, so there are no to-dos yet
        """
        is_new_turn = steps is not None
        if not is_new_turn:
            steps = self._get_waiting_steps()
        wanted, guests, managers = {}, {}, {}
        for remediation, step in steps.items():
            wanted[remediation], guests[remediation] = remediation._find_people(
                step, managers
            )
        if is_new_turn:
            self._note_odd_steps(steps, wanted)
        self._replace_todos(wanted, is_first)
        self._let_guests_in(guests)

    def _note_odd_steps(self, steps, wanted):
        """Say in the chatter that managers stand in, or that nobody can approve.

        :param dict steps: the step that waits on each remediation
        :param dict wanted: who is asked
        """
        odd = self.filtered(
            lambda rem: rem in steps and (not wanted[rem] or steps[rem].lacks_people)
        )
        if odd:
            odd._log(lambda rem: rem._get_step_text(steps[rem], wanted[rem]))

    def _get_waiting_steps(self):
        """Return the step that waits on each of these remediations, if one does.

        :rtype: dict[customer.complaint.remediation, Step]
        """
        waiting = self.filtered(lambda rem: rem.state == "to_approve")
        figures = waiting._read_figures()
        open_steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in waiting}
        return {rem: steps[0] for rem, steps in open_steps.items() if steps}

    def _replace_todos(self, wanted, is_first):
        """Give to-dos to these people, and take those of others back.

        :param dict wanted: the approvers of each remediation that waits
        :param bool is_first: there are no to-dos yet
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            APPROVE_TODO, raise_if_not_found=False
        )
        if not type_id:
            return
        # The case calls for them, whoever's deed it is; what they say is ours. Those
        # concerned find them in their list, with no mail and without following it.
        todos_sudo = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True, complaint_no_followers=True)
        )
        given_sudo = (
            todos_sudo
            if is_first
            else todos_sudo.search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", type_id),
                ],
                [
                    "res_id",
                    "user_id",
                    "date_deadline",
                    "date_done",
                    "active",
                    "res_model",
                ],
            )
        )
        missing = {
            (remediation.id, user.id)
            for remediation, people in wanted.items()
            for user in people
        }
        obsolete_sudo = given_sudo.filtered(
            lambda todo: (todo.res_id, todo.user_id.id) not in missing
        )
        missing -= {(todo.res_id, todo.user_id.id) for todo in given_sudo}
        new_vals = defaultdict(list)
        for vals in self._prepare_todos(missing):
            new_vals[vals["res_id"]].append(vals)
        # A to-do goes from one approver to the next: cheaper than a new one.
        done_ids = []
        for todo_sudo in obsolete_sudo:
            if new_vals[todo_sudo.res_id]:
                vals = new_vals[todo_sudo.res_id].pop(0)
                todo_sudo.write(
                    {name: vals[name] for name in ("user_id", "date_deadline")}
                )
            else:
                done_ids.append(todo_sudo.id)
        if done_ids:
            obsolete_sudo.browse(done_ids).write({"active": False})
        vals_list = [vals for own in new_vals.values() for vals in own]
        if vals_list:
            model_id = self.env["ir.model"]._get_id(self._name)
            todos_sudo.create(
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
        days = company.sudo().complaint_approval_days
        return company._complaint_today() + timedelta(days=days)

    def _get_todo_text(self):
        self.ensure_one()
        return self.env._(
            "Approve %(amount)s for %(number)s",
            amount=self._get_amount_text(),
            number=self.name,
        )

    def _let_guests_in(self, guests):
        """Show the remediation to those asked who would not see the case otherwise.

        :param dict guests: the people, by remediation; those left out have none
        """
        for remediation in self:
            people = guests.get(remediation, self.env["res.users"])
            if people or remediation.has_guest_approvers:
                # Who is asked follows from the ladder, whoever's deed it is.
                remediation.sudo()._write_unguarded(
                    {
                        "guest_approver_ids": [Command.set(people.ids)],
                        "has_guest_approvers": bool(people),
                    }
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
        step = self._get_waiting_steps().get(self)
        if not step:
            return
        people = self._get_approvers(step)
        if people:
            self._notify_reminder(people)
        else:
            self._note_odd_steps({self: step}, {self: people})
        self._write_unguarded({"date_reminded": now})

    def _notify_reminder(self, people):
        """Remind those who were asked, by message or e-mail as each of them prefers.

        :param res.users people: who was asked
        """
        self.ensure_one()
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


class ResCompany(models.Model):
    """How long approvers have, and what was granted before."""

    _inherit = "res.company"

    complaint_approval_days = fields.Integer(
        string="Days to Approve",
        default=1,
        required=True,
        help="After so many days approvers are reminded, and again as often.",
    )
    complaint_carry_out_days = fields.Integer(
        string="Days to Carry Out",
        default=7,
        required=True,
        help="Within so many days after the approval the customer receives what was "
        "approved, where the proposal names no other day; the decision says so (LAW: "
        "a refund within 7 days).",
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

    @api.constrains(
        "complaint_approval_days",
        "complaint_carry_out_days",
        "complaint_earlier_months",
    )
    def _check_complaint_approval(self):
        for company in self:
            if (
                company.complaint_approval_days < 0
                or company.complaint_carry_out_days < 0
                or company.complaint_earlier_months < 0
            ):
                raise ValidationError(
                    self.env._("Days and months of the approval cannot be negative.")
                )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_approval_days = fields.Integer(
        related="company_id.complaint_approval_days", readonly=False
    )
    complaint_carry_out_days = fields.Integer(
        related="company_id.complaint_carry_out_days", readonly=False
    )
    complaint_earlier_months = fields.Integer(
        related="company_id.complaint_earlier_months", readonly=False
    )
    complaint_earlier_raises_tier = fields.Boolean(
        related="company_id.complaint_earlier_raises_tier", readonly=False
    )
