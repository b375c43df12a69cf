from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerComplaint(models.Model):
    """What reviews do to the complaint, and the people who had a part in it."""

    _inherit = "customer.complaint"

    review_ids = fields.One2many(
        "customer.complaint.review",
        "complaint_id",
        string="Reviews",
        system=True,
    )
    review_count = fields.Integer(
        string="Number of Reviews",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    is_under_review = fields.Boolean(
        string="Under Review",
        readonly=True,
        copy=False,
        help="A review of the decision was asked for and is not decided.",
        sealed=False,
        system=True,
    )
    has_untold_review = fields.Boolean(
        string="Outcome of the Review to Tell",
        readonly=True,
        copy=False,
        help="A review is decided and the complainant does not know the outcome.",
        sealed=False,
        system=True,
    )
    past_handler_ids = fields.Many2many(
        "res.users",
        "customer_complaint_past_handler_rel",
        "complaint_id",
        "user_id",
        string="Earlier Handlers",
        readonly=True,
        copy=False,
        help="Who handled the complaint before; they do not review it.",
        sealed=False,
        system=True,
    )

    @api.depends("is_under_review", "has_untold_review")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if "user_id" in vals:
            self._note_past_handlers(vals["user_id"])
        return super().write(vals)

    def _write_unguarded(self, vals):
        if "user_id" in vals:
            self._note_past_handlers(vals["user_id"])
        return super()._write_unguarded(vals)

    def _note_past_handlers(self, user_id):
        """Keep who handled the complaints before ``user_id`` does.

        :param int user_id: id of the new handler, or False
        """
        replaced = self.filtered(
            lambda complaint: complaint.user_id and complaint.user_id.id != user_id
        )
        for handler, complaints in replaced.grouped("user_id").items():
            complaints._write_unguarded(
                {"past_handler_ids": [Command.link(handler.id)]}
            )

    def _sync_reviews(self):
        """Store what lists and the form show of the reviews."""
        # Counts of the system, whatever the user sees of each review.
        for complaint_sudo in self.sudo():
            states = complaint_sudo.review_ids.mapped("state")
            complaint_sudo._write_unguarded(
                {
                    "review_count": len(states),
                    "is_under_review": "requested" in states,
                    "has_untold_review": "decided" in states,
                }
            )

    # ------------------------------------------------------------------
    # REVIEW
    # ------------------------------------------------------------------

    def _get_deciders(self):
        """Return who had a part in the decision, now or before.

        :rtype: res.users
        """
        self.ensure_one()
        return (
            self.decided_by_id
            | self.past_decider_ids
            | self.quality_signed_by_id
            | self.legal_signed_by_id
        )

    def _check_can_be_reviewed(self):
        """Refuse a review of what is not decided and told, or under review.

        :raise UserError: naming the complaint and the way out
        """
        for complaint in self:
            reason = complaint._get_cannot_review_reason()
            if reason:
                raise UserError(complaint._name_reason(reason))

    def _get_cannot_review_reason(self):
        """Return why no review can be asked for now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in ("remediation", "followup", "closed"):
            return self.env._(
                "it is “%(state)s”; a review is asked for after a decision was told.",
                state=self._get_state_label(self.state),
            )
        if not self.date_decided or not self.date_notified:
            return self.env._(
                "the decision was not told yet. Tell it first; a review is asked for "
                "after that."
            )
        # Whether one runs or was decided counts, not whether the user may see it.
        reviews_sudo = (
            self.env["customer.complaint.review"]
            .sudo()
            .search([("complaint_id", "=", self.id), ("state", "!=", "refused")])
        )
        if "requested" in reviews_sudo.mapped("state"):
            return self.env._("a review is running already. Decide it first.")
        if any(review_sudo._upheld_decision() for review_sudo in reviews_sudo):
            return self.env._(
                "this decision was reviewed already, and a decision is reviewed once. "
                "If there are new facts, take them up anew; otherwise tell the "
                "complainant which other ways are open."
            )
        return False

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if self.is_under_review and target != "withdrawn":
            yield self.env._(
                "have the review decided: a review of the decision is running"
            )
        if target == "closed" and self.has_untold_review:
            yield self.env._("tell the complainant the outcome of the review")

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target == "withdrawn":
            for complaint in self.filtered("is_under_review"):
                # Ending with the complaint is the system's doing.
                complaint.sudo().review_ids.filtered(
                    lambda review: review.state == "requested"
                )._end("refused", refusal_reason=self.env._("Complaint withdrawn"))
        return result

    def _change_decision(self, vals, review):
        """Take over the decision of a review; it is carried out and told anew.

        The reviewer stands for its findings: nobody below confirms them once more.
        The first closing of a closed complaint keeps its dates.

        :param dict vals: the parts of the new decision
        :param customer.complaint.review review: what changes it
        """
        self.ensure_one()
        if self._has_ended():
            self._send_back(review)
        past = self.decided_by_id
        self._write_unguarded(
            {
                **self._prepare_undecided_vals(),
                **self._prepare_confirmed_vals(),
                **vals,
                "state": "remediation",
                # The very moment of the review: the decision is the review's.
                "date_decided": review.date_decided,
                "decided_by_id": self.env.uid,
                "past_decider_ids": [Command.link(user.id) for user in past],
            }
        )
        self._after_step("remediation", {self: "investigating"})

    def _send_back(self, review):
        """Return the case to the investigation, with the opinion as the reason.

        :param customer.complaint.review review: what sends it back
        """
        self.ensure_one()
        if self._has_ended():
            self.write({"state": "investigating", "reopen_reason": review.opinion})
        else:
            self.write({"state": "investigating"})

    # ------------------------------------------------------------------
    # NOTICES
    # ------------------------------------------------------------------

    def _get_review_to_tell(self):
        """Return the decided review whose outcome is not told, if any.

        :rtype: customer.complaint.review
        """
        self.ensure_one()
        if not self.has_untold_review:
            return self.env["customer.complaint.review"]
        return self.review_ids.filtered(lambda review: review.state == "decided")[:1]

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        if reason or kind != "review":
            return reason
        review = self._get_review_to_tell()
        if review and review == self._get_deciding_review():
            # It tells a new decision: what the decision waits for, it waits for.
            return self._get_cannot_tell_reason("decision")
        return not review and self.env._(
            "no outcome of a review is waiting to be told."
        )

    def _get_notice_content(self, kind):
        """The outcome of the review, and the decision where it made another one."""
        if kind != "review":
            return super()._get_notice_content(kind)
        review = self._get_review_to_tell()
        texts = [review.opinion]
        if review and review == self._get_deciding_review():
            texts.append(self._get_notice_content("decision"))
        return "\n\n".join(filter(None, texts))

    def _get_deciding_review(self):
        """Return the review that made the decision as it stands, if any.

        :rtype: customer.complaint.review
        """
        self.ensure_one()
        if not self.review_count:
            return self.env["customer.complaint.review"]
        return self.review_ids.filtered(
            lambda review: (
                review.outcome == "changed"
                and review.date_decided
                and review.date_decided == self.date_decided
            )
        )[:1]

    def _get_decision_notices(self, notices):
        """Who was told a review that made a new decision was told the decision."""
        told = super()._get_decision_notices(notices)
        if self._get_deciding_review():
            told |= notices.filtered(
                lambda notice: (
                    notice.kind == "review" and notice.date >= self.date_decided
                )
            )
        return told

    def _get_notice_report(self, kind):
        if kind == "review":
            return "customer_complaint.report_review_outcome_complaint"
        return super()._get_notice_report(kind)

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_open_reviews(self):
        """Open the reviews of the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts("review", complaint_id=self.id)

    def action_request_review(self):
        """Record that the complainant asks for a review of the decision.

        :raise UserError: if none can be asked for now
        :rtype: dict
        """
        self.ensure_one()
        self._check_can_be_reviewed()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review"),
            "res_model": "customer.complaint.review",
            "views": [(False, "form")],
            "context": {"default_complaint_id": self.id},
        }


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    def _after_told(self):
        result = super()._after_told()
        for notice in self.filtered(lambda notice: notice.kind == "review"):
            # The notice is the proof; whoever may give it may date the telling.
            review_sudo = notice.complaint_id._get_review_to_tell().sudo()
            review_sudo._write_unguarded({"state": "told", "date_told": notice.date})
            notice.complaint_id._sync_reviews()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_review_request_days = fields.Integer(
        string="Ask for a Review Within",
        default=30,
        help="Days after the decision was told within which the complainant may ask "
        "for a review; the last day is included (CBIRC-2020: 30).",
    )
    complaint_review_decide_days = fields.Integer(
        string="Decide a Review Within",
        default=30,
        help="Days after the request within which a review is decided and told; the "
        "last day is included (CBIRC-2020: 30).",
    )

    _complaint_review_days_positive = models.Constraint(
        "CHECK (complaint_review_request_days > 0"
        " AND complaint_review_decide_days > 0)",
        "The days to ask for a review and to decide it are at least one.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_review_request_days = fields.Integer(
        related="company_id.complaint_review_request_days", readonly=False
    )
    complaint_review_decide_days = fields.Integer(
        related="company_id.complaint_review_decide_days", readonly=False
    )
