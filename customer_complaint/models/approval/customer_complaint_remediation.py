import logging
from collections import defaultdict
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ...const import GRANTED_STATES
from ...tools.reason import takes_reason
from .customer_complaint_approval_tier import END_STEP

APPROVE_TODO = "customer_complaint.mail_act_approve_remediation"
HANDLE_TODO = "customer_complaint.mail_act_handle_remediation"
_logger = logging.getLogger(__name__)


class CustomerComplaintRemediation(models.Model):
    """How a remediation is approved, tier by tier.

    Four eyes: nobody approves what they proposed.

    What has to be approved follows from the total that counts at that moment, so an
    amount granted meanwhile, or a tier changed meanwhile, counts too.
    """

    _name = "customer.complaint.remediation"
    _inherit = [
        "customer.complaint.remediation.approver",
        "customer.complaint.remediation",
    ]

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
    round = fields.Integer(
        string="Times Asked",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often approval was asked for.",
        system=True,
    )
    tier_id = fields.Many2one(
        "customer.complaint.approval.tier",
        string="Waits For",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The tier whose turn it is; empty when managers approve because no tier "
        "applies.",
        system=True,
    )
    guest_approver_ids = fields.Many2many(
        "res.users",
        "customer_complaint_remediation_guest_rel",
        "remediation_id",
        "user_id",
        string="Also Asked",
        readonly=True,
        copy=False,
        help="Named people and delegates who approve it and would not see the case "
        "otherwise.",
        system=True,
    )
    has_guest_approvers = fields.Boolean(readonly=True, copy=False, system=True)
    approval_ids = fields.One2many(
        "customer.complaint.approval",
        "remediation_id",
        string="Approvals",
        readonly=True,
        system=True,
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
    date_reminded = fields.Datetime(
        string="Reminded On", readonly=True, copy=False, sealed=False, system=True
    )
    # Approval figures
    amount_counted = fields.Monetary(
        string="Total That Counts",
        compute="_compute_figures",
        help="All that was asked for or granted on the complaint, and on those it was "
        "merged with or split from, and not cancelled; this one included, goods at "
        "their value and work at its estimated cost. Where the settings say so, what "
        "the same customer and the same order received before is added. It decides "
        "who approves.",
    )
    amount_customer_before = fields.Monetary(
        string="Customer Received Before",
        compute="_compute_figures",
        help="What the same customer received on other complaints lately.",
    )
    amount_order_before = fields.Monetary(
        string="For This Order Before",
        compute="_compute_figures",
        help="What was granted on other complaints about the same order lately.",
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
        for remediation in self:
            remediation._write_unguarded(
                {
                    "round": remediation.round + 1,
                    "terms": remediation.sudo()._prepare_terms(),
                }
            )
        self._write_unguarded(
            {
                "state": "to_approve",
                "requested_by_id": self.env.uid,
                "date_requested": fields.Datetime.now(),
                "date_approved": False,
                "date_reminded": False,
                "decision_note": False,
            }
        )
        if len(self) > 1:
            figures = self._read_figures()  # by now each of them counts for the others
        waiting = {rem: rem._get_steps(figures[rem.id])[0] for rem in self}
        for remediation, step in waiting.items():
            remediation._write_unguarded({"tier_id": step.tier_id})
        self._log(
            lambda rem: rem.env._(
                "approval asked for, %(amount)s", amount=rem._get_amount_text()
            )
        )
        self._sync_todos(waiting, is_first=not any(rem.round > 1 for rem in self))
        # What waits besides them counts more, whoever may see it.
        self.sudo()._update_others()
        return True

    def _get_cannot_ask_reason(self):
        self.ensure_one()
        if self.state != "draft":
            return self._get_cannot_move_reason("to_approve")
        if not self.line_ids:
            return self.env._("enter what the customer gets first.")
        if not (self.note or "").strip():
            return self.env._("say under “Reasons” why the customer should get it.")
        return False

    def action_approve(self):
        """Approve the step that waits on each of these remediations, all or none.

        The last step approves the remediation. The rights, and the total that counts,
        are those of this moment.

        :return: where to go next; False for staying
        :rtype: dict or bool
        :raise AccessError: if the user may not approve one of them
        :raise UserError: if one does not wait for approval
        """
        figures = self._start_deciding()
        self._raise_reasons(lambda rem: rem._get_changed_terms_reason())
        steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in self}
        self._record(
            "approved",
            figures,
            {rem: own[0] if own else END_STEP for rem, own in steps.items()},
        )
        final = self.filtered(lambda rem: len(steps[rem]) <= 1)
        # Who decides was checked; they need no right to change it.
        for remediation in self - final:
            remediation.sudo()._write_unguarded(
                {"tier_id": steps[remediation][1].tier_id, "date_reminded": False}
            )
        final.sudo()._set_approved()
        self._log(
            lambda rem: (
                rem.env._(
                    "approved by %(user)s, %(amount)s",
                    user=rem.env.user.name,
                    amount=rem._get_amount_text(),
                )
                if rem in final
                else rem.env._(
                    "approved by %(user)s; the next tier follows",
                    user=rem.env.user.name,
                )
            )
        )
        self._sync_todos({rem: steps[rem][1] for rem in self - final})
        final.sudo()._finish_when_done()
        return self._get_action_after_deciding()

    def _get_action_after_deciding(self):
        """Lead on whoever was let in for the decision, and sees it no longer.

        :return: the list of what waits; False for those who stay where they are
        :rtype: dict or bool
        """
        if self.has_access("read"):
            return False
        return self.env["ir.actions.act_window"]._for_xml_id(
            "customer_complaint.customer_complaint_remediation_action_to_approve"
        ) | {"target": "main"}

    def _set_approved(self):
        """Note that every step has approved these remediations.

        Where no day was promised, it is the one of the settings.
        """
        if not self:
            return
        self._write_unguarded(
            {
                "state": "approved",
                "date_approved": fields.Datetime.now(),
                "tier_id": False,
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

    def _update_others(self):
        """Let follow what waits besides these, on their complaints and their family."""
        family = self.complaint_id._get_family()
        waiting = family.remediation_ids.filtered(lambda rem: rem.state == "to_approve")
        (waiting - self)._update_turns()

    def _needs_tiers_anew(self, category):
        """Return whether the category now asks for a tier that the one before did not.

        :param customer.complaint.category category: the one before
        :rtype: bool
        """
        self.ensure_one()
        if self.state not in GRANTED_STATES:
            return False
        figures = self._read_figures()[self.id]
        seen = {step.tier_id for step in self._get_steps(figures, category)}
        return any(step.tier_id not in seen for step in self._get_open_steps(figures))

    def _update_turns(self):
        """Let what waits follow a total that counts more, or less, by now.

        Another remediation of the complaint was asked for, refused or cancelled. Who
        has to approve is asked; what every tier it still needs has approved is
        approved.
        """
        waiting = self.filtered(lambda rem: rem.state == "to_approve")
        if not waiting:
            return
        figures = waiting._read_figures()
        open_steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in waiting}
        steps = {rem: own[0] for rem, own in open_steps.items() if own}
        none = self.browse()
        # What rests on other facts by now is approved by nobody, and not by itself.
        final = waiting.filtered(
            lambda rem: rem not in steps and not rem._get_changed_terms()
        )
        moved = {rem: s for rem, s in steps.items() if rem.tier_id.id != s.tier_id}
        for remediation, step in moved.items():
            remediation._write_unguarded(
                {"tier_id": step.tier_id, "date_reminded": False}
            )
        if final:
            final._set_approved()
            final._log(
                lambda rem: rem.env._(
                    "approved, as the total that counts needs no further tier by now"
                )
            )
        if moved or final:
            none.union(final, *moved)._sync_todos(moved)
        final._finish_when_done()

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

        :param str decision: one of ``DECISIONS``
        :param str state: what they become
        :param str reason: why
        :param text: function of a remediation; what the chatter says
        :return: where to go on, if anywhere else
        :rtype: dict or bool
        """
        self._check_reason(reason)
        figures = self._start_deciding()
        steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in self}
        self._record(
            decision,
            figures,
            {rem: own[0] if own else END_STEP for rem, own in steps.items()},
            reason,
        )
        # As above.
        vals = {"decision_note": reason, **self._prepare_unapproved_vals()}
        self.sudo()._move(state, text, **vals)
        self._sync_todos({})
        self._ask_handlers(self.env._("Not approved: propose anew"), reason)
        return self._get_action_after_deciding()

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

    def _record(self, decision, figures, steps, reason=False):
        """Write what the user decided.

        :param str decision: one of ``DECISIONS``
        :param dict figures: of :meth:`_read_figures`
        :param dict steps: the step of each remediation
        :param str reason: why
        """
        now = fields.Datetime.now()
        self.env["customer.complaint.approval"]._record(
            [
                {
                    "remediation_id": remediation.id,
                    "complaint_id": remediation.complaint_id.id,
                    "company_id": remediation.company_id.id,
                    "round": remediation.round,
                    "decision": decision,
                    "tier_id": step.tier_id,
                    "tier_name": step.name,
                    "step_key": step.tier_id,
                    "user_id": self.env.uid,
                    "on_behalf_of_id": remediation._get_principal(step).id,
                    "date": now,
                    "reason": reason,
                    "currency_id": remediation.currency_id.id,
                    "amount_total": remediation.amount_total,
                    "amount": remediation._get_decisive_amount(figures[remediation.id]),
                    "snapshot": remediation._prepare_snapshot(),
                }
                for remediation, step in steps.items()
            ]
        )
        self.invalidate_recordset(["approval_ids"], flush=False)

    def _prepare_snapshot(self):
        """Return the remediation as it is decided on, readable without the record.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "total": self.amount_total,
            "worth": self.worth_total,
            "currency": self.currency_id.name,
            "note": self.note or "",
            "terms": self.terms,
            # As it was approved, whoever reads it later.
            "category": self.complaint_id.sudo().category_id.name or "",
            "lines": [line._prepare_snapshot() for line in self.line_ids],
        }

    # ------------------------------------------------------------------
    # WHO IS ASKED, AND REMINDED
    #
    # The to-dos of those who approve remediations, and their reminders.
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
