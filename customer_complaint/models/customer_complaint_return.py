from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_list

from .customer_complaint import get_field_label, with_own_defaults

RETURN_SEQUENCE = "customer.complaint.return"
RETURN_STATES = [
    ("registered", "Waiting for Goods"),
    ("goods_back", "Goods Back"),
    ("refunding", "Refund Under Way"),
    ("done", "Refunded"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
# In which lines and days may still change.
EDITABLE_STATES = ("registered", "goods_back")
OPEN_STATES = (*EDITABLE_STATES, "refunding")
# What counts against the quantity sold.
COUNTED_STATES = (*OPEN_STATES, "done")
# LAW art. 25: the money goes back within seven days of the goods coming back.
REFUND_DAYS = 7
# Named on the acknowledgement, so they stay.
FIXED_FIELDS = frozenset({"partner_id", "sale_order_id"})
# What the return says, while it is open.
CONTENT_FIELDS = frozenset(
    {"line_ids", "date_received", "date_delivered", "has_goods", "note"}
)
# Set by the steps only.
SYSTEM_FIELDS = frozenset(
    {
        "name",
        "company_id",
        "currency_id",
        "commercial_partner_id",
        "state",
        "right_days",
        "date_last_day",
        "is_after_last_day",
        "date_acknowledged",
        "acknowledged_to",
        "late_accepted_by_id",
        "date_late_accepted",
        "date_goods_back",
        "goods_note",
        "date_refund_due",
        "date_refund_drafted",
        "credit_note_ids",
        "credit_note_count",
        "date_refunded",
        "refund_note",
        "refunded_by_id",
        "refusal_exception_id",
        "refusal_reason",
        "date_refused",
        "date_cancelled",
        "cancel_reason",
        "amount_total",
    }
)


class CustomerComplaintReturn(models.Model):
    """A return without a reason (七天无理由退货; in the EU the withdrawal).

    A track of its own, never counted among complaints: no reason is asked for, the
    customer gets a dated acknowledgement at once, and the money goes back within
    ``REFUND_DAYS`` of the goods (LAW art. 25). The steps are in
    ``customer_complaint_return_steps.py``, the refund in
    ``customer_complaint_return_refund.py``.

    Agents register and carry out the returns of their teams, supervisors accept late
    ones as goodwill, auditors read, accounting posts the credit notes.
    """

    _name = "customer.complaint.return"
    _inherit = [
        "customer.complaint.kept",
        "mail.thread",
        "mail.activity.mixin",
        "customer.complaint.due",
    ]
    _description = "No-reason Return"
    _order = "date_received desc, id desc"
    _check_company_auto = True

    # Identity
    name = fields.Char(
        string="Return No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        help="Drawn from the company's yearly sequence of returns; never reused.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    state = fields.Selection(
        RETURN_STATES,
        required=True,
        readonly=True,
        default="registered",
        copy=False,
        index=True,
        tracking=True,
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
        related="sale_order_id.currency_id", store=True, precompute=True
    )
    amount_total = fields.Monetary(
        string="Expected Refund",
        compute="_compute_amount_total",
        store=True,
        help="What the customer paid for it according to the order, taxes included; "
        "the credit note says what was invoiced.",
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
    )
    acknowledged_to = fields.Char(
        string="Sent To",
        readonly=True,
        copy=False,
        help="The e-mail address; empty when the acknowledgement was printed.",
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
        string="Goods Back On", readonly=True, copy=False, tracking=True
    )
    goods_note = fields.Text(
        string="Condition of the Goods",
        readonly=True,
        copy=False,
        help="As they came back, e.g. complete and intact.",
    )
    date_refund_due = fields.Date(
        string="Refund Until",
        compute="_compute_date_refund_due",
        store=True,
        index=True,
        help="Seven days after the goods came back (LAW art. 25).",
    )
    date_refund_drafted = fields.Datetime(
        string="Refund Drafted On", readonly=True, copy=False
    )
    date_refunded = fields.Datetime(
        string="Refunded On", readonly=True, copy=False, index=True, tracking=True
    )
    refunded_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null"
    )
    refund_note = fields.Text(
        string="How It Was Refunded",
        readonly=True,
        copy=False,
        help="The credit notes, or how else the money went back.",
    )

    # The end without a refund
    refusal_exception_id = fields.Many2one(
        "customer.complaint.return.exception",
        string="Refused Because Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    refusal_reason = fields.Text(
        readonly=True, copy=False, help="As the customer is told."
    )
    date_refused = fields.Datetime(string="Refused On", readonly=True, copy=False)
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)

    _number_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'", "This number is already in use."
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

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
        return fields.Domain("state", "in", OPEN_STATES) & self._get_day_passed_domain(
            "date_refund_due"
        )

    @api.depends("date_refund_due", "state")
    def _compute_is_late(self):
        return super()._compute_is_late()

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # ONCHANGE
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """Propose values, but never another one for what the system sets."""
        return with_own_defaults(self, super().default_get(fields_list), SYSTEM_FIELDS)

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
        vals = {
            name: value for name, value in vals.items() if name not in SYSTEM_FIELDS
        }
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

    def write(self, vals):
        """Refuse what the steps set, and changes of what no longer changes.

        :raise UserError: naming the fields or records, and the way out
        """
        self.check_access("write")
        forbidden = SYSTEM_FIELDS & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "The steps of a return set these; use the buttons: %(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
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
        return super().write(vals)

    def _write_unguarded(self, vals):
        """Write what the steps decide, past the guards of write()."""
        return super().write(vals)

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
                record.state not in EDITABLE_STATES
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

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _list_labels(self, names):
        """Return the labels of fields as an error message lists them.

        :rtype: str
        """
        labels = [get_field_label(self, name) for name in sorted(names)]
        return format_list(self.env, labels)

    def _get_state_label(self):
        """Return the state in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _name_reason(self, reason):
        """Say of which return a reason speaks.

        :rtype: str
        """
        self.ensure_one()
        return self.env._("%(number)s: %(reason)s", number=self.name, reason=reason)

    def _raise_reasons(self, get_reason, error=UserError):
        """Refuse a step with one line for each return that cannot take it.

        :param get_reason: function of a return; a text, or False
        :param error: the class of the error
        """
        reasons = [
            record._name_reason(reason)
            for record in self
            if (reason := get_reason(record))
        ]
        if reasons:
            raise error("\n".join(reasons))

    # ------------------------------------------------------------------
    # MAIL.THREAD
    # ------------------------------------------------------------------

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Return %(number)s registered", number=self.name)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]
