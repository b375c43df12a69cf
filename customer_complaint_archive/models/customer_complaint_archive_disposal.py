from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MANAGER
from odoo.addons.customer_complaint_base.tools.job import work_off
from odoo.addons.customer_complaint_base.tools.reason import takes_reason

from .res_company import DISPOSAL_SEQUENCE

DISPOSAL_STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("approved", "Approved"),
    ("done", "Destroyed"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


class CustomerComplaintArchiveDisposal(models.Model):
    """Cards destroyed together (销毁): proposed, approved by another, carried out.

    The archivist proposes, a manager approves (four eyes), the departments are told;
    then a job destroys what the cards hold. This record and the certificate remain.
    """

    _name = "customer.complaint.archive.disposal"
    _inherit = [
        "customer.complaint.numbered",
        "customer.complaint.four.eyes",
        "mail.thread",
    ]
    _description = "Archive Disposal"
    _sequence_code = DISPOSAL_SEQUENCE
    _undecided_state = "proposed"
    _order = "id desc"
    _check_company_auto = True

    state = fields.Selection(
        DISPOSAL_STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        system=True,
    )
    line_ids = fields.One2many(
        "customer.complaint.archive.disposal.line", "disposal_id", string="Cards"
    )
    card_count = fields.Integer(string="Number of Cards", compute="_compute_card_count")
    note = fields.Text(
        string="Grounds", help="Grounds, and how the paper originals are destroyed."
    )
    method = fields.Char(
        string="Paper Originals",
        help="How the paper originals are destroyed, e.g. shredded in the presence of "
        "two people. Printed on the certificate.",
    )
    proposed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    date_proposed = fields.Datetime(
        string="Proposed On", readonly=True, copy=False, system=True
    )
    refusal_reason = fields.Text(readonly=True, copy=False, system=True)
    date_done = fields.Datetime(
        string="Carried Out On", readonly=True, copy=False, system=True
    )
    departments_told = fields.Json(
        string="Departments Told (Data)",
        readonly=True,
        copy=False,
        help="Who was told of the proposal, for which department, and when.",
        system=True,
    )
    departments_told_note = fields.Text(
        string="Departments Told",
        compute="_compute_departments_told_note",
        help="Who was told of the proposal, for which department, and when.",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another disposal of the company already has this number.",
    )

    @api.depends("line_ids")
    def _compute_card_count(self):
        counts = dict(
            self.env["customer.complaint.archive.disposal.line"]._read_group(
                [("disposal_id", "in", self.ids)], ["disposal_id"], ["__count"]
            )
        )
        for disposal in self:
            disposal.card_count = counts.get(disposal, 0)

    @api.depends("departments_told", "company_id")
    @api.depends_context("lang")
    def _compute_departments_told_note(self):
        for disposal in self:
            disposal.departments_told_note = "\n".join(
                self.env._(
                    "%(department)s: %(person)s, %(moment)s",
                    department=told["department"],
                    person=told["person"] or self.env._("nobody leads it"),
                    moment=disposal.company_id._complaint_format_moment(
                        fields.Datetime.to_datetime(told["moment"])
                    ),
                )
                for told in disposal.departments_told or []
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_archivist()
        return super().create(vals_list)

    def _check_vals(self, vals):
        if {"line_ids", "note", "method"} & vals.keys():
            self._check_draft()
        return super()._check_vals(vals)

    def _check_archivist(self):
        self.env["customer.complaint.archive.card"]._check_archivist()

    def _check_draft(self):
        """Refuse to change what has been proposed.

        :raise UserError: naming the disposals
        """
        running = self.filtered(lambda disposal: disposal.state != "draft")
        if running:
            raise UserError(
                self.env._(
                    "What has been proposed no longer changes: %(names)s. Cancel it "
                    "and propose anew.",
                    names=format_list(self.env, running.mapped("name")),
                )
            )

    def action_propose(self):
        """Ask a manager for approval, and tell the departments.

        :raise UserError: with one line per card that may not be destroyed
        """
        self._check_archivist()
        self._check_state("draft")
        empty = self.filtered(lambda disposal: not disposal.line_ids)
        if empty:
            raise UserError(
                self.env._(
                    "Choose the cards first: %(names)s.",
                    names=format_list(self.env, empty.mapped("name")),
                )
            )
        self.line_ids.card_id.complaint_id._check_may_work()
        self.line_ids._check_may_dispose()
        self._write_unguarded(
            {
                "state": "proposed",
                "proposed_by_id": self.env.uid,
                "date_proposed": fields.Datetime.now(),
            }
        )
        for disposal in self:
            disposal._tell_departments(
                self.env._(
                    "The archive proposes to destroy cards whose retention has ended: "
                    "%(count)s. Who still needs one says so before it is approved: a "
                    "legal hold keeps it.",
                    count=disposal.card_count,
                )
            )
        return True

    def _get_cannot_decide_reason(self):
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            return self.env._("a manager decides on it")
        if self.env.user in (self.proposed_by_id | self.create_uid):
            return self.env._("whoever proposes does not approve (four eyes)")
        return False

    def _check_may_decide(self):
        self.check_access("write")
        self.line_ids.card_id.complaint_id._check_may_work()
        return super()._check_may_decide()

    def action_approve(self):
        """Approve; a job destroys the cards right after.

        :raise AccessError: if the user may not
        :raise UserError: with one line per card that may not be destroyed now
        """
        self._check_may_decide()
        self.line_ids._check_may_dispose()
        self._decide("approved")
        # The job is the system's; whoever approves only asks for it.
        self.sudo().env.ref(
            "customer_complaint_archive.cron_archive_retention"
        )._trigger()
        return True

    def action_refuse(self):
        """Ask why the disposal is not approved.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_refuse",
            self.env._("Do Not Approve"),
            self.env._("Nothing is destroyed; whoever proposed it is told the reason."),
        )

    @takes_reason
    def _refuse(self, reason):
        """Refuse the disposal.

        :param str reason: plain text
        :raise AccessError: if the user may not
        """
        self._check_may_decide()
        self._decide("refused", refusal_reason=reason)
        for disposal in self:
            disposal.message_post(
                body=reason, partner_ids=disposal.proposed_by_id.partner_id.ids
            )

    def action_cancel(self):
        """Give the disposal up; nothing has been destroyed.

        :raise UserError: if it has been approved
        """
        self._check_archivist()
        self._check_state("draft", "proposed")
        self._write_unguarded({"state": "cancelled"})
        return True

    def _tell_departments(self, body):
        """Tell the leaders of the teams whose cards are concerned, and note whom.

        :param str body: plain text
        """
        self.ensure_one()
        # Who leads a team, nothing of the cards.
        teams_sudo = self.sudo().line_ids.card_id.team_id
        leaders_sudo = teams_sudo.leader_id
        now = fields.Datetime.to_string(fields.Datetime.now())
        self._write_unguarded(
            {
                "departments_told": [
                    {
                        "department": team_sudo.name,
                        "person": team_sudo.leader_id.name,
                        "moment": now,
                    }
                    for team_sudo in teams_sudo.sorted("name")
                ]
            }
        )
        self.message_post(
            body=body,
            partner_ids=leaders_sudo.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # ------------------------------------------------------------------
    # WHAT A DISPOSAL DESTROYS
    #
    # Carrying out disposals: a job destroys card by card and survives being killed.
    # ------------------------------------------------------------------

    @api.model
    def _cron_archive_retention(self):
        """Destroy what approved disposals name, then the files nobody uses any more.

        Each card is a transaction of its own; what fails is tried again next time.
        """
        Line = self.env["customer.complaint.archive.disposal.line"]
        lines = Line.search(
            [("state", "=", "pending"), ("disposal_id.state", "=", "approved")],
            # What failed before does not keep the others waiting.
            order="note NULLS FIRST, id",
        )
        is_through = work_off(
            lines,
            lambda line: line._destroy(),
            on_failure=lambda line: line._note_failure(),
        )
        if is_through:
            self._finish()

    @api.model
    def _finish(self):
        """Collect the files, and close disposals of which everything is gone."""
        disposals = self.search([("state", "=", "approved")], order="id").filtered(
            lambda disposal: "pending" not in disposal.line_ids.mapped("state")
        )
        # Core locks the files' table, so that no file goes that somebody needs again.
        if disposals and self.env["ir.attachment"]._collect_destroyed():
            work_off(disposals, lambda disposal: disposal._close())

    def _close(self):
        """Close the disposal, everything of which is gone, and tell about it."""
        disposal = self.try_lock_for_update()
        if disposal.state != "approved":
            return
        disposal._write_unguarded({"state": "done", "date_done": fields.Datetime.now()})
        destroyed = disposal.line_ids.filtered(lambda line: line.state != "kept")
        disposal._tell_departments(
            self.env._(
                "The archive destroyed cards: %(count)s, with files: %(files)s. "
                "The certificate can be printed from here.",
                count=len(destroyed),
                files=sum(destroyed.mapped("file_count")),
            )
        )
