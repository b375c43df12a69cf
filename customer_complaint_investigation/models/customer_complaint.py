from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import AGENT, MANAGER, QUALITY, Missing

from .customer_complaint_category import CONFIRMERS

CAUSES = [
    ("product", "Product"),
    ("storage", "Storage"),
    ("use", "Use"),
    ("transport", "Transport"),
    ("service", "Service"),
    ("third_party", "Third Party"),
    ("unknown", "Unknown"),
]
RESPONSIBLE_PARTIES = [
    ("own", "Own Department"),
    ("supplier", "Supplier"),
    ("carrier", "Carrier"),
    ("customer", "Customer"),
    ("none", "None"),
]
# Parties that are a contact; our own department is a team.
OUTSIDE_PARTIES = ("supplier", "carrier", "customer")
# What is confirmed: when one of these changes, the confirmation falls.
FINDING_FIELDS = frozenset(
    {
        "conclusion",
        "conclusion_note",
        "cause",
        "responsible_party",
        "responsible_team_id",
        "responsible_partner_id",
    }
)
# What must be known besides the conclusion, unless nothing could be determined.
CAUSE_FIELDS = ("cause", "responsible_party")
# States that rest on confirmed findings.
CONFIRMED_STATES = ("remediation", "followup")
# While the findings can be confirmed: a change may make it necessary again.
CONFIRMING_STATES = ("investigating", "remediation", "followup")
FINDINGS_TODO = "customer_complaint_investigation.mail_act_findings"


