from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_list

from odoo.addons.customer_complaint.const import ARCHIVIST, MANAGER, MAX_NAME_LENGTH
from odoo.addons.customer_complaint_base.tools.job import work_off
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

RUNNING_DISPOSALS = ("draft", "proposed", "approved")
PERSON_REQUEST_SEQUENCE = "customer.complaint.person.request"
REQUEST_KINDS = [
    ("export", "Copy of Their Data"),
    ("restriction", "Restriction"),
    ("erasure", "Erasure"),
]
REQUEST_STATES = [
    ("registered", "Registered"),
    ("granted", "To Carry Out"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("lifted", "Lifted"),
    ("cancelled", "Cancelled"),
]
IDENTITY_PROOFS = [
    ("document", "Identity document shown"),
    ("call_back", "Called back at the number known to us"),
    ("account", "Logged in to their account"),
    ("mandate", "Power of attorney and identity document"),
    ("other", "Otherwise"),
]
PERSON_FIELDS = ("partner_id", "person_name", "phone", "email")
# What else the decision is made on.
FIXED_FIELDS = (
    "kind",
    "complaint_ids",
    "asked_by",
    "date_asked",
    "reason",
    "identity_proof",
    "identity_note",
)


class CustomerComplaintPersonRequest(models.Model):
    """What a person asks of us about their own data (个人信息保护法 art. 44-50).

    A copy, a restriction, or the erasure. Archivist or manager registers it with the
    proof of who asks, and the cases it concerns; another manager decides (four eyes).
    While the retention of a case runs, erasure means restriction; when it ends, the
    case is disposed of without anybody having to think of it.
    """

    _name = "customer.complaint.person.request"
    _inherit = [
        "customer.complaint.person.copy",
        "customer.complaint.numbered",
        "customer.complaint.four.eyes",
        "mail.thread",
        "mail.activity.mixin",
        "customer.complaint.personal",
    ]
    _description = "Request About Personal Data"
    _sequence_code = PERSON_REQUEST_SEQUENCE
    _undecided_state = "registered"
    _order = "id desc"
    _check_company_auto = True

    kind = fields.Selection(
        REQUEST_KINDS,
        string="What Is Asked",
        required=True,
        index=True,
        help="A restricted case is kept and no longer used. Erasure restricts it until "
        "its retention ends, and erases it then.",
    )
    state = fields.Selection(
        REQUEST_STATES,
        required=True,
        readonly=True,
        copy=False,
        default="registered",
        index=True,
        tracking=True,
        system=True,
    )

    # Whose data
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The person, if they are a contact.",
        personal=True,
    )
    person_name = fields.Char(
        help="As told in the complaints, for people who are no contact.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    phone = fields.Char(
        help="Telephone as told in the complaints.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    email = fields.Char(
        help="E-mail address as told in the complaints.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )

    # Who asks
    asked_by = fields.Char(
        string="Who Asks",
        required=True,
        help="The person themselves, or who acts for them.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    date_asked = fields.Date(
        string="Asked On",
        required=True,
        compute="_compute_date_asked",
        store=True,
        readonly=False,
        precompute=True,
    )
    reason = fields.Text(help="What they say, in their own words.", personal=True)
    identity_proof = fields.Selection(
        IDENTITY_PROOFS,
        required=True,
        help="How we know that it is the person. Nobody gets the data of another.",
    )
    identity_note = fields.Char(
        string="Proof Details",
        help="E.g. who checked it and when. No number of an identity document: it is "
        "not needed any more.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    complaint_ids = fields.Many2many(
        "customer.complaint",
        "customer_complaint_person_request_rel",
        "request_id",
        "complaint_id",
        string="Cases",
        copy=False,
        check_company=True,
        help="The complaints of the person. “Find Cases” proposes them.",
    )
    complaint_count = fields.Integer(
        string="Number of Cases", compute="_compute_complaint_count"
    )

    # Decision and end
    registered_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        system=True,
    )
    decision_note = fields.Text(
        string="Reason of the Decision",
        readonly=True,
        copy=False,
        help="Why it was refused; the person is told.",
        personal=True,
        system=True,
    )
    ended_by_id = fields.Many2one(
        "res.users",
        string="Lifted By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_ended = fields.Datetime(
        string="Ended On", readonly=True, copy=False, system=True
    )
    end_reason = fields.Text(
        string="Reason of Lifting",
        readonly=True,
        copy=False,
        help="Why the restriction was lifted.",
        personal=True,
        system=True,
    )
    can_lift = fields.Boolean(
        compute="_compute_can_lift", help="Whether you may lift the restriction."
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another request of the company already has this number.",
    )

    @api.depends("company_id")
    def _compute_date_asked(self):
        """Propose today where the company is."""
        for record in self:
            company = record.company_id or self.env.company
            record.date_asked = record.date_asked or company._complaint_today()

    @api.depends("complaint_ids")
    def _compute_complaint_count(self):
        for request in self:
            request.complaint_count = len(request.complaint_ids)

    @api.depends_context("uid")
    @api.depends("state", "kind")
    def _compute_can_lift(self):
        for request in self:
            request.can_lift = request._is_lifted_by(self.env.user)

    def _is_lifted_by(self, user):
        self.ensure_one()
        return (
            self.state == "granted"
            and self.kind != "export"
            and user.has_group(MANAGER)
        )

    @api.constrains(*PERSON_FIELDS, "asked_by", "identity_note", "date_asked")
    def _check_person(self):
        for request in self:
            if not any(
                (request[name] or "").strip() if name != "partner_id" else request[name]
                for name in PERSON_FIELDS
            ):
                raise ValidationError(
                    self.env._(
                        "Say whose data it is about: choose the customer, or enter the "
                        "name, telephone or e-mail address they gave."
                    )
                )
            today = request.company_id._complaint_today()
            if request.date_asked > today:
                raise ValidationError(
                    self.env._(
                        "A request cannot have been made in the future. Enter the day "
                        "it reached you."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Register requests.

        :raise AccessError: unless the user is archivist or manager
        """
        self._check_role()
        requests = super().create(vals_list)
        requests._check_cases()
        return requests

    def _check_vals(self, vals):
        if vals.keys() & {*PERSON_FIELDS, *FIXED_FIELDS}:
            self._check_role()
            self._check_state("registered")
        return super()._check_vals(vals)

    def write(self, vals):
        result = super().write(vals)
        if "complaint_ids" in vals:
            self._check_cases()
        return result

    def _check_role(self):
        """:raise AccessError: unless the user is archivist or manager"""
        if not self.env.su and not any(
            self.env.user.has_group(group) for group in (ARCHIVIST, MANAGER)
        ):
            raise AccessError(
                self.env._(
                    "Requests about personal data are the archivist's and the "
                    "managers'. Hand it on to them."
                )
            )

    def _check_cases(self):
        """Refuse cases that the user does not see, or that are nobody's any more.

        :raise AccessError: if the user may not read one of them
        :raise ValidationError: naming cases of other companies
        """
        self.complaint_ids.check_access("read")
        for request in self:
            others = request.complaint_ids.filtered(
                lambda complaint, request=request: (
                    complaint.company_id != request.company_id
                )
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "These complaints belong to another company: %(names)s. "
                        "Register a request there as well.",
                        names=format_list(self.env, others.mapped("name")),
                    )
                )

    def action_find_cases(self):
        """Add the complaints in which the person is known by what was entered.

        :raise UserError: if it is decided already
        """
        self._check_role()
        self._check_state("registered")
        for request in self:
            found = self.env["customer.complaint"].search(request._get_cases_domain())
            request.complaint_ids = [
                fields.Command.link(complaint.id)
                for complaint in found - request.complaint_ids
            ]
        return True

    def _get_cases_domain(self):
        """Return the domain of the complaints that may be the person's.

        Many people bear the same name: it counts only when nothing else is known.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        same = []
        if self.partner_id:
            same.append(Domain("partner_id", "=", self.partner_id.id))
            same.append(Domain("representative_ids", "in", self.partner_id.ids))
        if (self.phone or "").strip():
            Complaint = self.env["customer.complaint"]
            same.append(Complaint._get_phone_domain(self.phone, self.company_id))
        if (self.email or "").strip():
            address = email_normalize(self.email) or self.email.strip()
            same.append(Domain("email", "=ilike", _escape_like(address)))
        if not same:
            same.append(
                Domain("complainant_name", "=", (self.person_name or "").strip())
            )
        return (
            Domain.OR(same)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("date_erased", "=", False)
        )

    def action_view_cases(self):
        """List the cases.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_list_for(
            [("id", "in", self.complaint_ids.ids)]
        )

    def _get_cannot_decide_reason(self):
        """Return why the user may not decide on the request, or nothing.

        :rtype: str or bool
        """
        self.ensure_one()
        user = self.env.user
        if not user.has_group(MANAGER):
            return self.env._("a manager decides on it")
        if user in (self.registered_by_id | self.create_uid):
            return self.env._("whoever registers it does not decide (four eyes)")
        if user.partner_id == self.partner_id:
            return self.env._("nobody decides on their own data")
        return False

    def _check_may_decide(self):
        self.check_access("write")
        self.complaint_ids._check_not_recused(self.env.user.partner_id)
        return super()._check_may_decide()

    def action_grant(self):
        """Grant: restrict the cases, or open the export.

        :raise AccessError: if the user may not decide
        :raise UserError: naming cases that are still being handled
        """
        self._check_may_decide()
        empty = self.filtered(
            lambda request: (
                request.kind != "export" and not request._concerns_anything()
            )
        )
        if empty:
            raise UserError(
                self.env._(
                    "No case is entered: %(names)s. Press “Find Cases”, or refuse the "
                    "request because we hold nothing.",
                    names=format_list(self.env, empty.mapped("name")),
                )
            )
        binding = self.filtered(lambda request: request.kind != "export")
        binding.complaint_ids._check_may_restrict()
        self._decide("granted")
        # The manager's decision; the system carries it out.
        binding.sudo().complaint_ids._set_restricted()
        for request in binding:
            request._log_on_cases(
                self.env._(
                    "Restricted by the request %(name)s: kept, and no longer used.",
                    name=request.name,
                )
            )
        if "erasure" in binding.mapped("kind"):
            # The job is the system's; whoever binds the request only asks for it.
            self.sudo().env.ref(
                "customer_complaint_archive.cron_archive_retention"
            )._trigger()
        return True

    def _concerns_anything(self):
        """Return whether we hold anything that may be restricted or erased. Hook.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.complaint_ids)

    def action_refuse(self):
        """Ask why the request is refused.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_refuse",
            self.env._("Refuse"),
            self.env._(
                "The person is told why, and that they may turn to the authority."
            ),
            self._get_reason_example(),
        )

    def action_lift(self):
        """Ask why the restriction is lifted.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_lift",
            self.env._("Lift the Restriction"),
            self.env._(
                "The cases are seen and used again by those who work on them, unless "
                "another request restricts them."
            ),
            self._get_reason_example(),
        )

    def _get_reason_example(self):
        return self.env._("It stays with the request.")

    @takes_reason
    def _refuse(self, reason):
        """Refuse the requests.

        :param str reason: plain text
        :raise AccessError: if the user may not decide
        """
        self._check_may_decide()
        self._decide("refused", decision_note=reason)

    @takes_reason
    def _lift(self, reason):
        """Lift the restriction, e.g. because the person wants it or a court needs it.

        :param str reason: plain text
        :raise AccessError: unless the user is manager, and not recused
        :raise UserError: if nothing is restricted by it
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only a manager lifts a restriction. Ask one of them.")
            )
        self._check_state("granted")
        if "export" in self.mapped("kind"):
            raise UserError(
                self.env._("A copy of data restricts nothing. Mark it as done instead.")
            )
        self.complaint_ids._check_not_recused(self.env.user.partner_id)
        self._end("lifted", end_reason=reason)
        self.sudo().complaint_ids._set_restricted()  # the manager's decision
        for request in self:
            request._log_on_cases(
                self.env._(
                    "The restriction by the request %(name)s was lifted: %(reason)s",
                    name=request.name,
                    reason=reason,
                )
            )

    def action_cancel(self):
        """Give the request up: it was withdrawn, or registered by mistake.

        :raise UserError: if it has been decided
        """
        self._check_role()
        self.check_access("write")
        self._check_state("registered")
        self._end("cancelled")
        return True

    def action_done(self):
        """Record that the person has got the copy of their data.

        :raise UserError: unless it is a copy that was granted
        """
        self._check_role()
        self.check_access("write")
        self._check_state("granted")
        if any(request.kind != "export" for request in self):
            raise UserError(
                self.env._("A restriction is not done, but lifted by a manager.")
            )
        self._end("done")
        return True

    def _end(self, state, **values):
        self._write_unguarded(
            {
                "state": state,
                "ended_by_id": self.env.uid,
                "date_ended": fields.Datetime.now(),
                **values,
            }
        )

    def _log_on_cases(self, body):
        """Note something in the history of the cases.

        :param str body: plain text
        """
        # The note is the system's: nobody works on a restricted case.
        complaints_sudo = self.sudo().complaint_ids
        complaints_sudo._message_log_batch(
            bodies={complaint.id: body for complaint in complaints_sudo},
            author_id=self.env.user.partner_id.id,
        )

    # ------------------------------------------------------------------
    # ERASURE
    #
    # A request itself holds data of a person: erased with the last of its cases.
    # ------------------------------------------------------------------

    @api.model
    def _get_case_domain(self, complaints):
        """Requests whose other cases are kept stay as they are."""
        return (
            Domain("complaint_ids", "in", complaints.ids)
            & Domain("state", "!=", "registered")
            & ~Domain(
                "complaint_ids",
                "any",
                [("date_erased", "=", False), ("id", "not in", complaints.ids)],
            )
        )

    @api.model
    def _get_ground(self, complaint):
        """Return by which request a case is erased, as its history says it.

        :param customer.complaint complaint: to be erased
        :rtype: str
        """
        request = complaint.person_request_ids.filtered(
            lambda request: request.kind == "erasure" and request.state == "granted"
        )[:1]
        if not request:
            return self.env._("All personal data of the case were erased.")
        return self.env._(
            "All personal data of the case were erased, as the request %(name)s asks.",
            name=request.name,
        )

    @api.model
    def _finish_erased(self, complaints):
        """End the requests that are fulfilled: nothing of the person is left.

        :param customer.complaint complaints: just erased
        """
        done = self.search(
            [
                ("complaint_ids", "in", complaints.ids),
                ("state", "=", "granted"),
                ("kind", "!=", "export"),
            ]
        ).filtered(lambda request: all(request.complaint_ids.mapped("date_erased")))
        done._end("done")

    @api.model
    def _approve_due_disposals(self):
        """Make a disposal of the cards that granted requests want erased, once due.

        Two people have decided on it already: who registered the request and the
        manager who granted it. Legal holds and retention keep a card as ever.
        """
        granted = self.search(
            [
                ("kind", "=", "erasure"),
                ("state", "=", "granted"),
                ("complaint_ids.archive_card_id.is_due", "=", True),
            ]
        )
        work_off(granted, lambda request: request._approve_due_disposal())

    def _approve_due_disposal(self):
        """Make a disposal of those cards that are due and stand in none."""
        due = self.complaint_ids.archive_card_id.filtered(
            lambda card: not card._get_cannot_dispose_reason()
        )
        standing = (
            self.env["customer.complaint.archive.disposal.line"]
            .search(
                [
                    ("card_id", "in", due.ids),
                    ("disposal_id.state", "in", RUNNING_DISPOSALS),
                ]
            )
            .card_id
        )
        if due - standing:
            self._make_disposal(due - standing)

    def _make_disposal(self, cards):
        """Return an approved disposal of cards, in the name of who decided.

        :param customer.complaint.archive.card cards: due
        :rtype: customer.complaint.archive.disposal
        """
        self.ensure_one()
        disposal = self.env["customer.complaint.archive.disposal"].create(
            {
                "company_id": self.company_id.id,
                "note": self.env._(
                    "Erasure asked for by the request %(name)s.", name=self.name
                ),
                "line_ids": [
                    fields.Command.create({"card_id": card.id}) for card in cards
                ],
            }
        )
        disposal._write_unguarded(
            {
                "state": "approved",
                "proposed_by_id": self.registered_by_id.id,
                "date_proposed": self.create_date,
                "decided_by_id": self.decided_by_id.id,
                "date_decided": self.date_decided,
            }
        )
        disposal._tell_departments(
            self.env._(
                "Cards are destroyed at the request %(name)s, since their retention "
                "has ended: %(count)s.",
                name=self.name,
                count=len(cards),
            )
        )
        return disposal


def _escape_like(text):
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
