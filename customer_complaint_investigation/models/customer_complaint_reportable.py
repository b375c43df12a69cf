from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH, Missing

REPORTABILITIES = [
    ("to_decide", "To Be Decided"),
    ("report", "To Be Reported"),
    ("no_report", "Not to Be Reported"),
]
DECIDED_REPORTABILITIES = ("report", "no_report")
# The decision, and what was done about it.
DECISION_FIELDS = frozenset({"reportability", "reportability_reason"})
REPORT_FIELDS = frozenset({"report_authority", "report_reference", "date_reported"})
# States that come after the decision whether to report.
REPORT_DECIDED_STATES = ("remediation", "followup", "closed")
REPORT_TODO = "customer_complaint_investigation.mail_act_reportability"


class CustomerComplaintReportable(models.AbstractModel):
    """Whether a complaint about health is to be reported to an authority.

    Decided for each such complaint within a limit of its own (GSP-QUALITY: adverse
    reactions). The duty outlives the procedure: a report can still be noted when the
    customer has withdrawn.
    """

    _name = "customer.complaint.reportable"
    _inherit = ["mail.thread", "customer.complaint.kept"]
    _description = "Reporting a Complaint to an Authority"

    reportability = fields.Selection(
        REPORTABILITIES,
        compute="_compute_reportability",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="Whether the case has to be reported to an authority. To be decided for "
        "every complaint of a health category.",
    )
    reportability_reason = fields.Text(
        string="Reason for the Decision",
        copy=False,
        help="Why the case is, or is not, to be reported.",
        personal=True,
    )
    reportability_decided_by_id = fields.Many2one(
        "res.users",
        string="Reporting Decided By",
        readonly=True,
        copy=False,
        system=True,
    )
    date_reportability_decided = fields.Datetime(
        string="Reporting Decided On",
        readonly=True,
        copy=False,
        system=True,
    )
    date_reportability_due = fields.Date(
        string="Decide on Reporting Until",
        compute="_compute_date_reportability_due",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        help="Natural days after acceptance, as the category says; the last day "
        "counts in full.",
        system=True,
    )
    report_authority = fields.Char(
        string="Reported To", copy=False, help="The authority that has to be told."
    )
    report_reference = fields.Char(
        string="Report Number",
        copy=False,
        help="Number the authority gave the report.",
        personal=True,
    )
    date_reported = fields.Date(string="Reported On", copy=False, tracking=True)

    @api.depends("category_id")
    def _compute_reportability(self):
        """Ask for the decision in health categories; one that was made stays."""
        for complaint in self:
            if complaint.reportability in DECIDED_REPORTABILITIES:
                continue
            is_health_matter = complaint.category_id.is_health_matter
            complaint.reportability = is_health_matter and "to_decide"

    @api.depends("category_id", "date_accepted")
    def _compute_date_reportability_due(self):
        for complaint in self:
            due = False
            # The reportability is stored: other complaints cost no query.
            if complaint.reportability and complaint.date_accepted:
                accepted = complaint.company_id._complaint_date(complaint.date_accepted)
                days = complaint.category_id.report_decision_days
                due = accepted + timedelta(days=days)
            complaint.date_reportability_due = due

    # The note also says that the reporting is to be decided.
    @api.depends("reportability", "date_reported")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    @api.constrains("reportability", "reportability_reason")
    def _check_reportability(self):
        for complaint in self:
            if (
                complaint.reportability in DECIDED_REPORTABILITIES
                and not (complaint.reportability_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "%(number)s: say why the case is, or is not, to be reported to "
                        "an authority.",
                        number=complaint.name,
                    )
                )
            if not complaint.reportability and complaint.category_id.is_health_matter:
                raise ValidationError(
                    self.env._(
                        "%(number)s: in the category %(category)s it is always decided "
                        "whether the case is to be reported. Choose one of the two.",
                        number=complaint.name,
                        category=complaint.category_id.display_name,
                    )
                )

    @api.constrains(
        "reportability", "date_reported", "report_authority", "report_reference"
    )
    def _check_report(self):
        for complaint in self:
            reason = complaint._get_wrong_report_reason()
            if reason:
                raise ValidationError(complaint._name_reason(reason))

    def _get_wrong_report_reason(self):
        """Return why the report cannot be as entered, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        for text in (self.report_authority, self.report_reference):
            if len(text or "") > MAX_NAME_LENGTH:
                return self.env._(
                    "use at most %(max)s characters for the authority and the number "
                    "of the report.",
                    max=MAX_NAME_LENGTH,
                )
        if not self.date_reported:
            return False
        if self.reportability != "report":
            return self.env._(
                "it was reported, so “To Be Reported” cannot be taken back. If the "
                "date is wrong, remove it first."
            )
        if not (self.report_authority or "").strip():
            return self.env._("enter the authority it was reported to.")
        company = self.company_id
        received = company._complaint_date(self.date_received)
        if not received <= self.date_reported <= company._complaint_today():
            return self.env._(
                "it can only have been reported between the day it was received, "
                "%(received)s, and today. Correct the date.",
                received=received,
            )
        return False

    @api.model
    def _get_unfinished_fields(self, row):
        """What is still open of the duty to report is noted after the end, too."""
        names = super()._get_unfinished_fields(row)
        if not row.get("date_reported"):
            names |= {"date_reported", "report_authority", "report_reference"}
        if row.get("reportability") == "to_decide":
            names |= {
                "reportability",
                "reportability_reason",
                "reportability_decided_by_id",
                "date_reportability_decided",
                "date_reportability_due",
            }
        return names

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints.filtered(
            lambda complaint: complaint.reportability in DECIDED_REPORTABILITIES
        )._sign_reportability()
        return complaints

    def _check_vals(self, vals):
        if (DECISION_FIELDS | REPORT_FIELDS) & vals.keys():
            self._check_may_report(vals)
        return super()._check_vals(vals)

    def _get_followed_fields(self, names):
        followed = super()._get_followed_fields(names)
        if {"reportability", "category_id"} & names:
            followed.add("reportability")
        return followed

    def _after_change(self, changes):
        result = super()._after_change(changes)
        changed = self._changed(changes, {"reportability"})
        decided = changed.filtered(lambda c: c.reportability in DECIDED_REPORTABILITIES)
        decided._sign_reportability()
        (changed - decided)._reopen_reportability()
        return result

    def _check_may_report(self, vals):
        """Refuse what the case or the user's part does not allow.

        After the end of the case, what is still open can be noted, and nothing that
        was noted changes.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of them has ended and has it already
        """
        self._check_may_work()
        if DECISION_FIELDS & vals.keys():
            self.filtered(
                lambda c: c.reportability in DECIDED_REPORTABILITIES
            )._check_not_closed()
        if REPORT_FIELDS & vals.keys():
            self.filtered("date_reported")._check_not_closed()

    def _sign_reportability(self):
        """Note who decided, now, whether these complaints are to be reported."""
        if not self:
            return
        self._write_unguarded(
            {
                "reportability_decided_by_id": self.env.uid,
                "date_reportability_decided": fields.Datetime.now(),
            }
        )
        self.activity_unlink([REPORT_TODO])

    def _reopen_reportability(self):
        """Clear who decided, and ask again where it is to be decided."""
        if not self:
            return
        self._write_unguarded(
            {
                "reportability_decided_by_id": False,
                "date_reportability_decided": False,
            }
        )
        self.filtered("date_accepted")._ask_reportability()

    def _ask_reportability(self):
        """Give the handler, or else the leader of the team, a to-do until the limit.

        Who is recused is passed over.
        """
        todo = self.filtered(lambda complaint: complaint.reportability == "to_decide")
        if todo:  # else it would cost a query to remove nothing
            todo.activity_unlink([REPORT_TODO])
        for (user, due), complaints in todo.grouped(
            lambda complaint: (
                complaint._get_first_to_act(
                    complaint.user_id, complaint.team_id.leader_id, self.env.user
                ),
                complaint.date_reportability_due,
            )
        ).items():
            if user:
                complaints.activity_schedule(
                    REPORT_TODO,
                    date_deadline=due,
                    summary=self.env._("Report to an authority, or not?"),
                    user_id=user.id,
                )

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        missing = not self._has_ended() and self._get_missing_report(target)
        if missing:
            yield Missing.REPORT, missing

    def _get_missing_report(self, target):
        """Return what the duty to report asks for before ``target``, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.reportability == "to_decide" and target in REPORT_DECIDED_STATES:
            return self.env._(
                "decide whether the case is to be reported to an authority"
            )
        if (
            self.reportability == "report"
            and target == "closed"
            and not self.date_reported
        ):
            return self.env._("report the case to the authority and enter the day")
        return False

    def _after_step(self, target, origins):
        result = super()._after_step(target, origins)
        if target == "accepted":
            self._ask_reportability()
        return result
