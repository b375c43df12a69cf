from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

REMEDIATION_STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("approved", "Approved"),
    ("agreed", "Agreed"),
    ("done", "Carried Out"),
    ("refused", "Not Approved"),
    ("cancelled", "Cancelled"),
]
# Approved, and not yet carried out.
GRANTED_STATES = ("approved", "agreed")
# A complaint does not close before these are settled.
PENDING_STATES = ("to_approve", *GRANTED_STATES)
# What counts for the ladder: splitting one sum into several does not help.
COUNTED_STATES = (*PENDING_STATES, "done")
# In which the lines may change; after the approval a raise needs it anew.
EDITABLE_STATES = ("draft", *GRANTED_STATES)
# Set by the steps only.
SYSTEM_FIELDS = frozenset(
    {
        "name",
        "number",
        "company_id",
        "currency_id",
        "state",
        "amount_total",
        "date_rate",
        "is_partly_done",
        "content_version",
        "round",
        "requested_by_id",
        "date_requested",
        "tier_id",
        "guest_approver_ids",
        "has_guest_approvers",
        "approval_ids",
        "date_approved",
        "decision_note",
        "date_reminded",
        "date_agreed",
        "signer_name",
        "signature",
        "agreement_document_id",
        "date_declined",
        "decline_reason",
        "receipt_document_id",
        "date_done",
        "cancel_reason",
    }
)


