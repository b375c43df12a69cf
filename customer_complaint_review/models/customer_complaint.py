from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.customer_complaint.const import Missing


class CustomerComplaint(models.Model):
    """What reviews do to the complaint, and the people who had a part in it.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    ask for a review                A - S M Q - - - -
    admit a late review             - - - M - - - - -
    name the reviewer               - - S M - - - - -
    decide the review               - - S - - - - - -
    record a proceeding             A - S M Q - - - -
    end a proceeding                A - S M Q - - - -
    ==============================  =================

    The review is decided by the reviewer named, here the supervisor: a superior who
    neither decided nor handled nor approved the money; where teams stand above, one
    of their leaders.
    """

    _inherit = "customer.complaint"

    # Proceeding effect
    proceeding_ids = fields.One2many(
        "customer.complaint.proceeding",
        "complaint_id",
        string="Proceedings",
        system=True,
    )
    proceeding_count = fields.Integer(
        string="Number of Proceedings",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    open_proceeding_count = fields.Integer(
        string="Open Proceedings",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    is_transferred = fields.Boolean(
        string="Passed On by an Authority",
        readonly=True,
        copy=False,
        help="The transfer of a regulator or association is recorded, with its own "
        "number, date and demand.",
        sealed=False,
        system=True,
    )
    needs_transfer_record = fields.Boolean(
        compute="_compute_needs_transfer_record",
        help="The complaint came from an authority whose transfer is not recorded.",
    )

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

    @api.depends("channel_id.is_authority", "is_transferred", "state")
    def _compute_needs_transfer_record(self):
        for complaint in self:
            complaint.needs_transfer_record = complaint._needs_transfer_record()

    def _needs_transfer_record(self):
        """Return whether it came from an authority whose transfer is not recorded.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.channel_id.is_authority
            and not self.is_transferred
            and not self._has_ended()
        )

    @api.depends(
        "open_proceeding_count",
        "needs_transfer_record",
        "is_under_review",
        "has_untold_review",
    )
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _iter_missing(self, target):
        """A case does not close over the head of a body that still deals with it.

        A transfer waits for our reply only: the authority need not answer it. A
        mediation, arbitration, action or inquiry waits for its end.
        """
        yield from super()._iter_missing(target)
        if self.is_under_review and target != "withdrawn":
            yield (
                Missing.OTHER_BODY,
                self.env._(
                    "have the review decided: a review of the decision is running"
                ),
            )
        if target != "closed":
            return
        if self.has_untold_review:
            yield (
                Missing.OTHER_BODY,
                self.env._("tell the complainant the outcome of the review"),
            )
        if self._needs_transfer_record():
            yield (
                Missing.OTHER_BODY,
                self.env._(
                    "record the transfer of the authority with “Record the transfer”, "
                    "and our reply to it"
                ),
            )
        if self.open_proceeding_count:
            # That a body deals with it counts, not whether the user may see what.
            for demand in self.sudo().proceeding_ids._iter_missing_ends():
                yield Missing.OTHER_BODY, demand

    def _get_telling_demand(self, target):
        """The outcome of a review tells the changed decision, too."""
        if not self.has_untold_review:
            return super()._get_telling_demand(target)
        # The end asks for it anyway.
        return target != "closed" and self.env._(
            "tell the complainant the outcome of the review"
        )

    @api.model
    def _get_subject_fields(self):
        return {
            **super()._get_subject_fields(),
            "customer.complaint.review": "review_ids",
            "customer.complaint.proceeding": "proceeding_ids",
        }

    def _sync_proceedings(self):
        """Store what lists and the form show of the proceedings."""
        # Counts of the system, whatever the user sees of each proceeding.
        for complaint_sudo in self.sudo():
            proceedings = complaint_sudo.proceeding_ids
            complaint_sudo._write_unguarded(
                {
                    "proceeding_count": len(proceedings),
                    "open_proceeding_count": len(
                        proceedings.filtered(lambda p: p.state != "ended")
                    ),
                    "is_transferred": "transfer" in proceedings.mapped("kind"),
                }
            )

    def _get_told_persons(self):
        """A reply to an authority goes to its contact."""
        if self.env.context.get("complaint_notice_kind") == "authority":
            return self._get_proceeding_to_answer().partner_id
        return super()._get_told_persons()

    def _get_proceeding_to_answer(self):
        """Return the proceeding whose written reply is to be told, if any.

        The one the dialog was opened from, else the one due first.

        :rtype: customer.complaint.proceeding
        """
        self.ensure_one()
        waiting = self.proceeding_ids.filtered(
            lambda p: p.state == "open" and (p.reply or "").strip()
        )
        chosen = waiting.filtered(
            lambda p: p.id == self.env.context.get("default_proceeding_id")
        )
        return chosen or waiting[:1]

    def _get_cannot_tell_reason(self, kind):
        reason = super()._get_cannot_tell_reason(kind)
        if reason:
            return reason
        if kind == "authority" and not self._get_proceeding_to_answer():
            return self.env._(
                "first write our reply in the proceeding of the authority."
            )
        if kind != "review":
            return False
        review = self._get_review_to_tell()
        if review and review == self._get_deciding_review():
            # It tells a new decision: what the decision waits for, it waits for.
            return self._get_cannot_tell_reason("decision")
        return not review and self.env._(
            "no outcome of a review is waiting to be told."
        )

    def _get_notice_content(self, kind):
        """The outcome of the review, and the decision where it made another one."""
        if kind == "authority":
            return self._get_proceeding_to_answer().reply or ""
        if kind != "review":
            return super()._get_notice_content(kind)
        review = self._get_review_to_tell()
        texts = [review.opinion]
        if review and review == self._get_deciding_review():
            texts.append(self._get_notice_content("decision"))
        return "\n\n".join(filter(None, texts))

    def action_tell(self):
        """Keep which proceeding is answered, when there are several."""
        action = super().action_tell()
        proceeding_id = self.env.context.get("default_proceeding_id")
        if proceeding_id and action["context"]["default_kind"] == "authority":
            action["context"]["default_proceeding_id"] = proceeding_id
        return action

    def action_open_proceedings(self):
        """List the proceedings about the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts(
            "customer_complaint_review.customer_complaint_proceeding_action",
            complaint_id=self.id,
        )

    def action_record_transfer(self):
        """Enter the transfer of a regulator or association.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Transfer"),
            "res_model": "customer.complaint.proceeding",
            "views": [(False, "form")],
            "context": {
                "default_complaint_id": self.id,
                "default_kind": "transfer",
            },
        }

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["case"]["customer.complaint.review"] = (
            "state",
            "date_requested",
            "request",
            "reviewer_id",
            "outcome",
            "process_note",
            "time_note",
            "result_note",
            "opinion",
            "refusal_reason",
            "date_decided",
            "date_told",
        )
        sections["case"]["customer.complaint.proceeding"] = (
            "kind",
            "state",
            "body",
            "reference",
            "date_started",
            "demand",
            "date_due",
            "reply",
            "date_replied",
            "date_ended",
            "outcome",
        )
        return sections

    def _get_running_part(self):
        self.ensure_one()
        reviews = self.review_ids.filtered(
            lambda review: review.state in ("requested", "decided")
        )
        proceedings = self.proceeding_ids.filtered(
            lambda proceeding: proceeding.state in ("open", "answered")
        )
        for running in (reviews, proceedings):
            if running:
                return self.env["ir.model"]._get(running._name).name
        return super()._get_running_part()

    # ------------------------------------------------------------------
    # REVIEWS
    # ------------------------------------------------------------------

    def _after_handler_change(self, before):
        """Keep who handled the complaints until now: they do not review them."""
        result = super()._after_handler_change(before)
        for handler, complaints in self.grouped(before.__getitem__).items():
            if handler:
                complaints._write_unguarded(
                    {"past_handler_ids": [Command.link(handler.id)]}
                )
        return result

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

    def _get_review_to_tell(self):
        """Return the decided review whose outcome is not told, if any.

        :rtype: customer.complaint.review
        """
        self.ensure_one()
        if not self.has_untold_review:
            return self.env["customer.complaint.review"]
        return self.review_ids.filtered(lambda review: review.state == "decided")[:1]

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
            return "customer_complaint_review.report_review_outcome_complaint"
        return super()._get_notice_report(kind)

    def action_open_reviews(self):
        """Open the reviews of the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts(
            "customer_complaint_review.customer_complaint_review_action",
            complaint_id=self.id,
        )

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
