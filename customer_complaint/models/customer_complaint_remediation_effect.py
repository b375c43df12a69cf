from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from .customer_complaint import MEASURE_FIELDS
from .customer_complaint_remediation import (
    COUNTED_STATES,
    GRANTED_STATES,
    PENDING_STATES,
)
from .customer_complaint_remediation_line import MEASURE_OF_KIND, OTHER_MEASURE

# What the form lists of the remediations: read in one query.
SHOWN_REMEDIATION_FIELDS = (
    "name",
    "number",
    "complaint_id",
    "company_id",
    "state",
    "currency_id",
    "amount_total",
    "requested_by_id",
    "date_approved",
    "date_done",
    "tier_id",
)
RESULT_FIELDS = frozenset({"compensation_total", *MEASURE_FIELDS})
SYSTEM_FIELDS = frozenset(
    {
        "remediation_count",
        "open_remediation_count",
        "compensation_by_hand",
        "measures_by_hand",
        "granted_total",
        "date_granted",
        "is_agreed_by_remediation",
        "remediation_lock",
    }
)


class CustomerComplaint(models.Model):
    """What remediations do to their complaint."""

    _inherit = "customer.complaint"

    remediation_ids = fields.One2many(
        "customer.complaint.remediation", "complaint_id", string="Remediations"
    )
    remediation_count = fields.Integer(
        string="Number of Remediations",
        readonly=True,
        copy=False,
        aggregator=None,
        sealed=False,
    )
    open_remediation_count = fields.Integer(
        string="Remediations to Carry Out",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Those that wait for approval, or are approved and not carried out.",
        sealed=False,
    )
    shown_remediation_ids = fields.Many2many(
        "customer.complaint.remediation",
        string="What the Customer Receives",
        compute="_compute_shown_remediation_ids",
    )
    compensation_by_hand = fields.Monetary(
        string="Compensation Entered by Hand",
        readonly=True,
        copy=False,
        help="The total that was entered before there were remediations; it counts "
        "besides them.",
    )
    measures_by_hand = fields.Char(
        string="Boxes Ticked by Hand",
        readonly=True,
        copy=False,
        help="Boxes under “What was done” that were ticked before there were "
        "remediations; they stay ticked.",
    )
    granted_total = fields.Monetary(
        readonly=True,
        copy=False,
        help="What was granted on the complaint and not cancelled.",
    )
    date_granted = fields.Datetime(string="Last Granted On", readonly=True, copy=False)
    is_agreed_by_remediation = fields.Boolean(
        readonly=True,
        copy=False,
        help="The day of agreement is that of a remediation, and not entered by hand.",
    )
    remediation_lock = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the decisions on remediations: two at the same moment write the "
        "same row, and the later one starts anew.",
        sealed=False,
    )

    @api.depends("remediation_count", "remediation_ids.state")
    def _compute_shown_remediation_ids(self):
        """One query where there are remediations, else none."""
        Remediation = self.env["customer.complaint.remediation"]
        for complaint in self:
            remediations = Remediation.browse()
            if complaint.remediation_count:
                remediations = Remediation.search_fetch(
                    [("complaint_id", "=", complaint._origin.id)],
                    SHOWN_REMEDIATION_FIELDS,
                )
            complaint.shown_remediation_ids = remediations

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | SYSTEM_FIELDS

    @api.model
    def _get_frozen_fields(self):
        return super()._get_frozen_fields() | {"remediation_ids"}

    def write(self, vals):
        """Refuse by hand what follows from the remediations.

        :raise UserError: naming the complaints and the way out
        """
        entered = RESULT_FIELDS & vals.keys()
        if entered:
            follows = self.filtered(
                lambda c: (
                    c.remediation_count
                    and any(
                        (c[name] or False) != (vals[name] or False) for name in entered
                    )
                )
            )
            if follows:
                raise UserError(
                    self.env._(
                        "What was done and its total follow from the remediations: "
                        "%(names)s. Change or add a remediation instead.",
                        names=format_list(self.env, follows.mapped("name")),
                    )
                )
        return super().write(vals)

    def _get_remediation_lock_sql(self):
        """Return the statement that keeps others from deciding on these complaints.

        It writes the rows, in the same query that reads the sums: a transaction that
        began before fails and starts anew with what the other one granted. A lock alone
        would let it go on with the old sum.

        :rtype: SQL
        """
        return SQL(
            "UPDATE customer_complaint"
            " SET remediation_lock = COALESCE(remediation_lock, 0) + 1"
            " WHERE id IN (SELECT id FROM customer_complaint"
            " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
            " RETURNING id",
            self.ids,
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

    # ------------------------------------------------------------------
    # RESULT
    # ------------------------------------------------------------------

    def _keep_entered_by_hand(self):
        """Remember what was entered by hand, before the first remediation."""
        for complaint in self.filtered(lambda c: not c.remediation_count):
            ticked = [name for name in MEASURE_FIELDS if complaint[name]]
            complaint._write_unguarded(
                {
                    "compensation_by_hand": complaint.compensation_total,
                    "measures_by_hand": " ".join(ticked) or False,
                }
            )

    def _sync_remediations(self, settled=None):
        """Let the complaint say what was granted, agreed to and carried out.

        Total and boxes are those of what was agreed or done; what was entered by hand
        before stays. What waits for approval follows the total that counts.

        :param settled: remediations that wait for the right tier already
        """
        # What was granted is the same for every reader.
        for complaint_sudo in self.sudo():
            vals = complaint_sudo._prepare_granted_vals()
            changed = {
                name: value
                for name, value in vals.items()
                if (complaint_sudo[name] or False) != (value or False)
            }
            if changed:
                complaint_sudo._write_unguarded(changed)
            if "granted_total" in changed:
                waiting = complaint_sudo.remediation_ids.filtered(
                    lambda rem: rem.state == "to_approve"
                )
                (waiting - settled if settled else waiting)._update_turns()

    def _prepare_granted_vals(self):
        """Return what follows from the remediations of the complaint.

        :rtype: dict
        """
        self.ensure_one()
        remediations = self.remediation_ids
        if not remediations:
            return self._prepare_nothing_granted_vals()
        counted = remediations.filtered(
            lambda rem: rem.state in COUNTED_STATES or rem.is_partly_done
        )
        received = self._get_received_lines(remediations)
        boxes = set((self.measures_by_hand or "").split()) | {
            MEASURE_OF_KIND.get(kind, OTHER_MEASURE) for kind in received.mapped("kind")
        }
        return {
            "remediation_count": len(remediations),
            "open_remediation_count": len(
                remediations.filtered(lambda rem: rem.state in PENDING_STATES)
            ),
            "granted_total": self.currency_id.round(
                self.compensation_by_hand + sum(counted.mapped("amount_total"))
            ),
            "date_granted": max(
                (rem.date_requested for rem in counted if rem.date_requested),
                default=False,
            ),
            "compensation_total": self.currency_id.round(
                self.compensation_by_hand + sum(received.mapped("amount_company"))
            ),
            **{name: name in boxes for name in MEASURE_FIELDS},
            **self._prepare_remediation_events(remediations),
        }

    def _prepare_nothing_granted_vals(self):
        """The last draft was deleted: what was entered by hand is all there is."""
        if not self.remediation_count:
            return {}
        ticked = (self.measures_by_hand or "").split()
        return {
            "remediation_count": 0,
            "open_remediation_count": 0,
            "granted_total": self.compensation_by_hand,
            "compensation_total": self.compensation_by_hand,
            **{name: name in ticked for name in MEASURE_FIELDS},
        }

    def _get_received_lines(self, remediations):
        """Return the lines of what the customer agreed to, or has received.

        :rtype: customer.complaint.remediation.line
        """
        return remediations.line_ids.filtered(
            lambda line: (
                line.state == "done" or line.remediation_id.state in ("agreed", "done")
            )
        )

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

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

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

    def _list_remediations(self, states):
        """Return the names of the remediations in some states, as errors list them.

        :rtype: str
        """
        self.ensure_one()
        # That there are some is told to whoever takes the step.
        pending = self.sudo().remediation_ids.filtered(lambda rem: rem.state in states)
        return format_list(self.env, pending.mapped("name"))

    @api.depends("open_remediation_count")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if target == "closed" and self.open_remediation_count:
            yield self.env._(
                "carry out or cancel what is not carried out yet, or still waits for "
                "approval: %(remediations)s",
                remediations=self._list_remediations(PENDING_STATES),
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

    def _check_may_split(self, lines, documents):
        result = super()._check_may_split(lines, documents)
        if self.remediation_count and lines:
            # Products the user sees; which remediation names them is no secret.
            used_sudo = self.sudo().remediation_ids.line_ids.filtered(
                lambda line: (
                    line.complaint_line_id in lines
                    and line.remediation_id.state != "cancelled"
                )
            )
            if used_sudo:
                raise UserError(
                    self.env._(
                        "%(number)s: these products have a remediation here: "
                        "%(remediations)s. Cancel it first.",
                        number=self.name,
                        remediations=format_list(
                            self.env, used_sudo.remediation_id.mapped("name")
                        ),
                    )
                )
        return result

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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
        return self._action_list_parts("remediation", complaint_id=self.id)
