from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import CONCLUSIONS
from odoo.addons.customer_complaint.models.customer_complaint_remediation_line import (
    CREDIT_KINDS,
    FREE_KINDS,
    GOODS_KINDS,
    LINE_KINDS,
)

PAGES = [("enter", "What Is Settled"), ("sign", "Signature")]
# The rest asks more than is said at the counter.
SPOT_KINDS = (
    *("refund", "exchange", "price_reduction", "compensation", "voucher"),
    *("consolation", "apology"),
)
PHOTO = "customer_complaint.document_type_photo"


class CustomerComplaintSettle(models.TransientModel):
    """Asks all that a small case needs, shows what the customer signs, and is done."""

    _name = "customer.complaint.settle"
    _inherit = "customer.complaint.open"
    _description = "Settle a Complaint on the Spot"

    page = fields.Selection(PAGES, required=True, default="enter")
    # A case that was opened before may be without an order.
    sale_order_id = fields.Many2one(required=False)
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        related=None,
    )
    category_id = fields.Many2one(
        required=False,
        compute="_compute_category_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    description = fields.Text(required=False)
    channel_id = fields.Many2one(required=False)
    partner_id = fields.Many2one(required=False)
    line_ids = fields.One2many("customer.complaint.settle.line")
    conclusion = fields.Selection(
        CONCLUSIONS, string="What Was Found", required=True, default="established"
    )
    conclusion_note = fields.Text(
        string="Findings", help="What you saw and checked, and what you offer."
    )
    kind = fields.Selection(
        [(kind, label) for kind, label in LINE_KINDS if kind in SPOT_KINDS],
        string="The Customer Gets",
        required=True,
        default="refund",
    )
    is_by_product = fields.Boolean(compute="_compute_is_by_product")
    has_amount = fields.Boolean(compute="_compute_is_by_product")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", compute_sudo=False
    )
    amount = fields.Monetary(
        string="Amount (incl. Tax)", help="What the customer gets, in all."
    )
    reason = fields.Text(
        compute="_compute_reason",
        store=True,
        readonly=False,
        precompute=True,
        help="Why the customer gets it, for whoever approves. The findings, unless "
        "there is more to say.",
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_settle_photo_rel",
        "settle_id",
        "attachment_id",
        string="Photographs",
        help="Taken with the phone; they are filed with the complaint.",
        bypass_search_access=True,
    )

    # Signature
    remediation_id = fields.Many2one("customer.complaint.remediation", readonly=True)
    remediation_state = fields.Selection(related="remediation_id.state")
    route_text = fields.Text(related="remediation_id.route_text")
    text = fields.Text(string="What Is Signed", compute="_compute_text")
    version = fields.Char(
        compute="_compute_version",
        store=True,
        readonly=False,
        help="Of the agreement as it is shown here.",
    )
    signer_name = fields.Char(
        string="Signed By",
        compute="_compute_signer_name",
        store=True,
        readonly=False,
    )
    signature = fields.Image(max_width=1024, max_height=1024)
    is_received = fields.Boolean(
        string="Receipt, too",
        default=True,
        help="The customer signs as well that they have received it.",
    )

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("sale_order_id", "complaint_id")
    def _compute_company_id(self):
        for dialog in self:
            dialog.company_id = (
                dialog.complaint_id.company_id
                or dialog.sale_order_id.company_id
                or self.env.company
            )

    @api.depends("company_id")
    def _compute_category_id(self):
        for dialog in self:
            dialog.category_id = (
                dialog.complaint_id.category_id
                or dialog.category_id
                or dialog.company_id.complaint_spot_category_id
            )

    @api.depends("sale_order_id", "complaint_id")
    def _compute_currency_id(self):
        for dialog in self:
            dialog.currency_id = (
                dialog.sale_order_id.currency_id or dialog.company_id.currency_id
            )

    @api.depends("kind")
    def _compute_is_by_product(self):
        for dialog in self:
            dialog.is_by_product = dialog.kind in GOODS_KINDS
            dialog.has_amount = dialog.kind not in FREE_KINDS

    @api.depends("conclusion_note")
    def _compute_reason(self):
        for dialog in self:
            dialog.reason = dialog.conclusion_note

    @api.depends("sale_order_id")
    def _compute_line_ids(self):
        """Propose the products of the case, where there is one, else of the order.

        As the dialog opens: the case that it makes itself changes nothing of it.
        """
        known = self.filtered("complaint_id")
        result = super(CustomerComplaintSettle, self - known)._compute_line_ids()
        for dialog in known:
            about = dialog.complaint_id.line_ids
            dialog.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "complaint_line_id": line.id,
                            "sale_order_line_id": line.sale_order_line_id.id,
                            "quantity_sold": line.quantity,
                            "is_selected": len(about) == 1,
                        }
                    )
                    for line in about
                ),
            ]
        return result

    @api.depends("remediation_id")
    def _compute_text(self):
        for dialog in self:
            remediation = dialog.remediation_id
            dialog.text = remediation and remediation._get_agreement_text()

    @api.depends("remediation_id")
    def _compute_version(self):
        for dialog in self:
            remediation = dialog.remediation_id
            dialog.version = remediation and remediation._get_agreement_version()

    @api.depends("remediation_id")
    def _compute_signer_name(self):
        for dialog in self:
            dialog.signer_name = dialog.remediation_id.complaint_id.complainant_name

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_settle(self):
        """Grant what was entered, and show the customer what they sign.

        All or nothing: what cannot be done leaves no half of a case. A second press of
        the same dialog finds what the first one did.

        :rtype: dict
        :raise UserError: if something is missing, or the case needs more than that
        """
        self.ensure_one()
        if not self.remediation_id:
            self._check_is_filled_in()
            # As with the dialog that opens a complaint: of two presses in one instant
            # the later is replayed.
            self.complaint_id = self.complaint_id or self.env[
                "customer.complaint"
            ].create(self._prepare_complaint_vals())
            self._file_photos()
            self.complaint_id._decide_on_the_spot(self._prepare_findings())
            self.remediation_id = self._grant()
        self.page = "sign"
        return self._reopen()

    def action_sign(self):
        """Keep the signature; what is approved goes on by itself.

        :return: the complaint
        :rtype: dict
        :raise UserError: if nobody signed, or it is no longer what was shown
        """
        self.ensure_one()
        if not self.remediation_id.spot_signature:
            self.remediation_id._sign_on_the_spot(
                self.signer_name, self.version, self.signature, self.is_received
            )
        return self._action_show()

    def action_show(self):
        """Leave the signature for later, and show the complaint.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_show()

    def _action_show(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint",
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle on the Spot"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _check_is_filled_in(self):
        """:raise UserError: naming what is missing, and nothing is half done"""
        needed = ["conclusion_note"]
        if not self.complaint_id:
            needed += ["category_id", "channel_id", "partner_id", "description"]
        missing = [name for name in needed if not self[name]]
        if missing:
            labels = self.fields_get(missing, ["string"])
            raise UserError(
                self.env._(
                    "Fill in first: %(fields)s.",
                    fields=", ".join(f"“{labels[name]['string']}”" for name in missing),
                )
            )
        chosen = self._get_chosen_lines()
        if self.kind in GOODS_KINDS and not chosen:
            raise UserError(self.env._("Tick the product it is about."))
        unpaid = chosen.filtered(lambda line: not line.amount)
        if self.kind in CREDIT_KINDS and unpaid:
            sold = unpaid.filtered("sale_order_line_id")
            if sold and not any(line._get_amount_billed() for line in sold):
                raise UserError(
                    self.env._(
                        "Nothing is left to refund of %(products)s: it was neither "
                        "delivered nor invoiced, or another complaint or return "
                        "refunds it already. Choose what else the customer gets, or "
                        "look at the order.",
                        products=format_list(self.env, sold.mapped("product_name")),
                    )
                )
            raise UserError(self.env._("Enter the amount the customer gets."))

    def _get_chosen_lines(self):
        return self.line_ids.filtered("is_selected")

    def _prepare_complaint_vals(self):
        return {**super()._prepare_complaint_vals(), "user_id": self.env.uid}

    def _prepare_findings(self):
        """Return what was found, as the complaint keeps it. Hook.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "conclusion": self.conclusion,
            "conclusion_note": self.conclusion_note,
        }

    def _file_photos(self):
        if not self.photo_ids:
            return
        self.photo_ids._release_from_dialog(self)
        self.env["customer.complaint.archive.document"].create(
            {
                "complaint_id": self.complaint_id.id,
                "type_id": self.env.ref(PHOTO).id,
                "attachment_ids": [Command.set(self.photo_ids.ids)],
            }
        )

    def _grant(self):
        """Propose what the customer gets, and approve it where it is in one's limit.

        :rtype: customer.complaint.remediation
        """
        company = self.complaint_id.company_id
        days = timedelta(days=company.complaint_carry_out_days)
        remediation = self.env["customer.complaint.remediation"].create(
            {
                "complaint_id": self.complaint_id.id,
                "note": self.reason or self.conclusion_note,
                # The customer signs until when, before it is approved.
                "date_promised": company._complaint_today() + days,
                "line_ids": [Command.create(v) for v in self._prepare_granted_lines()],
            }
        )
        remediation._write_unguarded({"is_on_the_spot": True})
        remediation.action_ask()
        if remediation._is_within_own_limit(self.env.user):
            remediation.action_approve()
        return remediation

    def _prepare_granted_lines(self):
        """Return the values of the lines of the remediation.

        :rtype: list[dict]
        """
        if self.kind not in GOODS_KINDS:
            vals = {"kind": self.kind}
            return [{**vals, "amount": self.amount} if self.has_amount else vals]
        return [
            line._prepare_granted_vals(self.kind, about)
            for line, about in zip(
                self._get_chosen_lines(), self._get_lines_complained_of(), strict=True
            )
        ]

    def _get_lines_complained_of(self):
        """Return the products of the case, one for each that was ticked.

        :rtype: list[customer.complaint.line]
        """
        chosen = self._get_chosen_lines()
        known = chosen.complaint_line_id
        return list(known or self.complaint_id.line_ids[-len(chosen) :])


