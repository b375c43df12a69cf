from contextlib import ExitStack

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

from ..const import (
    AGENT,
    ARCHIVIST,
    CLOSED_STATES,
    COMPLAINT_STATES,
    CONCLUSIONS,
    MAIN_STATES,
    MEASURE_FIELDS,
    OPEN_STATES,
    QUALITY,
    SUPERVISOR,
    Missing,
)

# From each state, where a complaint may go. Leaving a closed state is a reopening.
TRANSITIONS = {
    "registered": {"accepted", "refused", "withdrawn", "merged"},
    "accepted": {"investigating", "remediation", "refused", "withdrawn", "merged"},
    "investigating": {"remediation", "refused", "withdrawn", "merged"},
    "remediation": {"investigating", "followup", "refused", "withdrawn", "merged"},
    "followup": {"remediation", "investigating", "closed", "withdrawn", "merged"},
    "closed": {"investigating"},
    "refused": {"registered", "investigating"},
    "withdrawn": {"registered", "investigating"},
    "merged": set(),
}
# What must be filled in before each step.
REQUIRED_FIELDS = {
    "accepted": ("partner_id", "category_id", "channel_id", "description"),
    "remediation": ("conclusion", "conclusion_note"),
    "followup": ("conclusion", "conclusion_note"),
    "closed": ("conclusion", "conclusion_note"),
    "refused": ("refusal_ground_id", "refusal_note"),
    "withdrawn": ("date_withdrawn", "withdrawal_reason"),
    "merged": ("merged_into_id",),
}
# The next step of the main road, for which the form says what is missing.
NEXT_STATE = dict(zip(MAIN_STATES, MAIN_STATES[1:], strict=False))
# Who may take a step; reopening, and refusing what was accepted, needs a supervisor.
STEP_GROUPS = {
    "registered": (AGENT,),
    "accepted": (AGENT,),
    "investigating": (AGENT, QUALITY),
    "remediation": (AGENT, QUALITY),
    "followup": (AGENT, QUALITY),
    "closed": (AGENT,),
    "refused": (AGENT,),
    "withdrawn": (AGENT,),
    "merged": (SUPERVISOR,),
}

# Entered by hand, and no earlier than the receipt.
ENTERED_FACTS = ("date_agreed", "date_goods_returned")