class CustomerComplaint(models.Model):
    """What the investigation found, and who stands for it (GSP-QUALITY).

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    verify                          A - S M Q - - - -
    lower severity                  - - S M - - - - -
    lower severity from major       - - - M - - - - -
    enter evidence                  A - S M Q - - - -
    strike out evidence             A - S M Q - - - -
    ask by memo                     A - S M Q - - - -
    decide on reporting             A - S M Q - - - -
    confirm findings (quality)      - - - - Q - - - -
    confirm findings (service)      - - S M - - - - -
    confirm findings (other)        A - S M - - - - -
    end an emergency task           A - S M Q - - - -
    skip investigation (quality)    - - - - Q - - - -
    skip investigation (service)    - - S M - - - - -
    skip investigation (other)      A - S M - - - - -
    ==============================  =================

    Findings on service are confirmed by the leader of the unit complained of or by
    another unit. Where the company has nobody in quality, managers confirm in its
    place. Who is asked by a memo answers it, whatever their role.
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.verified",
        "customer.complaint.graded",
        "customer.complaint.reportable",
        "customer.complaint",
    ]

    # Evidence
    evidence_ids = fields.One2many(
        "customer.complaint.evidence", "complaint_id", frozen=True
    )
    confidential_evidence_count = fields.Integer(
        string="Confidential Evidence",
        compute="_compute_confidential_evidence_count",
        store=True,
        precompute=True,
        copy=False,
        help="How many pieces of evidence are confidential, also those not shown.",
        sealed=False,
        system=True,
    )

    cause = fields.Selection(
        CAUSES,
        copy=False,
        tracking=True,
        help="What led to the complaint.",
        frozen=True,
    )
    responsible_party = fields.Selection(
        RESPONSIBLE_PARTIES,
        copy=False,
        tracking=True,
        help="Who has to answer for the cause.",
        frozen=True,
    )
    responsible_team_id = fields.Many2one(
        "customer.complaint.team",
        string="Responsible Department",
        compute="_compute_responsible_team_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
        help="Our own department that has to answer for it.",
        frozen=True,
    )
    responsible_partner_id = fields.Many2one(
        "res.partner",
        string="Responsible Contact",
        compute="_compute_responsible_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The supplier, carrier or customer who has to answer for it.",
        frozen=True,
    )

    # Confirmation
    findings_confirmer = fields.Selection(
        CONFIRMERS,
        string="To Be Confirmed By",
        compute="_compute_findings_confirmer",
        help="Who confirms findings follows from the category.",
    )
    conclusion_confirmed_by_id = fields.Many2one(
        "res.users",
        string="Findings Confirmed By",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who stands for the findings. A change of the findings takes it back.",
        system=True,
    )
    date_conclusion_confirmed = fields.Datetime(
        string="Findings Confirmed On",
        readonly=True,
        copy=False,
        system=True,
    )
    date_confirmation_asked = fields.Datetime(
        string="Confirmation Asked On",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    can_confirm_findings = fields.Boolean(
        compute="_compute_can_confirm_findings",
        help="Whether your role confirms the findings of this complaint.",
    )

    # Memos
    memo_ids = fields.One2many(
        "customer.complaint.memo", "complaint_id", string="Internal Memos"
    )
    open_memo_count = fields.Integer(
        string="Memos Waiting",
        compute="_compute_open_memo_count",
        store=True,
        precompute=True,
        sealed=False,
        system=True,
    )

    # Deciding without investigation
    no_investigation_reason = fields.Text(
        string="Why It Is Not Investigated",
        readonly=True,
        copy=False,
        personal=True,
        system=True,
    )
    no_investigation_by_id = fields.Many2one(
        "res.users",
        string="Not Investigated, Decided By",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who stands for not investigating the complaint.",
        system=True,
    )
    date_no_investigation = fields.Datetime(
        string="Not Investigated, Decided On",
        readonly=True,
        copy=False,
        system=True,
    )
    precedent_id = fields.Many2one(
        "customer.complaint",
        string="Earlier Similar Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The decided complaint about the same matter whose investigation is "
        "relied on.",
        system=True,
    )

    # ------------------------------------------------------------------
    # CLOCKS
    # ------------------------------------------------------------------

    @api.model
    def _get_event_fields(self):
        return {
            **super()._get_event_fields(),
            "confirmed": "date_conclusion_confirmed",
        }

    @api.model
    def _get_subject_fields(self):
        return {
            **super()._get_subject_fields(),
            "customer.complaint.memo": "memo_ids",
            "customer.complaint.evidence": "evidence_ids",
        }

    # ------------------------------------------------------------------
    # FINDINGS
    # ------------------------------------------------------------------

    @api.model
    def _get_case_sections(self):
        sections = super()._get_case_sections()
        sections["case"]["customer.complaint.evidence"] = (
            "kind",
            "name",
            "date_obtained",
            "source",
            "note",
            "visit_finding",
            "test_result",
            "is_void",
            "void_reason",
        )
        sections["case"]["customer.complaint.memo"] = (
            "name",
            "state",
            "sender_id",
            "recipient_id",
            "question",
            "date_sent",
            "answer",
            "date_answered",
            "answered_by_id",
        )
        return sections

    def _get_photo_owners(self):
        standing = self.evidence_ids.filtered(lambda evidence: not evidence.is_void)
        return [*super()._get_photo_owners(), standing]

    @api.depends("evidence_ids.is_confidential")
    def _compute_confidential_evidence_count(self):
        self._count_confidential(
            "confidential_evidence_count",
            "customer.complaint.evidence",
            [("is_confidential", "=", True)],
        )

    def _has_confidential(self):
        return super()._has_confidential() or bool(self.confidential_evidence_count)

    @api.depends("responsible_party")
    def _compute_responsible_team_id(self):
        """Keep no department when another party has to answer for it."""
        for complaint in self:
            if complaint.responsible_party != "own":
                complaint.responsible_team_id = False

    @api.depends("responsible_party")
    def _compute_responsible_partner_id(self):
        """Propose who it is, and keep nobody of another party."""
        for complaint in self:
            party = complaint.responsible_party
            if party == "customer":
                complaint.responsible_partner_id = complaint.partner_id
            elif party == "supplier":
                complaint.responsible_partner_id = complaint.line_ids.supplier_id[:1]
            else:
                complaint.responsible_partner_id = False

    @api.depends("category_id.effective_confirmer", "is_passed_to_quality")
    def _compute_findings_confirmer(self):
        for complaint in self:
            complaint.findings_confirmer = complaint._get_findings_confirmer()

    def _get_findings_confirmer(self):
        """Return who confirms the findings: a key of ``CONFIRMERS``, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.is_passed_to_quality:
            return "quality"
        return self.category_id.effective_confirmer

    @api.depends(
        "state",
        "category_id",
        "is_passed_to_quality",
        "team_id",
        "responsible_team_id",
        "people_involved",
        "is_recused",
    )
    @api.depends_context("uid")
    def _compute_can_confirm_findings(self):
        # Asked only where there is something to confirm.
        waiting = self.filtered(
            lambda complaint: (
                complaint.state in ("accepted", *CONFIRMING_STATES)
                and not complaint.conclusion_confirmed_by_id
            )
        )
        allowed = waiting._filter_may_confirm()
        for complaint in self:
            complaint.can_confirm_findings = complaint in allowed

    def _filter_may_confirm(self):
        """Return the complaints whose findings the user's role confirms.

        Quality confirms what is quality's. A manager steps in only where the company
        has nobody in the quality department. Where service is complained of, the
        people named are heard, and the leader of the responsible department or
        another unit confirms (CBIRC-2020 art. 17). All else is confirmed by an agent
        at work on the case. Nobody confirms what is found about themselves.

        :rtype: CustomerComplaint
        """
        user = self.env.user
        if self.env.su:
            return self
        complaints = self.filtered(lambda c: not c._is_complained_of(user))
        quality = complaints.filtered(
            lambda c: c._get_findings_confirmer() == "quality"
        )
        allowed = self.browse()
        if user.has_group(AGENT):
            allowed = (complaints - quality).filtered(
                lambda c: (
                    c._get_findings_confirmer() != "service" or c._may_judge_service()
                )
            )
        if user.has_group(QUALITY):
            return allowed | quality
        if user.has_group(MANAGER):
            for company, complaints in quality.grouped("company_id").items():
                if not company._get_complaint_users(QUALITY):
                    allowed |= complaints
        return allowed

    def _may_judge_service(self):
        """Return whether the user stands above or outside the unit complained of.

        Its leader does, the leaders above do, and everybody who does not belong to it;
        a manager where it has no leader.

        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        # Who leads and who belongs to it; nothing else of the teams.
        team_sudo = (self.responsible_team_id or self.team_id).sudo()
        if user not in team_sudo.member_ids:
            return True
        leaders_sudo = team_sudo.leader_id | team_sudo._get_superior_leaders()
        return user in leaders_sudo or (
            not team_sudo.leader_id and user.has_group(MANAGER)
        )

    # The note also says what the investigation lacks.
    @api.depends(*FINDING_FIELDS, "conclusion_confirmed_by_id")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    @api.constrains(
        "responsible_party", "responsible_team_id", "responsible_partner_id"
    )
    def _check_responsible(self):
        for complaint in self:
            party = complaint.responsible_party
            if (complaint.responsible_team_id and party != "own") or (
                complaint.responsible_partner_id and party not in OUTSIDE_PARTIES
            ):
                raise ValidationError(
                    self.env._(
                        "%(number)s: a department answers for “Own Department”, a "
                        "contact for supplier, carrier or customer. Correct the "
                        "responsible party.",
                        number=complaint.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._pass_to_quality()
        return complaints

    def _get_followed_fields(self, names):
        followed = super()._get_followed_fields(names)
        return followed | FINDING_FIELDS if FINDING_FIELDS & names else followed

    def _after_change(self, changes):
        result = super()._after_change(changes)
        changed = self._changed(changes, FINDING_FIELDS)
        changed.filtered("conclusion_confirmed_by_id")._drop_confirmation()
        self._changed(changes, {"conclusion"})._pass_to_quality()
        return result

    def _drop_confirmation(self):
        """Take back the confirmation of findings that have changed."""
        if not self:
            return
        self._write_unguarded(self._prepare_unconfirmed_vals())
        for complaint in self:
            complaint._message_log(
                body=self.env._(
                    "The findings have changed and are to be confirmed again."
                )
            )

    @api.model
    def _prepare_unconfirmed_vals(self):
        return {
            "conclusion_confirmed_by_id": False,
            "date_conclusion_confirmed": False,
            "date_confirmation_asked": False,
        }

    def _pass_to_quality(self):
        """Pass complaints to quality whose conclusion cannot be determined.

        They stay there, whatever is found later.
        """
        passed = self.filtered(
            lambda complaint: (
                complaint.conclusion == "undetermined"
                and not complaint.is_passed_to_quality
            )
        )
        if passed:
            passed._write_unguarded({"is_passed_to_quality": True})
            passed._ask_for_confirmation()

    def _get_missing_fields(self, target):
        missing = super()._get_missing_fields(target)
        if target in CONFIRMED_STATES and self.conclusion != "undetermined":
            missing.extend(name for name in CAUSE_FIELDS if not self[name])
        return missing

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        if (
            target in CONFIRMED_STATES
            and not self.conclusion_confirmed_by_id
            and not self._has_ended()
        ):
            yield (
                Missing.FINDINGS,
                self.env._(
                    "have the findings confirmed by %(who)s",
                    who=self._get_confirmer_name(),
                ),
            )

    def _get_confirmer_name(self):
        """Return who confirms the findings, to be put into a sentence.

        :rtype: str
        """
        self.ensure_one()
        names = {
            "shop": self.env._("the shop or warehouse"),
            "quality": self.env._("the quality department"),
            "service": self.env._(
                "the leader of the responsible department or another unit"
            ),
        }
        return names.get(self._get_findings_confirmer(), names["shop"])

    def _prepare_undecided_vals(self):
        """Nothing is confirmed; why there was no investigation, the chatter keeps."""
        return {
            **super()._prepare_undecided_vals(),
            **self._prepare_unconfirmed_vals(),
            "no_investigation_reason": False,
            "no_investigation_by_id": False,
            "date_no_investigation": False,
            "precedent_id": False,
        }

    def action_confirm_findings(self):
        """Confirm the findings in the user's name, now.

        :raise AccessError: if the user's role does not confirm them
        :raise UserError: if there is nothing to confirm, or it is confirmed already
        """
        self._check_may_handle_findings()
        self._check_may_confirm()
        self._raise_reasons(lambda complaint: complaint._get_cannot_confirm_reason())
        asked = self.filtered("date_confirmation_asked")
        self._write_unguarded(self._prepare_confirmed_vals())
        asked.activity_unlink([FINDINGS_TODO])
        return True

    def _get_deciders(self):
        """The decision rests on the findings, too."""
        return super()._get_deciders() | self.conclusion_confirmed_by_id

    def _prepare_confirmed_vals(self):
        return {
            **super()._prepare_confirmed_vals(),
            "conclusion_confirmed_by_id": self.env.uid,
            "date_conclusion_confirmed": fields.Datetime.now(),
        }

    def action_ask_for_confirmation(self):
        """Ask those who confirm the findings to do so; they get a to-do.

        :raise UserError: if the findings are not complete, or it was asked already
        """
        self._check_may_handle_findings()
        self._raise_reasons(
            lambda complaint: (
                complaint._get_cannot_confirm_reason()
                or complaint._get_cannot_ask_reason()
            )
        )
        self._ask_for_confirmation()
        return True

    def _check_may_handle_findings(self):
        """Check that the user works on the complaints and that they still run.

        :raise AccessError: if the user may not change them
        :raise UserError: if one of them has ended
        """
        self.check_access("write")
        self._check_may_change()

    def _check_may_confirm(self):
        """Check that the user's role confirms the findings of these complaints.

        :raise AccessError: naming the complaints and who confirms them
        """
        refused = self - self._filter_may_confirm()
        if refused:
            raise AccessError(
                "\n".join(
                    complaint._name_reason(
                        self.env._(
                            "the findings are confirmed by %(who)s. Ask them to.",
                            who=complaint._get_confirmer_name(),
                        )
                    )
                    for complaint in refused
                )
            )

    def _raise_reasons(self, get_reason):
        """Refuse an action on all these complaints if one has a reason against it.

        :param get_reason: function that returns a text or False for a complaint
        :raise UserError: with one line for each complaint that has a reason
        """
        reasons = [(complaint, get_reason(complaint)) for complaint in self]
        lines = [
            complaint._name_reason(reason) for complaint, reason in reasons if reason
        ]
        if lines:
            raise UserError("\n".join(lines))

    def _get_cannot_confirm_reason(self):
        """Return why there is nothing to confirm now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in CONFIRMING_STATES:
            return self.env._(
                "it is “%(state)s”. Findings are confirmed when it was investigated.",
                state=self._get_state_label(self.state),
            )
        if self.conclusion_confirmed_by_id:
            return self.env._(
                "%(user)s confirmed the findings already. Reload the page.",
                user=self.conclusion_confirmed_by_id.name,
            )
        missing = self._get_missing_fields("remediation")
        return bool(missing) and self.env._(
            "first fill in %(fields)s.",
            fields=format_list(self.env, self._get_field_labels(missing)),
        )

    def _get_cannot_ask_reason(self):
        """Return why nobody can be asked to confirm the findings now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.date_confirmation_asked:
            return self.env._(
                "those who confirm the findings were asked already and have a to-do."
            )
        if not self._get_confirming_users():
            return self.env._(
                "there is nobody else to confirm the findings. Confirm them yourself, "
                "or ask an administrator who belongs to %(who)s.",
                who=self._get_confirmer_name(),
            )
        return False

    def _ask_for_confirmation(self):
        """Give those who confirm the findings a to-do for today."""
        for complaint in self:
            users = complaint._get_confirming_users()
            if users:
                complaint._write_unguarded(
                    {"date_confirmation_asked": fields.Datetime.now()}
                )
            for user in users:
                complaint.activity_schedule(
                    FINDINGS_TODO,
                    date_deadline=complaint.company_id._complaint_today(),
                    summary=self.env._("Confirm the findings"),
                    user_id=user.id,
                )

    def _get_confirming_users(self):
        """Return whom to ask for the confirmation, without who asks or is recused.

        :rtype: res.users
        """
        self.ensure_one()
        company, confirmer = self.company_id, self._get_findings_confirmer()
        if confirmer == "quality":
            users = company._get_complaint_users(
                QUALITY
            ) or company._get_complaint_users(MANAGER)
        elif confirmer == "service":
            # Who is above; nothing else of the teams is read.
            team_sudo = (self.responsible_team_id or self.team_id).sudo()
            users = (team_sudo.leader_id | team_sudo._get_superior_leaders()).filtered(
                lambda user: (
                    user.active
                    and user != self.env.user
                    and not self._is_complained_of(user)
                    and self._is_seen_by(user)
                )
            )[:1] or company._get_complaint_users(MANAGER)
        else:
            users = self.team_id.leader_id or self.received_by_id
        return (users - self.env.user).filtered(
            lambda user: not self._is_complained_of(user)
        )

    # ------------------------------------------------------------------
    # MEMOS
    # ------------------------------------------------------------------

    @api.depends("memo_ids.state")
    def _compute_open_memo_count(self):
        counts = {}
        if self.ids:  # a complaint that is being created has none
            counts = dict(
                self.env["customer.complaint.memo"]._read_group(
                    [("complaint_id", "in", self.ids), ("state", "=", "sent")],
                    ["complaint_id"],
                    ["__count"],
                )
            )
        for complaint in self:
            complaint.open_memo_count = counts.get(complaint._origin, 0)

    def action_open_memos(self):
        """List the memos of the complaint, waiting ones first.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_list_parts(
            "customer_complaint_investigation.customer_complaint_memo_action",
            complaint_id=self.id,
        )

    # ------------------------------------------------------------------
    # DECIDING WITHOUT INVESTIGATION
    #
    # Deciding without an investigation: a decision with a reason and a precedent.
    #
    # Somebody who confirms the findings of the category stands for it by name
    # (GOOD-PRACTICE, 21 CFR 820.35(a)).
    # ------------------------------------------------------------------

    def _get_cannot_move_reason(self, target):
        # What is missing in an investigation would only mislead.
        if (
            self.state == "accepted"
            and target == "remediation"
            and not self.no_investigation_by_id
        ):
            return self.env._(
                "start the investigation first, or give the reason for having none "
                "with “Decide without Investigation”."
            )
        return super()._get_cannot_move_reason(target)

    def _get_wrong_precedent_reason(self, precedent):
        """Return why these complaints cannot rely on an earlier one, or False.

        :param CustomerComplaint precedent: the earlier complaint
        :rtype: str or bool
        """
        names = {"precedent": precedent.name}
        if precedent in self:
            return self.env._(
                "%(precedent)s cannot rely on itself. Choose an earlier complaint.",
                **names,
            )
        if (
            precedent.state != "closed"
            or not precedent.conclusion
            or precedent.conclusion == "undetermined"
        ):
            return self.env._(
                "%(precedent)s was not closed with a conclusion, so nothing can rest "
                "on it. Choose a closed complaint, or investigate.",
                **names,
            )
        if precedent.no_investigation_by_id:
            return self.env._(
                "%(precedent)s was not investigated itself. Choose the complaint it "
                "relies on, %(other)s.",
                other=precedent.precedent_id.name,
                **names,
            )
        for complaint in self:
            if not complaint._is_similar_to(precedent):
                return self.env._(
                    "%(precedent)s belongs to another company, or shares neither "
                    "category nor product with %(number)s. Choose a similar "
                    "complaint, or investigate.",
                    number=complaint.name,
                    **names,
                )
        return False

    def _is_similar_to(self, other):
        """Return whether another complaint of the company is about the same matter.

        :rtype: bool
        """
        self.ensure_one()
        return self.company_id == other.company_id and bool(
            self.category_id == other.category_id
            or self.line_ids.product_id & other.line_ids.product_id
        )

    def action_skip_investigation(self):
        """Ask why the complaints are not investigated and what is found instead.

        :rtype: dict
        """
        return self._action_ask(
            "customer.complaint.skip.investigation",
            self.env._("Decide without Investigation"),
        )

    def _skip_investigation(self, reason, precedent, findings):
        """Decide the complaints without investigating them.

        :param str reason: why no investigation is needed
        :param CustomerComplaint precedent: the earlier complaint relied on
        :param dict findings: values of ``FINDING_FIELDS``
        :raise AccessError: if the user does not confirm the findings of one of them,
            or may not read the precedent
        :raise UserError: if a condition of the step is not met
        """
        self._check_may_handle_findings()
        self._check_may_confirm()
        precedent.check_access("read")
        others = self.filtered(lambda complaint: complaint.state != "accepted")
        if others:
            raise UserError(
                self.env._(
                    "Only accepted complaints that are not being investigated yet can "
                    "be decided without investigation: %(names)s.",
                    names=format_list(self.env, others.mapped("name")),
                )
            )
        wrong = self._get_wrong_precedent_reason(precedent)
        if wrong:
            raise UserError(wrong)
        if findings.get("conclusion") == "undetermined":
            raise UserError(
                self.env._(
                    "What cannot be determined has to be investigated. Choose another "
                    "conclusion, or start the investigation."
                )
            )
        self.write({name: findings[name] for name in FINDING_FIELDS & findings.keys()})
        self._write_unguarded(
            {
                **self._prepare_confirmed_vals(),
                "no_investigation_reason": reason,
                "no_investigation_by_id": self.env.uid,
                "date_no_investigation": fields.Datetime.now(),
                "precedent_id": precedent.id,
            }
        )
        self._log_reason(
            self.env._("Not investigated; relies on %(name)s", name=precedent.name),
            reason,
        )
        self._take_step("remediation")
