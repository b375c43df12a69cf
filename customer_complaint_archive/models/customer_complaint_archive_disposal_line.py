from odoo import api, fields, models
from odoo.exceptions import UserError

RUNNING_STATES = ("draft", "proposed", "approved")
LINE_STATES = [
    ("pending", "To Destroy"),
    ("destroyed", "Destroyed"),
    ("kept", "Kept"),
]


class CustomerComplaintArchiveDisposalLine(models.Model):
    """A card of a disposal, and what remains of it: the stub."""

    _name = "customer.complaint.archive.disposal.line"
    _inherit = "customer.complaint.stepped"
    _description = "Card of a Disposal"
    _order = "id"
    _rec_name = "card_id"
    disposal_id = fields.Many2one(
        "customer.complaint.archive.disposal",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="disposal_id.company_id", store=True, index=True, precompute=True
    )
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        required=True,
        index=True,
        ondelete="restrict",
    )
    state = fields.Selection(
        LINE_STATES, required=True, readonly=True, default="pending", system=True
    )
    retention_until = fields.Date(related="card_id.retention_until")
    sealed_date = fields.Datetime(related="card_id.sealed_date")
    digest = fields.Char(related="card_id.digest")
    category_name = fields.Char(
        related="card_id.archive_category_id.display_name", string="Archive Category"
    )
    file_count = fields.Integer(
        string="Files", readonly=True, help="Files destroyed.", system=True
    )
    file_size = fields.Integer(
        string="Size", readonly=True, help="Bytes destroyed.", system=True
    )
    shared_count = fields.Integer(
        string="Shared Files",
        readonly=True,
        help="Files whose bytes other records of the company hold as well; those keep "
        "their own.",
        system=True,
    )
    note = fields.Char(readonly=True, help="Why the card was kept.", system=True)
    date_done = fields.Datetime(readonly=True, system=True)

    _card_uniq = models.UniqueIndex(
        "(disposal_id, card_id)", "A card stands in a disposal once only."
    )

    @api.model_create_multi
    def create(self, vals_list):
        kept = [self._without_reserved(vals) for vals in vals_list]
        lines = super().create(kept)
        lines.disposal_id._check_archivist()
        lines.disposal_id._check_draft()
        lines._check_may_dispose()
        return lines

    def _check_vals(self, vals):
        """:raise UserError: always, if there is anything to write"""
        if self and vals:
            raise UserError(
                self.env._("The disposal writes its lines by itself. Remove the card.")
            )
        return super()._check_vals(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        self.disposal_id._check_archivist()
        self.disposal_id._check_draft()

    def _check_may_dispose(self):
        """Refuse cards that may not be destroyed, or are proposed elsewhere.

        :raise UserError: with one line per card
        """
        reasons = []
        for line in self:
            card = line.card_id
            reason = card._get_cannot_dispose_reason()
            other = line._get_other_disposal()
            if card.company_id != line.company_id:
                reason = self.env._("it belongs to another company")
            elif other and not reason:
                reason = self.env._("it stands in %(name)s already", name=other.name)
            if reason:
                reasons.append(
                    self.env._(
                        "%(card)s may not be destroyed: %(reason)s.",
                        card=card.display_name,
                        reason=reason,
                    )
                )
        if reasons:
            raise UserError("\n".join(reasons))

    def _get_other_disposal(self):
        self.ensure_one()
        return self.search(
            [
                ("id", "!=", self.id),
                ("card_id", "=", self.card_id.id),
                ("disposal_id.state", "in", RUNNING_STATES),
            ],
            limit=1,
        ).disposal_id

    # ------------------------------------------------------------------
    # WHAT A DISPOSAL DESTROYS
    # ------------------------------------------------------------------

    def _destroy(self):
        """Destroy the card of this line, unless something keeps it by now."""
        self.ensure_one()
        line = self.try_lock_for_update()
        if not line or line.state != "pending":
            return
        now = fields.Datetime.now()
        reason = line.card_id._get_cannot_dispose_reason()
        if reason:
            line._write_unguarded({"state": "kept", "note": reason, "date_done": now})
            return
        line._write_unguarded(
            {
                **line.card_id._destroy(line.disposal_id),
                "state": "destroyed",
                "note": False,
                "date_done": now,
            }
        )

    def _note_failure(self):
        """Say on the line that its card is still there, and stays to be destroyed."""
        self._write_unguarded(
            {
                "note": self.env._(
                    "It could not be destroyed yet and is tried again. The server's "
                    "log says why."
                )
            }
        )