class CustomerComplaintLife(models.AbstractModel):
    """The life of a complaint: states, the conditions of each step, its dates.

    A change of ``state`` goes through :meth:`write`, whoever asks for it (button,
    kanban, import, RPC): the map, the rights and the conditions hold for all.
    """

    _name = "customer.complaint.life"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Life of a Complaint"

    state = fields.Selection(
        COMPLAINT_STATES,
        required=True,
        default="registered",
        copy=False,
        tracking=True,
        group_expand="_group_expand_states",
        told_to_person=True,
    )
    is_closed = fields.Boolean(
        compute="_compute_is_closed",
        search="_search_is_closed",
        help="Closed, refused, withdrawn or merged.",
    )
    next_step_note = fields.Text(
        compute="_compute_next_step_note",
        help="What is still missing before the next step, one line each.",
    )

    # Dates and people of each step
    date_accepted = fields.Datetime(
        string="Accepted On",
        readonly=True,
        copy=False,
        system=True,
        told_to_person=True,
    )
    accepted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, system=True
    )
    date_decided = fields.Datetime(
        string="Decided On",
        readonly=True,
        copy=False,
        tracking=True,
        help="When the conclusion of the investigation was settled.",
        system=True,
        told_to_person=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False, system=True)
    date_notified = fields.Datetime(
        string="Customer Informed On",
        readonly=True,
        copy=False,
        tracking=True,
        help="When the customer was told the decision.",
        system=True,
        told_to_person=True,
    )
    date_closed = fields.Datetime(
        string="Closed On",
        readonly=True,
        copy=False,
        index=True,
        system=True,
        told_to_person=True,
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, system=True)
    date_first_closed = fields.Datetime(
        string="First Closed On",
        readonly=True,
        copy=False,
        help="Kept when the complaint is reopened on new facts.",
        system=True,
    )
    reopen_count = fields.Integer(
        string="Times Reopened", readonly=True, copy=False, system=True
    )
    reopen_reason = fields.Text(
        copy=False,
        help="New facts on which a complaint was opened again.",
        sealed=False,
        personal=True,
    )

    # Facts that limits may run from
    date_new_facts = fields.Datetime(
        string="New Facts Received On",
        copy=False,
        help="When the new facts reached us; the clocks start anew from there.",
        sealed=False,
    )
    date_restarted = fields.Datetime(
        string="Clock Restarted On",
        readonly=True,
        copy=False,
        help="When the new facts arrived on which the complaint was reopened; its "
        "time runs from there.",
        system=True,
    )
    date_agreed = fields.Datetime(
        string="Agreement Accepted On",
        copy=False,
        tracking=True,
        help="When the complainant accepted what is offered; limits for carrying it "
        "out may run from here.",
        frozen=True,
    )
    date_goods_returned = fields.Datetime(
        string="Goods Received Back On",
        copy=False,
        tracking=True,
        help="When the goods came back to us; the limit for the refund runs from here "
        "(LAW: 7 days).",
        frozen=True,
    )

    # Refusal and withdrawal
    refusal_ground_id = fields.Many2one(
        "customer.complaint.refusal.ground",
        copy=False,
        tracking=True,
        ondelete="restrict",
        frozen=True,
        told_to_person=True,
    )
    refusal_note = fields.Text(
        copy=False,
        help="Why the ground applies here, as told to the customer.",
        personal=True,
        frozen=True,
        told_to_person=True,
    )
    date_withdrawn = fields.Date(
        string="Withdrawn On",
        copy=False,
        tracking=True,
        help="Day the customer's withdrawal arrived; the procedure ends that day.",
        frozen=True,
        told_to_person=True,
    )
    withdrawal_reason = fields.Text(
        copy=False, personal=True, frozen=True, told_to_person=True
    )

    # Merging and splitting, which are an addon of their own
    merged_into_id = fields.Many2one(
        "customer.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The complaint that goes on with this matter.",
        system=True,
    )
    split_from_id = fields.Many2one(
        "customer.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The complaint that this one was split off.",
        system=True,
    )

    # Result
    conclusion = fields.Selection(
        CONCLUSIONS,
        copy=False,
        tracking=True,
        help="What the investigation found.",
        frozen=True,
        told_to_person=True,
    )
    conclusion_note = fields.Text(
        string="Findings and Opinion",
        copy=False,
        tracking=True,
        help="What was verified and found, and what is to be done (处理意见).",
        personal=True,
        frozen=True,
    )
    has_return = fields.Boolean("Goods Returned", copy=False, told_to_person=True)
    has_exchange = fields.Boolean("Goods Exchanged", copy=False, told_to_person=True)
    has_lost_wages = fields.Boolean("Lost Wages", copy=False, told_to_person=True)
    has_travel = fields.Boolean("Travel Costs", copy=False, told_to_person=True)
    has_nursing = fields.Boolean("Nursing Costs", copy=False, told_to_person=True)
    has_consolation = fields.Boolean(
        "Consolation Goods", copy=False, told_to_person=True
    )
    has_compensation = fields.Boolean(
        "Compensation Money", copy=False, told_to_person=True
    )
    has_other_measure = fields.Boolean("Other Measure", copy=False, told_to_person=True)
    date_carried_out = fields.Datetime(
        string="Carried Out On",
        readonly=True,
        copy=False,
        help="When all that was decided had been carried out.",
        system=True,
    )

    @api.depends("state")
    def _compute_is_closed(self):
        for complaint in self:
            complaint.is_closed = complaint.state in CLOSED_STATES

    @api.depends("state", *set().union(*REQUIRED_FIELDS.values()))
    def _compute_next_step_note(self):
        for complaint in self:
            target = NEXT_STATE.get(complaint.state)
            notes = complaint._list_missing(target) if target else []
            complaint.next_step_note = bool(notes) and "\n".join(
                [
                    self.env._(
                        "Before “%(state)s”:", state=self._get_state_label(target)
                    ),
                    *(f"• {note}" for note in notes),
                ]
            )

    def _iter_missing(self, target):
        """Yield what is still to be done before ``target``, one demand each.

        The one place where a condition of a step is said: the refusal of the step
        names the first, the form lists all.

        :param str target: the state to go to
        :return: when its turn is, and the text that completes “first …”, e.g. “fill in
            “Cause””
        :rtype: Iterator[tuple[Missing, str]]
        """
        self.ensure_one()
        missing = self._get_missing_fields(target)
        if missing:
            yield (
                Missing.FIELDS,
                self.env._(
                    "fill in %(fields)s",
                    fields=format_list(self.env, self._get_field_labels(missing)),
                ),
            )

    def _list_missing(self, target):
        """Return what is still to be done before ``target``, as the work goes.

        :rtype: list[str]
        """
        missing = sorted(self._iter_missing(target), key=lambda demand: demand[0])
        return [text for _turn, text in missing]

    @api.model
    def _search_is_closed(self, operator, value):
        if operator not in ("in", "not in") or set(value) - {True, False}:
            return NotImplemented
        wanted = set(value) if operator == "in" else {True, False} - set(value)
        if len(wanted) != 1:
            return [(1, "=", 1)] if wanted else [(0, "=", 1)]
        # Never "not in", for which no index serves.
        return [("state", "in", CLOSED_STATES if True in wanted else OPEN_STATES)]

    @api.model
    def _group_expand_states(self, states, domain):
        """Show the columns of the main road even when they are empty."""
        return [
            state
            for state, _label in COMPLAINT_STATES
            if state in MAIN_STATES or state in states
        ]

    @api.constrains("date_agreed", "date_goods_returned", "date_received")
    def _check_entered_facts(self):
        now = fields.Datetime.now()
        for complaint in self:
            for name in ENTERED_FACTS:
                moment = complaint[name]
                if moment and not complaint.date_received <= moment <= now:
                    raise ValidationError(
                        self.env._(
                            "%(number)s: “%(field)s” lies between the day the "
                            "complaint was received and now. Correct the date.",
                            number=complaint.name,
                            field=self._get_field_label(name),
                        )
                    )

    @api.constrains("date_new_facts", "date_received")
    def _check_date_new_facts(self):
        now = fields.Datetime.now()
        for complaint in self:
            moment = complaint.date_new_facts
            if moment and not complaint.date_received <= moment <= now:
                raise ValidationError(
                    self.env._(
                        "%(number)s: new facts arrive after the complaint was received "
                        "and not in the future. Correct the date.",
                        number=complaint.name,
                    )
                )

    @api.constrains("date_notified", "date_withdrawn", "date_received")
    def _check_life_dates(self):
        now = fields.Datetime.now()
        for complaint in self:
            notified = complaint.date_notified
            if notified and not complaint.date_received <= notified <= now:
                raise ValidationError(
                    self.env._(
                        "The customer can only have been informed between the day the "
                        "complaint was received and now. Correct the date."
                    )
                )
            company = complaint.company_id
            withdrawn = complaint.date_withdrawn
            received = company._complaint_date(complaint.date_received)
            if withdrawn and not received <= withdrawn <= company._complaint_today():
                raise ValidationError(
                    self.env._(
                        "A withdrawal arrives between the day the complaint was "
                        "received, %(received)s, and today. Correct the date.",
                        received=received,
                    )
                )

    @api.constrains("compensation_total", *MEASURE_FIELDS)
    def _check_compensation_total(self):
        for complaint in self:
            total = complaint.compensation_total
            if complaint.currency_id.compare_amounts(total, 0) < 0:
                raise ValidationError(
                    self.env._("The total compensation cannot be negative.")
                )
            if complaint.currency_id.is_zero(total):
                continue
            if not any(complaint[name] for name in MEASURE_FIELDS):
                raise ValidationError(
                    self.env._(
                        "A compensation is entered, but nothing under “What was done” "
                        "says what for. Tick what the customer received."
                    )
                )

    @api.model
    def _get_reserved_fields(self):
        return super()._get_reserved_fields() | {"state"}

    @api.model
    def _without_system_defaults(self):
        """Return the model without defaults from the context for what steps set.

        The “+” of a kanban column, for one, proposes the state of its column.
        """
        reserved = {f"default_{name}" for name in self._get_reserved_fields()}
        if reserved.isdisjoint(self.env.context):
            return self
        kept = {
            key: value for key, value in self.env.context.items() if key not in reserved
        }
        return self.with_env(self.env(context=kept))

    @api.model
    def _check_new_vals(self, vals):
        """Refuse to create a complaint in the middle of its life.

        :raise UserError: if the values set what only the steps may set
        """
        if vals.get("state", "registered") != "registered":
            raise UserError(
                self.env._(
                    "A complaint starts as registered. Register it first, then take "
                    "the steps one by one."
                )
            )
        # A form or an import may carry the empty defaults along.
        self._check_system_fields(
            name for name, value in vals.items() if value and value != "/"
        )

    @api.model
    def _check_system_fields(self, names):
        """Refuse values for what the system writes by itself.

        :param names: names of the fields somebody wants to set
        :raise UserError: naming those that only the steps set
        """
        forbidden = sorted(self._get_marked_fields("system").intersection(names))
        if forbidden:
            raise UserError(
                self.env._(
                    "The system sets these by itself; leave them out: %(fields)s.",
                    fields=format_list(self.env, self._get_field_labels(forbidden)),
                )
            )

    def _is_decision_told(self):
        """Return whether the customer was told the decision. Hook.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.date_notified)

    def _takes_late_papers(self):
        """Return whether the user may file a paper though the complaint has ended.

        The handler, the leader of the team and the archivist may, as long as the card
        is not sealed because papers are missing.

        :rtype: bool
        """
        self.ensure_one()
        complaint_sudo = self.sudo()  # how the card stands, and who leads
        user = self.env.user
        return complaint_sudo.archive_card_id.state == "open" and (
            user in complaint_sudo.user_id | complaint_sudo.team_id.leader_id
            or user.has_group(ARCHIVIST)
        )

    def _get_running_part(self):
        """Return what of the complaint is not at its end, or nothing. Hook.

        :return: what it is called
        :rtype: str or bool
        """
        self.ensure_one()
        return False

    def _has_ended(self):
        """Return whether the complaint has ended.

        Guards ask this and not ``is_closed``: what is computed without being stored
        can be put into the cache by the very call that is being checked.

        :rtype: bool
        """
        self.ensure_one()
        return self.state in CLOSED_STATES

    def _check_may_change(self):
        """Refuse a change of content that the case or the user does not allow.

        For the complaint itself and for all that hangs on it (products, papers, memos).

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of them has ended
        """
        self._check_may_work()
        self._check_not_closed()

    def _check_not_closed(self):
        """Refuse to change what a closed complaint says.

        :raise UserError: naming the closed complaints and the way out
        """
        reason = self._get_closed_reason()
        if reason:
            raise UserError(reason)

    def _get_closed_reason(self):
        """Return why nothing changes on those that have ended, or False.

        :return: a sentence that names them and the way out
        :rtype: str or bool
        """
        closed = self.filtered(lambda complaint: complaint._has_ended())
        return bool(closed) and self.env._(
            "This complaint has ended and no longer changes: %(names)s. "
            "If there are new facts, a supervisor reopens it first.",
            names=format_list(self.env, closed.mapped("name")),
        )

    def write(self, vals):
        """Write, and take a step of the life when the state is among the values.

        The other values are written first, so that one call can bring what the
        step asks for (e.g. the ground of a refusal).

        :raise UserError: if the step is not possible now, or the complaint ended
        :raise AccessError: if the user may not take the step
        """
        self._check_vals(vals)
        content = {name: value for name, value in vals.items() if name != "state"}
        target = vals.get("state")
        moving = self.filtered(lambda complaint: target and complaint.state != target)
        followed = self._get_followed_fields(content.keys())
        before = {
            complaint: {name: complaint[name] for name in followed}
            for complaint in self
            if followed
        }
        with ExitStack() as stack:
            self._enter_change(vals, stack)
            result = super().write(content) if content else True
            changes = {
                complaint: {
                    name: old for name, old in values.items() if complaint[name] != old
                }
                for complaint, values in before.items()
            }
            if any(changes.values()):
                self._after_change(changes)
            if moving:
                moving._move_to(target)
        # Last of all, so that nothing of the step itself is missing in the seal.
        moving.filtered(lambda case: case._has_ended()).archive_card_id._seal()
        return result

    def _enter_change(self, vals, stack):
        """Enter what has to surround a change, the steps of the life included. Hook.

        :param dict vals: as given to ``write``, and checked
        :param contextlib.ExitStack stack: closed when all else has been done
        """

    def _check_vals(self, vals):
        """Refuse values that the case, its state or the user's part do not allow.

        Extensions refuse theirs before.

        :param dict vals: as given to ``write``
        :raise UserError: naming what is refused, and the way out
        :raise AccessError: if the user may not change the complaint
        """
        self._check_system_fields(vals)
        content = vals.keys() - {"state"}
        if self._get_marked_fields("frozen") & content:
            self._check_may_change()
            self._check_company_is_kept(vals)

    @api.model
    def _get_followed_fields(self, names):
        """Return the fields of which one must know what they were before a change.

        :param names: names of the fields that are written; others follow from them
        :rtype: set
        """
        return set()

    def _after_change(self, changes):
        """Do what follows from changes of the followed fields; nothing here.

        :param dict changes: for each complaint, the followed fields that have another
            value now, with the one before
        """

    def _changed(self, changes, names):
        """Return the complaints of which one of some fields has changed.

        :param dict changes: as given to ``_after_change``
        :param set names: names of followed fields
        :rtype: customer.complaint
        """
        return self.browse().union(
            *(complaint for complaint, old in changes.items() if old.keys() & names)
        )

    def _write_unguarded(self, vals):
        """Write what the steps of the life decide, past the guards of write()."""
        return super().write(vals)

    def _check_company_is_kept(self, vals):
        company_id = vals.get("company_id")
        if company_id and any(c.company_id.id != company_id for c in self):
            raise UserError(
                self.env._(
                    "A complaint keeps the company under which it was numbered. "
                    "Open a new complaint in the other company."
                )
            )

    def _move_to(self, target):
        """Take these complaints to the state ``target``, all or none.

        :param str target: one of ``COMPLAINT_STATES``
        :raise UserError: with one line per complaint that cannot go there
        :raise AccessError: if the user may not take this step
        """
        if target not in TRANSITIONS:
            raise UserError(
                self.env._("There is no complaint state “%(state)s”.", state=target)
            )
        self._check_step_rights(target)
        reasons = self._get_cannot_move_reasons(target)
        if reasons:
            raise UserError("\n".join(reasons.values()))
        origins = {complaint: complaint.state for complaint in self}
        for complaint in self:
            complaint._write_unguarded(
                {"state": target, **complaint._prepare_step_vals(target)}
            )
        self._after_step(target, origins)

    def _check_step_rights(self, target):
        """Check that the user's role may take the step; rules check the records.

        :raise AccessError: naming the step
        """
        if self.env.su:
            return
        self.check_access("write")
        self._check_may_work()
        led = self.filtered(
            lambda complaint: (
                complaint._has_ended()
                or (target == "refused" and complaint.date_accepted)
            )
        )
        for complaints, groups in (
            (led, (SUPERVISOR,)),
            (self - led, STEP_GROUPS[target]),
        ):
            complaints._check_user_in_groups(groups, target)

    def _check_may_work(self):
        """Refuse users who must not work on these complaints, whatever their role.

        Called before each step, signature and change of content. Extensions add
        their grounds (e.g. recusal).

        :raise AccessError: naming the complaints
        """

    def _check_user_in_groups(self, groups, target):
        """Refuse the step on these complaints to users in none of the groups.

        :raise AccessError: naming the step and the complaints
        """
        if self and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "Your role does not allow you to take complaints to “%(state)s”: "
                    "%(names)s. Ask a supervisor of the team.",
                    state=self._get_state_label(target),
                    names=format_list(self.env, self.mapped("name")),
                )
            )

    @api.model
    def _get_state_label(self, state):
        """Return the translated label of a state."""
        return dict(self._fields["state"]._description_selection(self.env))[state]

    def _get_cannot_move_reasons(self, target):
        """Return why complaints cannot go to ``target`` now.

        :return: one text per complaint that is held up; empty when all may go
        :rtype: dict[CustomerComplaint, str]
        """
        reasons = {}
        for complaint in self:
            reason = complaint._get_cannot_move_reason(target)
            if reason:
                reasons[complaint] = complaint._name_reason(reason)
        return reasons

    def _name_reason(self, reason):
        """Say of which complaint a reason speaks.

        :rtype: str
        """
        self.ensure_one()
        return self.env._("%(number)s: %(reason)s", number=self.name, reason=reason)

    def _get_cannot_move_reason(self, target):
        self.ensure_one()
        if target not in TRANSITIONS[self.state]:
            return self.env._(
                "it is “%(state)s” now and cannot become “%(target)s”. Somebody may "
                "have taken this step already: reload the page.",
                state=self._get_state_label(self.state),
                target=self._get_state_label(target),
            )
        if self._has_ended() and not (self.reopen_reason or "").strip():
            return self.env._("say which new facts reopen it.")
        if (
            self.state in ("refused", "withdrawn")
            and target != self._get_reopened_state()
        ):
            return self.env._(
                "it reopens as “%(state)s”.",
                state=self._get_state_label(self._get_reopened_state()),
            )
        if target == "refused" and self.date_accepted:
            reason = self._get_cannot_refuse_accepted_reason()
            if reason:
                return reason
        missing = self._list_missing(target)
        return bool(missing) and self.env._("first %(missing)s.", missing=missing[0])

    def _get_cannot_refuse_accepted_reason(self):
        """Return why the case cannot be refused any more, or False.

        Accepted, it is refused on few grounds only: above all that it turns out to
        be lodged neither by the complainant nor by whoever may act for them
        (CBIRC-2020 art. 18(4)).

        :rtype: str or bool
        """
        self.ensure_one()
        if self.date_notified:
            return self.env._(
                "the complainant was told the decision. It is no longer refused; go "
                "back to the investigation to decide anew."
            )
        ground = self.refusal_ground_id
        if ground and not ground.is_for_accepted:
            usable = ground.search([("is_for_accepted", "=", True)])
            return self.env._(
                "it was accepted, and “%(ground)s” is no ground to refuse it after "
                "that. Choose one of: %(grounds)s. Otherwise decide it.",
                ground=ground.name,
                grounds=format_list(self.env, usable.mapped("name"), "or"),
            )
        return False

    def _get_missing_fields(self, target):
        """Return the fields that must be filled before going to ``target``.

        :rtype: list[str]
        """
        self.ensure_one()
        required = REQUIRED_FIELDS.get(target, ())
        return [
            name
            for name in required
            if not (self[name].strip() if isinstance(self[name], str) else self[name])
        ]

    def _prepare_step_vals(self, target):
        """Return what the step to ``target`` writes besides the state.

        Bridges may add values; the conditions have been checked.

        :rtype: dict
        """
        self.ensure_one()
        if self._has_ended():
            return self._prepare_reopened_vals()
        prepare = getattr(self, f"_prepare_{target}_vals", None)
        return prepare() if prepare else {}

    def _prepare_accepted_vals(self):
        return {"date_accepted": fields.Datetime.now(), "accepted_by_id": self.env.uid}

    def _prepare_investigating_vals(self):
        """Whoever starts an investigation that has no handler becomes its handler.

        Going back to it, a decision already dated no longer stands.
        """
        vals = self._prepare_undecided_vals() if self.date_decided else {}
        return vals if self.user_id else {**vals, "user_id": self.env.uid}

    def _prepare_undecided_vals(self):
        """Clear the decision and its telling: both are to be made anew."""
        return {
            "date_decided": False,
            "decided_by_id": False,
            "date_notified": False,
            "date_carried_out": False,
        }

    def _prepare_remediation_vals(self):
        return self._prepare_decided_vals()

    def _prepare_decided_vals(self):
        """Date the decision when the investigation ends, or is not needed."""
        if self.state not in ("accepted", "investigating"):
            return {}
        return {"date_decided": fields.Datetime.now(), "decided_by_id": self.env.uid}

    def _prepare_closed_vals(self):
        return self._prepare_ended_vals()

    def _prepare_refused_vals(self):
        return {**self._prepare_ended_vals(), "date_decided": fields.Datetime.now()}

    def _prepare_withdrawn_vals(self):
        return self._prepare_ended_vals()

    def _prepare_ended_vals(self):
        """Date the end of a complaint; the day of its first end is kept."""
        now = fields.Datetime.now()
        return {
            "date_closed": now,
            "closed_by_id": self.env.uid,
            "date_first_closed": self.date_first_closed or now,
            "reopen_reason": False,
            "date_new_facts": False,
        }

    def _prepare_reopened_vals(self):
        """Clear what the end had set; the day of the first closing is kept."""
        return {
            **self._prepare_undecided_vals(),
            "date_closed": False,
            "closed_by_id": False,
            "refusal_ground_id": False,
            "refusal_note": False,
            "date_withdrawn": False,
            "withdrawal_reason": False,
            "reopen_count": self.reopen_count + 1,
            "date_restarted": self.date_new_facts or fields.Datetime.now(),
            "date_agreed": False,
            "date_goods_returned": False,
        }

    def _get_reopened_state(self):
        """Return where an ended complaint goes when it is reopened."""
        self.ensure_one()
        return "investigating" if self.date_accepted else "registered"

    def _after_step(self, target, origins):
        """Do what follows from a step, once the state is written.

        :param str target: the new state
        :param dict origins: the state each complaint came from
        """
        if target == "accepted":
            self._create_archive_cards()
        reopened = self.filtered(lambda c: origins[c] in CLOSED_STATES)
        reopened.archive_card_id._unseal()

    def _create_archive_cards(self):
        """Make the archive card of each complaint that has none yet."""
        # Of many who accept at once, the late ones are replayed and told so.
        self.flush_recordset(["state"])
        todo = self.filtered(lambda complaint: not complaint.archive_card_id)
        # Cards come from acceptance only: nobody has the right to create one by hand.
        cards_sudo = (
            self.env["customer.complaint.archive.card"]
            .sudo()
            .create([{"complaint_id": complaint.id} for complaint in todo])
        )
        for complaint, card_sudo in zip(todo, cards_sudo, strict=True):
            complaint._write_unguarded({"archive_card_id": card_sudo.id})

    def action_accept(self):
        """Accept the complaints and open their archive cards.

        :raise UserError: if one is not registered or lacks what acceptance needs
        """
        return self._take_step("accepted")

    def action_investigate(self):
        """Start, or go back to, the investigation."""
        return self._take_step("investigating")

    def action_remediate(self):
        """Record the decision and go on to what the customer receives."""
        return self._take_step("remediation")

    def action_follow_up(self):
        """Record that the customer was told the decision and wait for the echo."""
        return self._take_step("followup")

    def action_close(self):
        """Close the complaints.

        Their archive cards are sealed as of every case that ends: by ``write`` in
        ``customer_complaint_archive_card.py``, ``_seal``.
        """
        return self._take_step("closed")

    def _take_step(self, target):
        """Take a step by a button: unlike a plain write, no second press passes.

        :param str target: the state to go to
        :raise UserError: if one of the complaints is there already
        """
        there = self.filtered(lambda complaint: complaint.state == target)
        if there:
            raise UserError(
                "\n".join(
                    complaint._name_reason(complaint._get_already_there_reason())
                    for complaint in there
                )
            )
        return self.write({"state": target})

    def _get_already_there_reason(self):
        return self.env._(
            "it is “%(state)s” already; %(user)s changed it last. Reload the page.",
            state=self._get_state_label(self.state),
            user=self.sudo().write_uid.name,  # a name only, shown in the chatter too
        )

    def action_refuse(self):
        """Ask for the ground of the refusal.

        :rtype: dict
        """
        return self._action_ask("customer.complaint.refuse", self.env._("Refuse"))

    def action_withdraw(self):
        """Ask when and why the customer withdrew.

        :rtype: dict
        """
        return self._action_ask("customer.complaint.withdraw", self.env._("Withdraw"))

    def action_reopen(self):
        """Ask which new facts reopen the complaint.

        :rtype: dict
        """
        return self._action_ask("customer.complaint.reopen", self.env._("Reopen"))

    def _action_ask(self, model, title, **defaults):
        """Return the dialog that asks for what a step needs.

        :param str model: the dialog
        :param str title: its title, translated
        :param defaults: what it is about; these complaints when not given
        :rtype: dict
        """
        defaults = defaults or {"complaint_ids": self.ids}
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    def _track_subtype(self, initial_values):
        self.ensure_one()
        if "state" in initial_values:
            subtype = "ended" if self._has_ended() else "state"
            # Cheaper than env.ref, which asks the database whether the record exists;
            # core does so right after.
            subtype_id = self.env["ir.model.data"]._xmlid_to_res_id(
                f"customer_complaint.mt_complaint_{subtype}"
            )
            return self.env["mail.message.subtype"].browse(subtype_id)
        return super()._track_subtype(initial_values)

    def _prepare_followup_vals(self):
        """Date what was decided as told and carried out."""
        now = fields.Datetime.now()
        return {
            name: now
            for name in ("date_notified", "date_carried_out")
            if not self[name]
        }
