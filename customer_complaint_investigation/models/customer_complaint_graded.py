import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MANAGER, SUPERVISOR
from odoo.addons.customer_complaint.models.customer_complaint_category import SEVERITIES

_logger = logging.getLogger(__name__)
RANKS = [severity for severity, _label in SEVERITIES]
# What the complaint itself says that makes it major at once (CBIRC-2020); the number
# of complainants counts as well, from the number of the settings on.
TRIGGER_FIELDS = ("has_injury", "is_disaster", "has_public_attention")
# A change of these may raise the severity.
CAUSE_FIELDS = frozenset(
    {
        "severity",
        "category_id",
        "channel_id",
        "company_id",
        "complainant_count",
        *TRIGGER_FIELDS,
    }
)
# Fewer people do not act together.
MIN_MAJOR_COUNT = 2


class CustomerComplaintGraded(models.AbstractModel):
    """Severity: major at once on certain facts, never silently lowered.

    The moment a complaint becomes major, the managers are alerted and the company's
    emergency plan starts, once.
    """

    _name = "customer.complaint.graded"
    _inherit = "customer.complaint.kept"
    _description = "Severity of a Complaint"

    # Emergency tasks
    emergency_task_ids = fields.One2many(
        "customer.complaint.emergency.task",
        "complaint_id",
        string="Emergency Plan",
        system=True,
    )

    has_injury = fields.Boolean(
        string="Death or Serious Injury",
        help="Somebody died or was seriously injured: the complaint is major.",
        frozen=True,
    )
    is_disaster = fields.Boolean(
        string="Disaster, Accident or Health Event",
        help="Natural disaster, safety accident or public-health event: the complaint "
        "is major.",
        frozen=True,
    )
    has_public_attention = fields.Boolean(
        string="Media or Government Attention",
        compute="_compute_has_public_attention",
        store=True,
        readonly=False,
        precompute=True,
        help="The press or an authority looks at the matter: the complaint is major.",
        frozen=True,
    )
    date_major = fields.Datetime(
        string="Major Since",
        readonly=True,
        copy=False,
        help="When the complaint became major and the managers were alerted.",
        system=True,
    )
    major_causes = fields.Json(
        string="Causes of Becoming Major",
        readonly=True,
        copy=False,
        help="Why it became major, whatever the language: the facts, or the id of the "
        "category or user; a text from before such causes were kept.",
        personal=True,
        system=True,
    )
    major_reason = fields.Char(
        string="Major Because",
        compute="_compute_major_reason",
        help="Why it became major.",
        system=True,
    )

    @api.model
    def _get_initial_parts(self):
        return ["emergency_task_ids", *super()._get_initial_parts()]

    def _was_worked_on(self):
        # Whether there is anything counts, not whether the user sees it.
        return super()._was_worked_on() or any(
            task_sudo.state != "open" or task_sudo.outcome
            for task_sudo in self.sudo().emergency_task_ids
        )

    def _start_emergency_plan(self, managers_sudo):
        """Schedule the activities of the company's emergency plan.

        :param res.users managers_sudo: the managers of the company, who step in where
            a complaint has neither handler nor team leader
        """
        # The plan is configuration: everybody's complaint may start it.
        plan_sudo = self.company_id.complaint_emergency_plan_id.sudo()
        templates_sudo = plan_sudo.template_ids
        if not plan_sudo.active or not templates_sudo:
            return
        today = self.company_id._complaint_today()
        pairs = [
            (complaint, template_sudo)
            for complaint in self.with_context(complaint_managers=managers_sudo.ids)
            for template_sudo in templates_sudo
        ]
        # The case calls for them, whoever brought it in.
        tasks_sudo = (
            self.env["customer.complaint.emergency.task"]
            .sudo()
            .create(
                [
                    {
                        "complaint_id": complaint.id,
                        "name": template_sudo.summary
                        or template_sudo.activity_type_id.name,
                        "plan_name": plan_sudo.name,
                        "date_due": template_sudo._get_date_deadline(today),
                    }
                    for complaint, template_sudo in pairs
                ]
            )
        )
        todo = []
        for (complaint, template_sudo), task_sudo in zip(
            pairs, tasks_sudo, strict=True
        ):
            person_sudo = template_sudo._determine_responsible(
                self.env.user, complaint
            )["responsible"]
            values = {
                "activity_type_id": template_sudo.activity_type_id.id,
                "date_deadline": task_sudo.date_due,
                "note": template_sudo.note,
                "complaint_task_id": task_sudo.id,
            }
            todo.append((complaint, person_sudo, task_sudo.name, values))
        self._create_todos(todo)
        text = self.env._("Started: %(plan)s", plan=plan_sudo.name)
        self._message_log_batch(bodies={complaint.id: text for complaint in self})

    def _get_responsible(self, role):
        """Return who does an activity of a plan for the complaint.

        The handler and the leader of the team stand in for each other, then the
        managers; nobody who is recused.

        :param str role: ``"handler"`` or ``"leader"``
        :return: one user or none, readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        complaint_sudo = self.sudo()  # only who it is, to give them the to-do
        people_sudo = complaint_sudo.user_id + complaint_sudo.team_id.leader_id
        if role == "leader":
            people_sudo = complaint_sudo.team_id.leader_id + complaint_sudo.user_id
        manager_ids = self.env.context.get("complaint_managers")
        if manager_ids is None:
            manager_ids = self.company_id._get_complaint_managers().ids
        people_sudo += people_sudo.browse(manager_ids)
        return people_sudo.filtered(
            lambda user: user.active and not self._is_recused_from(user.partner_id)
        )[:1]

    # ------------------------------------------------------------------
    # EMERGENCY TASKS
    # ------------------------------------------------------------------

    def action_open_emergency_tasks(self):
        """List the tasks of the emergency plan.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts(
            "customer_complaint_investigation.customer_complaint_emergency_task_action"
        )

    # ------------------------------------------------------------------
    # SEVERITY
    # ------------------------------------------------------------------

    @api.depends("channel_id")
    def _compute_has_public_attention(self):
        """Tick the box for channels such as the media; never untick it."""
        for complaint in self:
            complaint.has_public_attention = (
                complaint.has_public_attention
                or complaint.channel_id.is_public_attention
            )

    @api.depends("complainant_count", *TRIGGER_FIELDS)
    def _compute_severity(self):
        """Raise the severity of the category to major when a trigger holds."""
        result = super()._compute_severity()
        for complaint in self:
            if complaint._get_major_triggers():
                complaint.severity = "major"
        return result

    def _get_major_triggers(self):
        """Return the facts that make the complaint major now.

        :return: names of fields of the complaint
        :rtype: list[str]
        """
        self.ensure_one()
        triggers = [name for name in TRIGGER_FIELDS if self[name]]
        count = self.complainant_count
        if count >= MIN_MAJOR_COUNT and count >= self.company_id.complaint_major_count:
            triggers.insert(0, "complainant_count")
        return triggers

    def _get_major_causes(self):
        """Return why the complaint becomes major now, for ``major_causes``.

        :return: the values of the facts, else the id of the category or of the user
            who decides it
        :rtype: dict
        """
        self.ensure_one()
        facts = {name: self[name] for name in self._get_major_triggers()}
        if facts:
            return facts
        if self.category_id.default_severity == "major":
            return {"category": self.category_id.id}
        return {"user": self.env.uid}

    @api.depends("major_causes")
    @api.depends_context("lang")
    def _compute_major_reason(self):
        for complaint in self:
            texts = [
                complaint._get_cause_text(cause, value)
                for cause, value in (complaint.major_causes or {}).items()
            ]
            complaint.major_reason = bool(texts) and format_list(self.env, texts)

    def _get_cause_text(self, cause, value):
        """Say in the reader's language what makes, or made, the complaint major.

        :param str cause: a key of ``major_causes``
        :param value: its value
        :rtype: str
        """
        if cause == "complainant_count":
            return self.env._("%(count)s people complain together", count=value)
        if cause == "category":
            category = self.env["customer.complaint.category"].browse(value).exists()
            return self.env._(
                "Category “%(category)s”", category=category.display_name or ""
            )
        if cause == "user":
            # A name only, shown in the chatter too.
            user_sudo = self.env["res.users"].sudo().browse(value).exists()
            return self.env._("Decided by %(user)s", user=user_sudo.name or "")
        return value if cause == "text" else self._get_field_label(cause)

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._follow_severity(complaints.browse())
        return complaints

    def _check_vals(self, vals):
        if "severity" in vals:
            self._check_may_change()
            self._check_not_lowered(vals["severity"])
        return super()._check_vals(vals)

    def _get_followed_fields(self, names):
        followed = super()._get_followed_fields(names)
        return followed | CAUSE_FIELDS if CAUSE_FIELDS & names else followed

    def _after_change(self, changes):
        result = super()._after_change(changes)
        changed = self._changed(changes, CAUSE_FIELDS)
        changed._follow_severity(
            changed.filtered(
                lambda c: changes[c].get("severity", c.severity) == "major"
            )
        )
        return result

    def _check_not_lowered(self, severity):
        """Refuse a plain write that lowers the severity, whoever writes.

        :param str severity: what is about to be written
        :raise UserError: naming the complaints and the way out
        """
        lowered = self.filtered(
            lambda complaint: (
                severity not in RANKS
                or RANKS.index(severity) < RANKS.index(complaint.severity)
            )
        )
        if lowered:
            raise UserError(
                self.env._(
                    "The severity is not lowered in passing: %(names)s. A supervisor "
                    "uses “Lower Severity” and says why; from “Major”, a manager does.",
                    names=format_list(self.env, lowered.mapped("name")),
                )
            )

    def _follow_severity(self, were_major):
        """Raise what a trigger makes major, and do what follows for what became major.

        :param were_major: those of these complaints that were major before
        """
        raised = self.filtered(
            lambda complaint: (
                complaint.severity != "major" and complaint._get_major_triggers()
            )
        )
        if raised:
            raised._write_unguarded({"severity": "major"})
        became = (self - were_major).filtered(lambda c: c.severity == "major")
        if became:
            became._become_major()

    def _become_major(self):
        """Date it, alert the managers and start the emergency plan."""
        now = fields.Datetime.now()
        for complaint in self:
            complaint._write_unguarded(
                {"date_major": now, "major_causes": complaint._get_major_causes()}
            )
        for company, complaints in self.grouped("company_id").items():
            managers_sudo = company._get_complaint_managers()
            complaints._alert_managers(managers_sudo)
            complaints._start_emergency_plan(managers_sudo)

    def _alert_managers(self, managers_sudo):
        """Give the managers a to-do and a message each, at once.

        Where no manager may work on the complaint, the leader of the team gets them;
        where there is nobody at all, the log says so.

        :param res.users managers_sudo: the managers of the company
        """
        todo = []
        for complaint in self:
            people_sudo = complaint._get_people_to_alert(managers_sudo)
            if not people_sudo:
                _logger.warning(
                    "Major complaint %s: no manager and no team leader to alert.",
                    complaint.name,
                )
                continue
            summary = self.env._("Major complaint: see to it at once")
            todo += [(complaint, user_sudo, summary, {}) for user_sudo in people_sudo]
            complaint._notify_major(people_sudo)
            # Alerts reach inboxes only; the chatter tells that they went out.
            complaint._message_log(
                body=self.env._(
                    "Major (%(reason)s); alerted: %(people)s",
                    reason=complaint.major_reason,
                    people=format_list(self.env, people_sudo.mapped("name")),
                )
            )
        self._create_todos(todo)

    def _get_people_to_alert(self, managers_sudo):
        """Return who is told that the complaint became major.

        :rtype: res.users
        """
        self.ensure_one()
        # Who leads the team may be nobody the user may read; told nothing of them.
        for people_sudo in (managers_sudo, self.sudo().team_id.leader_id):
            fit_sudo = people_sudo.filtered(
                lambda user: user.active and not self._is_recused_from(user.partner_id)
            )
            if fit_sudo:
                return fit_sudo
        return managers_sudo.browse()

    def _notify_major(self, people_sudo):
        """Send the alert to the inbox or, queued, the mailbox of these people."""
        self.ensure_one()
        if not self.env.registry.ready:  # as core: no messages while installing
            return
        subject = self.env._(
            "Major complaint %(complaint)s", complaint=self.display_name
        )
        self.message_notify(
            subject=subject,
            body=Markup("<p>%s<br/>%s</p>") % (subject, self.major_reason),
            partner_ids=people_sudo.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    def action_lower_severity(self):
        """Ask for the lower severity and the reason.

        :rtype: dict
        """
        return self._action_ask(
            "customer.complaint.lower.severity", self.env._("Lower Severity")
        )

    def _lower_severity(self, severity, reason):
        """Lower the severity of these complaints, all or none.

        :param str severity: the new severity
        :param str reason: why, as plain text; stands in the chatter
        :raise AccessError: if the user may not lower one of them
        :raise UserError: if one cannot be lowered
        """
        self.check_access("write")
        self._check_may_change()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the severity is lowered."))
        self._check_may_lower()
        reasons = [
            complaint._name_reason(text)
            for complaint in self
            if (text := complaint._get_cannot_lower_reason(severity))
        ]
        if reasons:
            raise UserError("\n".join(reasons))
        self._log_reason(self.env._("Severity lowered"), reason)
        self._write_unguarded(
            {"severity": severity, "date_major": False, "major_causes": False}
        )

    def _check_may_lower(self):
        """Check the role: supervisors lower the severity, managers from “Major”.

        :raise AccessError: naming the complaints
        """
        self._check_not_complained_of()
        user = self.env.user
        if self.env.su or user.has_group(MANAGER):
            return
        refused = self
        if user.has_group(SUPERVISOR):
            refused = self.filtered(lambda complaint: complaint.severity == "major")
        if refused:
            raise AccessError(
                self.env._(
                    "A supervisor lowers the severity, a manager that of a major "
                    "complaint: %(names)s. Ask one of them.",
                    names=format_list(self.env, refused.mapped("name")),
                )
            )

    def _get_cannot_lower_reason(self, severity):
        """Return why the severity cannot be lowered to ``severity`` now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        triggers = [
            self._get_cause_text(name, self[name])
            for name in self._get_major_triggers()
        ]
        if triggers:
            return self.env._(
                "it stays major while this holds: %(triggers)s. Correct that first if "
                "it is wrong.",
                triggers=format_list(self.env, triggers),
            )
        if severity not in RANKS or RANKS.index(severity) >= RANKS.index(self.severity):
            labels = dict(self._fields["severity"]._description_selection(self.env))
            return self.env._(
                "it is “%(severity)s” now; choose a lower severity.",
                severity=labels[self.severity],
            )
        return False
