import logging
from collections import defaultdict
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.customer_complaint.const import APPROVE_TODO, GRANTED_STATES

from .customer_complaint_approval_tier import ROLE_GROUPS, SUPERVISOR_STEP

_logger = logging.getLogger(__name__)


class CustomerComplaintRemediationApprover(models.AbstractModel):
    """Whose turn it is, who is asked and reminded, and who decides for them."""

    _inherit = "customer.complaint.remediation.approver"

    def action_approve(self):
        """Approve the step that waits on each of these remediations, all or none.

        The last step approves the remediation.
        """
        super().action_approve()
        return self._get_action_after_deciding()

    def _decide_against(self, decision, state, reason, text):
        super()._decide_against(decision, state, reason, text)
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

    def _get_approved_text(self, is_final):
        if is_final:
            return super()._get_approved_text(is_final)
        return self.env._(
            "approved by %(user)s; the next tier follows", user=self.env.user.name
        )

    # ------------------------------------------------------------------
    # WHOSE TURN IT IS
    # ------------------------------------------------------------------

    def _start_turns(self, figures):
        if len(self) > 1:
            figures = self._read_figures()  # by now each of them counts for the others
        turns = {rem: rem._get_steps(figures[rem.id])[0] for rem in self}
        self._set_turns(turns)
        return turns

    def _pass_on(self, figures):
        steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in self}
        turns = {rem: own[1] for rem, own in steps.items() if len(own) > 1}
        # Who decides was checked; they need no right to change it.
        self.sudo()._set_turns(turns)
        return turns

    def _set_turns(self, turns):
        """Note whose turn it is.

        :param dict turns: the step that waits on each remediation
        """
        for remediation, step in turns.items():
            remediation._write_unguarded(
                {"tier_id": step.tier_id, "date_reminded": False}
            )

    def _set_approved(self):
        self._write_unguarded({"tier_id": False})
        return super()._set_approved()

    def _get_waiting_steps(self):
        """Return the step that waits on each of these remediations, if one does.

        :rtype: dict[customer.complaint.remediation, Step]
        """
        waiting = self.filtered(lambda rem: rem.state == "to_approve")
        figures = waiting._read_figures()
        open_steps = {rem: rem._get_open_steps(figures[rem.id]) for rem in waiting}
        return {rem: steps[0] for rem, steps in open_steps.items() if steps}

    def _update_others(self):
        """Let follow what waits besides these, on their complaints and their family."""
        family = self.complaint_id._get_family()
        waiting = family.remediation_ids.filtered(lambda rem: rem.state == "to_approve")
        (waiting - self)._update_turns()

    def _follow_category(self, category, text, reason):
        self.filtered(lambda rem: rem._needs_tiers_anew(category))._ask_anew(
            text, reason
        )
        self._update_turns()

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
        self._set_turns(moved)
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

    # ------------------------------------------------------------------
    # WHO APPROVES
    # ------------------------------------------------------------------

    @api.depends("tier_id")
    def _compute_can_approve(self):
        return super()._compute_can_approve()

    def _get_cannot_approve_reason(self, figures):
        if reason := super()._get_cannot_approve_reason(figures):
            return reason
        user = self.env.user
        steps = self._get_open_steps(figures)
        others = self.env["res.users"].browse(
            {user_id for _step_key, user_id in figures.get("given", ())}
        )
        if steps and user in others and self._get_approvers(steps[0]) - others:
            return self.env._(
                "you approved the tier before; somebody else approves this one."
            )
        return False

    def _get_lacking_role_reason(self, figures):
        """Say who approves instead of the user; False where they may.

        :rtype: str or bool
        """
        self.ensure_one()
        step = self._get_step_to_decide(figures)
        if self._get_power(step, self.env.user):
            return False
        amount = self.currency_id.format(self._get_decisive_amount(figures))
        if step == SUPERVISOR_STEP:
            return self.env._(
                "every tier it needs has approved it; a supervisor of the case ends it."
            )
        if not step.tier_id:
            return self.env._(
                "no tier of the ladder applies to %(amount)s, so a manager approves "
                "it.",
                amount=amount,
            )
        return self.env._(
            "%(amount)s is above your limit, or the case is not yours: “%(tier)s” "
            "approves it.",
            amount=amount,
            tier=self._get_step_name(step),
        )

    @api.model
    def _get_step_name(self, step):
        """Return what a step is called, in the reader's language.

        :rtype: str
        """
        if not step.tier_id:
            return self.env._("Managers, as no tier applies")
        if step.lacks_people:
            return self.env._(
                "%(tier)s (nobody is named, so managers approve)", tier=step.name
            )
        return step.name

    def _get_power(self, step, user):
        """Return by whose right a user may decide: their own, or an absent approver's.

        :param Step step: the step that waits
        :param res.users user: who decides
        :return: the user, or the one they stand in for; empty if they may not
        :rtype: res.users
        """
        self.ensure_one()
        if self._has_step_role(step, user):
            return user
        delegators = self.env["customer.complaint.approval.delegation"]._get_delegators(
            self.company_id, user
        )
        return delegators.filtered(
            lambda delegator: (
                self._has_step_role(step, delegator) and self._is_fit(delegator)
            )
        )[:1]

    def _get_principal(self, step):
        """Return for whom the user decides; empty when by a right of their own.

        :rtype: res.users
        """
        power = self._get_power(step, self.env.user)
        return power if power != self.env.user else power.browse()

    def _has_step_role(self, step, user):
        """Return whether a user has the role of a step, and the case is theirs.

        Whoever is named needs neither.

        :rtype: bool
        """
        self.ensure_one()
        if step.role != "people":
            return self._has_role(user, ROLE_GROUPS[step.role])
        user_sudo = user.sudo()
        return (
            user.id in step.people
            and user_sudo.active
            and self.company_id.id in user_sudo._get_company_ids()
        )

    def _get_approvers(self, step):
        """Return who is asked for a step, those who may decide only.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        return self._find_people(step)[0]

    def _find_people(self, step, managers=None):
        """Return who is asked for a step, and who of them does not see the case.

        Those who stand in for people who are away are asked, too.

        :param Step step: the tier
        :param dict managers: those of each company, as far as they were read
        :return: both readable whatever the user's rights
        :rtype: tuple[res.users, res.users]
        """
        self.ensure_one()
        managers = {} if managers is None else managers
        fit = self._get_first_fit(self._get_step_candidates(step, managers))
        delegates = self.env["customer.complaint.approval.delegation"]._get_delegates(
            self.company_id, fit
        )
        delegates = delegates.sudo().filtered(self._is_fit) - fit
        # Leaders, members and managers see the case by their role.
        strangers = delegates | (fit if step.role == "people" else fit.browse())
        # Those who are let in already, to any remediation of the case, see it for that
        # reason only.
        siblings_sudo = self.sudo().complaint_id.remediation_ids
        let_in = siblings_sudo.filtered("has_guest_approvers").guest_approver_ids
        guests = strangers.filtered(
            lambda user: user in let_in or not self.complaint_id._is_seen_by(user, self)
        )
        return fit | delegates, guests

    def _get_step_candidates(self, step, managers):
        """Yield groups of people to ask for a step, the nearest first.

        :param Step step: the tier
        :param dict managers: those of each company, as far as they were read
        :rtype: Iterator[res.users]
        """
        if step.role == "people":
            # Who is named, to ask them; nothing else is read.
            yield self.env["res.users"].sudo().browse(step.people)
        elif step.role == "manager":
            yield self._get_managers(managers)
        else:
            yield from self._get_candidates(ROLE_GROUPS[step.role], managers)

    @api.depends("worth_total", "round")
    def _compute_route_text(self):
        return super()._compute_route_text()

    def _get_route_text(self, figures):
        """Return who approves it, one line for each tier.

        :rtype: str
        """
        self.ensure_one()
        steps = self._get_steps(figures)
        waiting = self._get_open_steps(figures) if self.state == "to_approve" else steps
        lines = []
        for step in steps:
            people = self._get_approvers(step) if step in waiting else None
            lines.append(self._get_step_text(step, people))
        return "\n".join(lines)

    def _get_step_text(self, step, people):
        """Return one line of the route.

        :param Step step: the tier
        :param res.users people: who is asked; None where it was approved
        :rtype: str
        """
        name = self._get_step_name(step)
        if people is None:
            return self.env._("✓ %(tier)s", tier=name)
        return self._get_asked_text(name, people)

    def _get_nobody_text(self, name):
        """Say that nobody can approve a step, and who can change that.

        :param str name: what the step is called
        :rtype: str
        """
        self.ensure_one()
        if managers := self.company_id._get_complaint_managers():
            return self.env._(
                "%(tier)s: nobody can approve this, as whoever could proposed it, is "
                "recused or has left. %(people)s can name somebody under "
                "Configuration ▸ Approval Ladder.",
                tier=name,
                people=self._get_names(managers),
            )
        return super()._get_nobody_text(name)

    # ------------------------------------------------------------------
    # WHO IS ASKED, AND REMINDED
    # ------------------------------------------------------------------

    def _sync_todos(self, turns=None, is_first=False):
        """Make the to-dos say who has to approve now.

        :param dict turns: the step that waits on each remediation, when it is known
        :param bool is_first: nobody was asked before, so there are no to-dos yet
        """
        is_new_turn = turns is not None
        if not is_new_turn:
            turns = self._get_waiting_steps()
        wanted, guests, managers = {}, {}, {}
        for remediation, step in turns.items():
            wanted[remediation], guests[remediation] = remediation._find_people(
                step, managers
            )
        if is_new_turn:
            self._note_odd_steps(turns, wanted)
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
        todos_sudo = self._get_todos()
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
        self._create_todos([vals for own in new_vals.values() for vals in own])

    def _get_todo_day(self):
        """Return until when the step should be approved.

        :rtype: datetime.date
        """
        self.ensure_one()
        days = self.company_id.sudo().complaint_approval_days
        return super()._get_todo_day() + timedelta(days=days)

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
