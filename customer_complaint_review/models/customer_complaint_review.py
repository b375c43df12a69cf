from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import CONCLUSIONS, MANAGER, SUPERVISOR
from odoo.addons.customer_complaint_base.tools.fields import get_field_label
from odoo.addons.customer_complaint_notice.const import TEMPLATE_TEXTS, UPHELD

REVIEW_STATES = [
    ("requested", "To Decide"),
    ("decided", "To Tell"),
    ("told", "Told"),
    ("refused", "Not Carried Out"),
]
REVIEW_OUTCOMES = [
    (UPHELD, "Upheld"),
    ("changed", "Changed"),
    ("sent_back", "Sent Back"),
]
# The parts of the decision, with the fields of the review that hold the reviewed and
# the changed one.
DECISION_PARTS = ("conclusion", "conclusion_note", *TEMPLATE_TEXTS)
# What the request says.
REQUEST_FIELDS = frozenset(
    {"date_requested", "requested_by_id", "request", "attachment_ids"}
)
# What the reviewer writes.
RESULT_FIELDS = frozenset(
    {
        "outcome",
        "process_note",
        "time_note",
        "result_note",
        "opinion",
        "refusal_reason",
        *(f"new_{name}" for name in DECISION_PARTS),
    }
)
REQUIRED_NOTES = ("process_note", "time_note", "result_note", "opinion")


