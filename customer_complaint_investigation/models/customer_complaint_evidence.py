from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH
from odoo.addons.customer_complaint_base.tools import clock
from odoo.addons.customer_complaint_base.tools.fields import get_field_label
from odoo.addons.customer_complaint_deadline.models.customer_complaint_pause import (
    TEST_KINDS,
)

HINTS = [
    ("pause", "Pause the Clock"),
    ("resume", "Resume"),
]
EVIDENCE_KINDS = [
    ("document", "Document"),
    ("photo", "Photo"),
    ("recording", "Recording"),
    ("production_record", "Production Record"),
    ("sales_record", "Sales Record"),
    ("statement", "Statement"),
    ("sample", "Sample"),
    ("site_visit", "Site Visit"),
    ("outside_test", "Outside Test"),
    ("other", "Other"),
]
# Entered before there is anything in hand.
PLANNED_KINDS = ("site_visit", "outside_test")
SAMPLE_STATES = [
    ("asked", "Asked For"),
    ("received", "Here"),
    ("sent_on", "Passed On"),
    ("returned", "Returned"),
    ("destroyed", "Destroyed"),
]
# What the to-dos of a visit and of a test depend on.
TODO_FIELDS = frozenset(
    {
        "kind",
        "visitor_id",
        "date_visit_planned",
        "date_visited",
        "date_test_due",
        "date_test_back",
    }
)
VISIT_TODO = "customer_complaint_investigation.mail_act_visit"
TEST_TODO = "customer_complaint_investigation.mail_act_test"


