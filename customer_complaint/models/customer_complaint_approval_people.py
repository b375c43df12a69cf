from odoo import api, fields, models
from odoo.tools import format_list

from .customer_complaint_approval_tier import END_STEP, ROLE_GROUPS


class CustomerComplaintRemediation(models.Model):
    """Who approves a remediation: the ladder, four eyes, recusal and delegations."""

    _inherit = "customer.complaint.remediation"

    route_text = fields.Text(
        string="Needs the Approval Of",
        compute="_compute_route_text",
        help="Who approves it, one tier after the other.",
    )
    can_approve = fields.Boolean(
        compute="_compute_can_approve", help="Whether you may approve it now."
    )

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
