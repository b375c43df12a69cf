import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from .mail_message import is_own

MANAGER = "customer_complaint.group_complaint_manager"
COLLECTIONS = (list, tuple, set, frozenset)

RECUSAL_KINDS = [
    ("named", "The complaint is about them"),
    ("interest", "Direct interest in the matter"),
]
# Shorter than that, a word in a text is no name of a person.
MIN_NAME_LENGTH = 2
# What people write who only follow a case.
FOLLOWING_FIELDS = frozenset({"message_follower_ids", "activity_ids", "message_ids"})


def refuse_recused(records, result, operation):
    """Return the result of ``_check_access``, without the cases a user is recused from.

    To read how a case stands is left to them, and to create is guarded by the case.

    :param records: complaints or parts of them, asked for
    :param result: of core: what is forbidden, and the error; or nothing
    :param str operation: what is to be done with the records
    :return: as ``result``
    """
    closed = {"write", "unlink"}
    if getattr(records, "_is_hidden_from_recused", False):
        closed.add("read")
    if operation not in closed or records.env.su or not any(records._ids):
        return result
    user = records.env.user
    if user.share:
        return result
    forbidden = result[0] if result else records.browse()
    # Whether they are, whoever may see the case.
    recused_sudo = (
        (records - forbidden)
        .sudo()
        .filtered(lambda record: record._is_closed_to(user.partner_id))
    )
    if not recused_sudo:
        return result
    if result:
        return (forbidden + records.browse(recused_sudo.ids), result[1])
    return (records.browse(recused_sudo.ids), recused_sudo._make_recused_error)


class CustomerComplaintRecusal(models.Model):
    """A person who must not handle a complaint (回避, CBIRC-2020).

    The complaint is about them, or they have a direct interest in it. A recusal is
    added by whoever works on the complaint, the person included, and taken back by
    somebody above: never by the person.
    """

    _name = "customer.complaint.recusal"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _description = "Complaint Recusal"
    _order = "id"
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
    reason = fields.Char(
        help="What the complaint says of them, or the interest.", personal=True
    )

    _person_uniq = models.UniqueIndex(
        "(complaint_id, partner_id)",
        "This person is recused from the complaint already.",
    )

    @api.model
    def _get_needed_access(self, operation):
        # Whoever recuses themselves no longer works on the case by then: whether they
        # might is asked before.
        if operation == "create":
            return "read"
        return super()._get_needed_access(operation)

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
        # What follows from a recusal is done by rule, not by who is recused.
        complaint = self.complaint_id.sudo()
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
    """Who must not work on the complaint.

    "Not recused" is a condition of every right on a case but to read how it stands.
    It is asked where rights are asked for (``_check_access``), so that whatever needs
    the right to write (posting, to-dos, files, dialogs) follows.
    """

    _inherit = "customer.complaint"

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


class CustomerComplaintPart(models.AbstractModel):
    _inherit = "customer.complaint.part"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_recused(self, result, operation)

    def _is_closed_to(self, person):
        """Return whether a person must not work on the record: recused from its case.

        :param res.partner person: the contact of a user
        :rtype: bool
        """
        self.ensure_one()
        return self.complaint_id._is_recused_from(person)

    @api.model
    def _get_recused_domain(self):
        """Return the domain of the records that are closed to the user.

        :rtype: odoo.fields.Domain
        """
        recused = self.env["customer.complaint"]._get_recused_domain()
        return Domain("complaint_id", "any", recused)

    def _make_recused_error(self):
        return self.complaint_id._make_recused_error()


class CustomerComplaintBelonging(models.AbstractModel):
    _inherit = "customer.complaint.belonging"

    # Whoever is recused reads how the case stands, and none of its papers.
    _is_hidden_from_recused = False

    @api.model
    def _get_seen_owner_domain(self):
        domain = super()._get_seen_owner_domain()
        if self._is_hidden_from_recused and not self.env.user.share:
            domain &= ~self.env["customer.complaint"]._get_recused_domain()
        return domain


class CustomerComplaintMemo(models.Model):
    """Who is complained of is heard: they answer what they are asked (CBIRC-2020)."""

    _inherit = "customer.complaint.memo"

    def _is_closed_to(self, person):
        return self.recipient_id.partner_id != person and super()._is_closed_to(person)

    @api.model
    def _get_recused_domain(self):
        asked = Domain("recipient_id", "=", self.env.uid)
        return super()._get_recused_domain() & ~asked


class IrAttachment(models.Model):
    """Files of a case, wherever they hang, open to nobody who is recused from it."""

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        if self.env.su or self.env.user.share:
            return
        for model, ids in model_and_ids.items():
            if is_own(model) and ids:
                for res_id in self._search_recused(model, list(ids)):
                    yield model, res_id

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not result:
            return result
        forbidden, make_error = result
        return forbidden, lambda: forbidden._get_recused_error() or make_error()

    def unlink(self):
        """:raise AccessError: naming the cases the user is recused from"""
        # Before core looks into files that are closed to the user.
        self._refuse_recused()
        return super().unlink()

    def _refuse_recused(self):
        """:raise AccessError: naming the cases the user is recused from"""
        error = not self.env.su and self._get_recused_error()
        if error:
            raise error

    def _get_recused_error(self):
        """Return the error that names the cases the user is recused from, or nothing.

        :rtype: AccessError or bool
        """
        for file_sudo in self.sudo():  # to which case they belong
            model, res_id = file_sudo.res_model, file_sudo.res_id
            if is_own(model) and res_id and list(self._search_recused(model, [res_id])):
                record_sudo = self.env[model].sudo().browse(res_id)
                cases_sudo = (
                    record_sudo
                    if model == "customer.complaint"
                    else record_sudo.complaint_id
                )
                return cases_sudo._make_recused_error()
        return False

    @api.model
    def _search_recused(self, model, ids=None):
        """Return the query of the records of a model on cases the user is recused from.

        :param str model: name of a model of ours
        :param list ids: which records are in question; all when not given
        :rtype: odoo.tools.Query or list
        """
        Model_sudo = self.env.get(model)
        if Model_sudo is None:
            return []
        # Which cases they are, whoever may see them.
        Model_sudo = Model_sudo.sudo().with_context(active_test=False)
        if hasattr(Model_sudo, "_get_recused_domain"):
            domain = Model_sudo._get_recused_domain()
        elif "complaint_id" in Model_sudo._fields:
            recused = self.env["customer.complaint"]._get_recused_domain()
            domain = Domain("complaint_id", "any", recused)
        else:
            return []
        if ids is not None:
            domain &= Domain("id", "in", ids)
        return Model_sudo._search(domain)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        domain = Domain(domain)
        if not (self.env.su or bypass_access or self.env.user.share):
            # Searches that name no model check each file by itself.
            for model in self._get_own_models(domain):
                domain &= ~(
                    Domain("res_model", "=", model)
                    & Domain("res_id", "in", self._search_recused(model))
                )
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_own_models(self, domain):
        """Return the names of those of our models whose files a domain looks for.

        :param odoo.fields.Domain domain: of files
        :rtype: set[str]
        """
        names = set()
        for condition in domain.iter_conditions():
            if condition.field_expr == "res_model":
                value = condition.value
                names |= set(value if isinstance(value, COLLECTIONS) else [value])
        return {name for name in names if isinstance(name, str) and is_own(name)}