class CustomerComplaintEvidence(models.Model):
    """A piece of evidence: what the investigation of a complaint rests on.

    Papers, samples with their whereabouts, site visits and outside tests are all
    evidence (GSP-QUALITY, OPINION-FORM). A wrong entry is struck out with a reason
    and stays readable; none is deleted once the complaint was decided.
    """

    _name = "customer.complaint.evidence"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "customer.complaint.clocked",
        "customer.complaint.due",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _is_hidden_from_recused = True
    _description = "Complaint Evidence"
    _may_be_confidential = True
    _order = "date_obtained, id"
    _check_company_auto = True
    _file_fields = ("attachment_ids",)

    kind = fields.Selection(
        EVIDENCE_KINDS, required=True, default="document", index=True
    )
    name = fields.Char(
        string="Evidence",
        required=True,
        index="trigram",
        help="What it is, e.g. “Retained sample of lot B20260105”.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    date_obtained = fields.Date(
        string="Obtained On",
        compute="_compute_date_obtained",
        store=True,
        readonly=False,
        precompute=True,
        help="Day it came into our hands.",
    )
    source = fields.Char(
        string="Obtained From",
        help="The person or body that gave it to us.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    location = fields.Char(
        string="Kept At",
        tracking=True,
        help="Where it is now, e.g. “Quality department, cabinet 3”. Each move stays "
        "on record.",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_evidence_attachment_rel",
        "evidence_id",
        "attachment_id",
        string="Files",
        bypass_search_access=True,
    )
    file_count = fields.Integer(
        string="Number of Files",
        compute="_compute_file_count",
        store=True,
        sealed=False,
        system=True,
    )
    is_confidential = fields.Boolean(
        string="Confidential",
        tracking=True,
        help="Seen only by those who handle the case and the archivist.",
    )
    note = fields.Text(personal=True)

    # Sample
    sample_state = fields.Selection(
        SAMPLE_STATES,
        string="Sample Is",
        compute="_compute_sample_state",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        tracking=True,
        help="Where the sample is on its way. Each step stays on record.",
    )

    # Site visit
    date_visit_planned = fields.Datetime(string="Visit Planned For", tracking=True)
    date_visited = fields.Datetime(
        string="Visited On", tracking=True, help="When the visit took place."
    )
    visitor_id = fields.Many2one(
        "res.users",
        string="Visited By",
        index="btree_not_null",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who visits the place.",
    )
    visit_present = fields.Text(
        string="Who Was Present",
        help="Names, and for whom they were there.",
        personal=True,
    )
    visit_finding = fields.Text(string="Found on Site", personal=True)

    # Outside test
    lab_id = fields.Many2one(
        "res.partner",
        string="Testing Body",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The outside body that tests or appraises.",
    )
    date_test_sent = fields.Date(string="Sent Out On", tracking=True)
    date_test_due = fields.Date(
        string="Result Due On", tracking=True, help="Day the result is expected."
    )
    date_test_back = fields.Date(string="Result Received On", tracking=True)
    test_result = fields.Text(personal=True)
    is_late = fields.Boolean(
        help="The visit or the result of the test should have been here by now."
    )

    # Struck out
    is_void = fields.Boolean(
        string="Struck Out",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    void_reason = fields.Char(
        string="Reason for Striking Out",
        copy=False,
        help="Why the entry is wrong. It stays readable.",
        personal=True,
    )
    voided_by_id = fields.Many2one(
        "res.users",
        string="Struck Out By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    date_voided = fields.Datetime(
        string="Struck Out On", readonly=True, copy=False, system=True
    )

    # Pauses
    clock_hint = fields.Selection(
        HINTS,
        compute="_compute_clock_hint",
        help="What to do about the clock while a test is out, and once it is back.",
    )

    @api.depends("kind")
    def _compute_date_obtained(self):
        """Propose today, except for what is still to be held or to come back."""
        planned = self.filtered(lambda evidence: evidence.kind in PLANNED_KINDS)
        planned.date_obtained = False
        (self - planned)._propose_today("date_obtained")

    @api.depends("attachment_ids")
    def _compute_file_count(self):
        for evidence in self:
            evidence.file_count = len(evidence.attachment_ids)

    @api.depends("kind")
    def _compute_sample_state(self):
        for evidence in self:
            is_sample = evidence.kind == "sample"
            evidence.sample_state = is_sample and (evidence.sample_state or "asked")

    @api.depends(
        "kind",
        "is_void",
        "date_visit_planned",
        "date_visited",
        "date_test_due",
        "date_test_back",
    )
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.model
    def _get_late_domain(self):
        """Return the domain of visits and tests whose time has passed."""
        late_visit = (
            Domain("kind", "=", "site_visit")
            & Domain("date_visit_planned", "<", fields.Datetime.now())
            & Domain("date_visited", "=", False)
        )
        late_test = (
            Domain("kind", "=", "outside_test")
            & self._get_day_passed_domain("date_test_due")
            & Domain("date_test_back", "=", False)
        )
        return Domain("is_void", "=", False) & (late_visit | late_test)

    @api.constrains(
        "kind",
        "date_obtained",
        "date_visited",
        "date_test_sent",
        "date_test_due",
        "date_test_back",
    )
    def _check_dates(self):
        for evidence in self:
            reason = (
                evidence._get_wrong_date_reason()
                or evidence._get_wrong_visit_reason()
                or evidence._get_wrong_test_reason()
            )
            if reason:
                raise ValidationError(
                    self.env._(
                        "%(evidence)s: %(reason)s",
                        evidence=evidence.name,
                        reason=reason,
                    )
                )

    def _get_wrong_date_reason(self):
        """Return which day lies in the future although it has happened, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        today = self.company_id._complaint_today()
        for name in ("date_obtained", "date_test_sent", "date_test_back"):
            if self[name] and self[name] > today:
                return self.env._(
                    "“%(field)s” lies in the future. Enter the day it happened, or "
                    "leave it empty until then.",
                    field=get_field_label(self, name),
                )
        return False

    def _get_wrong_visit_reason(self):
        """Return why the visit cannot have taken place then, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        visited = self.date_visited
        if visited and visited > fields.Datetime.now():
            return self.env._(
                "the visit has not taken place yet. Enter when it is planned for."
            )
        if visited and visited < self.complaint_id.date_received:
            return self.env._(
                "the visit cannot have taken place before the complaint was received. "
                "Correct the date."
            )
        return False

    def _get_wrong_test_reason(self):
        """Return why the dates of the test contradict each other, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        sent, due, back = self.date_test_sent, self.date_test_due, self.date_test_back
        if back and not sent:
            return self.env._("enter when the test was sent out, too.")
        if sent and any(day and day < sent for day in (due, back)):
            return self.env._(
                "the result cannot be due or received before the test was sent out. "
                "Correct the dates."
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        evidences = super().create(self._prepare_new_vals_list(vals_list))
        evidences.filtered(lambda evidence: evidence._get_todo())._sync_todos()
        for complaint, entered in evidences.grouped("complaint_id").items():
            complaint._message_log(
                body=self.env._(
                    "Evidence entered: %(names)s",
                    names=format_list(self.env, entered._get_shown_names()),
                )
            )
        return evidences

    def write(self, vals):
        self._check_may_write(vals)
        result = super().write(vals)
        if vals.get("is_confidential"):
            self.attachment_ids._close_other_ways()
        if TODO_FIELDS & vals.keys():
            self._sync_todos()
        return result

    def _check_may_write(self, vals):
        """Refuse what the case, the entry or the user's part does not allow.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if the complaint has ended or the entry was struck out
        """
        self.complaint_id._check_may_change()
        forbidden = self._get_marked_fields("system").intersection(vals)
        if forbidden:
            raise UserError(
                self.env._(
                    "The system sets these by itself; leave them out: %(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._(
                    "Evidence stays with its complaint. Strike it out here and enter "
                    "it there."
                )
            )
        struck_out = self.filtered("is_void")
        if struck_out:
            raise UserError(
                self.env._(
                    "Evidence that was struck out no longer changes: %(names)s. Enter "
                    "it anew.",
                    names=format_list(self.env, struck_out.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Delete only while nothing was decided on it, and leave a note."""
        self.complaint_id._check_may_change()
        kept = self.filtered(lambda evidence: evidence.complaint_id.date_decided)
        if kept:
            raise UserError(
                self.env._(
                    "The complaint was decided on this evidence: %(names)s. Strike it "
                    "out with a reason instead of deleting it.",
                    names=format_list(self.env, kept.mapped("name")),
                )
            )
        for complaint, evidences in self.grouped("complaint_id").items():
            complaint._message_log(
                body=self.env._(
                    "Evidence deleted: %(names)s",
                    names=format_list(self.env, evidences._get_shown_names()),
                )
            )

    def _is_confidential(self):
        self.ensure_one()
        return self.is_confidential

    def _get_confidential_label(self):
        """The kind, not the name."""
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_shown_names(self):
        """Return how the chatter, which all who see the case read, names them.

        :rtype: list[str]
        """
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            kinds[evidence.kind] if evidence.is_confidential else evidence.name
            for evidence in self
        ]

    def _get_kept_files(self):
        """Files stay with what was struck out, and with what was decided on."""
        return self.filtered(
            lambda evidence: evidence.is_void or evidence.complaint_id.date_decided
        ).attachment_ids

    def action_strike_out(self):
        """Mark entries as wrong; they stay readable with the reason.

        :raise UserError: if the reason is missing, or it is struck out already
        :raise AccessError: if the user does not work on the complaint
        """
        self.check_access("write")
        self._check_may_write({})
        nameless = self.filtered(lambda e: not (e.void_reason or "").strip())
        if nameless:
            raise UserError(
                self.env._(
                    "Enter the reason for striking out first: %(names)s.",
                    names=format_list(self.env, nameless.mapped("name")),
                )
            )
        self._write_unguarded(
            {
                "is_void": True,
                "voided_by_id": self.env.uid,
                "date_voided": fields.Datetime.now(),
            }
        )
        self.activity_unlink([VISIT_TODO, TEST_TODO])
        for evidence in self:
            evidence.complaint_id._message_log(
                body=self.env._(
                    "Evidence “%(evidence)s” struck out: %(reason)s",
                    evidence=evidence._get_shown_names()[0],
                    reason=evidence.void_reason,
                )
            )
        return True

    @api.model
    def _get_clock_triggers(self):
        return {"kind", "date_visited", "is_void"}

    def _get_clock_moments(self):
        is_visit = self.kind == "site_visit"
        return {
            "visit_agreed": is_visit and self.create_date,
            "visited": is_visit and self.date_visited,
        }

    def _is_clock_stopped(self):
        return self.is_void or self.kind != "site_visit"

    def _get_todo(self):
        """Return what is to be waited for: a planned visit, a test that is out.

        :return: the type of the to-do and its day, or False
        :rtype: tuple[str, datetime.date] or bool
        """
        self.ensure_one()
        if self.is_void:
            return False
        if self.kind == "site_visit" and self.date_visit_planned:
            day = self.company_id._complaint_date(self.date_visit_planned)
            return not self.date_visited and (VISIT_TODO, day)
        if self.kind == "outside_test" and self.date_test_due:
            return not self.date_test_back and (TEST_TODO, self.date_test_due)
        return False

    def _sync_todos(self):
        """Make the to-dos say what is still to be waited for."""
        self.activity_unlink([VISIT_TODO, TEST_TODO])
        for evidence in self:
            todo = evidence._get_todo()
            if todo:
                evidence.activity_schedule(
                    todo[0],
                    date_deadline=todo[1],
                    summary=evidence.name,
                    user_id=evidence._get_todo_user().id,
                )

    def _get_todo_user(self):
        """Return who is reminded: the visitor or the handler, if they may see it.

        :rtype: res.users
        """
        self.ensure_one()
        users = self.complaint_id.user_id
        if self.kind == "site_visit":
            users = self.visitor_id | users
        for user in users:
            if self.with_user(user).has_access("read"):
                return user
        return self.env.user

    # ------------------------------------------------------------------
    # PAUSES
    #
    # A test that is out may hold the clock: the form proposes it.
    # ------------------------------------------------------------------

    @api.depends("kind", "is_void", "date_test_sent", "date_test_back", "complaint_id")
    def _compute_clock_hint(self):
        for evidence in self:
            evidence.clock_hint = evidence._get_clock_hint()

    def _get_clock_hint(self):
        """Return what to do about the clock, one of ``HINTS``, or False."""
        self.ensure_one()
        complaint = self.complaint_id
        if (
            self.kind != "outside_test"
            or self.is_void
            or not self.date_test_sent
            or complaint._has_ended()
        ):
            return False
        is_paused = bool(self._get_test_pauses())
        if self.date_test_back:
            return is_paused and "resume"
        return not is_paused and "pause"

    def _get_test_pauses(self):
        """Return the pauses for tests that last.

        :rtype: customer.complaint.pause
        """
        self.ensure_one()
        if not self.complaint_id.pause_count:
            return self.env["customer.complaint.pause"]
        return self.complaint_id._get_open_pauses().filtered(
            lambda pause: pause.kind in TEST_KINDS
        )

    def action_pause(self):
        """Propose a pause while the test is out.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        days = clock.Calendar(tz=self.company_id.complaint_tz)
        return complaint.with_context(
            default_pause_kind="testing",
            default_reason=self.env._(
                "%(evidence)s, sent to: %(body)s",
                evidence=self.env._("Outside test")
                if self.is_confidential
                else self.name,
                body=self.lab_id.name or "–",
            ),
            # Not said when it was sent out: the dialog asks from when.
            default_date_from=bool(self.date_test_sent)
            and fields.Datetime.to_string(
                max(days.get_day_start(self.date_test_sent), complaint.date_received)
            ),
        ).action_pause()

    def action_resume(self):
        """Propose to end the pause now that the result is here.

        :raise UserError: if no pause for a test lasts
        :rtype: dict
        """
        self.ensure_one()
        pause = self._get_test_pauses()[-1:]
        return (pause or self.complaint_id).action_resume()
