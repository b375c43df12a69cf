from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_list

from ...const import COUNTED_REMEDIATIONS
from .customer_complaint_approval_tier import END_STEP, ROLE_GROUPS

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


class CustomerComplaintRemediationApprover(models.AbstractModel):
    """Who approves a remediation: the ladder, four eyes, recusal and delegations."""

    _name = "customer.complaint.remediation.approver"
    _description = "Approvers of a Remediation"

    route_text = fields.Text(
        string="Needs the Approval Of",
        compute="_compute_route_text",
        help="Who approves it, one tier after the other.",
    )
    can_approve = fields.Boolean(
        compute="_compute_can_approve", help="Whether you may approve it now."
    )

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

    # ------------------------------------------------------------------
    # WHO APPROVES
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
        """Return whether somebody asked for it, or had a part in what it says.

        :rtype: bool
        """
        self.ensure_one()
        # Who had a part in it counts, whoever may see those people.
        own_sudo = self.sudo()
        return user in (
            own_sudo.requested_by_id
            | own_sudo.create_uid
            | own_sudo.author_ids
            | self._get_payee_authors()
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
        # Those who are let in already, to any remediation of the case, see it for that
        # reason only.
        siblings_sudo = self.sudo().complaint_id.remediation_ids
        let_in = siblings_sudo.filtered("has_guest_approvers").guest_approver_ids
        guests = strangers.filtered(
            lambda user: user in let_in or not self.complaint_id._is_seen_by(user, self)
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

    @api.depends("state", "worth_total", "round")
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
