from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint.const import SUPERVISOR
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from .customer_complaint_return_right import RETURN_EDITABLE_STATES, RETURN_STATES

RETURN_SEQUENCE = "customer.complaint.return"
RETURN_OPEN_STATES = (*RETURN_EDITABLE_STATES, "refunding")
# What counts against the quantity sold.
RETURN_COUNTED_STATES = (*RETURN_OPEN_STATES, "done")
# LAW art. 25: the money goes back within seven days of the goods coming back.
REFUND_DAYS = 7
# Named on the acknowledgement, so they stay.
FIXED_FIELDS = frozenset({"partner_id", "sale_order_id"})
# What the return says, while it is open.
CONTENT_FIELDS = frozenset(
    {"line_ids", "date_received", "date_delivered", "has_goods", "note"}
)
REFUND_TODO = "customer_complaint_return.mail_act_refund_return"
ACKNOWLEDGEMENT = "customer_complaint_return.mail_template_return_acknowledgement"
REFUSAL = "customer_complaint_return.mail_template_return_refusal"
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
    """A return without a reason (七天无理由退货; in the EU the withdrawal).

    A track of its own, never counted among complaints: no reason is asked for, the
    customer gets a dated acknowledgement at once, and the money goes back within
    ``REFUND_DAYS`` of the goods (LAW art. 25). The steps are below, the refund is in
    ``customer_complaint_return_refund.py``.

    Agents register and carry out the returns of their teams, supervisors accept late
    ones as goodwill, auditors read, accounting posts the credit notes.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    register a return               A O S M - - - - -
    carry out a return              A - S M - - - - -
    accept a late return            - - S M - - - - -
    ==============================  =================
    """

    _name = "customer.complaint.return"
    _inherit = [
        "customer.complaint.listed",
        "customer.complaint.return.right",
        "customer.complaint.return.refund",
        "customer.complaint.stepped",
        "mail.thread",
        "mail.activity.mixin",
        "customer.complaint.due",
    ]
    _description = "No-reason Return"
    _order = "date_received desc, id desc"
    _check_company_auto = True
    _list_action = "customer_complaint_return.customer_complaint_return_action"

    # Identity of the complainant
    name = fields.Char(
        string="Return No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        help="Drawn from the company's yearly sequence of returns; never reused.",
        system=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
        system=True,
    )
    state = fields.Selection(
        RETURN_STATES,
        required=True,
        readonly=True,
        default="registered",
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
        help="Sees to it that the money goes back in time.",
    )

    # Customer and order
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Entity",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'sale'), '|', (0 if partner_id else 1, '=', 1), "
        "('partner_id', 'child_of', commercial_partner_id or [])]",
        help="The confirmed order whose goods come back.",
    )
    line_ids = fields.One2many(
        "customer.complaint.return.line", "return_id", string="What Comes Back"
    )
    currency_id = fields.Many2one(
        related="sale_order_id.currency_id", store=True, precompute=True, system=True
    )
    amount_total = fields.Monetary(
        string="Expected Refund",
        compute="_compute_amount_total",
        store=True,
        help="What the customer paid for it according to the order, taxes included; "
        "the credit note says what was invoiced.",
        system=True,
    )
    note = fields.Text(
        string="Internal Note",
        help="Not told to the customer. A reason is not asked for; note one only when "
        "the customer gives it.",
    )

    # Acknowledgement
    date_acknowledged = fields.Datetime(
        string="Acknowledged On",
        readonly=True,
        copy=False,
        help="When the acknowledgement was sent by e-mail, or printed.",
        system=True,
    )
    acknowledged_to = fields.Char(
        string="Sent To",
        readonly=True,
        copy=False,
        help="The e-mail address; empty when the acknowledgement was printed.",
        system=True,
    )

    # Goods and money
    has_goods = fields.Boolean(
        string="Goods Come Back",
        compute="_compute_has_goods",
        store=True,
        readonly=False,
        help="Clear it when nothing has to come back, e.g. what was never delivered: "
        "the refund is then due from the day the customer told us.",
    )
    date_goods_back = fields.Datetime(
        string="Goods Back On", readonly=True, copy=False, tracking=True, system=True
    )
    goods_note = fields.Text(
        string="Condition of the Goods",
        readonly=True,
        copy=False,
        help="As they came back, e.g. complete and intact.",
        system=True,
    )
    date_refund_due = fields.Date(
        string="Refund Until",
        compute="_compute_date_refund_due",
        store=True,
        index=True,
        help="Seven days after the goods came back (LAW art. 25).",
        system=True,
    )
    date_refund_drafted = fields.Datetime(
        string="Refund Drafted On", readonly=True, copy=False, system=True
    )
    date_refunded = fields.Datetime(
        string="Refunded On",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    refunded_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", system=True
    )
    refund_note = fields.Text(
        string="How It Was Refunded",
        readonly=True,
        copy=False,
        help="The credit notes, or how else the money went back.",
        system=True,
    )

    # The end without a refund
    refusal_exception_id = fields.Many2one(
        "customer.complaint.return.exception",
        string="Refused Because Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        system=True,
    )
    refusal_reason = fields.Text(
        readonly=True, copy=False, help="As the customer is told.", system=True
    )
    date_refused = fields.Datetime(
        string="Refused On", readonly=True, copy=False, system=True
    )
    date_cancelled = fields.Datetime(
        string="Cancelled On", readonly=True, copy=False, system=True
    )
    cancel_reason = fields.Text(readonly=True, copy=False, system=True)

    # Steps
    can_accept_late = fields.Boolean(
        compute="_compute_can_accept_late",
        help="Whether you may accept the late return as goodwill.",
    )

    _number_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'", "This number is already in use."
    )

    @api.depends("sale_order_id")
    def _compute_company_id(self):
        for record in self:
            record.company_id = record.sale_order_id.company_id or self.env.company

    @api.depends("company_id")
    def _compute_team_id(self):
        Complaint = self.env["customer.complaint"]
        for company, records in self.grouped("company_id").items():
            team = Complaint._get_default_team(company)
            for record in records:
                if record.team_id.company_id != company:
                    record.team_id = team

    @api.depends("sale_order_id")
    def _compute_partner_id(self):
        for record in self:
            order = record.sale_order_id
            entity = record.partner_id.commercial_partner_id
            if order and entity not in order._get_complaint_customers():
                record.partner_id = order.partner_id

    @api.depends("line_ids.amount_total")
    def _compute_amount_total(self):
        for record in self:
            record.amount_total = sum(record.line_ids.mapped("amount_total"))

    @api.depends("line_ids.sale_order_line_id")
    def _compute_has_goods(self):
        """Services do not come back."""
        for record in self:
            products = record.line_ids.sale_order_line_id.product_id
            record.has_goods = not products or any(
                product.type != "service" for product in products
            )

    @api.depends("date_goods_back", "date_received", "has_goods", "company_id")
    def _compute_date_refund_due(self):
        for record in self:
            start = record.date_goods_back
            if not start and not record.has_goods:
                start = record.date_received
            day = record.company_id._complaint_date(start)
            record.date_refund_due = day and day + timedelta(days=REFUND_DAYS)

    @api.model
    def _get_late_domain(self):
        is_open = fields.Domain("state", "in", RETURN_OPEN_STATES)
        return is_open & self._get_day_passed_domain("date_refund_due")

    @api.depends("date_refund_due", "state")
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.constrains("sale_order_id", "partner_id")
    def _check_sale_order(self):
        for record in self:
            # Constraints run as superuser: the reason names the order to everybody.
            reason = record._get_wrong_order_reason(record.sale_order_id.sudo())
            if reason:
                raise ValidationError(reason)

    def _get_wrong_order_reason(self, order_sudo):
        """Return why nothing of the order can come back, or False.

        :param sale.order order_sudo: readable whatever the user's rights
        :rtype: str or bool
        """
        self.ensure_one()
        if order_sudo.state != "sale":
            return self.env._(
                "Order %(order)s is not confirmed, so nothing of it can come back. "
                "Choose a confirmed order.",
                order=order_sudo.name,
            )
        entity = self.partner_id.commercial_partner_id
        if entity not in order_sudo._get_complaint_customers():
            return self.env._(
                "Order %(order)s was not sold to %(customer)s. Choose an order of this "
                "customer, or the customer of the order.",
                order=order_sudo.name,
                customer=self.partner_id.display_name,
            )
        return False

    # The number is given to each new return, with lines or without.
    @api.constrains("name", "line_ids")
    def _check_lines(self):
        for record in self:
            if not record.line_ids:
                raise ValidationError(
                    self.env._(
                        "Return of order %(order)s: enter how many of which product "
                        "come back.",
                        order=record.sale_order_id.name,
                    )
                )

    @api.onchange("sale_order_id")
    def _onchange_sale_order_id(self):
        """Propose what of the order can come back; the quantity is the user's.

        An order of a single product is proposed with all that can come back.
        """
        sold = self.sale_order_id._get_complaint_lines()
        left = sold._get_returnable_quantities()
        sold = sold.filtered(lambda line: left[line] > 0)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "sale_order_line_id": line.id,
                        "quantity": left[line] if len(sold) == 1 else 0,
                    }
                )
                for line in sold
            ),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Register returns, number them and acknowledge them at once.

        :raise AccessError: if the user may not read one of the orders
        :raise ValidationError: if more would come back than was sold
        """
        vals_list = [self._prepare_new_vals(vals) for vals in vals_list]
        by_company = {}
        for vals in vals_list:
            # Only whose it is; whether the user may read it is checked below.
            order_sudo = self.env["sale.order"].sudo().browse(vals["sale_order_id"])
            company = order_sudo.company_id or self.env.company
            by_company.setdefault(company, []).append(vals)
        for company, company_vals in by_company.items():
            days = company.sudo().complaint_no_reason_days
            names = company._complaint_next_numbers(RETURN_SEQUENCE, len(company_vals))
            for vals, name in zip(company_vals, names, strict=True):
                vals.update(name=name, right_days=days)
        returns = super().create(vals_list)
        returns._check_sale_access()
        returns._note_goods_in_stock()
        returns._acknowledge()
        returns._sync_todos()
        return returns

    @api.model
    def _prepare_new_vals(self, vals):
        """Return the values of a new return, without what only the system sets.

        Products proposed by the form of which nothing comes back are left out.

        :rtype: dict
        """
        vals = self._without_reserved(vals)
        if "sale_order_id" not in vals:
            vals["sale_order_id"] = self.default_get(["sale_order_id"]).get(
                "sale_order_id", False
            )
        vals["line_ids"] = [
            command
            for command in vals.get("line_ids") or []
            if command[0] != Command.CREATE or command[2].get("quantity", 1)
        ]
        self.env["customer.complaint.return.line"]._check_numbers(
            [command[2] for command in vals["line_ids"] if command[0] == Command.CREATE]
        )
        return vals

    def _check_vals(self, vals):
        """Refuse what the acknowledgement named, and changes once it is refunded."""
        self.check_access("write")
        fixed = {
            name
            for name in FIXED_FIELDS & vals.keys()
            if any(record[name].id != vals[name] for record in self)
        }
        if fixed:
            raise UserError(
                self.env._(
                    "The acknowledgement names these, so they stay: %(fields)s. Cancel "
                    "the return and register another one.",
                    fields=self._list_labels(fixed),
                )
            )
        if CONTENT_FIELDS & vals.keys():
            self._check_may_edit()
        return super()._check_vals(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        raise UserError(
            self.env._(
                "A registered return keeps its number and is never deleted: %(names)s. "
                "Cancel it instead.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    def _check_may_edit(self):
        """Refuse changes of what a return says once the refund is under way.

        :raise UserError: naming the returns and the way out
        """
        self._raise_reasons(
            lambda record: (
                record.state not in RETURN_EDITABLE_STATES
                and record.env._(
                    "it is “%(state)s” and no longer changes.",
                    state=record._get_state_label(),
                )
            )
        )

    def _check_sale_access(self):
        """Refuse orders that the user may not read.

        Otherwise a return would show what their sales rights hide.

        :raise AccessError: if the user may not read one of them
        """
        if not self.env.su:
            self.sale_order_id.check_access("read")

    def _list_labels(self, names):
        """Return the labels of fields as an error message lists them.

        :rtype: str
        """
        labels = [get_field_label(self, name) for name in sorted(names)]
        return format_list(self.env, labels)

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Return %(number)s registered", number=self.name)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    # ------------------------------------------------------------------
    # STEPS
    #
    # The steps of a no-reason return, and what the customer is told.
    # ------------------------------------------------------------------

    @api.depends("state", "is_after_last_day", "late_accepted_by_id")
    @api.depends_context("uid")
    def _compute_can_accept_late(self):
        for record in self:
            record.can_accept_late = bool(
                record.id and not record._get_cannot_accept_late_reason()
            )

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
        waiting = self.filtered(lambda record: record.state in RETURN_OPEN_STATES)
        for record in waiting.filtered(lambda record: not record.date_goods_back):
            vals = {"date_goods_back": moment}
            if record.state == "registered":
                vals["state"] = "goods_back"
            record._write_unguarded(vals)
        waiting._sync_todos()

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
        if self.state not in RETURN_EDITABLE_STATES:
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
            "customer_complaint_return.report_return_acknowledgement"
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

    def _sync_todos(self):
        """Let the to-do of the refund follow the state and the limit."""
        due = self.filtered(
            lambda record: (
                record.state in RETURN_OPEN_STATES
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
