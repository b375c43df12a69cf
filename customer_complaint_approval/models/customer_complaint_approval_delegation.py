from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import ormcache

from .customer_complaint_approval_tier import RANKED_GROUPS, ROLE_XMLIDS


class CustomerComplaintApprovalDelegation(models.Model):
    """Who approves for an approver while they are away.

    Given by the approver, to somebody of the same or a higher role. What the delegate
    approves names both.
    """

    _name = "customer.complaint.approval.delegation"
    _inherit = "customer.complaint.cached"
    _description = "Delegation of Approvals"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Approver",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Whose approvals are delegated: yours.",
    )
    delegate_id = fields.Many2one(
        "res.users",
        string="Approves Meanwhile",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_to = fields.Date(string="Until", required=True, help="The last day, included.")
    note = fields.Char(help="E.g. holidays.")

    @api.depends("company_id")
    def _compute_date_from(self):
        """Propose today where the company is."""
        for record in self:
            company = record.company_id or self.env.company
            record.date_from = record.date_from or company._complaint_today()

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for delegation in self:
            if delegation.date_to < delegation.date_from:
                raise ValidationError(
                    self.env._("The delegation ends before it begins. Correct a date.")
                )

    @api.constrains("user_id", "delegate_id", "company_id")
    def _check_delegate(self):
        for delegation in self:
            delegate_sudo = delegation.delegate_id.sudo()
            if delegation.delegate_id == delegation.user_id:
                raise ValidationError(
                    self.env._("Choose somebody else to approve for you.")
                )
            if (
                delegate_sudo.share
                or not delegate_sudo.active
                or delegation.company_id not in delegate_sudo.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s. Choose somebody else.",
                        user=delegate_sudo.name,
                        company=delegation.company_id.display_name,
                    )
                )
            if not delegation._has_role():
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in complaint handling and could not "
                        "open what they approve. Choose somebody else.",
                        user=delegate_sudo.name,
                    )
                )
            if not delegation._is_rank_kept():
                raise ValidationError(
                    self.env._(
                        "%(user)s has a lower role than you in complaint handling. "
                        "Delegate to somebody of the same or a higher role.",
                        user=delegate_sudo.name,
                    )
                )

    def _has_role(self):
        """Return whether the delegate has any role in complaint handling.

        :rtype: bool
        """
        self.ensure_one()
        delegate_sudo = self.delegate_id.sudo()
        return any(delegate_sudo.has_group(group) for group in ROLE_XMLIDS)

    def _is_rank_kept(self):
        """Return whether the delegate has the same or a higher role.

        Who is named in a tier stands above the roles: managers stand in for them, or
        others who are named.

        :rtype: bool
        """
        self.ensure_one()
        return self._has_role() and self._get_rank(
            self.delegate_id.sudo()
        ) >= self._get_rank(self.user_id.sudo())

    def _get_rank(self, user_sudo):
        """Return how high the role of a user is.

        :rtype: int
        """
        named = self.env["customer.complaint.approval.tier"]._read_named_people(
            self.company_id.id
        )
        if user_sudo.id in named:
            return len(RANKED_GROUPS)
        return sum(user_sudo.has_group(group) for group in RANKED_GROUPS)

    @api.model_create_multi
    def create(self, vals_list):
        """Delegate one's own approvals.

        :raise AccessError: if they are somebody else's
        """
        self._check_is_own({vals.get("user_id", self.env.uid) for vals in vals_list})
        delegations = super().create(
            [{**vals, "user_id": self.env.uid} for vals in vals_list]
        )
        delegations._ask_delegates()
        return delegations

    def write(self, vals):
        if "user_id" in vals or "company_id" in vals:
            raise UserError(
                self.env._("End this delegation, and enter another one instead.")
            )
        self._check_is_own(set(self.user_id.ids))
        result = super().write(vals)
        self._ask_delegates()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_own(self):
        self._check_is_own(set(self.user_id.ids))

    def _check_is_own(self, user_ids):
        if user_ids - {self.env.uid}:
            raise AccessError(
                self.env._("Everybody delegates their own approvals only.")
            )

    @api.model
    def _get_delegators(self, company, delegate):
        """Return for whom somebody may approve today.

        Who left, or whose delegate has a lower role by now, delegates nothing.

        :rtype: res.users
        """
        return (
            self._get_current(company)
            .filtered(
                lambda delegation: (
                    delegation.delegate_id == delegate
                    and delegation.user_id.active
                    and delegation._is_rank_kept()
                )
            )
            .user_id.sudo(False)
        )

    @api.model
    def _get_delegates(self, company, users):
        """Return who approves today for those of these users who are away.

        :rtype: res.users
        """
        return (
            self._get_current(company)
            .filtered(
                lambda delegation: (
                    delegation.user_id in users
                    and delegation.delegate_id.active
                    and delegation._is_rank_kept()
                )
            )
            .delegate_id.sudo(False)
        )

    @api.model
    def _get_current(self, company):
        """Return the delegations of a company that hold today.

        :return: readable whatever the user's rights
        :rtype: customer.complaint.approval.delegation
        """
        today = company._complaint_today()
        # Who stands in for whom decides who is asked, whoever asks.
        return self.sudo().browse(
            [
                delegation_id
                for delegation_id, date_from, date_to in self._read_periods(company.id)
                if date_from <= today <= date_to
            ]
        )

    @api.model
    @ormcache("company_id")
    def _read_periods(self, company_id):
        """Read the delegations of a company once.

        :return: id, first and last day of each
        :rtype: tuple[tuple[int, datetime.date, datetime.date]]
        """
        delegations_sudo = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            (delegation.id, delegation.date_from, delegation.date_to)
            for delegation in delegations_sudo
        )

    def _ask_delegates(self):
        """Let what waits for the approvers go to their delegates, too."""
        # What waits for an approver may be on cases the user who delegates sees only.
        waiting_sudo = (
            self.env["customer.complaint.remediation"]
            .sudo()
            .search(
                [
                    ("state", "=", "to_approve"),
                    ("company_id", "in", self.company_id.ids),
                    ("activity_user_id", "in", self.user_id.ids),
                ]
            )
        )
        waiting_sudo._sync_todos()
