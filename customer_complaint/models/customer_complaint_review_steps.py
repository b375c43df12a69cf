from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

from .customer_complaint import get_field_label
from .customer_complaint_decision_template import UPHELD
from .customer_complaint_review import DECISION_PARTS

REQUIRED_NOTES = ("process_note", "time_note", "result_note", "opinion")


class CustomerComplaintReview(models.Model):
    """The steps of a review: the request, its limits, who decides it and how."""

    _inherit = "customer.complaint.review"

    # ------------------------------------------------------------------
    # REQUEST
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
            review.activity_unlink(["customer_complaint.mail_act_review"])
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
                    "customer_complaint.mail_act_review",
                    date_deadline=review.date_deadline,
                    summary=summary,
                    user_id=asked.id,
                )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

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
        self.activity_feedback(["customer_complaint.mail_act_review"])
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
        self.activity_unlink(["customer_complaint.mail_act_review"])
        self.complaint_id._sync_reviews()

    def action_tell(self):
        """Open the dialog that tells the complainant the outcome.

        :rtype: dict
        """
        self.ensure_one()
        return self.complaint_id.with_context(default_kind="review").action_tell()