class CustomerComplaintReview(models.Model):
    """A review of a decision (核查), asked for in writing after it was told.

    A superior unit, by somebody who neither decided nor handled the case nor approved
    its money, checks process, time and result, and upholds the decision, changes it, or
    sends the case back (CBIRC-2020). All limits are the company's; the day of the event
    is not counted and the last day is included.
    """

    _name = "customer.complaint.review"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "customer.complaint.clocked",
        "customer.complaint.due",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Review of a Decision"
    _order = "date_deadline desc, id desc"
    _check_company_auto = True
    _rec_name = "complaint_id"
    _outlives_complaint = True
    _file_fields = ("attachment_ids",)

    state = fields.Selection(
        REVIEW_STATES,
        required=True,
        readonly=True,
        default="requested",
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )

    # The request
    date_requested = fields.Date(
        string="Asked For On",
        required=True,
        compute="_compute_date_requested",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Day the request reached us in writing.",
    )
    requested_by_id = fields.Many2one(
        "res.partner",
        string="Asked For By",
        required=True,
        compute="_compute_requested_by_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="The complainant, or who represents them.",
        personal=True,
    )
    request = fields.Text(
        string="What the Complainant Says",
        required=True,
        help="Why they do not agree with the decision.",
        personal=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_review_attachment_rel",
        "review_id",
        "attachment_id",
        string="Request in Writing",
        copy=False,
        bypass_search_access=True,
        help="The letter or message that asks for the review, and its enclosures.",
    )

    # Time
    date_limit = fields.Date(
        string="Could Be Asked For Until",
        readonly=True,
        copy=False,
        help="Last day on which the review could be asked for.",
        system=True,
    )
    is_out_of_time = fields.Boolean(
        string="Asked For Too Late", readonly=True, copy=False, system=True
    )
    late_admission_reason = fields.Text(
        string="Admitted All the Same Because",
        copy=False,
        help="Why a manager admits a review that was asked for after the limit.",
        personal=True,
    )
    late_admitted_by_id = fields.Many2one(
        "res.users",
        string="Admitted By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_deadline = fields.Date(
        string="Decide Until",
        readonly=True,
        copy=False,
        index=True,
        help="Last day on which the review is decided in time.",
        system=True,
    )
    is_late = fields.Boolean(
        help="The day to decide has passed and the review is not decided."
    )

    # The decision under review, as it was told
    reviewed_by_id = fields.Many2one(
        "res.users",
        string="Decided By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who made the decision under review.",
        system=True,
    )
    date_reviewed_decision = fields.Datetime(
        string="Decided On", readonly=True, copy=False, system=True
    )
    date_reviewed_told = fields.Datetime(
        string="Told On", readonly=True, copy=False, system=True
    )
    old_conclusion = fields.Selection(
        CONCLUSIONS, string="Conclusion", readonly=True, copy=False, system=True
    )
    old_conclusion_note = fields.Text(
        string="Findings", readonly=True, copy=False, personal=True, system=True
    )
    old_decision_grounds = fields.Text(
        string="Grounds", readonly=True, copy=False, personal=True, system=True
    )
    old_decision_measures = fields.Text(
        string="What Will Be Done",
        readonly=True,
        copy=False,
        personal=True,
        system=True,
    )
    old_decision_ways_open = fields.Text(
        string="Ways Still Open", readonly=True, copy=False, personal=True, system=True
    )

    # The review
    reviewer_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
        help="The leader of a superior team, or a manager of another unit, who neither "
        "decided nor handled the case, nor approved its money, nor is recused.",
    )
    is_reviewer = fields.Boolean(compute="_compute_is_reviewer")
    outcome = fields.Selection(REVIEW_OUTCOMES, copy=False, index=True, tracking=True)
    process_note = fields.Text(
        string="Process",
        copy=False,
        help="Was the complaint handled as the rules say?",
        personal=True,
    )
    time_note = fields.Text(
        string="Time",
        copy=False,
        help="Were the time limits kept?",
        personal=True,
    )
    result_note = fields.Text(
        string="Result",
        copy=False,
        help="Do findings and grounds bear the decision?",
        personal=True,
    )
    opinion = fields.Text(
        string="Opinion of the Review",
        copy=False,
        help="The outcome and why, as told to the complainant (核查意见).",
        personal=True,
    )
    new_conclusion = fields.Selection(CONCLUSIONS, copy=False)
    new_conclusion_note = fields.Text(string="New Findings", copy=False, personal=True)
    new_decision_grounds = fields.Text(string="New Grounds", copy=False, personal=True)
    new_decision_measures = fields.Text(
        string="New: What Will Be Done", copy=False, personal=True
    )
    new_decision_ways_open = fields.Text(
        string="New: Ways Still Open", copy=False, personal=True
    )
    refusal_reason = fields.Text(
        string="Not Carried Out Because",
        copy=False,
        help="Why there is no review, e.g. the complainant took the request back.",
        personal=True,
    )
    date_decided = fields.Datetime(
        string="Review Decided On", readonly=True, copy=False, system=True
    )
    date_told = fields.Datetime(
        string="Outcome Told On",
        readonly=True,
        copy=False,
        help="When the complainant was told the outcome; set by the notice.",
        system=True,
    )

    _running_uniq = models.UniqueIndex(
        "(complaint_id) WHERE state = 'requested'",
        "A review of this complaint is running already. Decide it first.",
    )

    @api.depends("complaint_id.name")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Review of %(number)s", number=review.complaint_id.name or "/"
            )

    @api.depends("complaint_id")
    def _compute_requested_by_id(self):
        for review in self:
            review.requested_by_id = (
                review.requested_by_id or review.complaint_id.partner_id
            )

    @api.depends("complaint_id")
    def _compute_date_requested(self):
        self._propose_today("date_requested")

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.model
    def _get_late_domain(self):
        passed = self._get_day_passed_domain("date_deadline")
        return Domain("state", "=", "requested") & passed

    @api.depends("reviewer_id", "state")
    @api.depends_context("uid")
    def _compute_is_reviewer(self):
        for review in self:
            review.is_reviewer = review._is_own_review()

    def _is_own_review(self):
        """Return whether the user is to decide this review now.

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "requested" and self.reviewer_id == self.env.user

    @api.onchange("outcome")
    def _onchange_outcome(self):
        """Propose the old texts when the decision is to be changed.

        When it is upheld, the ways that are open after a review.
        """
        if not self.complaint_id:
            return  # a new one, whose complaint is still to be chosen
        ways = {
            "changed": self.old_decision_ways_open,
            UPHELD: self._get_proposed_ways_open(),
        }
        if self.new_decision_ways_open in (False, "", *ways.values()):
            self.new_decision_ways_open = ways.get(self.outcome, False)
        if self.outcome == "changed":
            for name in DECISION_PARTS:
                self[f"new_{name}"] = self[f"new_{name}"] or self[f"old_{name}"]

    def _get_proposed_ways_open(self):
        """Return the ways still open after a review that upholds the decision.

        Another review is none of them: there is one of each decision (CBIRC-2020).

        :rtype: str
        """
        self.ensure_one()
        texts = self.complaint_id._get_template_texts(UPHELD)
        return texts.get("decision_ways_open") or self.env._(
            "If you do not agree you can turn to the consumer association, the market "
            "regulator, an arbitration body or the court."
        )

    def _get_ways_open(self):
        """Return the ways still open after the review, as its paper tells them.

        :rtype: str
        """
        self.ensure_one()
        return self.new_decision_ways_open or self._get_proposed_ways_open()

    @api.constrains("reviewer_id", "complaint_id")
    def _check_reviewer_id(self):
        for review in self:
            reason = review.reviewer_id and review._get_wrong_reviewer_reason()
            if reason:
                raise ValidationError(reason)

    def _get_wrong_reviewer_reason(self):
        """Return why the reviewer must not review this decision, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        reviewer, complaint = self.reviewer_id.sudo(), self.complaint_id.sudo()
        if reviewer in complaint._get_deciders() | self.reviewed_by_id:
            return self.env._(
                "%(user)s took part in the decision on %(number)s and cannot review "
                "it. Choose a superior who did not.",
                user=reviewer.name,
                number=complaint.name,
            )
        if reviewer in complaint.user_id | complaint.past_handler_ids:
            return self.env._(
                "%(user)s handles or handled %(number)s and cannot review it. Choose "
                "a superior who did not.",
                user=reviewer.name,
                number=complaint.name,
            )
        if reviewer in complaint._get_money_approvers():
            return self.env._(
                "%(user)s approved what the customer of %(number)s receives and cannot "
                "review it. Choose a superior who did not.",
                user=reviewer.name,
                number=complaint.name,
            )
        if complaint._is_complained_of(reviewer):
            return self.env._(
                "%(user)s is recused from %(number)s, or it is about them. Choose "
                "another superior.",
                user=reviewer.name,
                number=complaint.name,
            )
        return self._get_wrong_rank_reason(reviewer)

    def _get_wrong_rank_reason(self, reviewer):
        """Return why somebody is no superior of who decided, or False.

        A superior unit reviews: the leader of a team above, or a manager who does not
        belong to the team of the case. Where no team stands above, a superior by role.

        :param res.users reviewer: readable whatever the user's rights
        :rtype: str or bool
        """
        complaint = self.complaint_id.sudo()
        superiors = self._get_superior_reviewers()
        if superiors and reviewer not in superiors:
            if not reviewer.has_group(MANAGER) or (
                reviewer in complaint.team_id.member_ids
            ):
                return self.env._(
                    "A superior unit reviews %(number)s: choose %(leaders)s, or a "
                    "manager who does not belong to %(team)s; not %(user)s.",
                    number=complaint.name,
                    leaders=format_list(self.env, superiors.mapped("name"), "or"),
                    team=complaint.team_id.name,
                    user=reviewer.name,
                )
        deciders = complaint.decided_by_id | self.reviewed_by_id.sudo()
        needed = (
            MANAGER
            if any(decider.has_group(SUPERVISOR) for decider in deciders)
            else SUPERVISOR
        )
        if reviewer not in superiors and not reviewer.has_group(needed):
            if needed == MANAGER:
                return self.env._(
                    "A supervisor or manager decided %(number)s: a manager who did not "
                    "decide reviews it, not %(user)s.",
                    number=complaint.name,
                    user=reviewer.name,
                )
            return self.env._(
                "A superior reviews %(number)s: choose a supervisor or manager, not "
                "%(user)s.",
                number=complaint.name,
                user=reviewer.name,
            )
        return not complaint._is_seen_by(reviewer) and self.env._(
            "%(user)s does not see %(number)s. Choose a superior of the team or a "
            "manager of the company.",
            user=reviewer.name,
            number=complaint.name,
        )

    def _get_superior_reviewers(self):
        """Return the leaders of the teams above, the nearest first.

        Above who decided, too: where the leader of the area decided, only those above
        the area are left.

        :return: readable whatever the user's rights
        :rtype: res.users
        """
        self.ensure_one()
        complaint_sudo = self.complaint_id.sudo()
        if not complaint_sudo.team_id:
            return self.env["res.users"].sudo()
        leaders_sudo = complaint_sudo.team_id._get_superior_leaders()
        deciders_sudo = complaint_sudo._get_deciders() | self.reviewed_by_id.sudo()
        for place, leader_sudo in enumerate(leaders_sudo, start=1):
            if leader_sudo in deciders_sudo:
                return (leaders_sudo - deciders_sudo) & leaders_sudo[place:]
        return leaders_sudo

    @api.model
    def _get_reserved_fields(self):
        # A supervisor names the reviewer, who writes the result: nobody's default.
        return super()._get_reserved_fields() | RESULT_FIELDS | {"reviewer_id"}

    @api.model
    def _get_unfinished_fields(self, row):
        """A review that was not told when the case was sealed goes on."""
        names = super()._get_unfinished_fields(row)
        if row["state"] not in ("requested", "decided"):
            return names
        return names | self._get_all_but(
            "complaint_id", "date_requested", "requested_by_id", "request"
        )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._prepare_new_vals_list(
            vals_list, self._get_marked_fields("system") | RESULT_FIELDS
        )
        if any(vals.get("reviewer_id") for vals in vals_list):
            self._check_may_name_reviewer()
        reviews = super().create(vals_list)
        for review in reviews:
            review._write_unguarded(review._prepare_snapshot_vals())
            review._apply_time_limits()
            review._ask_reviewer()
            review.complaint_id._message_log(
                body=self.env._(
                    "Review asked for on %(date)s; to be decided until %(due)s",
                    date=review.company_id._complaint_format_day(review.date_requested),
                    due=review.company_id._complaint_format_day(review.date_deadline),
                )
            )
        reviews.complaint_id._sync_reviews()
        return reviews

    @api.model
    def _check_may_add(self, complaints):
        result = super()._check_may_add(complaints)
        complaints._check_can_be_reviewed()
        return result

    def write(self, vals):
        self._check_may_write(vals.keys())
        result = super().write(vals)
        if vals.keys() & {"date_requested", "late_admission_reason"}:
            for review in self:
                review._apply_time_limits()
        if "reviewer_id" in vals:
            self._ask_reviewer()
        return result

    def _check_may_write(self, names):
        """Refuse values that the state of the review or the user's part forbids.

        :param names: names of the fields somebody wants to write
        :raise UserError: if the review no longer changes
        :raise AccessError: if the values are another person's to write
        """
        names = set(names)
        self.complaint_id._check_may_work()
        own = REQUEST_FIELDS | RESULT_FIELDS | {"reviewer_id", "late_admission_reason"}
        forbidden = names & (self._get_marked_fields("system") | {"complaint_id"})
        ended = self.filtered(lambda review: review.state != "requested")
        if ended:
            forbidden = forbidden or names & own
        if forbidden:
            raise UserError(
                self.env._(
                    "A review keeps its complaint and, once decided, what it says; its "
                    "steps are taken by its buttons: %(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
        if names & RESULT_FIELDS:
            self._check_is_reviewer()
        if "reviewer_id" in names:
            self._check_may_name_reviewer()
        if "late_admission_reason" in names and not self._is_manager():
            raise AccessError(
                self.env._("A manager says why a late request is admitted.")
            )

    @api.model
    def _is_manager(self):
        return self.env.su or self.env.user.has_group(MANAGER)

    def _check_is_reviewer(self):
        """Only the reviewer writes and decides, administrators included.

        :raise AccessError: naming the reviewers
        """
        others = self.filtered(lambda review: review.reviewer_id != self.env.user)
        if others:
            names = others.reviewer_id.mapped("name") or [self.env._("nobody yet")]
            raise AccessError(
                self.env._(
                    "Only the reviewer writes and decides a review: %(names)s. A "
                    "supervisor names the reviewer.",
                    names=format_list(self.env, names),
                )
            )

    def _check_may_name_reviewer(self):
        """:raise AccessError: if the user is no supervisor"""
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._(
                    "A supervisor names the reviewer. Leave the reviewer empty; the "
                    "leader of the team is asked to name one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "A review that was asked for is kept. The reviewer records why it is "
                "not carried out."
            )
        )

    @api.model
    def _get_clock_triggers(self):
        return {"state", "date_requested", "date_told"}

    def _get_clock_moments(self):
        company = self.company_id
        return {
            "review_requested": company._complaint_day_start(self.date_requested),
            "review_decided": self.state in ("decided", "told") and self.date_decided,
            "review_told": self.date_told,
        }

    def _is_clock_stopped(self):
        return self.state not in ("requested", "decided", "told")

    def _get_kept_files(self):
        """The request in writing stays as it came in; more may be added."""
        return self.attachment_ids

    # ------------------------------------------------------------------
    # STEPS
    #
    # The steps of a review: the request, its limits, who decides it and how.
    # ------------------------------------------------------------------

    def _prepare_snapshot_vals(self):
        """Return the decision under review, so that it stays readable."""
        self.ensure_one()
        complaint = self.complaint_id
        return {
            "reviewed_by_id": complaint.decided_by_id.id,
            "date_reviewed_decision": complaint.date_decided,
            "date_reviewed_told": complaint.date_notified,
            **{f"old_{name}": complaint[name] for name in DECISION_PARTS},
        }

    def _upheld_decision(self):
        """Return whether it upheld the decision as it stands, and as it was told.

        :rtype: bool
        """
        self.ensure_one()
        complaint = self.complaint_id
        return (
            self.outcome == UPHELD
            and self.state in ("decided", "told")
            and self.date_reviewed_decision == complaint.date_decided
            and self.date_reviewed_told == complaint.date_notified
        )

    def _apply_time_limits(self):
        """Check the day of the request, and set both limits.

        :raise ValidationError: if the day cannot be right
        :raise UserError: if it is after the limit and no manager admits it (for
            others an AccessError)
        """
        self.ensure_one()
        company = self.company_id
        told = company._complaint_date(self.date_reviewed_told)
        if not told <= self.date_requested <= company._complaint_today():
            raise ValidationError(
                self.env._(
                    "A review is asked for between the day the decision was told, "
                    "%(told)s, and today. Correct the day.",
                    told=company._complaint_format_day(told),
                )
            )
        limit = told + timedelta(days=company.complaint_review_request_days)
        is_late = self.date_requested > limit
        if is_late:
            self._check_late_admission(limit)
        self._write_unguarded(
            {
                "date_limit": limit,
                "is_out_of_time": is_late,
                "late_admitted_by_id": is_late and self.env.uid,
                "date_deadline": self.date_requested
                + timedelta(days=company.complaint_review_decide_days),
            }
        )

    def _check_late_admission(self, limit):
        """Refuse a late request unless a manager says why it is admitted.

        :param datetime.date limit: the last day it could be asked for
        :raise AccessError: if the user is no manager; naming the limit and the way out
        :raise UserError: if a manager gives no reason
        """
        is_manager, company = self._is_manager(), self.company_id
        if not is_manager or not (self.late_admission_reason or "").strip():
            raise (UserError if is_manager else AccessError)(
                self.env._(
                    "%(number)s: a review could be asked for until %(limit)s; this one "
                    "came on %(date)s. A manager may admit it by saying why.",
                    number=self.complaint_id.name,
                    limit=company._complaint_format_day(limit),
                    date=company._complaint_format_day(self.date_requested),
                )
            )

    def _ask_reviewer(self):
        """Give the reviewer a to-do; without one, ask for a reviewer.

        The nearest superior who could review it names one, else the leader of the
        team, or a manager where the leader is recused.
        """
        for review in self:
            review.activity_unlink(["customer_complaint_review.mail_act_review"])
            complaint = review.complaint_id
            asked, summary = review.reviewer_id, self.env._("Decide the review")
            if not asked or not complaint._may_act(asked):
                superiors_sudo = review._get_superior_reviewers().filtered(
                    lambda user, complaint=complaint: complaint._is_seen_by(user)
                )
                asked = complaint._get_first_to_act(
                    *superiors_sudo, complaint.team_id.leader_id
                )
                summary = self.env._("Name a reviewer")
            if asked:
                review.activity_schedule(
                    "customer_complaint_review.mail_act_review",
                    date_deadline=review.date_deadline,
                    summary=summary,
                    user_id=asked.id,
                )

    def action_decide(self):
        """Decide the reviews: uphold, change the decision, or send the case back.

        :raise AccessError: if the user is not the reviewer
        :raise UserError: if something is missing, with the way out
        """
        self._check_may_decide()
        for review in self:
            missing = review._get_missing_parts()
            if missing:
                raise UserError(
                    self.env._(
                        "%(review)s: first fill in %(fields)s.",
                        review=review.display_name,
                        fields=format_list(
                            self.env,
                            [f"“{get_field_label(self, name)}”" for name in missing],
                        ),
                    )
                )
            if review.outcome == "changed" and not review._changes_decision():
                raise UserError(
                    self.env._(
                        "%(review)s: the new decision says what the old one said. "
                        "Change it, or uphold it.",
                        review=review.display_name,
                    )
                )
        for review in self:
            review._decide()
        return True

    def _check_may_decide(self):
        """Check that the user may decide these reviews now.

        :raise AccessError: if the user is not the reviewer, or recused
        :raise UserError: if a review is decided, or the reviewer no longer may
        """
        self.complaint_id._check_may_work()
        self._check_is_reviewer()
        for review in self:
            if review.state != "requested":
                raise UserError(
                    self.env._(
                        "%(review)s is decided already. Reload the page.",
                        review=review.display_name,
                    )
                )
            # What was right when they were named may have changed since.
            reason = review._get_wrong_reviewer_reason()
            if reason:
                raise AccessError(reason)

    def _get_missing_parts(self):
        """Return the fields that a decision of the review still needs."""
        self.ensure_one()
        names = ["outcome", *REQUIRED_NOTES]
        if self.outcome == "changed":
            names += [f"new_{name}" for name in DECISION_PARTS]
        return [name for name in names if not (self[name] or "").strip()]

    def _changes_decision(self):
        self.ensure_one()
        return any(
            self[f"new_{name}"] != self[f"old_{name}"] for name in DECISION_PARTS
        )

    def _decide(self):
        """Record the outcome and let the complaint follow it."""
        self.ensure_one()
        vals = {"state": "decided", "date_decided": fields.Datetime.now()}
        if self.outcome == UPHELD:
            vals["new_decision_ways_open"] = self._get_ways_open()
        self._write_unguarded(vals)
        self.activity_feedback(["customer_complaint_review.mail_act_review"])
        self.complaint_id._sync_reviews()
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        self.complaint_id._message_log(
            body=self.env._(
                "Review decided: %(outcome)s. %(opinion)s",
                outcome=outcomes[self.outcome],
                opinion=self.opinion,
            )
        )
        if self.outcome == "changed":
            self.complaint_id._change_decision(self._prepare_decision_vals(), self)
        elif self.outcome == "sent_back":
            self.complaint_id._send_back(self)

    def _prepare_decision_vals(self):
        """Return the decision of the review, which becomes the complaint's."""
        self.ensure_one()
        return {name: self[f"new_{name}"] for name in DECISION_PARTS}

    def action_refuse(self):
        """Record that there is no review, e.g. because the request was taken back.

        :raise AccessError: if the user is not the reviewer
        :raise UserError: if no reason is given
        """
        self._check_may_decide()
        for review in self:
            if not (review.refusal_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(review)s: first say why it is not carried out.",
                        review=review.display_name,
                    )
                )
        self._end("refused")
        return True

    def _end(self, state, **values):
        """End running reviews without an outcome."""
        self._write_unguarded(
            {"state": state, "date_decided": fields.Datetime.now(), **values}
        )
        self.activity_unlink(["customer_complaint_review.mail_act_review"])
        self.complaint_id._sync_reviews()

    def action_tell(self):
        """Open the dialog that tells the complainant the outcome.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.with_context(default_kind="review").action_tell()
