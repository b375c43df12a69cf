from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint_account.models.sale_order_line import CreditWish

from .customer_complaint_return_right import RETURN_EDITABLE_STATES


class CustomerComplaintReturnRefund(models.AbstractModel):
    """The refund of a no-reason return: drafted here, posted by accounting."""

    _name = "customer.complaint.return.refund"
    _inherit = "customer.complaint.kept"
    _description = "Refund of a No-Reason Return"

    credit_note_ids = fields.Many2many(
        "account.move",
        "customer_complaint_return_credit_note_rel",
        "return_id",
        "move_id",
        string="Credit Notes",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice",
        system=True,
    )
    credit_note_count = fields.Integer(
        string="Number of Credit Notes",
        readonly=True,
        copy=False,
        aggregator=None,
        system=True,
    )
    refund_text = fields.Char(
        string="Refund",
        compute="_compute_refund_text",
        help="The credit notes and how far they are in accounting.",
    )

    @api.depends("credit_note_count", "state")
    @api.depends_context("lang")
    def _compute_refund_text(self):
        # Number and state of a credit note are told to whoever sees the return.
        for record, record_sudo in zip(self, self.sudo(), strict=True):
            moves_sudo = (
                record_sudo.credit_note_ids
                if record.credit_note_count
                else record_sudo.credit_note_ids.browse()
            )
            labels = dict(moves_sudo._fields["state"]._description_selection(self.env))
            record.refund_text = ", ".join(
                self.env._(
                    "%(document)s (%(state)s)",
                    document=move_sudo.display_name,
                    state=labels[move_sudo.state],
                )
                for move_sudo in moves_sudo
            )

    def action_refund(self):
        """Draft the credit notes of these returns; accounting posts them.

        :raise AccessError: if the user must not work on one of them
        :raise UserError: if one is not ready, or nothing of it was invoiced
        """
        self._check_may_refund()
        for record in self:
            record._keep_credit_notes(record._draft_credit_notes())
        self._move("refunding", date_refund_drafted=fields.Datetime.now())
        return True

    def _draft_credit_notes(self):
        """Draft what is credited for the lines, as billed.

        :rtype: account.move
        """
        self.ensure_one()
        return self.env["sale.order.line"]._draft_complaint_credit_notes(
            [
                CreditWish(line.sale_order_line_id, line.quantity)
                for line in self.line_ids
            ],
            self.name,
            self.partner_id,
        )

    def _keep_credit_notes(self, moves):
        """Link credit notes with the return, both ways."""
        self.ensure_one()
        # Complaint users draft credit notes; they need no right in accounting.
        record_sudo = self.sudo()
        record_sudo._write_unguarded(
            {"credit_note_ids": [Command.link(move.id) for move in moves]}
        )
        record_sudo._write_unguarded(
            {"credit_note_count": len(record_sudo.credit_note_ids)}
        )

    def action_refund_otherwise(self):
        """Ask how the money went back without a credit note of ours.

        :rtype: dict
        """
        return self._ask_settle("refund", self.env._("Refunded Otherwise"))

    def _refund_otherwise(self, moment, note):
        """Note that the money went back by another way, signed by the user.

        :param datetime.datetime moment: when, naive UTC
        :param str note: how, e.g. the number of the payment
        :raise UserError: without a note, or if the return is not ready
        """
        self._check_may_refund()
        if not (note or "").strip():
            raise UserError(self.env._("Say how the money went back."))
        if moment > fields.Datetime.now():
            raise UserError(self.env._("Nothing was refunded in the future."))
        self._set_refunded(moment, note)

    def _set_refunded(self, moment, note):
        self._move(
            "done",
            date_refunded=moment,
            refund_note=note,
            refunded_by_id=self.env.uid,
        )

    def _check_may_refund(self):
        """Refuse refunds that are not ready, and lock the returns.

        :raise AccessError: if the user must not work on one of them
        :raise UserError: naming the returns and what is missing
        """
        self._check_may_step()
        self._raise_reasons(lambda record: record._get_cannot_refund_reason())

    def _get_cannot_refund_reason(self):
        """Return why the return cannot be refunded now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state not in RETURN_EDITABLE_STATES:
            return self.env._(
                "it is “%(state)s” now. Somebody may have taken this step already: "
                "reload the page.",
                state=self._get_state_label(),
            )
        if self.has_goods and not self.date_goods_back:
            return self.env._(
                "the goods are not back yet. Press “Goods Are Back” first, or clear "
                "“Goods Come Back” when nothing has to come back."
            )
        if self.has_goods and not self.date_delivered:
            return self.env._(
                "enter the day the customer received the goods, so that it is known "
                "whether the return is in time."
            )
        if self.is_after_last_day and not self.late_accepted_by_id:
            return self.env._(
                "it was told after the last day, %(last_day)s. Have a supervisor "
                "accept it as goodwill, or refuse it.",
                last_day=self.company_id._complaint_format_day(self.date_last_day),
            )
        return False

    def action_take_back_refund(self):
        """Cancel the drafts of these returns, to refund them in another way.

        :raise UserError: if a credit note is posted already
        """
        self._check_may_step()
        for record in self:
            if record.state != "refunding":
                record._raise_reasons(
                    lambda rec: rec.env._("no refund is under way. Reload the page.")
                )
            # A draft that complaint users made, they take back as well.
            moves_sudo = record.sudo().credit_note_ids
            posted_sudo = moves_sudo.filtered(lambda move: move.state == "posted")
            if posted_sudo:
                record._raise_reasons(
                    lambda rec, posted_sudo=posted_sudo: rec.env._(
                        "%(documents)s is posted already. Whoever works in accounting "
                        "has to reverse it first.",
                        documents=format_list(
                            rec.env, posted_sudo.mapped("display_name")
                        ),
                    )
                )
            moves_sudo.filtered(lambda move: move.state == "draft").button_cancel()
            record._follow_credit_notes()
        return True

    def action_open_credit_notes(self):
        """Open the credit notes, as far as the user may.

        :raise AccessError: if the user has no access to accounting
        :rtype: dict
        """
        self.ensure_one()
        moves = self.env["account.move"].browse(self.sudo().credit_note_ids.ids)
        moves.check_access("read")
        return moves._get_records_action(name=self.env._("Credit Notes"))

    def _check_credited_as_returned(self, notes):
        """Refuse credit notes that give back anything but what came back.

        :param account.move notes: those that accounting puts into effect
        :raise UserError: naming the credit note, and the way out
        """
        for record in self:
            own = record.credit_note_ids & notes
            for note in own:
                others = (record.credit_note_ids - note).filtered(
                    lambda move: move._get_complaint_document_state() != "cancelled"
                )
                granted = others._get_complaint_quantities()
                for sold, quantity in granted.items():
                    granted[sold] = -quantity
                for line in record.line_ids:
                    granted[line.sale_order_line_id] += line.quantity
                note._check_complaint_credits(granted, record.partner_id)

    def _follow_credit_notes(self):
        """Let these returns follow what happened to their credit notes.

        Called by the credit notes, whoever posted, reset or cancelled them.
        """
        # Whoever works in accounting need not see the return.
        for record_sudo in self.sudo().exists():
            moves_sudo = record_sudo.credit_note_ids.exists()
            live = moves_sudo.filtered(lambda move: move.state != "cancel")
            is_posted = bool(live) and all(move.state == "posted" for move in live)
            state = record_sudo.state
            if record_sudo.credit_note_count != len(moves_sudo):
                record_sudo._write_unguarded({"credit_note_count": len(moves_sudo)})
            if state == "refunding" and is_posted:
                record_sudo._set_refunded(
                    fields.Datetime.now(),
                    format_list(record_sudo.env, live.mapped("display_name")),
                )
            elif not is_posted and (
                state == "refunding"
                and not live
                or (state == "done" and record_sudo.date_refund_drafted)
            ):
                record_sudo._refund_anew(bool(live))

    def _refund_anew(self, is_under_way):
        """Go back to the refund: its credit notes are no longer in effect."""
        self.ensure_one()
        self._move(
            "refunding" if is_under_way else self._get_waiting_state(),
            date_refunded=False,
            refund_note=False,
            refunded_by_id=False,
            **({} if is_under_way else {"date_refund_drafted": False}),
        )
