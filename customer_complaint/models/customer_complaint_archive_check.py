from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.job import attempt
from .customer_complaint_archive_retention import ARCHIVIST, MANAGER

AUDITOR = "customer_complaint.group_complaint_auditor"
CHECK_STATES = [
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("passed", "Unchanged"),
    ("failed", "Changed"),
]
FINDING_KINDS = [
    ("content", "Sealed content changed"),
    ("digest", "Digest changed"),
    ("previous", "Digest of the entry before changed"),
    ("entry", "Entry changed"),
    ("entry_missing", "Entry missing"),
    ("entry_inserted", "Entry inserted"),
    ("order", "Entries in another order"),
    ("card_missing", "Card missing"),
    ("card_inserted", "Card inserted"),
    ("state", "State of the card differs"),
    ("field", "Field differs"),
    ("line_changed", "Product line added or missing"),
    ("paper_missing", "Paper missing"),
    ("paper_added", "Paper added"),
    ("file", "File differs"),
    ("file_missing", "File missing"),
    ("file_added", "File added"),
    ("record_missing", "Record of the case missing"),
    ("record_added", "Record of the case added"),
    ("message", "Message changed"),
    ("message_missing", "Message missing"),
    ("message_added", "Message added"),
    ("hold", "Legal hold differs"),
    ("disposal", "Destroyed without a disposal"),
    ("supplement", "Supplement differs"),
    ("clock", "Clock set back"),
]
# Worth knowing, but nothing was changed.
REMARK_KINDS = ("clock",)
BATCH_SIZE = 500
# As many entries are checked while the user waits; more by a job.
DIRECT_LIMIT = 2000
# In place of a card's id and number.
NO_CARD = (False, False)
# What is beyond is counted, not listed.
MAX_FINDINGS = 200


class CustomerComplaintArchiveCheck(models.Model):
    """One check of a company's archive chain, and what it found. It stays.

    The check trusts nothing stored but the entries and what they chain: it reads the
    cards and the bytes of the files again. The digest it ends with, printed and put
    aside, shows later that nothing was cut off the end.
    """

    _name = "customer.complaint.archive.check"
    _inherit = "customer.complaint.append.only"
    _description = "Check of the Archive"
    _order = "id desc"
    _rec_name = "date_start"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Started By", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        CHECK_STATES, required=True, readonly=True, default="waiting", index=True
    )
    date_start = fields.Datetime(
        string="Checking Started", required=True, readonly=True
    )
    date_done = fields.Datetime(string="Checking Finished", readonly=True)
    position = fields.Integer(
        readonly=True, aggregator=None, help="Last entry that was checked."
    )
    last_digest = fields.Char(
        readonly=True, help="Digest of the last entry that was checked."
    )
    last_date = fields.Datetime(readonly=True)
    end_position = fields.Integer(
        string="Entries",
        readonly=True,
        aggregator=None,
        help="Entries of the chain when the check began.",
    )
    card_count = fields.Integer(string="Cards", readonly=True, aggregator=None)
    file_count = fields.Integer(string="Files", readonly=True, aggregator=None)
    finding_count = fields.Integer(string="Differences", readonly=True, aggregator=None)
    finding_ids = fields.One2many(
        "customer.complaint.archive.check.finding",
        "check_id",
        string="Differences Found",
        readonly=True,
    )
    first_card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="First Changed Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _refuse_forgery(self):
        raise UserError(
            self.env._(
                "A check is made by the button “Check the Archive”, and its result "
                "stays as it is."
            )
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_start(self):
        """Check the chain of the company; a long one is checked by a job.

        :return: the form of the check
        :rtype: dict
        :raise AccessError: unless the user is archivist, auditor or manager
        """
        if not any(self.env.user.has_group(g) for g in (ARCHIVIST, AUDITOR, MANAGER)):
            raise AccessError(
                self.env._(
                    "Archivists, auditors and managers check the archive. Ask one of "
                    "them."
                )
            )
        check_sudo = self.sudo()._start(self.env.company)  # role checked right above
        if check_sudo.end_position <= DIRECT_LIMIT:
            while check_sudo._run_batch():
                pass
        else:
            # The job is the system's; the user only asks for it.
            self.sudo().env.ref("customer_complaint.cron_archive_check")._trigger()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of the Archive"),
            "res_model": self._name,
            "res_id": check_sudo.id,
            "views": [(False, "form")],
        }

    @api.model
    def _start(self, company):
        """Return a new check of a company's chain.

        :param res.company company: whose chain
        """
        self.env.cr.execute(
            "SELECT GREATEST("
            " (SELECT position FROM customer_complaint_archive_chain"
            "   WHERE company_id = %(company)s),"
            " (SELECT max(position) FROM customer_complaint_archive_entry"
            "   WHERE company_id = %(company)s))",
            {"company": company.id},
        )
        [[end]] = self.env.cr.fetchall()
        return self._create_unguarded(
            [
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "date_start": fields.Datetime.now(),
                    "end_position": end or 0,
                }
            ]
        )

    @api.model
    def _cron_archive_check(self):
        """Go on with checks of long chains; a killed one goes on where it was."""
        checks = self.search([("state", "in", ("waiting", "running"))], order="id")
        has_time = True
        while checks and has_time:
            check = checks[0]
            is_done, has_more = attempt(check, lambda check: check._run_next_batch())
            if not (is_done and has_more):
                # It is through, fails, or somebody else goes on with it.
                checks -= check
            has_time = self.env["ir.cron"]._commit_progress(
                BATCH_SIZE,
                remaining=sum(
                    max(left.end_position - left.position, 1) for left in checks
                ),
            )

    def _run_next_batch(self):
        """Check the next entries, unless another job does just that.

        :return: whether there are more
        :rtype: bool
        """
        check = self.try_lock_for_update()
        return check.state in ("waiting", "running") and check._run_batch()

    def _add_findings(self, findings):
        """Write down what was found.

        :param list[tuple] findings: position, card, kind and detail of each; the card
            as id and number
        """
        self.ensure_one()
        room = max(MAX_FINDINGS - self.finding_count, 0)
        Finding = self.env["customer.complaint.archive.check.finding"]
        Finding._create_unguarded(
            [
                {
                    "check_id": self.id,
                    "position": position or 0,
                    "card_id": card_id,
                    "card_name": card_name,
                    "kind": kind,
                    "detail": detail,
                }
                for position, (card_id, card_name), kind, detail in findings[:room]
            ]
        )
        changed = [
            card[0] for _p, card, kind, _d in findings if kind not in REMARK_KINDS
        ]
        vals = {"finding_count": self.finding_count + len(findings)}
        if changed and not self.first_card_id:
            vals["first_card_id"] = next(filter(None, changed), False)
        self._write_unguarded(vals)


class CustomerComplaintArchiveCheckFinding(models.Model):
    """What a check found: where in the chain, on which card, what differs."""

    _name = "customer.complaint.archive.check.finding"
    _inherit = ["customer.complaint.append.only", "customer.complaint.personal"]
    _description = "Finding of an Archive Check"
    _order = "id"
    _rec_name = "card_name"

    check_id = fields.Many2one(
        "customer.complaint.archive.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    position = fields.Integer(readonly=True, aggregator=None)
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    card_name = fields.Char(string="Archive Number", readonly=True)
    kind = fields.Selection(
        FINDING_KINDS, string="Finding", required=True, readonly=True
    )
    detail = fields.Text(
        readonly=True, help="What was sealed, and what is there now.", personal=True
    )

    def _refuse_forgery(self):
        return self.env["customer.complaint.archive.check"]._refuse_forgery()
