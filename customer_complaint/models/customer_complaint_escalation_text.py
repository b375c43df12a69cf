from markupsafe import Markup

from odoo import models
from odoo.tools import format_list

from .customer_complaint_escalation_people import get_lang


class CustomerComplaintDeadline(models.Model):
    """What people are told when a limit is escalated, each in their language.

    Of the complainant nothing is said but the number and the subject of the case.
    """

    _inherit = "customer.complaint.deadline"

    def _get_escalation_title(self, user):
        """Return in a few words what a user is told.

        :param res.users user: who is told
        :rtype: str
        """
        self.ensure_one()
        deadline = self.with_context(lang=get_lang(user, self.company_id))
        if deadline.is_late:
            return deadline.env._(
                "Late: %(milestone)s", milestone=deadline.milestone_id.name
            )
        return deadline.env._(
            "Due soon: %(milestone)s", milestone=deadline.milestone_id.name
        )

    def _get_escalation_situation(self, now):
        """Return by when it is or was due, in the language of the environment.

        :param datetime.datetime now: naive UTC
        :rtype: str
        """
        self.ensure_one()
        date = self.company_id._complaint_format_due(self.date_due)
        if now <= self.date_due:
            return self.env._(
                "“%(milestone)s” is due on %(date)s (%(left)s)",
                milestone=self.milestone_id.name,
                date=date,
                left=self.complaint_id._format_time_left(self.date_due - now),
            )
        late_by = self._get_lateness(now)
        if not late_by:
            return self.env._(
                "“%(milestone)s” was due on %(date)s",
                milestone=self.milestone_id.name,
                date=date,
            )
        return self.env._(
            "“%(milestone)s” was due on %(date)s and is %(length)s late",
            milestone=self.milestone_id.name,
            date=date,
            length=self._format_length(late_by),
        )

    def _get_escalation_note(self, step, now):
        """Return the paragraph of the chatter about a step.

        :param EscalationStep step: what was done
        :param datetime.datetime now: naive UTC
        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        deadline = self.with_context(lang=step.lang)
        env = deadline.env
        lines = [
            env._(
                "Escalated to level %(level)s: %(situation)s.",
                level=step.rule.level,
                situation=deadline._get_escalation_situation(now),
            )
        ]
        if step.people:
            names = format_list(env, step.people.mapped("name"))
            lines.append(env._("Told: %(people)s", people=names))
        return Markup("<p>%s</p>") % Markup("<br/>").join([*lines, *step.notes])

    def _prepare_escalation_mail(self, rule, user, now):
        """Return the values of the e-mail that tells a user.

        :param EscalationTerms rule: what the rule says
        :param res.users user: who is told
        :param datetime.datetime now: naive UTC
        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id
        deadline = self.with_context(lang=get_lang(user, company))
        env = deadline.env
        complaint = deadline.complaint_id
        sender = company.email_formatted or self.env.user.email_formatted
        return {
            "subject": env._(
                "%(title)s (complaint %(number)s)",
                title=deadline._get_escalation_title(user),
                number=complaint.name,
            ),
            "body_html": Markup("<p>%s</p><p>%s<br/>%s</p><p><a href='%s'>%s</a></p>")
            % (
                complaint.display_name,
                env._(
                    "%(situation)s.",
                    situation=deadline._get_escalation_situation(now),
                ),
                env._("Level of the escalation: %(level)s", level=rule.level),
                complaint._get_escalation_url(),
                env._("Open the complaint"),
            ),
            "author_id": self.env.user.partner_id.id,
            "email_from": sender,
            "email_to": user.partner_id.email_formatted,
            "reply_to": sender,
            "model": complaint._name,
            "res_id": complaint.id,
            # Goes to these people only and is no part of the chatter.
            "message_type": "user_notification",
            "is_internal": True,
            "auto_delete": True,
            "state": "outgoing",
        }


class CustomerComplaint(models.Model):
    _inherit = "customer.complaint"

    def _get_escalation_url(self):
        """Return the address at which employees open the complaint.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/mail/view?model={self._name}&res_id={self.id}"
