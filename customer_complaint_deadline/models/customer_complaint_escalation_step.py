from dataclasses import dataclass, field

from odoo import models

from odoo.addons.customer_complaint.const import AGENT, QUALITY

from .customer_complaint_escalation_rule import EscalationTerms

# Whom a rule names, and who is told when there is nobody.
LADDER = {
    "handler": ("handler", "leader", "superior", "manager"),
    "leader": ("leader", "superior", "manager"),
    "superior": ("superior", "manager"),
    "manager": ("manager",),
    "group": ("group", "manager"),
}


@dataclass
class EscalationStep:
    """One rule that is carried out for one limit now.

    :param deadline: the limit
    :param EscalationTerms rule: what the rule says
    :param res.users people: who is told
    :param set did: names of the effects that were carried out
    :param list notes: what could not be done, and why
    """

    deadline: models.BaseModel
    rule: EscalationTerms
    people: models.BaseModel
    did: set = field(default_factory=set)
    notes: list = field(default_factory=list)

    @property
    def complaint(self):
        return self.deadline.complaint_id

    @property
    def lang(self):
        """Language of what everybody reads in the chatter: the company's."""
        return self.complaint.company_id.partner_id.lang or "en_US"


class EscalationPeople:
    """Finds who is told, each question asked once for a batch."""

    def __init__(self, steps):
        """Start from the steps that are to be taken.

        :param list[EscalationStep] steps: as superuser
        """
        self.steps = steps
        self.managers = {}
        self.members = {}
        self.visible = {}

    def find(self):
        """Give each step the people who are told."""
        for step in self.steps:
            for target in LADDER[step.rule.target]:
                step.people = self._get_fit(step, target)
                if step.people:
                    break
            if not step.people or target != step.rule.target:
                self._note_nobody(step)

    def _get_fit(self, step, target):
        complaint = step.complaint
        return getattr(self, f"_get_{target}")(step).filtered(
            lambda user: (
                user.active
                and not user.share
                and complaint.company_id in user.company_ids
                and not complaint._is_recused_from(user.partner_id)
                and complaint.id in self._get_visible(user)
            )
        )

    def _get_visible(self, user):
        """Return the ids of the complaints that a user may see.

        A handler or leader may have lost their role since.
        """
        if user not in self.visible:
            complaints = step_complaints(self.steps)
            seen = complaints.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            self.visible[user] = frozenset(seen._filtered_access("read").ids)
        return self.visible[user]

    def _get_handler(self, step):
        return step.complaint.user_id

    def _get_leader(self, step):
        return step.complaint.team_id.leader_id

    def _get_superior(self, step):
        """Return the leader of the team above, the nearest who may see the case."""
        for user in step.complaint._get_present_superiors():
            if step.complaint.id in self._get_visible(user):
                return user
        return step.people

    def _get_manager(self, step):
        company = step.complaint.company_id
        if company not in self.managers:
            self.managers[company] = company._get_complaint_managers()
        return self.managers[company]

    def _get_group(self, step):
        """Return the members of the group of the rule who may see the complaint."""
        group_id = step.rule.group_id
        if group_id not in self.members:
            self.members[group_id] = self._read_members(group_id)
        return self.members[group_id].get(step.complaint, step.people)

    def _read_members(self, group_id):
        """Return for each complaint the members of a group who may see it."""
        complaints = step_complaints(
            step for step in self.steps if step.rule.group_id == group_id
        )
        seers = {complaint: complaints.env["res.users"] for complaint in complaints}
        for user in complaints.env["res.groups"].browse(group_id).all_user_ids:
            if user.active and not user.share:
                visible = self._get_visible(user)
                for complaint in complaints:
                    if complaint.id in visible:
                        seers[complaint] += user
        return seers

    def _note_nobody(self, step):
        env = step.deadline.with_context(lang=step.lang).env
        labels = dict(
            env["customer.complaint.escalation.rule"]
            ._fields["target"]
            ._description_selection(env)
        )
        if step.people:
            step.notes.append(
                env._(
                    "%(target)s: nobody who may work on the case; the next above was "
                    "told.",
                    target=labels[step.rule.target],
                )
            )
        else:
            step.notes.append(
                env._(
                    "Nobody could be told: no handler, team leader or manager may work "
                    "on the case."
                )
            )

    def get_new_handler(self, step):
        """Return who becomes the handler by a rule, and note why nobody does.

        :rtype: res.users
        """
        env = step.deadline.with_context(lang=step.lang).env
        nobody = env["res.users"]
        if len(step.people) > 1:
            step.notes.append(
                env._("The handler stays: several people were told, not one.")
            )
            return nobody
        user = step.people
        if user and user not in getattr(self, f"_get_{step.rule.target}")(step):
            step.notes.append(
                env._("The handler stays: only who was meant takes the case over.")
            )
            return nobody
        if user and not (user.has_group(AGENT) or user.has_group(QUALITY)):
            step.notes.append(
                env._(
                    "The handler stays: %(user)s has no role in complaint handling.",
                    user=user.name,
                )
            )
            return nobody
        return user if user != step.complaint.user_id else nobody


def get_lang(user, company):
    """Return the language in which a user is told something.

    :param res.users user: may be nobody
    :param res.company company: of the complaint
    :rtype: str
    """
    return user.lang or company.partner_id.lang or "en_US"


def step_complaints(steps):
    """Return the complaints of steps, each once and in order.

    :rtype: customer.complaint
    """
    steps = list(steps)
    deadlines = steps[0].deadline.browse(step.deadline.id for step in steps)
    return deadlines.complaint_id
