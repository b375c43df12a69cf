from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .customer_complaint_life import SUPERVISOR
from .customer_complaint_return import EDITABLE_STATES, OPEN_STATES, REFUND_DAYS

REFUND_TODO = "customer_complaint.mail_act_refund_return"
ACKNOWLEDGEMENT = "customer_complaint.mail_template_return_acknowledgement"
REFUSAL = "customer_complaint.mail_template_return_refusal"
# From each state, where the steps lead.
TRANSITIONS = {
    "registered": {"goods_back", "refunding", "done", "refused", "cancelled"},
    "goods_back": {"refunding", "done", "refused", "cancelled"},
    "refunding": {"registered", "goods_back", "done"},
    # Only when accounting resets or reverses the credit note.
    "done": {"registered", "goods_back", "refunding"},
    "refused": {"registered", "goods_back"},
    "cancelled": {"registered", "goods_back"},
}


class CustomerComplaintReturn(models.Model):
    """The steps of a no-reason return, and what the customer is told."""

    _inherit = "customer.complaint.return"

    can_accept_late = fields.Boolean(
        compute="_compute_can_accept_late",
        help="Whether you may accept the late return as goodwill.",
    )

    @api.depends("state", "is_after_last_day", "late_accepted_by_id")
    @api.depends_context("uid")
    def _compute_can_accept_late(self):
        for record in self:
            record.can_accept_late = bool(
                record.id and not record._get_cannot_accept_late_reason()
            )

    # ------------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------------

    def _check_may_step(self):
        """Refuse those who must not work on the returns, and lock them.

        The rows are written: of two steps at the same moment the later one starts
        anew and finds what the first one did.

        :raise AccessError: if the user must not work on one of them
        """
        self.check_access("write")
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE customer_complaint_return SET id = id WHERE id IN"
                    " (SELECT id FROM customer_complaint_return WHERE id = ANY(%s)"
                    " ORDER BY id FOR NO KEY UPDATE) RETURNING id",
                    self.ids,
                )
            )

    def _move(self, target, **vals):
        """Take these returns to a state.

        :param str target: one of ``RETURN_STATES``
        :param vals: what is written besides
        :raise UserError: if one of them cannot go there
        """
        self._raise_reasons(
            lambda record: (
                target not in TRANSITIONS[record.state]
                and record.env._(
                    "it is “%(state)s” now. Somebody may have taken this step already: "
                    "reload the page.",
                    state=record._get_state_label(),
                )
            )
        )
        self._write_unguarded({**vals, "state": target})
        self._sync_todos()

    def _get_waiting_state(self):
        """Return the state of an open return before its refund.

        :rtype: str
        """
        self.ensure_one()
        return "goods_back" if self.date_goods_back else "registered"

    def _ask_settle(self, deed, title):
        """Return the dialog that asks for what a step needs.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.return.settle", title, return_id=self.id, deed=deed
        )

    # ------------------------------------------------------------------
    # GOODS
    # ------------------------------------------------------------------

    def action_goods_back(self):
        """Ask when the goods came back, and in which condition.

        :rtype: dict
        """
        return self._ask_settle("goods_back", self.env._("Goods Are Back"))

    def _goods_back(self, moment, note):
        """Note by hand that the goods came back: the limit of the refund runs.

        :param datetime.datetime moment: when, naive UTC
        :param str note: their condition
        :raise UserError: if they came back before, or the moment cannot be right
        """
        self._check_may_step()
        if moment > fields.Datetime.now():
            raise UserError(self.env._("Goods do not come back in the future."))
        self._raise_reasons(
            lambda record: (
                record.date_delivered
                and record.company_id._complaint_date(moment) < record.date_delivered
                and record.env._(
                    "the goods cannot have come back before the customer received "
                    "them on %(delivered)s. Correct the date.",
                    delivered=record.company_id._complaint_format_day(
                        record.date_delivered
                    ),
                )
            )
        )
        self._move("goods_back", date_goods_back=moment, goods_note=note)

    def _note_goods_in_stock(self):
        """Note the goods as back where they are in the stock already. Hook of it."""

    def _note_goods_received(self, moment):
        """Note that goods came back, as the stock says. Never refuses a transfer.

        Hook: called by the bridge to the stock.

        :param datetime.datetime moment: when, naive UTC
        """
        waiting = self.filtered(lambda record: record.state in OPEN_STATES)
        for record in waiting.filtered(lambda record: not record.date_goods_back):
            vals = {"date_goods_back": moment}
            if record.state == "registered":
                vals["state"] = "goods_back"
            record._write_unguarded(vals)
        waiting._sync_todos()

    # ------------------------------------------------------------------
    # LATE RETURNS
    # ------------------------------------------------------------------

    def action_accept_late(self):
        """Accept late returns as goodwill. Four eyes: not by who registered them.

        :raise AccessError: if the user may not accept one of them
        :raise UserError: if one is not late, or was accepted already
        """
        self._check_may_step()
        self._raise_reasons(
            lambda record: record._get_cannot_approve_reason(), AccessError
        )
        self._raise_reasons(lambda record: record._get_nothing_to_accept_reason())
        self._write_unguarded(
            {
                "late_accepted_by_id": self.env.uid,
                "date_late_accepted": fields.Datetime.now(),
            }
        )
        self._message_log_batch(
            bodies={
                record.id: record.env._("Late return accepted as goodwill")
                for record in self
            }
        )
        return True

    def _get_cannot_accept_late_reason(self):
        """Return why the user cannot accept the late return, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        return self._get_nothing_to_accept_reason() or self._get_cannot_approve_reason()

    def _get_nothing_to_accept_reason(self):
        if not self.is_after_last_day:
            return self.env._("it was told in time; there is nothing to accept.")
        if self.late_accepted_by_id:
            return self.env._("it was accepted already. Reload the page.")
        if self.state not in EDITABLE_STATES:
            return self.env._(
                "it is “%(state)s” and no longer changes.",
                state=self._get_state_label(),
            )
        return False

    def _get_cannot_approve_reason(self):
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            return self.env._("a supervisor accepts late returns. Ask one.")
        if self.create_uid == self.env.user:
            return self.env._(
                "you registered it yourself. Have another supervisor accept it."
            )
        return False

    # ------------------------------------------------------------------
    # THE END WITHOUT A REFUND
    # ------------------------------------------------------------------

    def action_refuse(self):
        """Ask why the return is refused.

        :rtype: dict
        """
        return self._ask_settle("refuse", self.env._("Refuse Return"))

    def _refuse(self, exception, reason):
        """Refuse these returns and tell the customer why.

        :param customer.complaint.return.exception exception: may be empty
        :param str reason: told to the customer
        :raise UserError: without a reason, or once a refund is under way
        """
        self._check_may_step()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why; the customer is told."))
        self._move(
            "refused",
            refusal_exception_id=exception.id,
            refusal_reason=reason,
            date_refused=fields.Datetime.now(),
        )
        self._send_mails(REFUSAL)

    def action_cancel(self):
        """Ask why nothing comes back after all.

        :rtype: dict
        """
        return self._ask_settle("cancel", self.env._("Customer Keeps the Goods"))

    def _get_refusal_proposal(self, exception):
        """Return what the customer could be told, in their language.

        :param customer.complaint.return.exception exception: may be empty
        :rtype: str
        """
        self.ensure_one()
        own = self.with_context(lang=self._get_paper_lang())
        exception = exception.with_env(own.env)
        if exception:
            return own.env._(
                "These goods cannot be returned without a reason: %(exception)s "
                "(%(basis)s).",
                exception=exception.name,
                basis=exception.legal_basis or own.env._("house rule"),
            )
        if self.is_after_last_day:
            return own.env._(
                "The right to return the goods without a reason ended on %(last_day)s; "
                "you told us on %(told)s.",
                last_day=own.company_id._complaint_format_day(self.date_last_day),
                told=own.company_id._complaint_format_day(
                    self.company_id._complaint_date(self.date_received)
                ),
            )
        return ""

    def _cancel(self, reason):
        """Note that the customer keeps the goods. They need not say why.

        :param str reason: may be empty
        :raise UserError: once a refund is under way
        """
        self._check_may_step()
        self._move(
            "cancelled", cancel_reason=reason, date_cancelled=fields.Datetime.now()
        )

    def action_start_again(self):
        """Take up refused or cancelled returns again.

        :raise UserError: if one is neither, or its goods are in other returns now
        """
        self._check_may_step()
        self._raise_reasons(
            lambda record: (
                record.state not in ("refused", "cancelled")
                and record.env._("it is neither refused nor cancelled.")
            )
        )
        for record in self:
            record._move(
                record._get_waiting_state(),
                refusal_exception_id=False,
                refusal_reason=False,
                date_refused=False,
                cancel_reason=False,
                date_cancelled=False,
            )
        self.line_ids._check_quantity()
        return True

    # ------------------------------------------------------------------
    # ACKNOWLEDGEMENT
    # ------------------------------------------------------------------

    def _acknowledge(self):
        """Send the customers the dated acknowledgement, where there is an address."""
        sent = self._send_mails(ACKNOWLEDGEMENT)
        now = fields.Datetime.now()
        for record in sent:
            record._write_unguarded(
                {
                    "date_acknowledged": now,
                    "acknowledged_to": record.partner_id.email_normalized,
                }
            )

    def _send_mails(self, template_xmlid):
        """Queue an e-mail to each customer that has an address.

        :return: the returns whose customer is written to
        :rtype: customer.complaint.return
        """
        template = self.env.ref(template_xmlid, raise_if_not_found=False)
        reachable = self.filtered(lambda record: record.partner_id.email_normalized)
        if not template or not reachable:
            return self.browse()
        try:
            with self.env.cr.savepoint():
                template.send_mail_batch(reachable.ids)
        except UserError as error:
            # A template that somebody broke keeps nobody from their right.
            text = self.env._(
                "The e-mail could not be written; print the paper instead, and have "
                "the template corrected: %(error)s",
                error=str(error).splitlines()[0],
            )
            reachable._message_log_batch(
                bodies={record.id: text for record in reachable}
            )
            return self.browse()
        return reachable

    def action_print_acknowledgement(self):
        """Print the acknowledgement; the first time counts as handing it over.

        :rtype: dict
        """
        self.check_access("write")
        self.filtered(lambda record: not record.date_acknowledged)._write_unguarded(
            {"date_acknowledged": fields.Datetime.now()}
        )
        return self.env.ref(
            "customer_complaint.report_return_acknowledgement"
        ).report_action(self)

    def _get_paper_lang(self):
        """Return the language of the customer's papers.

        :rtype: str
        """
        self.ensure_one()
        return self.partner_id.lang or self.env.lang or "en_US"

    def _get_promise_text(self):
        """Return what the customer does now, and until when the money goes back.

        :rtype: str
        """
        self.ensure_one()
        if not self.has_goods:
            return self.env._(
                "Nothing has to come back. The money goes back within %(days)s days, "
                "the way you paid unless agreed otherwise.",
                days=REFUND_DAYS,
            )
        if self.date_goods_back:
            return self.env._(
                "The goods are back with us. The money goes back within %(days)s days "
                "after they reached us, the way you paid unless agreed otherwise.",
                days=REFUND_DAYS,
            )
        return self.env._(
            "Please send or bring the goods back complete and intact. The money goes "
            "back within %(days)s days after they reached us, the way you paid unless "
            "agreed otherwise.",
            days=REFUND_DAYS,
        )

    def _get_last_day_text(self):
        """Return the last day of the right as papers print it.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(last_day)s (%(days)s days from the day after receipt)",
            last_day=self.company_id._complaint_format_day(self.date_last_day),
            days=self.right_days,
        )

    def _get_contact_text(self):
        """Return whom the customer asks about the return.

        :rtype: str
        """
        self.ensure_one()
        company_sudo = self.company_id.sudo()  # as every letterhead shows it
        known = [
            self.team_id.name,
            company_sudo.name,
            company_sudo.phone,
            company_sudo.email,
        ]
        return ", ".join(dict.fromkeys(filter(None, known)))

    # ------------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------------

    def _sync_todos(self):
        """Let the to-do of the refund follow the state and the limit."""
        due = self.filtered(
            lambda record: (
                record.state in OPEN_STATES
                and record.date_refund_due
                and record.user_id
            )
        )
        # The to-do of whoever is responsible, not of who takes the step.
        todos_sudo = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    (
                        "activity_type_id",
                        "=",
                        self.env.ref(REFUND_TODO, raise_if_not_found=False).id,
                    ),
                ]
            )
        )
        todos_sudo.filtered(lambda todo: todo.res_id not in due.ids).action_done()
        known = set(todos_sudo.mapped("res_id"))
        for record in due.sudo():
            values = {
                "date_deadline": record.date_refund_due,
                "user_id": record.user_id.id,
            }
            if record.id in known:
                todos_sudo.filtered(
                    lambda todo, record=record: todo.res_id == record.id
                ).write(values)
                continue
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                REFUND_TODO,
                summary=record.env._("Refund %(number)s", number=record.name),
                **values,
            )
