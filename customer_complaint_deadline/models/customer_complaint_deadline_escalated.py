import logging
from datetime import timedelta
from functools import cache

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_list

from .customer_complaint_escalation_step import (
    EscalationPeople,
    EscalationStep,
    get_lang,
    step_complaints,
)

# What of a clock moves its escalations.
MOVING_FIELDS = ("state", "date_start", "date_due")
_logger = logging.getLogger(__name__)
# Technical bounds: how much is done in one transaction, after how long what failed is
# tried again, and how often others may get in the way of one run.
BATCH_SIZE = 100
RETRY_DELAY = timedelta(hours=1)
MAX_CONFLICTS = 10
MAX_ERROR_LENGTH = 500
ESCALATION_TODO = "customer_complaint_deadline.mail_act_escalation"
EFFECTS = ("todo", "message", "mail", "priority", "reassign")


class CustomerComplaintDeadlineEscalated(models.AbstractModel):
    """The job that escalates what is due.

    All that is done for a batch (records, to-dos, notes, queued e-mails) is one
    transaction: it is there as a whole or not at all, whenever the server is killed.
    Servers that run at the same time leave each other what they have locked.
    """

    _name = "customer.complaint.deadline.escalated"
    _inherit = "customer.complaint.sealed"
    _description = "Escalation of a Time Limit"

    # When it is escalated
    date_next_escalation = fields.Datetime(
        string="Next Escalation",
        help="When the next rule applies; empty while the clock does not run.",
        sealed=False,
    )
    escalation_error = fields.Char(
        help="Why the last escalation failed; it is tried again by itself.",
        sealed=False,
        personal=True,
    )

    # The job that escalates reads what is due through it, and nothing else.
    _next_escalation_idx = models.Index(
        "(date_next_escalation, id) WHERE date_next_escalation IS NOT NULL"
    )

    def write(self, vals):
        # A clock that does not run is escalated no more.
        if vals.get("state", "running") != "running":
            vals = {**vals, "date_next_escalation": False}
            # Written for all, in the same query as the state.
            self.invalidate_recordset(["date_next_escalation"], flush=False)
        return super().write(vals)

    def _get_next_escalation(self, vals):
        """Return when the limit is escalated next, False if it is not.

        :param dict vals: where the clock stands now
        :rtype: datetime.datetime or bool
        """
        self.ensure_one()
        if vals["state"] != "running":
            return False
        if self._keeps_escalations(vals):
            return self.date_next_escalation
        return self.complaint_id._get_next_escalation(
            self._get_terms(),
            vals["date_start"],
            vals["date_due"],
            self.extended_by,
            self._get_done_rules(),
        )

    def _keeps_escalations(self, vals):
        """Return whether a clock that did not move is escalated when it was to be.

        :param dict vals: where the clock stands now
        :rtype: bool
        """
        self.ensure_one()
        if self.env.context.get("complaint_rules_changed"):
            return False
        return all(self[name] == vals[name] for name in MOVING_FIELDS)

    def _prepare_escalation_key(self):
        """Return what an escalation of this limit says it was done for.

        A replaced limit and its successor are the same in this.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "milestone_id": self.milestone_id.id,
            "round": self.round,
            "turn": self.turn,
            "res_id": self.res_id or 0,
            "extended_by": self.extended_by,
        }

    def _get_done_rules(self):
        """Return the ids of the rules that were carried out for this limit.

        :rtype: frozenset[int]
        """
        self.ensure_one()
        complaint = self.complaint_id
        if not complaint.escalation_count:
            return frozenset()
        key = tuple(self._prepare_escalation_key().values())
        return frozenset(
            escalation.rule_id.id
            for escalation in complaint.escalation_ids
            if escalation._get_key() == key
        )

    def _get_due_rules(self, now):
        """Return what is to be done for this limit now, and when it goes on.

        :param datetime.datetime now: naive UTC
        :return: the rules that are due, in their order; the next moment or False
        :rtype: tuple[list[EscalationTerms], datetime.datetime or bool]
        """
        self.ensure_one()
        complaint = self.complaint_id
        terms = self._get_terms()
        is_over = complaint._has_ended() and not complaint._clock_outlives_complaint(
            terms
        )
        if self.state != "running" or is_over:
            return [], False
        due_rules, later = [], []
        for rule in complaint._get_escalation_rules(terms, self._get_done_rules()):
            moment = complaint._get_escalation_moment(
                rule, terms, self.date_start, self.date_due, self.extended_by
            )
            if moment and rule.waits(terms):
                # Not in the middle of the night either when a run was missed.
                moment = complaint._get_working_moment(max(moment, now))
            if moment and moment <= now:
                due_rules.append(rule)
            elif moment:
                later.append(moment)
        return due_rules, min(later, default=False)

    # ------------------------------------------------------------------
    # WHAT IS SAID
    #
    # What people are told when a limit is escalated, each in their language.
    #
    # Of the complainant nothing is said but the number and the subject of the case.
    # ------------------------------------------------------------------

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

    def _get_escalation_note(self, step, describe):
        """Return the paragraph of the chatter about a step.

        :param EscalationStep step: what was done
        :param describe: how the limit stands, in a language
        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        deadline = self.with_context(lang=step.lang)
        env = deadline.env
        lines = [
            env._(
                "Escalated to level %(level)s: %(situation)s.",
                level=step.rule.level,
                situation=describe(self, step.lang),
            )
        ]
        if step.people:
            names = format_list(env, step.people.mapped("name"))
            lines.append(env._("Told: %(people)s", people=names))
        return Markup("<p>%s</p>") % Markup("<br/>").join([*lines, *step.notes])

    def _prepare_escalation_mail(self, rule, user, describe):
        """Return the values of the e-mail that tells a user.

        :param EscalationTerms rule: what the rule says
        :param res.users user: who is told
        :param describe: how the limit stands, in a language
        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id
        lang = get_lang(user, company)
        deadline = self.with_context(lang=lang)
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
                env._("%(situation)s.", situation=describe(self, lang)),
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

    # ------------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------------

    @api.model
    def _cron_escalate_deadlines(self):
        """Carry out the rules that are due, batch by batch.

        What fails is noted on its complaint and tried again later; it does not stop
        the others.
        """
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        cron._commit_progress(
            remaining=self.search_count([("date_next_escalation", "<=", now)])
        )
        last, conflicts = None, 0
        while conflicts < MAX_CONFLICTS:
            try:
                rows = self._lock_due(now, last)
                if not rows:
                    # What is left is held by others, or waits to be tried again.
                    cron._commit_progress(remaining=0)
                    break
                self.browse(row[0] for row in rows)._escalate_batch(now)
                self.env.flush_all()
            except OperationalError:
                # Somebody else wrote one of them: with fresh eyes once more.
                conflicts += 1
                self.env.cr.rollback()
                continue
            self.env.invalidate_all()
            if not cron._commit_progress(len(rows)):
                break
            last = rows[-1]

    @api.model
    def _lock_due(self, now, last):
        """Lock the next deadlines that are due and that nobody else has locked.

        :param datetime.datetime now: naive UTC
        :param last: the last row of the batch before, None for the first batch
        :return: id and moment of each, in order
        :rtype: list[tuple]
        """
        self.flush_model(["date_next_escalation"])
        after = SQL()
        if last:
            after = SQL("AND (date_next_escalation, id) > (%s, %s)", last[1], last[0])
        return self.env.execute_query(
            SQL(
                """SELECT id, date_next_escalation FROM customer_complaint_deadline
                    WHERE date_next_escalation <= %s %s
                    ORDER BY date_next_escalation, id
                    LIMIT %s FOR NO KEY UPDATE SKIP LOCKED""",
                now,
                after,
                BATCH_SIZE,
            )
        )

    def _escalate_batch(self, now):
        """Escalate these deadlines all at once, or else complaint by complaint.

        Complaints that somebody else holds are left for the next run.
        """
        complaints = self.complaint_id.try_lock_for_update(allow_referencing=True)
        todo = self.filtered(lambda deadline: deadline.complaint_id in complaints)
        try:
            with self.env.cr.savepoint():
                todo._escalate(now)
        except OperationalError:
            raise
        except Exception:
            _logger.info("Escalating complaint by complaint", exc_info=True)
            for deadlines in todo.grouped("complaint_id").values():
                deadlines._escalate_one(now)

    def _escalate_one(self, now):
        """Escalate the deadlines of one complaint, and note what goes wrong."""
        try:
            with self.env.cr.savepoint():
                self._escalate(now)
        except OperationalError:
            raise
        except Exception as error:
            _logger.warning(
                "Complaint %s not escalated", self.complaint_id.id, exc_info=True
            )
            self._note_error(error, now)

    def _note_error(self, error, now):
        """Note on the complaint why it was not escalated, once for each reason.

        :param Exception error: what went wrong
        """
        complaint = self.complaint_id
        lang = complaint.company_id.partner_id.lang or "en_US"
        env = self.with_context(lang=lang).env
        if isinstance(error, UserError):
            reason = str(error)
        else:
            reason = env._(
                "%(error)s; the log of the server says more.",
                error=type(error).__name__,
            )
        text = reason[:MAX_ERROR_LENGTH]
        is_new = any(deadline.escalation_error != text for deadline in self)
        try:
            with self.env.cr.savepoint():
                self.write(
                    {
                        "escalation_error": text,
                        "date_next_escalation": now + RETRY_DELAY,
                    }
                )
                if is_new:
                    complaint._message_log(
                        body=env._(
                            "This complaint could not be escalated: %(reason)s It is "
                            "tried again by itself.",
                            reason=text,
                        )
                    )
                    self._ask_to_look(env)
        except OperationalError:
            raise
        except Exception:
            _logger.exception("Error of complaint %s not noted", complaint.id)

    def _ask_to_look(self, env):
        """Give a person a to-do: what keeps failing, nobody else hears of.

        :param env: in whose language the to-do is
        """
        complaint = self.complaint_id
        person = complaint._get_first_to_act(
            complaint.team_id.leader_id, complaint.user_id
        )
        complaint._create_todos(
            [
                (
                    complaint,
                    person,
                    env._("Could not be escalated: see why, and act yourself"),
                    {"date_deadline": complaint.company_id._complaint_today()},
                )
            ]
        )

    def _escalate(self, now):
        """Carry out all rules that are due for these deadlines, each once."""
        self.complaint_id._read_escalations()
        nobody = self.env["res.users"]
        steps = []
        for deadline in self:
            rules, later = deadline._get_due_rules(now)
            steps += [EscalationStep(deadline, rule, nobody) for rule in rules]
            deadline.write({"date_next_escalation": later, "escalation_error": False})
        if not steps:
            return
        people = EscalationPeople(steps)
        people.find()
        for step in steps:
            if not step.people:
                _logger.warning(
                    "Complaint %s: nobody to escalate to.", step.complaint.name
                )
        self._reassign(steps, people)
        self._raise_complaints(steps, now)
        self._make_todos(steps)

        @cache
        def describe(deadline, lang):
            """Several steps and people are told the same of a limit."""
            return deadline.with_context(lang=lang)._get_escalation_situation(now)

        self._queue_mails(steps, describe)
        self._write_notes(steps, describe)
        self._record(steps, now)

    @api.model
    def _reassign(self, steps, people):
        """Make those who are told the handlers where the rules say so."""
        given = {}
        for step in steps:
            user = step.rule.is_reassigned and people.get_new_handler(step)
            if user:
                step.did.add("reassign")
                # The highest level comes last.
                given[step.complaint] = user
        for user in set(given.values()):
            complaints = step_complaints(
                step for step in steps if given.get(step.complaint) == user
            )
            complaints.with_context(
                mail_auto_subscribe_no_notify=True
            )._write_unguarded({"user_id": user.id})

    @api.model
    def _raise_complaints(self, steps, now):
        """Count the escalations of the complaints and raise level and priority."""
        by_complaint = {}
        for step in steps:
            by_complaint.setdefault(step.complaint, []).append(step)
        for complaint, own in by_complaint.items():
            vals = {
                "escalation_count": complaint.escalation_count + len(own),
                "escalation_level": max(
                    complaint.escalation_level, *(step.rule.level for step in own)
                ),
                "date_escalated": now,
            }
            for step in own:
                known = vals.get("priority") or complaint.priority or "0"
                if step.rule.priority > known:
                    vals["priority"] = step.rule.priority
                    step.did.add("priority")
            # Said by the note; nothing of it is tracked.
            complaint.with_context(tracking_disable=True)._write_unguarded(vals)

    @api.model
    def _make_todos(self, steps):
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(ESCALATION_TODO)
        entries = []
        for step in steps:
            if not (step.rule.has_todo and step.people):
                continue
            step.did.add("todo")
            due = step.complaint.company_id._complaint_today() + timedelta(
                days=step.rule.todo_days
            )
            entries += [
                (
                    step.complaint,
                    user,
                    step.deadline._get_escalation_title(user),
                    {"date_deadline": due, "activity_type_id": type_id},
                )
                for user in step.people
            ]
        if entries:
            self.env["customer.complaint"]._create_todos(entries)

    @api.model
    def _queue_mails(self, steps, describe):
        """Queue the e-mails; the server sends them when this is committed."""
        vals_list = []
        for step in steps:
            for user in step.people if step.rule.has_mail else ():
                if user.partner_id.email_normalized:
                    step.did.add("mail")
                    vals_list.append(
                        step.deadline._prepare_escalation_mail(
                            step.rule, user, describe
                        )
                    )
                else:
                    env = self.with_context(lang=step.lang).env
                    step.notes.append(
                        env._(
                            "%(user)s has no e-mail address, so no e-mail was sent.",
                            user=user.name,
                        )
                    )
        self.env["mail.mail"].create(vals_list)

    @api.model
    def _write_notes(self, steps, describe):
        """Write one note for each complaint, whatever was due for it."""
        bodies = {}
        for step in steps:
            if step.rule.has_message:
                step.did.add("message")
                bodies.setdefault(step.complaint, []).append(
                    step.deadline._get_escalation_note(step, describe)
                )
        if bodies:
            complaints = step_complaints(steps).filtered(bodies.get)
            complaints._message_log_batch(
                {
                    complaint.id: Markup().join(texts)
                    for complaint, texts in bodies.items()
                }
            )

    @api.model
    def _record(self, steps, now):
        self.env["customer.complaint.escalation"].create(
            [
                {
                    **step.deadline._prepare_escalation_key(),
                    "complaint_id": step.complaint.id,
                    "company_id": step.complaint.company_id.id,
                    "deadline_id": step.deadline.id,
                    "rule_id": step.rule.id,
                    "level": step.rule.level,
                    "date_due": step.deadline.date_due,
                    "date": now,
                    "user_ids": [Command.set(step.people.ids)],
                    "note": "\n".join(step.notes) or False,
                    **{f"did_{name}": name in step.did for name in EFFECTS},
                }
                for step in steps
            ]
        )