class CustomerComplaintSettleLine(models.TransientModel):
    """A product that may be settled, with what was billed for it."""

    _name = "customer.complaint.settle.line"
    _inherit = "customer.complaint.open.line"
    _description = "Product to Settle"

    open_id = fields.Many2one("customer.complaint.settle")
    sale_order_line_id = fields.Many2one(required=False)
    complaint_line_id = fields.Many2one("customer.complaint.line", ondelete="cascade")
    product_name = fields.Char(compute="_compute_product_name", compute_sudo=False)
    currency_id = fields.Many2one(related="open_id.currency_id")
    amount = fields.Monetary(
        string="Amount (incl. Tax)",
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="For a refund what was billed is proposed, less what was credited.",
    )

    @api.depends("sale_order_line_id", "complaint_line_id")
    def _compute_product_name(self):
        for line in self:
            line.product_name = (
                line.complaint_line_id.product_name or line.product_id.display_name
            )

    @api.depends("is_selected", "quantity", "open_id.kind")
    def _compute_amount(self):
        """Propose all that was billed for a refund; less than that is entered."""
        for line in self:
            billed = line._get_amount_billed() if line.is_selected else 0.0
            is_refund = line.open_id.kind == "refund"
            is_entered = line.amount and line.amount != billed
            line.amount = billed if is_refund else is_entered and line.amount

    def _get_amount_billed(self):
        """Return what so many were billed with, with taxes, and are not credited.

        :rtype: float
        """
        self.ensure_one()
        # Figures of the sale for whoever settles the complaint about it.
        sold_sudo = self.sudo().sale_order_line_id
        if not sold_sudo or not self.quantity > 0:
            return 0.0
        shares = sold_sudo._get_complaint_refundable()[sold_sudo]
        return self.currency_id.round(
            sum(
                share.get_due(quantity)
                for share, quantity in sold_sudo._split_quantity(self.quantity, shares)
                if share.currency == self.currency_id
            )
        )

    def _prepare_granted_vals(self, kind, about):
        """Return the values of the line of the remediation.

        :param str kind: what the customer gets
        :param customer.complaint.line about: for which product of the case
        :rtype: dict
        """
        self.ensure_one()
        vals = {
            "kind": kind,
            "complaint_line_id": about.id,
            "quantity": self.quantity,
        }
        return {**vals, "amount": self.amount} if kind in CREDIT_KINDS else vals
