import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

MANAGER = "customer_complaint.group_complaint_manager"

RECUSAL_KINDS = [
    ("named", "The complaint is about them"),
    ("interest", "Direct interest in the matter"),
]
# Shorter than that, a word in a text is no name of a person.
MIN_NAME_LENGTH = 2
# What people write who only follow a case.
FOLLOWING_FIELDS = frozenset({"message_follower_ids", "activity_ids", "message_ids"})


class CustomerComplaintRecusal(models.Model):
    """A person who must not handle a complaint (回避, CBIRC-2020).

    The complaint is about them, or they have a direct interest in it. A recusal is
    added by whoever works on the complaint, the person included, and taken back by
    somebody above: never by the person.
    """

    _name = "customer.complaint.recusal"
    _inherit = "customer.complaint.part"
    _description = "Complaint Recusal"
    _order = "complaint_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="Contact of the employee or other person.",
    )
    kind = fields.Selection(RECUSAL_KINDS, required=True, default="named")
    reason = fields.Char(help="What the complaint says of them, or the interest.")

    _person_uniq = models.UniqueIndex(
        "(complaint_id, partner_id)",
        "This person is recused from the complaint already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        recusals = super().create(
            self._prepare_new_vals_list(vals_list, left_out={"company_id"})
        )
        for recusal in recusals:
            recusal._apply()
        return recusals

    @api.model
    def _check_may_add(self, complaints):
        complaints._check_may_change()

    def write(self, vals):
        self.complaint_id._check_may_change()
        if vals.keys() & {"complaint_id", "partner_id", "company_id"}:
            raise UserError(
                self.env._(
                    "A recusal stays with its person and complaint. Take it back and "
                    "enter another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_superiors(self):
        self.complaint_id._check_not_closed()
        own = self.filtered(
            lambda recusal: recusal.partner_id == self.env.user.partner_id
        )
        if own:
            raise AccessError(
                self.env._("Nobody takes back their own recusal. Ask a supervisor.")
            )
        self.complaint_id._check_may_work()
        for recusal in self:
            recusal.complaint_id._message_log(
                body=self.env._(
                    "Recusal taken back: %(person)s", person=recusal.partner_id.name
                )
            )

    def _apply(self):
        """Note the recusal, and take the complaint from a handler it concerns."""
        self.ensure_one()
        complaint = self.complaint_id
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        complaint._message_log(
            body=self.env._(
                "Recused: %(person)s (%(ground)s) %(reason)s",
                person=self.partner_id.name,
                ground=kinds[self.kind],
                reason=self.reason or "",
            )
        )
        handler = complaint.user_id
        if handler and handler.partner_id == self.partner_id:
            complaint._take_from_handler()
            complaint._pass_on_todos(handler)


class CustomerComplaint(models.Model):
    """Who must not work on the complaint."""

    _inherit = "customer.complaint"

    recusal_ids = fields.One2many(
        "customer.complaint.recusal", "complaint_id", string="Recused Persons"
    )
    recusal_count = fields.Integer(
        string="Recusals",
        compute="_compute_recusal_count",
        store=True,
        precompute=True,
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

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"recusal_count"}

    @api.model
    def _get_frozen_fields(self):
        return super()._get_frozen_fields() | {"recusal_ids"}

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

    def _check_not_recused(self, person):
        """Refuse a person who must not work on one of these complaints.

        :param res.partner person: the contact of a user
        :raise AccessError: naming the complaints
        """
        recused = self.filtered(lambda complaint: complaint._is_recused_from(person))
        if recused:
            raise AccessError(
                self.env._(
                    "You are recused from these complaints and must not work on them: "
                    "%(names)s. Ask a supervisor to have somebody else do it.",
                    names=format_list(self.env, recused.mapped("name")),
                )
            )

    def write(self, vals):
        # Following a case is no work on it.
        if vals.keys() - FOLLOWING_FIELDS:
            self._check_may_work()
        return super().write(vals)

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

    def _take_over_recusals(self, sources):
        """Keep away from this complaint whoever was kept away from others.

        :param customer.complaint sources: complaints that went into this one, or the
            one it was split from
        """
        self.ensure_one()
        # What holds for the matter does not depend on who merges or splits.
        held_sudo = self.sudo().recusal_ids.partner_id
        for recusal_sudo in sources.sudo().recusal_ids:
            person_sudo = recusal_sudo.partner_id
            if person_sudo not in held_sudo:
                held_sudo |= person_sudo
                recusal_sudo.create(
                    {
                        "complaint_id": self.id,
                        "partner_id": person_sudo.id,
                        "kind": recusal_sudo.kind,
                        "reason": recusal_sudo.reason,
                    }
                )

    def action_recuse_myself(self):
        """Ask for the interest that the user declares.

        :rtype: dict
        """
        return self._action_ask(
            "customer.complaint.recuse", self.env._("Recuse Myself")
        )
