import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.access import refuse_recused

from ..const import MANAGER

# Shorter than that, a word in a text is no name of a person.
MIN_NAME_LENGTH = 2
# What people write who only follow a case.
FOLLOWING_FIELDS = frozenset({"message_follower_ids", "activity_ids", "message_ids"})


class CustomerComplaintRecusable(models.AbstractModel):
    """Who must not work on the complaint.

    "Not recused" is a condition of every right on a case but to read how it stands.
    It is asked where rights are asked for (``_check_access``), so that whatever needs
    the right to write (posting, to-dos, files, dialogs) follows.
    """

    _name = "customer.complaint.recusable"
    _inherit = "customer.complaint.sealed"
    _description = "Recusal from a Complaint"

    is_recused = fields.Boolean(
        compute="_compute_is_recused",
        help="You must not work on this complaint: it is about you, it is yours, or "
        "you have an interest in it.",
    )

    @api.depends("partner_id")
    @api.depends_context("uid")
    def _compute_is_recused(self):
        for complaint in self:
            complaint.is_recused = complaint._is_recused_from(self.env.user.partner_id)

    def _is_recused_from(self, person):
        """Return whether a person must not work on the complaint. Hook.

        Nobody works on a complaint of their own.

        :param res.partner person: the contact of a user
        :rtype: bool
        """
        self.ensure_one()
        return person == self.partner_id

    def _is_complained_of(self, user):
        """Return whether the complaint is about a colleague.

        By a recusal, or because “People and Departments Involved” names them: whoever
        is complained of judges nothing about the case (CBIRC-2020 art. 17).

        :param res.users user: any user
        :rtype: bool
        """
        self.ensure_one()
        user_sudo = user.sudo()  # the name only
        if self._is_recused_from(user_sudo.partner_id):
            return True
        name = (user_sudo.name or "").strip()
        # Chinese writes no space around a name; letters before or after make another.
        return len(name) >= MIN_NAME_LENGTH and bool(
            re.search(
                rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])",
                self.people_involved or "",
            )
        )

    def _check_not_complained_of(self):
        """Refuse judgements on these complaints by those they are about.

        :raise AccessError: naming the complaints
        """
        own = self.browse()
        if not self.env.su:
            own = self.filtered(lambda c: c._is_complained_of(self.env.user))
        if own:
            raise AccessError(
                self.env._(
                    "You are named among the people these complaints are about: "
                    "%(names)s. Whoever is complained of does not judge the case. Ask "
                    "a superior, or somebody of another unit.",
                    names=format_list(self.env, own.mapped("name")),
                )
            )

    @api.constrains("user_id", "partner_id")
    def _check_handler_not_recused(self):
        for complaint in self:
            handler = complaint.user_id
            if handler and complaint._is_recused_from(handler.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s is recused from %(number)s: the complaint is theirs, "
                        "is about them, or they have an interest in it. Choose another "
                        "handler.",
                        user=handler.name,
                        number=complaint.name,
                    )
                )

    def _check_may_work(self):
        """Refuse the work of people who are recused, managers included."""
        result = super()._check_may_work()
        if not self.env.su:
            self._check_not_recused(self.env.user.partner_id)
        return result

    def _check_is_worked_on(self):
        """Refuse what a user adds to cases on which they do not work. Hook.

        :raise AccessError: naming the complaints
        """
        if not self.env.user.share:
            self._check_not_recused(self.env.user.partner_id)

    def _check_not_recused(self, person):
        """Refuse a person who must not work on one of these complaints.

        :param res.partner person: the contact of a user
        :raise AccessError: naming the complaints
        """
        recused = self.filtered(lambda complaint: complaint._is_recused_from(person))
        if recused:
            raise recused._make_recused_error()

    def _is_closed_to(self, person):
        return self._is_recused_from(person)

    def _make_recused_error(self):
        """Return the error that tells the user that they are recused from these.

        :rtype: AccessError
        """
        return AccessError(
            self.env._(
                "You are recused from these complaints and must not work on them: "
                "%(names)s. Ask a supervisor to have somebody else do it.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    @api.model
    def _get_recused_domain(self):
        """Return the domain of the complaints that the user is recused from. Hook.

        The same as :meth:`_is_recused_from` says of one of them.

        :rtype: odoo.fields.Domain
        """
        return Domain("partner_id", "=", self.env.user.partner_id.id)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_recused(self, result, operation)

    def _action_ask(self, model, title, **defaults):
        """:raise AccessError: if the user is recused from one of the complaints"""
        self._check_may_work()
        return super()._action_ask(model, title, **defaults)

    def _check_vals(self, vals):
        # Following a case is no work on it.
        if vals.keys() - FOLLOWING_FIELDS:
            self._check_may_work()
        return super()._check_vals(vals)

    def _get_first_to_act(self, *people):
        """Return the first of some people who may work on the complaint.

        A manager of the company when none of them may; nobody if there is none.

        :param people: users, in the order in which they are asked; some may be empty
        :rtype: res.users
        """
        self.ensure_one()
        for user in people:
            if self._may_act(user):
                return user
        managers = self.company_id._get_complaint_users(MANAGER)
        return managers.filtered(self._may_act)[:1]

    def _may_act(self, user):
        # Whether colleagues are still there is asked for, nothing else of them.
        return user.sudo().active and not self._is_recused_from(user.partner_id)

    def _after_recusal(self, person):
        """Do what follows when somebody is recused from the complaint. Hook.

        :param res.partner person: whom it concerns, the contact of a user
        """
        self.ensure_one()

    def _take_over_recusals(self, sources):
        """Keep away from this complaint whoever was kept away from others. Hook.

        :param customer.complaint sources: complaints that went into this one, or the
            one it was split from
        """
        self.ensure_one()
