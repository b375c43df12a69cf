from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, format_list

from .customer_complaint_clock_view import ANSWER_EVENTS
from .customer_complaint_policy import COMPLEXITIES
from .customer_complaint_policy_milestone import EXTENDING_ROLES
from .customer_complaint_superior_request import GRANTED_STATES

# What whoever asks says; the rest follows or is set by the steps.
REQUEST_FIELDS = frozenset({"complaint_id", "complexity", "reason"})


class CustomerComplaintComplexity(models.Model):
    """The decision that a complaint is complex or special, or general after all.

    It decides which limits apply, so it is no field that somebody edits: it is asked
    for with a reason before the limit passes, approved by whom the policy names and who
    did not ask, and told to the complainant; only then the limits follow
    (CBIRC-2020 art. 18).
    """

    _name = "customer.complaint.complexity"
    _inherit = "customer.complaint.superior.request"
    _description = "Decision on the Complexity"
    _order = "date_requested desc, id desc"
    _rec_name = "complexity"
    _decide_todo = "customer_complaint.mail_act_complexity"
    _tell_todo = "customer_complaint.mail_act_tell_complexity"
    _refuse_field = "complexity_ids"

    complexity = fields.Selection(
        COMPLEXITIES, required=True, help="As what the complaint is to be handled."
    )
    complexity_before = fields.Selection(
        COMPLEXITIES,
        readonly=True,
        copy=False,
        help="As what it was handled until then.",
    )
    reason = fields.Text(
        help="What makes the case complex, special or general.", personal=True
    )
    date_due_before = fields.Datetime(
        string="Old Date",
        readonly=True,
        copy=False,
        help="When the answer was due; empty while a pause held it.",
    )
    date_due_after = fields.Datetime(
        string="New Date",
        readonly=True,
        copy=False,
        help="When the answer is due with the new complexity.",
    )

    _request_uniq = models.UniqueIndex(
        "(complaint_id) WHERE state IN ('requested', 'approved')",
        "Another complexity was asked for already. Have that decided and told first.",
    )

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains("reason")
    def _check_reason(self):
        for request in self:
            if not (request.reason or "").strip():
                raise ValidationError(
                    request.complaint_id._name_reason(
                        self.env._("say what makes the case more or less complex.")
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for another complexity, in the name of the user.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if it cannot be asked for now
        """
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        vals_list = [
            {name: value for name, value in vals.items() if name in REQUEST_FIELDS}
            for vals in vals_list
        ]
        complaints = self.env["customer.complaint"].browse(
            {vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")}
        )
        self._check_may_add(complaints)
        for vals in vals_list:
            complaint = complaints.browse(vals.get("complaint_id") or [])
            reason = complaint and complaint._get_cannot_classify_reason(
                vals.get("complexity")
            )
            if reason:
                raise UserError(complaint._name_reason(reason))
        requests = super().create(vals_list)
        for request in requests:
            complaint = request.complaint_id
            request._write_unguarded(
                {
                    "complexity_before": complaint.complexity,
                    **request._prepare_dates_vals(),
                }
            )
            complaint._message_log(body=request._get_log_text())
        complaints._count_complexities()
        requests._sync_todos()
        return requests

    def write(self, vals):
        """Refuse what was asked for to change; following the record is no change.

        :raise UserError: naming the fields, and the way out
        """
        forbidden = [name for name in vals if name in self._get_kept_fields()]
        if forbidden:
            raise UserError(
                self.env._(
                    "A request for another complexity stays as it was made: "
                    "%(fields)s. Take it back and ask anew, or have it approved or "
                    "refused.",
                    fields=self._list_labels(forbidden),
                )
            )
        return super().write(vals)

    @api.model
    def _get_kept_fields(self):
        """Return the names of the fields that only asking and deciding set."""
        return REQUEST_FIELDS | self._get_reserved_fields()

    @api.model
    def _get_reserved_fields(self):
        return frozenset(
            {
                "company_id",
                "complexity_before",
                "date_due_before",
                "date_due_after",
                "state",
                "requested_by_id",
                "date_requested",
                "decided_by_id",
                "date_decided",
                "decision_note",
                "notice_id",
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A request for another complexity is never deleted: what was asked for "
                "and decided stays on record. Take it back instead."
            )
        )

    # ------------------------------------------------------------------
    # DECIDING
    # ------------------------------------------------------------------

    def _get_deciding_role(self):
        return self.complaint_id.sudo().policy_id.complexity_role

    def _get_cannot_approve_reason(self):
        return self.complaint_id._get_wrong_complexity_reason(self.complexity)

    def _prepare_approved_vals(self):
        """The dates that are approved are those the complainant is told."""
        return self._prepare_dates_vals()

    def _prepare_dates_vals(self):
        """Return when the answer is due as things stand, and with the complexity.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        return {
            "date_due_before": complaint._get_answer_due(complaint.complexity),
            "date_due_after": complaint._get_answer_due(self.complexity),
        }

    def _follow_telling(self):
        """The complaint has the complexity from the telling on, and only then."""
        before = self.state
        super()._follow_telling()
        if self.state == before:
            return
        complexity = (
            self.complexity if self.state == "in_effect" else self.complexity_before
        )
        self.complaint_id._write_unguarded({"complexity": complexity})

    def _get_drop_note(self):
        """Return why nobody needs this decision any more, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in ("requested", "approved"):
            return False
        if self.complaint_id._has_ended():
            return self.env._("The complaint has ended.")
        if self.complaint_id.date_decided:
            return self.env._("The complaint was decided.")
        return False

    # ------------------------------------------------------------------
    # TEXT
    # ------------------------------------------------------------------

    def _get_texts(self):
        return {
            "own": self.env._(
                "you asked for the complexity yourself; somebody else decides it."
            ),
            "manager": self.env._("a manager decides on the complexity."),
            "supervisor": self.env._(
                "a supervisor of the team decides on the complexity."
            ),
            "no_reason": self.env._("Say why the complexity stays as it is."),
            "refuse": self.env._("Refuse the Complexity"),
            "refused": self.env._(
                "Complexity of %(complaint)s stays",
                complaint=self.complaint_id[:1].sudo().display_name or "",
            ),
            "nobody": self.env._(
                "Nobody can decide on the complexity: there is no leader of the team "
                "and no manager but who asked, or they are recused. Ask an "
                "administrator to name one."
            ),
            "decide": self.env._("Decide on the complexity"),
            "tell": self.env._("Tell the complainant of the new date"),
        }

    def _get_complexity_label(self, value):
        """Return the translated label of a complexity."""
        return dict(self._fields["complexity"]._description_selection(self.env))[value]

    def _get_log_text(self):
        self.ensure_one()
        values = {
            "complexity": self._get_complexity_label(self.complexity),
            "reason": self.reason,
            "note": self.decision_note or "",
        }
        texts = {
            "requested": self.env._(
                "Asked for complexity “%(complexity)s”: %(reason)s", **values
            ),
            "approved": self.env._(
                "Complexity “%(complexity)s” approved. It counts once the complainant "
                "is told.",
                **values,
            ),
            "in_effect": self.env._(
                "Handled as “%(complexity)s” from now on", **values
            ),
            "refused": self.env._(
                "Complexity “%(complexity)s” refused: %(note)s", **values
            ),
            "dropped": self.env._(
                "Complexity “%(complexity)s” no longer needed: %(note)s", **values
            ),
        }
        return texts[self.state]

    def _get_notice_line(self):
        self.ensure_one()
        complaint = self.complaint_id
        values = {
            "number": complaint.name,
            "complexity": self._get_complexity_label(self.complexity),
            "reason": self.reason,
        }
        if not self.date_due_before or not self.date_due_after:
            return self.env._(
                "Your complaint %(number)s is handled as “%(complexity)s”; its time "
                "limit changes with that. Reason: %(reason)s",
                **values,
            )
        return self.env._(
            "Your complaint %(number)s is handled as “%(complexity)s”: the limit was "
            "%(before)s and is now %(after)s. Reason: %(reason)s",
            before=complaint._format_moment(self.date_due_before),
            after=complaint._format_moment(self.date_due_after),
            **values,
        )


class CustomerComplaint(models.Model):
    """The complexity of a complaint is decided, not edited."""

    _inherit = "customer.complaint"

    complexity_ids = fields.One2many(
        "customer.complaint.complexity",
        "complaint_id",
        string="Decisions on the Complexity",
        system=True,
    )
    complexity_count = fields.Integer(
        string="Number of Decisions on the Complexity",
        readonly=True,
        copy=False,
        system=True,
    )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        # What is split off stays as complex as what it was; that is the system's doing.
        if not self.env.su:
            complaints._check_complexity_is_decided("general")
        return complaints

    def write(self, vals):
        if "complexity" in vals:
            self._check_complexity_is_decided(vals["complexity"])
        return super().write(vals)

    def _check_complexity_is_decided(self, complexity):
        """Refuse a complexity that nobody decided on.

        :param str complexity: the one that all of them have by right
        :raise UserError: naming the complaints and the way out
        """
        edited = self.filtered(lambda complaint: complaint.complexity != complexity)
        if edited:
            raise UserError(
                self.env._(
                    "The complexity is decided with a reason, approved and told to the "
                    "complainant: %(names)s. Register it as it is, then press “Change "
                    "Complexity” on its page “Time Limits”.",
                    names=format_list(self.env, edited.mapped("name")),
                )
            )

    def _count_complexities(self):
        """Store how many decisions there are, so that most complaints cost no query."""
        # A count of the system, whatever the user sees of each.
        for complaint_sudo in self.sudo():
            complaint_sudo._write_unguarded(
                {"complexity_count": len(complaint_sudo.complexity_ids)}
            )

    # ------------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------------

    def _get_cannot_classify_reason(self, complexity):
        """Return why another complexity cannot be asked for now, or False.

        :param str complexity: the one asked for
        :rtype: str or bool
        """
        self.ensure_one()
        # Whether one was asked for counts, not whether the user may see it.
        states = self.sudo().complexity_ids.mapped("state")
        if {"requested", "approved"} & set(states):
            return self.env._(
                "another complexity was asked for already. Have it decided and told "
                "first."
            )
        passed = self._get_passed_answer()
        if passed:
            return self.env._(
                "its limit passed on %(date)s. Another complexity is asked for before "
                "the limit passes; tell the complainant how things stand instead.",
                date=self._format_moment(passed),
            )
        return self._get_wrong_complexity_reason(complexity)

    def _get_wrong_complexity_reason(self, complexity):
        """Return why the complaint cannot have a complexity at all, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.date_decided:
            return self.env._("it is decided; its complexity is settled.")
        if complexity == self.complexity:
            return self.env._("it is handled so already. Choose another complexity.")
        if self.sudo().policy_id.complexity_role in (False, "none"):
            return self.env._("its policy lets nobody change the complexity.")
        return False

    def _get_passed_answer(self):
        """Return when the limit for the answer passed, False while it did not.

        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        # The limit is the same for every reader.
        return min(
            self.sudo()
            .deadline_ids.filtered(
                lambda deadline: (
                    deadline.done_event in ANSWER_EVENTS
                    and deadline.round == self.clock_round
                    and deadline.state == "running"
                    and deadline.date_due < now
                )
            )
            .mapped("date_due"),
            default=False,
        )

    def _get_answer_due(self, complexity):
        """Return when the answer is due if the complaint has a complexity.

        :param str complexity: the one it has, or may get
        :return: naive UTC, False when it is not known
        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        policy = self.policy_id
        if not self.is_policy_forced:
            policy = self._choose_policy(complexity=complexity)[0]
        facts = self._get_clock_facts()
        Milestone = self.env["customer.complaint.policy.milestone"]
        dues = [
            self._get_due(terms, start)
            for wanted, terms in Milestone._read_terms(policy.id)
            if wanted in ("", complexity)
            and terms.kind == "limit"
            and terms.done_event in ANSWER_EVENTS
            and (start := facts.get_start(terms.start_event))
        ]
        return min(filter(None, dues), default=False)

    # ------------------------------------------------------------------
    # CLOCK
    # ------------------------------------------------------------------

    def _is_moved_by_notices(self):
        return bool(self.complexity_count) or super()._is_moved_by_notices()

    def _sync_deadlines(self):
        decided = self.sudo().filtered("complexity_count")
        for complaint in decided:
            # The latest: those before it are history.
            granted = complaint.complexity_ids.filtered(
                lambda request: request.state in GRANTED_STATES
            )
            if granted:
                granted[0]._follow_telling()
        result = super()._sync_deadlines()
        for request in decided.complexity_ids:
            note = request._get_drop_note()
            if note:
                request._drop(note)
        return result

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        # A decision or an end settles what was asked for, whatever clocks wait for.
        self.filtered("complexity_count")._sync_deadlines()
        return result

    # ------------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------------

    def _get_requests_to_tell(self):
        requests = super()._get_requests_to_tell()
        if self.complexity_count:
            requests += self.complexity_ids.filtered(
                lambda request: request.state == "approved"
            )
        return requests

    def _has_granted_requests(self):
        return super()._has_granted_requests() or (
            self.complexity_count > 0
            and any(request.state in GRANTED_STATES for request in self.complexity_ids)
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_change_complexity(self):
        """Ask how complex the case is, and why.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.request.complexity",
            self.env._("Change Complexity"),
            complaint_id=self.id,
        )

    def action_open_complexities(self):
        """List what was asked and decided about the complexity.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts("complexity")


class CustomerComplaintPolicy(models.Model):
    _inherit = "customer.complaint.policy"

    complexity_role = fields.Selection(
        EXTENDING_ROLES,
        string="Complexity Decided By",
        required=True,
        default="supervisor",
        help="Who approves that a complaint is handled as complex or special, besides "
        "the leaders of the superior teams. Who asks for it never does.",
    )
