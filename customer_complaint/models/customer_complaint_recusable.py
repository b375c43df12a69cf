import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.access import refuse_recused
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

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

    recusal_ids = fields.One2many(
        "customer.complaint.recusal",
        "complaint_id",
        string="Recused Persons",
        frozen=True,
    )
    recusal_count = fields.Integer(
        string="Recusals",
        compute="_compute_recusal_count",
        store=True,
        precompute=True,
        sealed=False,
        system=True,
    )
    is_recused = fields.Boolean(
        compute="_compute_is_recused",
        help="You must not work on this complaint: it is about you, it is yours, or "
        "you have an interest in it.",
    )

    @api.depends("recusal_ids")
    def _compute_recusal_count(self):
        for complaint in self:
            complaint.recusal_count = len(complaint.recusal_ids)

    @api.depends("recusal_ids.partner_id", "partner_id")
    @api.depends_context("uid")
    def _compute_is_recused(self):
        for complaint in self:
            complaint.is_recused = complaint._is_recused_from(self.env.user.partner_id)

    def _is_recused_from(self, person):
        """Return whether a person must not work on the complaint.

        Nobody handles a complaint of their own, either.

        :param res.partner person: the contact of a user
        :rtype: bool
        """
        self.ensure_one()
        if person == self.partner_id:
            return True
        # The count is stored: complaints without recusals cost no query.
        return bool(self.recusal_count) and person in self.recusal_ids.partner_id

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
        """Return the domain of the complaints that the user is recused from.

        The same as :meth:`_is_recused_from` says of one of them.

        :rtype: odoo.fields.Domain
        """
        person = self.env.user.partner_id
        return Domain("partner_id", "=", person.id) | Domain(
            "recusal_ids", "any!", [("partner_id", "=", person.id)]
        )

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

    def _take_from_handler(self):
        """Leave the complaint without handler and ask the leader for another one."""
        self.ensure_one()
        self._write_unguarded({"user_id": False})
        self._ask_for_handler(self.env._("Assign another handler"))

    def _pass_on_todos(self, handler):
        """Give what a recused handler had still to do to whoever takes over.

        :param res.users handler: who handled the complaint until now
        """
        self.ensure_one()
        heir = self._get_first_to_act(self.user_id, self.team_id.leader_id)
        if heir:
            # To-dos of the one who hands them over, or is made to.
            todos_sudo = self.activity_ids.sudo()
            todos_sudo.filtered(lambda todo: todo.user_id == handler).user_id = heir

    def action_recuse_myself(self):
        """Ask for the interest that the user declares.

        :rtype: dict
        """
        self._check_may_work()
        return self._action_ask_reason(
            "_recuse_myself",
            self.env._("Recuse Myself"),
            self.env._(
                "You will no longer be able to work on the complaint. If you handle "
                "it, the leader of the team is asked to assign somebody else."
            ),
            self.env._("Your interest in the matter, or your part in it."),
            self.env._("Recuse Myself"),
        )

    @takes_reason
    def _recuse_myself(self, reason):
        """Recuse the user from the complaints.

        A handler gives the complaint back; the leader of the team is asked for
        another one.

        :param str reason: the interest that the user declares
        """
        person = self.env.user.partner_id
        self.env["customer.complaint.recusal"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "partner_id": person.id,
                    "kind": "interest",
                    "reason": " ".join(reason.split()),
                }
                for complaint in self
                if person not in complaint.recusal_ids.partner_id
            ]
        )