class CustomerComplaintRemediation(models.Model):
    """What a customer receives for one complaint (处理情况).

    Proposed by whoever handles the case, approved by the tiers of the ladder that its
    amount asks for, agreed to by the customer, and carried out line by line. The steps
    are in ``customer_complaint_remediation_steps.py``, the approval in
    ``customer_complaint_approval_steps.py``.
    """

    _name = "customer.complaint.remediation"
    _inherit = ["customer.complaint.part", "mail.thread", "mail.activity.mixin"]
    _description = "Remediation of a Complaint"
    _order = "complaint_id desc, number, id"
    _check_company_auto = True

    name = fields.Char(
        string="Remediation No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        help="The number of the complaint and a running number.",
    )
    number = fields.Integer(readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        REMEDIATION_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    line_ids = fields.One2many(
        "customer.complaint.remediation.line", "remediation_id", string="Lines"
    )
    note = fields.Text(
        string="Reasons",
        help="Why the customer should receive this; read by those who approve it.",
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", store=True, precompute=True
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="In the company's currency, at the rate of the day of the request.",
    )
    date_rate = fields.Date(
        string="Rates Of",
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._complaint_today(),
        help="The day whose currency rates are used: that of the request.",
    )
    is_partly_done = fields.Boolean(
        compute="_compute_is_partly_done",
        store=True,
        help="A line has been carried out.",
    )

    # Shown from the complaint
    partner_id = fields.Many2one(related="complaint_id.partner_id", string="Customer")
    category_id = fields.Many2one(related="complaint_id.category_id")
    team_id = fields.Many2one(related="complaint_id.team_id")

    # Agreement
    date_agreed = fields.Datetime(string="Agreed On", readonly=True, copy=False)
    signer_name = fields.Char(
        string="Signed By",
        readonly=True,
        copy=False,
        help="Who accepted the agreement.",
    )
    signature = fields.Image(
        readonly=True, copy=False, attachment=True, max_width=1024, max_height=1024
    )
    agreement_document_id = fields.Many2one(
        "customer.complaint.archive.document",
        string="Signed Agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    date_declined = fields.Datetime(string="Declined On", readonly=True, copy=False)
    decline_reason = fields.Text(
        readonly=True, copy=False, help="Why the customer did not accept."
    )

    # Carried out
    date_done = fields.Datetime(string="Carried Out On", readonly=True, copy=False)
    receipt_document_id = fields.Many2one(
        "customer.complaint.archive.document",
        string="Receipt",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    cancel_reason = fields.Text(readonly=True, copy=False)
    content_version = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of the content: who changes it and who decides on it "
        "at the same moment write the same row, and the later one starts anew.",
        sealed=False,
    )

    _number_uniq = models.UniqueIndex(
        "(complaint_id, number)",
        "Somebody proposed another remediation at the same moment. Try again.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("line_ids.amount_company")
    def _compute_amount_total(self):
        for remediation in self:
            remediation.amount_total = sum(
                remediation.line_ids.mapped("amount_company")
            )

    @api.depends("line_ids.state")
    def _compute_is_partly_done(self):
        for remediation in self:
            remediation.is_partly_done = "done" in remediation.line_ids.mapped("state")

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_reserved_fields(self):
        return SYSTEM_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        """Propose remediations, as drafts.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the complaints has ended
        """
        vals_list = self._prepare_new_vals_list(vals_list)
        complaints = self.env["customer.complaint"].browse(
            [vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")]
        )
        complaints._keep_entered_by_hand()
        numbers = complaints._get_last_remediation_numbers()
        for vals, complaint in zip(vals_list, complaints, strict=False):
            numbers[complaint] += 1
            vals["number"] = numbers[complaint]
            vals["name"] = f"{complaint.name}-{vals['number']}"
            vals["date_rate"] = complaint.company_id._complaint_today()
        remediations = super().create(vals_list)
        complaints._sync_remediations()
        return remediations

    def write(self, vals):
        """Refuse what the steps set, and changes of what no longer changes.

        :raise UserError: naming the fields or records, and the way out
        """
        forbidden = self._get_reserved_fields() & vals.keys()
        if forbidden:
            raise UserError(
                self.env._(
                    "The steps of a remediation set these; use the buttons: "
                    "%(fields)s.",
                    fields=self._list_labels(forbidden),
                )
            )
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._(
                    "A remediation stays with its complaint. Cancel it and propose "
                    "it there."
                )
            )
        if vals.keys() & {"line_ids", "note", "complaint_id"}:
            self._check_may_edit()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        self._check_may_edit()
        asked = self.filtered(lambda remediation: remediation.round)
        if asked:
            raise UserError(
                self.env._(
                    "What was asked and decided stays on record: %(names)s. Cancel it "
                    "instead.",
                    names=format_list(self.env, asked.mapped("name")),
                )
            )

    def unlink(self):
        complaints = self.complaint_id
        result = super().unlink()
        complaints._sync_remediations()
        return result

    def _check_may_edit(self):
        """Refuse changes of remediations that do not change now.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: naming the remediations, and the way out
        """
        self.complaint_id._check_may_change()
        fixed = self.filtered(lambda rem: rem.state not in EDITABLE_STATES)
        if fixed:
            raise UserError(
                "\n".join(
                    remediation._name_reason(remediation._get_cannot_edit_reason())
                    for remediation in fixed
                )
            )

    def _get_cannot_edit_reason(self):
        """Return why nothing of the remediation changes now, with the way out.

        :rtype: str
        """
        self.ensure_one()
        texts = {
            "to_approve": self.env._(
                "it waits for approval. Take it back first to change it."
            ),
            "done": self.env._(
                "it was carried out and stays as it is. Propose another one."
            ),
            "refused": self.env._(
                "it was refused. Press “Start Again” to change it and ask anew."
            ),
            "cancelled": self.env._(
                "it was cancelled. Press “Start Again”, or propose another one."
            ),
        }
        return texts[self.state]

    def _name_reason(self, reason):
        """Say of which remediation a reason speaks.

        :rtype: str
        """
        self.ensure_one()
        return self.env._("%(number)s: %(reason)s", number=self.name, reason=reason)

    def _raise_reasons(self, get_reason, error=UserError):
        """Refuse a step with one line for each remediation that cannot take it.

        :param get_reason: function of a remediation; a text, or False
        :param error: the class of the error
        """
        reasons = [
            remediation._name_reason(reason)
            for remediation in self
            if (reason := get_reason(remediation))
        ]
        if reasons:
            raise error("\n".join(reasons))

    def _get_state_label(self):
        """Return the state in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _lock_content(self):
        """Keep others from changing or deciding on these remediations meanwhile.

        Writes the rows, so that a transaction that began before fails and starts
        anew; a lock alone would let it go on with what it read.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE customer_complaint_remediation"
                    " SET content_version = COALESCE(content_version, 0) + 1"
                    " WHERE id IN (SELECT id FROM customer_complaint_remediation"
                    " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
                    " RETURNING id",
                    self.ids,
                )
            )
            self.invalidate_recordset(["content_version"], flush=False)
