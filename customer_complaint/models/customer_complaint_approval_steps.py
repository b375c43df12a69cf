from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_list

from ..tools.fetch_joined import fetch_children, fetch_joined
from .customer_complaint_approval_tier import ROLE_GROUPS, Step
from .customer_complaint_remediation import COUNTED_STATES

APPROVE_TODO = "customer_complaint.mail_act_approve_remediation"
HANDLE_TODO = "customer_complaint.mail_act_handle_remediation"
# A tier went meanwhile, and those that are left have approved: who leads the case ends
# it.
END_STEP = Step(0, "supervisor")
# What every decision looks at, besides the remediation.
READ_AT_ONCE = (
    "company_id",
    "currency_id",
    "complaint_id",
    "complaint_id.team_id",
    "complaint_id.team_id.leader_id",
    "complaint_id.team_id.leader_id.partner_id",
)


class CustomerComplaintRemediation(models.Model):
    """How a remediation is approved, tier by tier.

    Four eyes: nobody approves what they proposed.

    What has to be approved follows from the total that counts at that moment, so an
    amount granted meanwhile, or a tier changed meanwhile, counts too.
    """

    _inherit = "customer.complaint.remediation"

    requested_by_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    date_requested = fields.Datetime(string="Asked For On", readonly=True, copy=False)
    round = fields.Integer(
        string="Times Asked",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often approval was asked for.",
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
    )
    has_guest_approvers = fields.Boolean(readonly=True, copy=False)
    approval_ids = fields.One2many(
        "customer.complaint.approval",
        "remediation_id",
        string="Approvals",
        readonly=True,
    )
    date_approved = fields.Datetime(string="Approved On", readonly=True, copy=False)
    decision_note = fields.Text(
        string="Why Not Approved",
        readonly=True,
        copy=False,
        help="Why it was refused or sent back.",
    )
    date_reminded = fields.Datetime(string="Reminded On", readonly=True, copy=False)
    amount_counted = fields.Monetary(
        string="Total That Counts",
        compute="_compute_figures",
        help="All that was granted on the complaint and not cancelled, this one "
        "included. It decides who approves.",
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
    route_text = fields.Text(
        string="Approved By",
        compute="_compute_route_text",
        help="Who approves it, one tier after the other.",
    )
    can_approve = fields.Boolean(
        compute="_compute_can_approve", help="Whether you may approve it now."
    )

    # ------------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------------

    @api.depends("amount_total", "state", "complaint_id")
    def _compute_figures(self):
        figures = self._read_figures()
        for remediation in self:
            own = figures.get(remediation._origin.id, {})
            remediation.amount_counted = (
                own.get("granted", 0.0) + remediation.amount_total
            )
            remediation.amount_customer_before = own.get("customer", 0.0)
            remediation.amount_order_before = own.get("order", 0.0)

    def _read_figures(self, lock=False):
        """Read what else was granted: on the complaint, to the customer, on the order.

        One query, however many there are. Only sums are read, and who approved which
        step of this round, whatever the user sees.

        :param bool lock: keep others from deciding on remediations of these complaints
            meanwhile; see ``_get_remediation_lock_sql``
        :return: by id of the remediation: ``granted`` on the complaint besides it,
            ``customer`` and ``order`` on other complaints within the months of the
            settings, ``either`` of both counted once; ``given`` the approvals of this
            round, as pairs of step key and user id
        :rtype: dict[int, dict]
        """
        ids = self._origin.ids
        if not ids:
            return {}
        self.env["customer.complaint.remediation"].flush_model(
            ["complaint_id", "state", "amount_total", "is_partly_done", "round"]
        )
        self.env["customer.complaint"].flush_model(
            [
                "commercial_partner_id",
                "sale_order_id",
                "compensation_total",
                "compensation_by_hand",
                "granted_total",
                "date_granted",
                "date_received",
            ]
        )
        self.env["res.company"].flush_model(["complaint_earlier_months"])
        if lock:
            self.complaint_id.invalidate_recordset(["remediation_lock"], flush=False)
        rows = self.env.execute_query_dict(
            SQL(
                """
                %(lock)s
                SELECT r.id,
                       COALESCE(c.compensation_by_hand, 0) + (
                           SELECT COALESCE(SUM(o.amount_total), 0)
                             FROM customer_complaint_remediation o
                            WHERE o.complaint_id = c.id
                              AND o.id != r.id
                              AND (o.state IN %(counted)s OR o.is_partly_done)
                       ) AS granted,
                       COALESCE(before.customer, 0) AS customer,
                       COALESCE(before.sale, 0) AS order,
                       COALESCE(before.either, 0) AS either,
                       (
                           SELECT json_agg(json_build_array(a.step_key, a.user_id))
                             FROM customer_complaint_approval a
                            WHERE a.remediation_id = r.id
                              AND a.round = r.round
                              AND a.decision = 'approved'
                       ) AS given
                  FROM customer_complaint_remediation r
                  JOIN customer_complaint c ON c.id = r.complaint_id
                  JOIN res_company company ON company.id = c.company_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(b.worth) FILTER (WHERE b.is_customer) AS customer,
                              SUM(b.worth) FILTER (WHERE b.is_sale) AS sale,
                              SUM(b.worth) AS either
                         FROM (
                              SELECT COALESCE(
                                         e.granted_total, e.compensation_total, 0
                                     ) AS worth,
                                     e.commercial_partner_id = c.commercial_partner_id
                                         AS is_customer,
                                     e.sale_order_id = c.sale_order_id AS is_sale
                                FROM customer_complaint e
                               WHERE e.company_id = c.company_id
                                 AND e.id != c.id
                                 AND (e.commercial_partner_id = c.commercial_partner_id
                                      OR e.sale_order_id = c.sale_order_id)
                                 AND COALESCE(e.date_granted, e.date_received)
                                     >= %(now)s::timestamp - make_interval(
                                            months => company.complaint_earlier_months
                                        )
                         ) b
                  ) before ON TRUE
                 WHERE r.id = ANY(%(ids)s)
                """,
                lock=(
                    SQL(
                        "WITH locked AS (%s)",
                        self.complaint_id._get_remediation_lock_sql(),
                    )
                    if lock
                    else SQL()
                ),
                counted=COUNTED_STATES,
                now=fields.Datetime.now(),
                ids=ids,
            )
        )
        return {
            row["id"]: {
                **{
                    name: float(row[name])
                    for name in ("granted", "customer", "order", "either")
                },
                "given": row["given"] or [],
            }
            for row in rows
        }

    def _fetch_cases(self):
        """Read at once what asking and deciding look at, before any of it is used."""
        # Rights are checked on what was read, and on nothing else.
        own_sudo = self.sudo()
        fetch_joined(
            own_sudo.browse(),
            own_sudo._as_query(ordered=False),
            READ_AT_ONCE,
            beside=(
                (self.env.user, ("partner_id",)),
                (self.env["ir.model"]._get(self._name), ()),  # of the to-dos
            ),
        )
        fetch_children(own_sudo, "line_ids")

    def _get_decisive_amount(self, figures):
        """Return the amount that decides who approves.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: float
        """
        self.ensure_one()
        amount = self.amount_total + figures.get("granted", 0.0)
        if self.company_id.sudo().complaint_earlier_raises_tier:
            amount += figures.get("either", 0.0)
        return self.currency_id.round(amount)

    def _get_steps(self, figures):
        """Return who has to approve the remediation as it is now, from below.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: list[Step]
        """
        self.ensure_one()
        return self.env["customer.complaint.approval.tier"]._get_steps(
            self.company_id,
            self.complaint_id.category_id,
            set(self.line_ids.mapped("kind")),
            self._get_decisive_amount(figures),
        )

    def _get_open_steps(self, figures):
        """Return the steps of this round that nobody has approved yet.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: list[Step]
        """
        self.ensure_one()
        approved = {step_key for step_key, _user_id in figures.get("given", ())}
        return [s for s in self._get_steps(figures) if s.tier_id not in approved]

    # ------------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------------

    def action_ask(self):
        """Ask for approval of these remediations, all or none.

        :raise UserError: if one has no lines, or is no draft
        :raise AccessError: if the user must not work on one of the complaints
        """
        self._fetch_cases()
        self._check_may_step()
        figures = self._read_figures(lock=True)
        self._raise_reasons(lambda rem: rem._get_cannot_ask_reason())
        for company, remediations in self.grouped("company_id").items():
            today = company._complaint_today()
            old = remediations.filtered(lambda rem, day=today: rem.date_rate != day)
            if old:
                old._write_unguarded({"date_rate": today})
        for remediation in self:
            remediation._write_unguarded(
                {
                    "state": "to_approve",
                    "round": remediation.round + 1,
                    "requested_by_id": self.env.uid,
                    "date_requested": fields.Datetime.now(),
                    "date_approved": False,
                    "date_reminded": False,
                    "decision_note": False,
                }
            )
        if len(self.complaint_id) < len(self):
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
        self.complaint_id._sync_remediations(settled=self)

    def _get_cannot_ask_reason(self):
        self.ensure_one()
        if self.state != "draft":
            return self._get_cannot_move_reason("to_approve")
        if not self.line_ids:
            return self.env._("enter what the customer gets first.")
        return False

    # ------------------------------------------------------------------
    # DECIDING
    # ------------------------------------------------------------------

    def action_approve(self):
        """Approve the step that waits on each of these remediations, all or none.

        The last step approves the remediation. The rights, and the total that counts,
        are those of this moment.

        :raise AccessError: if the user may not approve one of them
        :raise UserError: if one does not wait for approval
        """
        figures = self._start_deciding()
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
        if final:
            final.sudo()._write_unguarded(self._prepare_approved_vals())
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

    def _prepare_approved_vals(self):
        return {
            "state": "approved",
            "date_approved": fields.Datetime.now(),
            "tier_id": False,
            "date_declined": False,
            "decline_reason": False,
        }

    def _update_turns(self):
        """Let what waits follow a total that counts more, or less, by now.

        Another remediation of the complaint was asked for, refused or cancelled. Who
        has to approve is asked; what every tier it still needs has approved is
        approved.
        """
        steps = self._get_waiting_steps()
        none = self.browse()
        final = self.filtered(lambda rem: rem.state == "to_approve") - none.union(
            *steps
        )
        moved = {rem: s for rem, s in steps.items() if rem.tier_id.id != s.tier_id}
        for remediation, step in moved.items():
            remediation._write_unguarded(
                {"tier_id": step.tier_id, "date_reminded": False}
            )
        if final:
            final._write_unguarded(self._prepare_approved_vals())
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
        return self._ask_reason("refuse", self.env._("Do Not Approve Remediation"))

    def action_send_back(self):
        """Ask what is to be changed before it can be approved.

        :rtype: dict
        """
        return self._ask_reason("send_back", self.env._("Send Back"))

    def _refuse(self, reason):
        """Refuse these remediations, all or none.

        :param str reason: why; told to whoever asked
        :raise AccessError: if the user may not decide on one of them
        :raise UserError: without a reason, or if one does not wait for approval
        """
        self._decide_against(
            "refused",
            "refused",
            reason,
            lambda rem: rem.env._("not approved: %(reason)s", reason=reason),
        )

    def _send_back(self, reason):
        """Send these remediations back to whoever asked, to be changed.

        :param str reason: what is to be changed
        :raise AccessError: if the user may not decide on one of them
        :raise UserError: without a reason, or if one does not wait for approval
        """
        self._decide_against(
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
        # What no longer counts is the case's affair, not that of whoever decides.
        self.sudo().complaint_id._sync_remediations()
        self._ask_handlers(self.env._("Not approved: propose anew"), reason)

    def _start_deciding(self):
        """Check who decides, and keep others from deciding or changing meanwhile.

        The rows are written before any sum is read: whoever began before the other
        ended starts anew, and finds what the other decided.

        :return: of :meth:`_read_figures`
        :rtype: dict
        """
        self._fetch_cases()
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
            "currency": self.currency_id.name,
            "note": self.note or "",
            "lines": [line._prepare_snapshot() for line in self.line_ids],
        }

    # ------------------------------------------------------------------
    # WHO DECIDES
    # ------------------------------------------------------------------

    @api.depends("state", "tier_id", "requested_by_id")
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
        """Return why the user must not decide on the step that waits, or False.

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
        steps = self._get_open_steps(figures)
        step = steps[0] if steps else END_STEP
        if not self._get_power(step, user):
            return self._get_lacking_role_reason(step, figures)
        others = self.env["res.users"].browse(
            {user_id for _step_key, user_id in figures.get("given", ())}
        )
        if steps and user in others and self._get_approvers(step) - others:
            return self.env._(
                "you approved the tier before; somebody else approves this one."
            )
        return False

    def _get_lacking_role_reason(self, step, figures):
        """Say who approves instead of the user.

        :rtype: str
        """
        amount = self.currency_id.format(self._get_decisive_amount(figures))
        if step == END_STEP:
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

    def _is_proposed_by(self, user):
        """Return whether somebody asked for it, or wrote what it says.

        :rtype: bool
        """
        self.ensure_one()
        lines = self.line_ids
        return user in (
            self.requested_by_id | self.create_uid | lines.create_uid | lines.write_uid
        )

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

    def _is_recused(self, user):
        # Whom the case concerns is compared, not shown.
        return self.complaint_id.sudo()._is_recused_from(user.sudo().partner_id)

    def _has_step_role(self, step, user):
        """Return whether a user has the role of a step, and the case is theirs.

        :rtype: bool
        """
        self.ensure_one()
        user_sudo = user.sudo()
        if not user_sudo.active:
            return False
        if self.company_id.id not in user_sudo._get_company_ids():
            return False
        if step.role == "people":
            return user.id in step.people
        if not user_sudo.has_group(ROLE_GROUPS[step.role]):
            return False
        if user == self.env.user and not self.env.su:
            return self.complaint_id.has_access("write")
        return self.complaint_id._is_seen_by(user)

    def _is_seen_by(self, user):
        """Return whether a user may read the remediation.

        :rtype: bool
        """
        self.ensure_one()
        company = self.company_id
        return company in user.sudo().company_ids and self.with_user(user).with_context(
            allowed_company_ids=company.ids
        ).has_access("read")

    def _get_approvers(self, step):
        """Return who is asked for a step, those who may decide only.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        return self._find_people(step)[0]

    def _find_people(self, step, managers=None):
        """Return who is asked for a step, and who of them does not see the case.

        The leader of the team first, else the managers; and who stands in for those
        who are away.

        :param Step step: the tier
        :param dict managers: those of each company, as far as they were read
        :return: both readable whatever the user's rights
        :rtype: tuple[res.users, res.users]
        """
        self.ensure_one()
        managers = {} if managers is None else managers
        fit = self.env["res.users"].sudo()
        for people_sudo in self._get_candidates(step, managers):
            fit = people_sudo.filtered(self._is_fit)
            if fit:
                break
        delegates = self.env["customer.complaint.approval.delegation"]._get_delegates(
            self.company_id, fit
        )
        delegates = delegates.sudo().filtered(self._is_fit) - fit
        # Leaders, members and managers see the case by their role.
        strangers = delegates | (fit if step.role == "people" else fit.browse())
        # Those who are let in already see it for that reason only.
        let_in = fit.browse()
        if self.has_guest_approvers:
            let_in = self.sudo().guest_approver_ids
        guests = strangers.filtered(
            lambda user: user in let_in or not self._is_seen_by(user)
        )
        return fit | delegates, guests

    def _is_fit(self, user):
        """Return whether neither recusal nor four eyes keep somebody from deciding.

        :rtype: bool
        """
        return not self._is_recused(user) and not self._is_proposed_by(user)

    def _get_candidates(self, step, managers):
        """Yield groups of people to ask for a step, the nearest first.

        :param Step step: the tier
        :param dict managers: those of each company, as far as they were read
        :rtype: Iterator[res.users]
        """
        self.ensure_one()
        if step.role == "people":
            # Who is named, to ask them; nothing else is read.
            yield self.env["res.users"].sudo().browse(step.people)
            return
        if step.role in ("agent", "supervisor"):
            # Who leads and works in the team, to ask them; nothing else is read.
            team_sudo = self.complaint_id.sudo().team_id
            yield team_sudo.leader_id.filtered(
                lambda user: user.active and user.has_group(ROLE_GROUPS[step.role])
            )
            yield team_sudo.member_ids.filtered(
                lambda user: user.active and user.has_group(ROLE_GROUPS[step.role])
            )
        company = self.company_id
        if company not in managers:
            managers[company] = company._get_complaint_managers()
        yield managers[company]

    @api.depends("state", "amount_total", "round")
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
                "recused or has left. %(people)s can name somebody under "
                "Configuration ▸ Approval Ladder.",
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
