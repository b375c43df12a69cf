from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from odoo.addons.customer_complaint_deadline.models.customer_complaint_policy import (
    COMPLEXITIES,
)

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
    _asked_fields = REQUEST_FIELDS
    _order = "date_requested desc, id desc"
    _rec_name = "complexity"
    _decide_todo = "customer_complaint_extension.mail_act_complexity"
    _tell_todo = "customer_complaint_extension.mail_act_tell_complexity"

    complexity = fields.Selection(
        COMPLEXITIES, required=True, help="As what the complaint is to be handled."
    )
    complexity_before = fields.Selection(
        COMPLEXITIES,
        readonly=True,
        copy=False,
        help="As what it was handled until then.",
        system=True,
    )
    reason = fields.Text(
        help="What makes the case complex, special or general.", personal=True
    )
    date_due_before = fields.Datetime(
        string="Old Date",
        readonly=True,
        copy=False,
        help="When the answer was due; empty while a pause held it.",
        system=True,
    )
    date_due_after = fields.Datetime(
        string="New Date",
        readonly=True,
        copy=False,
        help="When the answer is due with the new complexity.",
        system=True,
    )

    _request_uniq = models.UniqueIndex(
        "(complaint_id) WHERE state IN ('requested', 'approved')",
        "Another complexity was asked for already. Have that decided and told first.",
    )

    @api.constrains("reason")
    def _check_reason(self):
        for request in self:
            if not (request.reason or "").strip():
                raise ValidationError(
                    request.complaint_id._name_reason(
                        self.env._("say what makes the case more or less complex.")
                    )
                )

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
