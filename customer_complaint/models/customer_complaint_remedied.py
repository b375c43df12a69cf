from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..const import (
    APPROVED_STATES,
    GRANTED_STATES,
    MEASURE_FIELDS,
    PENDING_STATES,
    UNAPPROVED_STATES,
    Missing,
)
from .customer_complaint_remediation_line import (
    FREE_KINDS,
    MEASURE_OF_KIND,
    OTHER_MEASURE,
)

# What an approval rests on, beside the remediation itself.
BASIS_FIELDS = frozenset({"partner_id", "sale_order_id", "category_id"})

# What the customer was promised, or has received.
AGREED_STATES = ("agreed", "done")
RESULT_FIELDS = frozenset({"compensation_total", *MEASURE_FIELDS})
# Not ended: who receives it can still be another one.
LIVE_STATES = (*UNAPPROVED_STATES, *GRANTED_STATES)


class CustomerComplaintRemedied(models.AbstractModel):
    """What remediations do to their complaint."""

    _name = "customer.complaint.remedied"
    _inherit = "customer.complaint.sealed"
    _description = "What a Complainant Receives"

    remediation_ids = fields.One2many(
        "customer.complaint.remediation",
        "complaint_id",
        string="Remediations",
        frozen=True,
    )
    remediation_count = fields.Integer(
        string="Number of Remediations",
        compute="_compute_remediation_count",
        store=True,
        precompute=True,
        aggregator=None,
        sealed=False,
        system=True,
    )
    open_remediation_count = fields.Integer(
        string="Remediations to Carry Out",
        compute="_compute_remediation_count",
        store=True,
        precompute=True,
        aggregator=None,
        help="Those that wait for approval, or are approved and not carried out.",
        sealed=False,
        system=True,
    )
    has_return = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_exchange = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_lost_wages = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_travel = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_nursing = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_consolation = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_compensation = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    has_other_measure = fields.Boolean(
        default=False,
        compute="_compute_received",
        store=True,
        readonly=False,
        frozen=True,
    )
    date_carried_out_by_hand = fields.Datetime(
        string="Carried Out before the Remediations",
        readonly=True,
        copy=False,
        help="When what was decided counted as carried out before a remediation was "
        "approved; it holds again when that is cancelled.",
        system=True,
    )
    is_agreed_by_remediation = fields.Boolean(
        readonly=True,
        copy=False,
        help="The day of agreement is that of a remediation, and not entered by hand.",
        system=True,
    )
    remediation_lock = fields.Integer(
        string="Decisions on Remediations",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the decisions on remediations: two at the same moment write the "
        "same row, and the later one starts anew.",
        sealed=False,
        system=True,
    )

    @api.depends("remediation_ids.state")
    def _compute_remediation_count(self):
        for complaint in self:
            states = complaint.remediation_ids.mapped("state")
            complaint.remediation_count = len(states)
            complaint.open_remediation_count = sum(
                state in PENDING_STATES for state in states
            )

    @api.depends(
        "remediation_ids.state",
        "remediation_ids.is_partly_done",
        "remediation_ids.worth_total",
    )
    def _compute_granted_total(self):
        for complaint in self:
            granted = complaint.remediation_ids.filtered(
                lambda rem: rem.state in APPROVED_STATES or rem.is_partly_done
            )
            complaint.granted_total = sum(granted.mapped("worth_total"))

    @api.depends(
        "remediation_ids.state",
        "remediation_ids.line_ids.state",
        "remediation_ids.line_ids.kind",
        "remediation_ids.line_ids.amount_company",
    )
    def _compute_received(self):
        """Tick and sum up what the customer agreed to, or has received.

        A case of the past says it itself.
        """
        for complaint in self:
            if complaint.is_legacy:
                for name in RESULT_FIELDS:
                    complaint[name] = complaint[name]
                continue
            received = complaint._get_received_lines()
            boxes = {
                MEASURE_OF_KIND.get(kind, OTHER_MEASURE)
                for kind in received.mapped("kind")
            }
            complaint.compensation_total = sum(received.mapped("amount_company"))
            for name in MEASURE_FIELDS:
                complaint[name] = name in boxes

    def _get_running_part(self):
        self.ensure_one()
        running = self.remediation_ids.filtered(lambda rem: rem.state in PENDING_STATES)
        if running:
            return self.env["ir.model"]._get(running._name).name
        return super()._get_running_part()

    def _get_money_approvers(self):
        """Return who approved what the customer receives. Hook.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        return self.env["res.users"]

    def _get_received_lines(self):
        """Return the lines of what the customer agreed to, or has received.

        :rtype: customer.complaint.remediation.line
        """
        self.ensure_one()
        return self.remediation_ids.line_ids.filtered(
            lambda line: (
                (line.state == "done" or line.remediation_id.state in AGREED_STATES)
                and (line.kind in FREE_KINDS or line.amount_company)
            )
        )

    @api.model
    def _check_new_vals(self, vals):
        if any(vals.get(name) for name in RESULT_FIELDS):
            raise UserError(self._get_by_hand_reason())
        return super()._check_new_vals(vals)

    def _check_vals(self, vals):
        """:raise UserError: for what follows from the remediations"""
        if any(
            (complaint[name] or False) != (vals[name] or False)
            for name in RESULT_FIELDS & vals.keys()
            for complaint in self
        ):
            raise UserError(self._get_by_hand_reason())
        return super()._check_vals(vals)

    def _get_followed_fields(self, names):
        return super()._get_followed_fields(names) | (BASIS_FIELDS & names)

    def _after_change(self, changes):
        """An approval that rested on another customer or order is asked anew.

        :raise UserError: if money is under way to the customer as it was
        """
        result = super()._after_change(changes)
        rested = self._changed(changes, BASIS_FIELDS).filtered("remediation_count")
        for complaint in rested:
            old = changes[complaint]
            # What was granted is the same for everybody who may change the case.
            complaint.sudo()._after_basis_changed(BASIS_FIELDS & old.keys(), old)
        return result

    @api.model
    def _get_by_hand_reason(self):
        """Say why nobody enters what was done and what it cost.

        :rtype: str
        """
        return self.env._(
            "What was done and its total follow from the remediations, which are "
            "approved. Propose a remediation, or change one, instead."
        )

    def _get_last_remediation_numbers(self):
        """Return the last number given to a remediation of each complaint.

        :rtype: dict[customer.complaint, int]
        """
        # Numbers only, of remediations the user may not see as well.
        last = dict(
            self.env["customer.complaint.remediation"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["number:max"]
            )
        )
        return {complaint: last.get(complaint, 0) for complaint in self}

    def _follow_remediations(self):
        """Date the agreement and the carrying out as the remediations stand.

        Called whenever one comes to another state.
        """
        for complaint in self:
            vals = complaint._prepare_remediation_events(complaint.remediation_ids)
            changed = {
                name: value
                for name, value in vals.items()
                if (complaint[name] or False) != (value or False)
            }
            if changed:
                complaint._write_unguarded(changed)

    def _get_family(self):
        """Return all complaints of the same matter, these included. Hook.

        What was granted on one of them counts for what waits on another.

        :rtype: customer.complaint
        """
        return self

    def _prepare_remediation_events(self, remediations):
        """Return when the customer agreed, and when all was carried out.

        Limits for carrying it out run from the first agreement; a day entered by hand
        stays while no remediation names one.
        """
        vals = {}
        agreed = remediations.filtered("date_agreed").mapped("date_agreed")
        begin = self.date_restarted
        agreed = [moment for moment in agreed if not begin or moment >= begin]
        if agreed:
            vals["date_agreed"] = min(agreed)
            vals["is_agreed_by_remediation"] = True
        elif self.is_agreed_by_remediation:
            vals["date_agreed"] = False
            vals["is_agreed_by_remediation"] = False
        return {**vals, **self._prepare_carried_out_vals(remediations)}

    def _prepare_carried_out_vals(self, remediations):
        """Return when all that was granted was carried out, since the clocks began.

        :param customer.complaint.remediation remediations: of the complaint
        :rtype: dict
        """
        self.ensure_one()
        done = self._get_days_done(remediations)
        carried_out = self.date_carried_out
        if any(rem.state in GRANTED_STATES for rem in remediations):
            if not carried_out or carried_out in done:
                return {"date_carried_out": False}
            return {
                "date_carried_out": False,
                "date_carried_out_by_hand": carried_out,
            }
        if carried_out:
            return {}
        return {
            "date_carried_out": max(
                filter(None, [*done, self.date_carried_out_by_hand]), default=False
            )
        }

    def _get_days_done(self, remediations):
        """Return when remediations were carried out, since the clocks began.

        :rtype: list[datetime.datetime]
        """
        begin = self.date_restarted
        return sorted(
            rem.date_done
            for rem in remediations
            if rem.state == "done" and (not begin or rem.date_done >= begin)
        )

    def _prepare_undecided_vals(self):
        return {**super()._prepare_undecided_vals(), "date_carried_out_by_hand": False}

    def _prepare_followup_vals(self):
        """What is approved and not carried out yet is not dated as carried out."""
        vals = super()._prepare_followup_vals()
        if self.open_remediation_count:
            vals.pop("date_carried_out", None)
        return vals

    def _get_cannot_move_reason(self, target):
        reason = super()._get_cannot_move_reason(target)
        if reason or not self.open_remediation_count:
            return reason
        if target in ("withdrawn", "merged", "refused") and self._list_remediations(
            GRANTED_STATES
        ):
            return self.env._(
                "what was approved is not carried out yet: %(remediations)s. Carry it "
                "out, or cancel it.",
                remediations=self._list_remediations(GRANTED_STATES),
            )
        return False

    def _get_unapproved_reason(self):
        """Say which remediations nobody has approved yet, or return False.

        :rtype: str or bool
        """
        self.ensure_one()
        names = self.remediation_count and self._list_remediations(UNAPPROVED_STATES)
        return bool(names) and self.env._(
            "what the customer receives is not approved yet: %(remediations)s. Have it "
            "approved, or cancel it, first.",
            remediations=names,
        )

    def _get_approved_remediations(self):
        """Return what was approved since the clocks began, as the decision lists it.

        :rtype: customer.complaint.remediation
        """
        self.ensure_one()
        begin = self.date_restarted
        # What the customer is told, whoever tells it.
        return self.sudo().remediation_ids.filtered(
            lambda rem: (
                rem.state in APPROVED_STATES
                and (not begin or (rem.date_approved and rem.date_approved >= begin))
            )
        )

    def _list_remediations(self, states):
        """Return the names of the remediations in some states, as errors list them.

        :rtype: str
        """
        self.ensure_one()
        # That there are some is told to whoever takes the step.
        pending = self.sudo().remediation_ids.filtered(lambda rem: rem.state in states)
        return format_list(self.env, pending.mapped("name"))

    @api.depends("remediation_count", "open_remediation_count")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if target == "followup" and not self._is_decision_told():
            if reason := self._get_unapproved_reason():
                yield Missing.APPROVAL, reason
        if target == "closed" and self.open_remediation_count:
            yield (
                Missing.CARRYING_OUT,
                self.env._(
                    "carry out or cancel what is not carried out yet, or still waits "
                    "for approval: %(remediations)s",
                    remediations=self._list_remediations(PENDING_STATES),
                ),
            )

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        ended = self.filtered(lambda c: c.remediation_count and c._has_ended())
        # What nobody approved ends with the case, whoever ends it.
        for complaint_sudo in ended.sudo():
            complaint_sudo.remediation_ids.filtered(
                lambda rem: (
                    rem.state in ("draft", "to_approve") and not rem.is_partly_done
                )
            )._end_cancelled(self.env._("the complaint has ended"))
        return result

    def action_propose_remediation(self):
        """Open a new remediation of the complaint.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Remediation"),
            "res_model": "customer.complaint.remediation",
            "views": [(False, "form")],
            "context": {"default_complaint_id": self.id},
        }

    def action_open_remediations(self):
        """List the remediations of the complaint.

        :rtype: dict
        """
        return self._action_list_parts(
            "customer_complaint.customer_complaint_remediation_action",
            complaint_id=self.id,
        )

    # ------------------------------------------------------------------
    # WHAT WAS APPROVED
    #
    # What a change of customer, order or category means for what was approved.
    # ------------------------------------------------------------------

    def _get_live_remediations(self):
        """Return what can still be for another customer or order.

        :rtype: customer.complaint.remediation
        """
        self.ensure_one()
        return self.remediation_ids.filtered(lambda rem: rem.state in LIVE_STATES)

    def _after_basis_changed(self, names, old):
        """Let remediations follow another customer, order or category.

        Whoever changed it counts as having proposed them.

        :param set names: of the fields that were changed
        :param dict old: what stood there before
        """
        self.ensure_one()
        live = self._get_live_remediations()
        if not live:
            return
        live._lock_content()
        live._add_author()
        label = format_list(self.env, self._get_field_labels(sorted(names)))
        text = self.env._("%(fields)s was changed", fields=label)
        if names & {"partner_id", "sale_order_id"}:
            live._ask_anew(text, label)
        else:
            live._follow_category(old["category_id"], text, label)
