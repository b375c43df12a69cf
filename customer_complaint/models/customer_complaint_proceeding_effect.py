from odoo import api, fields, models


class CustomerComplaint(models.Model):
    """What the complaint shows of the proceedings about it."""

    _inherit = "customer.complaint"

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

    @api.depends("open_proceeding_count", "needs_transfer_record")
    def _compute_next_step_note(self):
        return super()._compute_next_step_note()

    def _iter_missing(self, target):
        """A case does not close over the head of a body that still deals with it.

        A transfer waits for our reply only: the authority need not answer it. A
        mediation, arbitration, action or inquiry waits for its end.
        """
        yield from super()._iter_missing(target)
        if target != "closed":
            return
        if self._needs_transfer_record():
            yield self.env._(
                "record the transfer of the authority with “Record the transfer”, "
                "and our reply to it"
            )
        if not self.open_proceeding_count:
            return
        # That a body deals with it counts, not whether the user may see what.
        for proceeding_sudo in self.sudo().proceeding_ids:
            if proceeding_sudo._holds_up_closing():
                yield (
                    self.env._(
                        "send our reply: %(proceeding)s",
                        proceeding=proceeding_sudo.display_name,
                    )
                    if proceeding_sudo.kind == "transfer"
                    else self.env._(
                        "record the end: %(proceeding)s",
                        proceeding=proceeding_sudo.display_name,
                    )
                )

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
        if reason or kind != "authority":
            return reason
        return not self._get_proceeding_to_answer() and self.env._(
            "first write our reply in the proceeding of the authority."
        )

    def _get_notice_content(self, kind):
        if kind != "authority":
            return super()._get_notice_content(kind)
        return self._get_proceeding_to_answer().reply or ""

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
        return self._action_list_parts("proceeding", complaint_id=self.id)

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


class CustomerComplaintChannel(models.Model):
    _inherit = "customer.complaint.channel"

    is_authority = fields.Boolean(
        string="Authority",
        help="Complaints of this channel are passed on by a regulator or association: "
        "its reference, date and demand are to be recorded.",
    )


class CustomerComplaintNotice(models.Model):
    _inherit = "customer.complaint.notice"

    proceeding_id = fields.Many2one(
        "customer.complaint.proceeding",
        index="btree_not_null",
        ondelete="restrict",
        help="The proceeding our reply belongs to.",
    )

    @api.depends("kind", "proceeding_id")
    def _compute_recipient_name(self):
        """A reply is told to the body, not to the complainant."""
        result = super()._compute_recipient_name()
        for notice in self:
            if notice.kind == "authority" and not notice.partner_id:
                notice.recipient_name = notice._get_proceeding().body
        return result

    def _get_proceeding(self):
        """Return the proceeding a reply belongs to: the named one, or what waits.

        :rtype: customer.complaint.proceeding
        """
        self.ensure_one()
        return self.proceeding_id or self.complaint_id._get_proceeding_to_answer()

    def _after_told(self):
        result = super()._after_told()
        for notice in self.filtered(lambda notice: notice.kind == "authority"):
            complaint = notice.complaint_id
            proceeding = notice._get_proceeding()
            if proceeding.state == "open" and proceeding.complaint_id == complaint:
                proceeding._set_answered(
                    complaint.company_id._complaint_date(notice.date)
                )
        return result
