import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.customer_complaint.const import COUNTED_REMEDIATIONS, GRANTED_STATES
from odoo.addons.customer_complaint.tools.approval_step import SUPERVISOR_STEP

_logger = logging.getLogger(__name__)
# What figures are summed up from, past the cache.
READ_FIELDS = {
    "customer.complaint": (
        "company_id",
        "commercial_partner_id",
        "sale_order_id",
        "remediation_lock",
    ),
    "customer.complaint.remediation": (
        "complaint_id",
        "state",
        "worth_total",
        "is_partly_done",
        "date_requested",
    ),
    "customer.complaint.approval": ("remediation_id", "round", "decision"),
}


class CustomerComplaintRemediation(models.Model):
    """How a remediation is approved, tier by tier of the ladder.

    What has to be approved follows from the total that counts at that moment, so an
    amount granted meanwhile, or a tier changed meanwhile, counts too.
    """

    _inherit = "customer.complaint.remediation"

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
    approval_ids = fields.One2many(
        "customer.complaint.approval",
        "remediation_id",
        string="Approvals",
        readonly=True,
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

    @api.model
    def _get_granted_domain(self, operation):
        granted = super()._get_granted_domain(operation)
        # Who is asked to approve sees it, whatever their teams.
        if operation == "read":
            granted |= Domain("guest_approver_ids", "in", self.env.uid)
        return granted

    # ------------------------------------------------------------------
    # WHAT DECIDES WHO APPROVES
    # ------------------------------------------------------------------

    @api.depends("worth_total", "state", "complaint_id")
    def _compute_figures(self):
        figures = self._read_figures()
        for remediation in self:
            own = figures.get(remediation._origin.id, {})
            remediation.amount_counted = remediation._get_decisive_amount(own)
            remediation.amount_customer_before = own.get("customer", 0.0)
            remediation.amount_order_before = own.get("order", 0.0)

    def _read_figures(self, lock=False):
        """Read what else was granted, and who approved it so far.

        Only sums are read, whatever the user sees.

        :param bool lock: keep others from deciding on remediations of these complaints,
            and of those merged with or split from them, meanwhile. It writes their
            rows: a transaction that began before fails and starts anew with what the
            other one granted. A lock alone would let it go on with the old sum.
        :return: by id of the remediation: ``granted`` besides it on the complaint and
            its family, ``customer`` and ``order`` on other complaints within the months
            of the settings, ``either`` of both counted once; ``given`` the approvals of
            this round, as pairs of step key and user id
        :rtype: dict[int, dict]
        """
        own_sudo = self._origin.sudo()
        if not own_sudo:
            return {}
        families = {rem: rem.complaint_id._get_family() for rem in own_sudo}
        for model_name, names in READ_FIELDS.items():
            self.env[model_name].flush_model(names)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH matter (
                    id, round, company_id, customer_id, order_id, since, family
                ) AS (VALUES %(matters)s) %(lock)s
                SELECT matter.id, granted.*, earlier.*, given.*
                  FROM matter
                 CROSS JOIN LATERAL (
                       SELECT SUM(worth_total) AS granted
                         FROM customer_complaint_remediation
                        WHERE complaint_id = ANY(matter.family)
                          AND id != matter.id
                          AND (%(counted)s)
                       ) granted
                 CROSS JOIN LATERAL (
                       SELECT SUM(worth_total) FILTER (
                                  WHERE e.commercial_partner_id = matter.customer_id
                              ) AS customer,
                              SUM(worth_total) FILTER (
                                  WHERE e.sale_order_id = matter.order_id
                              ) AS order,
                              SUM(worth_total) AS either
                         FROM customer_complaint e
                         JOIN customer_complaint_remediation ON complaint_id = e.id
                        WHERE e.company_id = matter.company_id
                          AND (e.commercial_partner_id = matter.customer_id
                               OR e.sale_order_id = matter.order_id)
                          AND e.id != ALL(matter.family)
                          AND (%(counted)s)
                          AND date_requested >= matter.since
                       ) earlier
                 CROSS JOIN LATERAL (
                       SELECT json_agg(
                                  json_build_array(a.step_key, a.user_id)
                              ) AS given
                         FROM customer_complaint_approval a
                        WHERE a.remediation_id = matter.id
                          AND a.round = matter.round
                          AND a.decision = 'approved'
                       ) given
                """,
                matters=SQL(", ").join(
                    rem._get_matter_sql(family) for rem, family in families.items()
                ),
                lock=self._get_lock_sql(families.values()) if lock else SQL(),
                counted=own_sudo._search(COUNTED_REMEDIATIONS).where_clause,
            )
        )
        if lock:
            self.env["customer.complaint"].invalidate_model(
                ["remediation_lock"], flush=False
            )
        return {
            row["id"]: {
                **{
                    name: float(row[name] or 0)
                    for name in ("granted", "customer", "order", "either")
                },
                "given": row["given"] or [],
            }
            for row in rows
        }

    def _get_matter_sql(self, family):
        """Return the row of values that sums are read for.

        :param customer.complaint family: the complaint, and what it belongs together
            with
        """
        self.ensure_one()
        complaint, company = self.complaint_id, self.company_id
        months = relativedelta(months=company.complaint_earlier_months)
        return SQL(
            "(%s, %s, %s, %s::integer, %s::integer, %s::timestamp, %s)",
            *(self.id, self.round, company.id),
            complaint.commercial_partner_id.id or None,
            complaint.sale_order_id.id or None,
            *(fields.Datetime.now() - months, family.ids),
        )

    @api.model
    def _get_lock_sql(self, families):
        """Return what writes the rows of families, in an order all keep to."""
        return SQL(
            """
            , locked AS (
                UPDATE customer_complaint
                   SET remediation_lock = COALESCE(remediation_lock, 0) + 1
                 WHERE id IN (
                       SELECT id FROM customer_complaint
                        WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
                 )
            )
            """,
            [*{complaint.id for family in families for complaint in family}],
        )

    def _get_decisive_amount(self, figures):
        """Return the amount that decides who approves.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :rtype: float
        """
        self.ensure_one()
        amount = self.worth_total + figures.get("granted", 0.0)
        if self.company_id.sudo().complaint_earlier_raises_tier:
            amount += figures.get("either", 0.0)
        # One that is being entered may not know its company yet.
        return self.currency_id.round(amount) if self.currency_id else amount

    def _get_steps(self, figures, category=None):
        """Return who has to approve the remediation as it is now, from below.

        :param dict figures: of this remediation, from :meth:`_read_figures`
        :param customer.complaint.category category: that of the complaint when not
            given
        :rtype: list[Step]
        """
        self.ensure_one()
        return self.env["customer.complaint.approval.tier"]._get_steps(
            self.company_id,
            self.complaint_id.category_id if category is None else category,
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

    def _prepare_asked_terms(self):
        return {**super()._prepare_asked_terms(), "round": self.round + 1}

    def _prepare_asked_vals(self):
        return {**super()._prepare_asked_vals(), "date_reminded": False}

    def _prepare_unapproved_vals(self):
        return {**super()._prepare_unapproved_vals(), "tier_id": False}

    def _set_approved(self):
        self._write_unguarded({"tier_id": False})
        return super()._set_approved()

    def _set_turns(self, steps):
        for remediation, step in steps.items():
            remediation._write_unguarded(
                {"tier_id": step.tier_id, "date_reminded": False}
            )
        return super()._set_turns(steps)

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

    def _get_lacking_role_reason(self, step, figures):
        """Say who approves instead of the user.

        :rtype: str
        """
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
        return super()._get_step_name(step)

    def _get_power(self, step, user):
        """Return by whose right a user may decide: their own, or an absent approver's.

        :param Step step: the step that waits
        :param res.users user: who decides
        :return: the user, or the one they stand in for; empty if they may not
        :rtype: res.users
        """
        self.ensure_one()
        if own := super()._get_power(step, user):
            return own
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

    def _find_people(self, step, managers=None):
        """Ask those who stand in for people who are away, too, and let them in."""
        fit, _guests = super()._find_people(step, managers)
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

    @api.depends("worth_total", "round")
    def _compute_route_text(self):
        return super()._compute_route_text()

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
