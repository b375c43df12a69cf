from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ..models.customer_complaint_pause import CUSTOMER_KIND, PAUSE_KINDS

TOLD_CHOICES = [
    ("new", "Record It Now"),
    ("known", "By a Notice on Record"),
    ("not_yet", "Not Yet"),
]


class CustomerComplaintStartPause(models.TransientModel):
    """Asks why the clock stands still, and how the complainant was told.

    Makes the notice and the pause in one go.
    """

    _name = "customer.complaint.start.pause"
    _inherit = "customer.complaint.tell"
    _description = "Pause the Clock"

    kind = fields.Selection(default="pause")
    pause_kind = fields.Selection(
        PAUSE_KINDS,
        string="Kind of Pause",
        required=True,
        default="testing",
        help="Waiting for the customer holds only the limits whose policy says so; the "
        "other kinds hold all.",
    )
    reason = fields.Text(
        required=True, help="Why the clock stands still, e.g. which body tests what."
    )
    date_from = fields.Datetime(
        string="Since",
        required=True,
        default=fields.Datetime.now,
        help="From when on the time does not count.",
    )
    told = fields.Selection(
        TOLD_CHOICES,
        string="Complainant Told",
        required=True,
        default="new",
        help="The time does not count only when the complainant was told.",
    )
    known_notice_id = fields.Many2one(
        "customer.complaint.notice",
        string="Notice on Record",
        domain="[('complaint_id', '=', complaint_id), ('kind', '=', 'pause'),"
        " ('state', '!=', 'void')]",
        help="The notice that told the complainant of this pause.",
    )
    attachment_ids = fields.Many2many(
        relation="customer_complaint_start_pause_attachment_rel",
        column1="start_pause_id",
    )
    pause_id = fields.Many2one("customer.complaint.pause", readonly=True)
    holds_nothing = fields.Boolean(
        compute="_compute_holds_nothing",
        help="No limit of the complaint waits for the customer.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("pause_kind", "reason", "date_from")
    def _compute_content(self):
        for dialog in self:
            complaint = dialog.complaint_id
            dialog.content = complaint and complaint._in_letter_lang()._get_pause_text(
                [(dialog.pause_kind, dialog.reason, dialog.date_from)]
            )

    @api.depends("complaint_id", "pause_kind")
    def _compute_holds_nothing(self):
        for dialog in self:
            deadlines = dialog.complaint_id.shown_deadline_ids
            dialog.holds_nothing = (
                dialog.pause_kind == CUSTOMER_KIND
                and not deadlines.filtered(
                    lambda deadline: (
                        deadline.pauses_for_customer and deadline.state != "replaced"
                    )
                )
            )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_start(self):
        """Record how the complainant was told, and pause the clock.

        :raise UserError: if the complaint has ended, or the dialog was used already
        :raise ValidationError: if a date is impossible or the proof missing
        """
        self.ensure_one()
        self._check_unused()
        notice = self.env["customer.complaint.notice"]
        if self.told == "new":
            # The notice is for the pause that follows, not for others.
            self.with_context(complaint_pause_follows=True).action_tell()
            notice = self.notice_id
        elif self.told == "known":
            notice = self.known_notice_id
            if not notice:
                raise UserError(self.env._("Choose the notice on record."))
        self._create_pause(notice)
        return {"type": "ir.actions.act_window_close"}

    def action_start_and_write_email(self):
        """Pause the clock and open the e-mail; sent, it is the notice of the pause.

        :rtype: dict
        """
        self.ensure_one()
        self._check_unused()
        self._create_pause(self.env["customer.complaint.notice"])
        return self.action_write_email()

    def _check_unused(self):
        if self.pause_id:
            raise UserError(
                self.env._("This pause was entered already. Reload the page.")
            )

    def _create_pause(self, notice):
        self.pause_id = (
            self.env["customer.complaint.pause"]
            .with_context(clean_context(self.env.context))
            .create(
                {
                    "complaint_id": self.complaint_id.id,
                    "kind": self.pause_kind,
                    "reason": self.reason,
                    "date_from": self.date_from,
                    "notice_id": notice.id,
                }
            )
        )
