from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
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
# Approved, carried out or not.
APPROVED_STATES = (*GRANTED_STATES, "done")
# A complaint does not close before these are settled.
PENDING_STATES = ("to_approve", *GRANTED_STATES)
# Proposed, and nobody has approved it yet.
UNAPPROVED_STATES = ("draft", "to_approve")
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
        "worth_total",
        "terms",
        "author_ids",
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
        "signed_text",
        "signed_digest",
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
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Remediation of a Complaint"
    _order = "number, id"
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
        personal=True,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", store=True, precompute=True
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="In the company's currency, at the rate of the day of the request; once "
        "accounting posted it, what was posted.",
    )
    worth_total = fields.Monetary(
        string="Worth",
        compute="_compute_amount_total",
        store=True,
        help="What the approval counts: money, goods at their value and work at its "
        "estimated cost.",
    )
    date_promised = fields.Date(
        string="Promised Until",
        copy=False,
        help="Until when the customer receives it, as the decision says. Left empty, "
        "so many days after the approval as the settings say.",
    )
    author_ids = fields.Many2many(
        "res.users",
        "customer_complaint_remediation_author_rel",
        "remediation_id",
        "user_id",
        string="Also Proposed By",
        readonly=True,
        copy=False,
        help="Who entered or changed what it says, or who receives it, besides who "
        "created it: none of them approves it.",
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

    # What who approves has to know of the case, whoever they are
    case_description = fields.Text(
        related="complaint_id.description", string="What Happened"
    )
    case_demand = fields.Text(related="complaint_id.demand", string="Demand")
    case_conclusion = fields.Selection(
        related="complaint_id.conclusion", string="Conclusion"
    )
    case_conclusion_note = fields.Text(
        related="complaint_id.conclusion_note", string="Findings and Opinion"
    )

    # Agreement
    date_agreed = fields.Datetime(string="Agreed On", readonly=True, copy=False)
    signer_name = fields.Char(
        string="Signed By",
        readonly=True,
        copy=False,
        help="Who accepted the agreement.",
        personal=True,
    )
    signature = fields.Image(
        readonly=True,
        copy=False,
        attachment=True,
        max_width=1024,
        max_height=1024,
        personal=True,
    )
    signed_text = fields.Text(
        string="What Was Signed",
        readonly=True,
        copy=False,
        help="The agreement word by word, as the customer was shown it and signed it.",
        personal=True,
    )
    signed_digest = fields.Char(
        string="Digest of What Was Signed",
        readonly=True,
        copy=False,
        help="SHA-256 of the text that was signed, in hexadecimal.",
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
        readonly=True,
        copy=False,
        help="Why the customer did not accept.",
        personal=True,
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
    cancel_reason = fields.Text(readonly=True, copy=False, personal=True)
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

    @api.model
    def _get_granted_domain(self, operation):
        # Who is asked to approve sees it, whatever their teams.
        if operation == "read":
            return Domain("guest_approver_ids", "in", self.env.uid)
        return super()._get_granted_domain(operation)

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("line_ids.amount_company", "line_ids.worth")
    def _compute_amount_total(self):
        for remediation in self:
            lines = remediation.line_ids
            remediation.amount_total = sum(lines.mapped("amount_company"))
            remediation.worth_total = sum(lines.mapped("worth"))

    @api.depends("line_ids.state")
    def _compute_is_partly_done(self):
        for remediation in self:
            remediation.is_partly_done = "done" in remediation.line_ids.mapped("state")

    @api.constrains("date_promised")
    def _check_date_promised(self):
        for remediation in self:
            company = remediation.company_id
            received = company._complaint_date(remediation.complaint_id.date_received)
            day = remediation.date_promised
            if day and received and day < received:
                raise ValidationError(
                    remediation._name_reason(
                        self.env._(
                            "nothing is promised for a day before the complaint was "
                            "received, %(received)s. Correct the day.",
                            received=company._complaint_format_day(received),
                        )
                    )
                )

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
        numbers = complaints._get_last_remediation_numbers()
        for vals, complaint in zip(vals_list, complaints, strict=False):
            numbers[complaint] += 1
            vals["number"] = numbers[complaint]
            vals["name"] = f"{complaint.name}-{vals['number']}"
            vals["date_rate"] = complaint.company_id._complaint_today()
        return super().create(vals_list)

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
        if vals.keys() & {
            "line_ids",
            "note",
            "complaint_id",
            "bank_id",
            "date_promised",
        }:
            self._check_may_edit()
        result = super().write(vals)
        if "date_promised" in vals:
            self._follow_agreement()
        return result

    def _write_unguarded(self, vals):
        """Write what the steps decide; the complaint follows another state."""
        result = super()._write_unguarded(vals)
        if "state" in vals:
            # What was granted is the same for every reader.
            self.sudo().complaint_id._follow_remediations()
        return result

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

    def _add_author(self):
        """Note that the user had a part in what these remediations say.

        Who created one is known.
        """
        user = self.env.user
        # Who had a part in it counts, whoever may see those people.
        self.sudo().filtered(
            lambda rem: user != rem.create_uid and user not in rem.author_ids
        )._write_unguarded({"author_ids": [Command.link(user.id)]})

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
