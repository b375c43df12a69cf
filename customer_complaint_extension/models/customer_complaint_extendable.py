from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import CLOSED_STATES
from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_policy_milestone as milestones,
)
from odoo.addons.customer_complaint_deadline.models.customer_complaint_deadline import (
    LATENESS_DIGITS,
)

from .customer_complaint_superior_request import GRANTED_REQUEST_STATES, TELLING_KIND


class CustomerComplaintExtendable(models.AbstractModel):
    """More time is asked for, and the complexity of a complaint is decided, not edited.

    What a superior granted takes effect once the complainant was told.
    """

    _name = "customer.complaint.extendable"
    _inherit = "customer.complaint.sealed"
    _description = "Extensions of a Complaint"

    # What extensions do
    extension_ids = fields.One2many(
        "customer.complaint.extension",
        "complaint_id",
        string="Extensions",
        system=True,
    )
    extension_count = fields.Integer(
        string="Number of Extensions",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )

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

    def _count_extensions(self):
        """Store how many extensions there are, so that most cost no query."""
        # A count of the system, whatever the user sees of each.
        counts = dict(
            self.env["customer.complaint.extension"]
            .sudo()
            ._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self.sudo():
            complaint._write_unguarded({"extension_count": counts.get(complaint, 0)})

    def _is_settled_by(self, target):
        # A decision or an end settles what was asked for, whatever clocks wait for.
        return (
            super()._is_settled_by(target)
            or bool(self.complexity_count)
            or (target in CLOSED_STATES and bool(self.extension_count))
        )

    def _sync_deadlines(self):
        decided = self.sudo().filtered("complexity_count")
        for complaint in decided:
            # The latest: those before it are history.
            granted = complaint.complexity_ids.filtered(
                lambda request: request.state in GRANTED_REQUEST_STATES
            )
            if granted:
                granted[0]._follow_telling()
        extended = self.sudo().filtered("extension_count")
        extended._apply_extensions()
        result = super()._sync_deadlines()
        extended._drop_extensions()
        for request in decided.complexity_ids:
            note = request._get_drop_note()
            if note:
                request._drop(note)
        return result

    def _apply_extensions(self):
        """Let extensions follow from the facts, and the limits from them.

        An extension moves along to the limit that replaced its own; those of earlier
        rounds of the clock stay as they were.
        """
        if not self:
            return
        for complaint, deadlines in self._read_current_deadlines().items():
            extensions = complaint._get_current_extensions(deadlines)
            for extension in extensions:
                extension._follow_deadline(deadlines)
                extension._follow_telling()
            for deadline in deadlines:
                added = round(
                    sum(
                        extension.length
                        for extension in extensions
                        if extension.deadline_id == deadline
                        and extension.state == "in_effect"
                    ),
                    LATENESS_DIGITS,
                )
                if deadline.extended_by != added:
                    deadline.extended_by = added

    def _get_current_extensions(self, deadlines):
        """Return the extensions of the present round of the clock.

        :param customer.complaint.deadline deadlines: of the present round
        :rtype: customer.complaint.extension
        """
        self.ensure_one()
        return self.extension_ids.filtered(
            lambda extension: (
                extension.deadline_id.round == self.clock_round
                or extension.deadline_id in deadlines
            )
        )

    def _drop_extensions(self):
        """Close what nobody needs to decide or tell any more."""
        for complaint in self:
            for extension in complaint.extension_ids:
                note = extension._get_drop_note()
                if note:
                    extension._drop(note)

    def _get_requests_to_tell(self):
        """Return what was granted and the complainant does not know, of each kind.

        :return: records of the kinds of ``customer.complaint.superior.request``
        :rtype: list
        """
        self.ensure_one()
        return [
            request for request in self._get_requests() if request.state == "approved"
        ]

    def _has_granted_requests(self):
        """Return whether anything was granted that is or may be told.

        :rtype: bool
        """
        self.ensure_one()
        return any(
            request.state in GRANTED_REQUEST_STATES for request in self._get_requests()
        )

    def _get_requests(self):
        """Return all that a superior was asked for, latest of a kind first.

        :rtype: list
        """
        requests = []
        if self.extension_count:
            requests += self.extension_ids
        if self.complexity_count:
            requests += self.complexity_ids
        return requests

    def action_request_extension(self):
        """Ask for which limit more time is needed, how much, and why.

        :raise UserError: if the complaint has ended
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_change()
        return self._action_ask(
            "customer.complaint.request.extension",
            self.env._("Ask for More Time"),
            complaint_id=self.id,
        )

    # ------------------------------------------------------------------
    # WHAT A SUPERIOR DECIDES
    #
    # What they granted that is to be told.
    # ------------------------------------------------------------------

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        # A second telling of what is in effect does no harm.
        if reason or kind != TELLING_KIND or self._has_granted_requests():
            return reason
        return self.env._(
            "no extension is approved. Press “Ask for More Time” on the page “Time "
            "Limits” first, and have it approved."
        )

    def _get_notice_content(self, kind):
        if kind != TELLING_KIND:
            return super()._get_notice_content(kind)
        lines = [request._get_notice_line() for request in self._get_requests_to_tell()]
        lines.append(
            self.env._(
                "If you have a question, name this number: %(contact)s.",
                contact=self._get_contact_text(),
            )
        )
        return "\n".join(lines)

    # ------------------------------------------------------------------
    # COMPLEXITY
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        # What is split off stays as complex as what it was; that is the system's doing.
        if not self.env.su:
            complaints._check_complexity_is_decided("general")
        return complaints

    def _check_vals(self, vals):
        if "complexity" in vals:
            self._check_complexity_is_decided(vals["complexity"])
        return super()._check_vals(vals)

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
                    deadline.done_event in milestones.ANSWER_EVENTS
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
            and terms.done_event in milestones.ANSWER_EVENTS
            and (start := facts.get_start(terms.start_event))
        ]
        return min(filter(None, dues), default=False)

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
        return self._action_list_parts(
            "customer_complaint_extension.customer_complaint_complexity_action"
        )
