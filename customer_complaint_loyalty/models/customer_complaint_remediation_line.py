from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.customer_complaint_base.tools.document import Document


class CustomerComplaintRemediationLine(models.Model):
    """Voucher, by a gift card or by what is added to the customer's eWallet.

    These apps know no draft: what was approved is given when the line is carried out,
    once, by whoever works on the complaint.
    """

    _inherit = "customer.complaint.remediation.line"

    voucher_card_id = fields.Many2one(
        "loyalty.card",
        string="Voucher",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The gift card or eWallet the customer got it with.",
        system=True,
    )

    # ------------------------------------------------------------------
    # CARRYING OUT
    # ------------------------------------------------------------------

    def _action_carry_out_voucher(self):
        """Give the voucher, and note its number; without a program, ask for a note."""
        line_sudo = self._to_other_app()
        program = line_sudo.company_id.complaint_voucher_program_id
        if not program:
            return self._action_carry_out_by_note(
                self.env._(
                    "No voucher program is chosen in the settings of complaints. Say "
                    "which voucher the customer got, and how."
                )
            )
        line_sudo._check_can_give(program)
        card_sudo = line_sudo._give_voucher(program)
        self._write_unguarded({"voucher_card_id": card_sudo.id})
        self._set_done(self._get_voucher_note(card_sudo), fields.Datetime.now())
        return None

    def _check_can_give(self, program):
        """Refuse to give by a program what is no amount of it.

        :param loyalty.program program: the one of the settings
        :raise UserError: if it is not in use, or in another currency
        """
        self.ensure_one()
        reason = False
        if not program.active:
            reason = self.env._(
                "the voucher program “%(program)s” is archived. Have another one "
                "chosen in the settings.",
                program=program.name,
            )
        elif program.currency_id != self.currency_id:
            reason = self.env._(
                "vouchers of “%(program)s” are in %(program_currency)s. Enter the "
                "amount in %(program_currency)s.",
                program=program.name,
                program_currency=program.currency_id.name,
            )
        if reason:
            raise UserError(self._name_reason(reason))

    def _give_voucher(self, program):
        """Make a gift card, or add to the eWallet of the customer.

        :param loyalty.program program: which one
        :return: the card
        :rtype: loyalty.card
        """
        self.ensure_one()
        card = self.env["loyalty.card"]
        partner = self.complaint_id.partner_id
        if program.program_type == "ewallet":
            card = card.search(
                [("program_id", "=", program.id), ("partner_id", "=", partner.id)],
                limit=1,
            )
        if card:
            # Not two at once: the later one starts anew with what the first added.
            card.lock_for_update()
            card.points += self.amount
        else:
            card = card.create(self._prepare_voucher_vals(program))
        self.env["loyalty.history"].create(
            {
                "card_id": card.id,
                "description": self.env._(
                    "Complaint %(number)s", number=self.remediation_id.name
                ),
                "issued": self.amount,
            }
        )
        return card

    def _prepare_voucher_vals(self, program):
        """Return the values of a new card.

        :param loyalty.program program: which one
        :rtype: dict
        """
        self.ensure_one()
        vals = {
            "program_id": program.id,
            "partner_id": self.complaint_id.partner_id.id,
            "points": self.amount,
        }
        months = self.company_id.complaint_voucher_months
        if months and program.program_type == "gift_card":
            today = self.company_id._complaint_today()
            vals["expiration_date"] = today + relativedelta(months=months)
        return vals

    def _get_voucher_note(self, card_sudo):
        """Return how the voucher was given, for the file.

        :param loyalty.card card_sudo: readable whatever the user's rights
        :rtype: str
        """
        self.ensure_one()
        values = {
            "card": card_sudo.display_name,
            "amount": self.currency_id.format(self.amount),
        }
        if card_sudo.expiration_date:
            return self.env._(
                "%(card)s, %(amount)s, valid until %(date)s",
                **values,
                date=format_date(self.env, card_sudo.expiration_date),
            )
        return self.env._("%(card)s, %(amount)s", **values)

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    def _get_documents(self):
        documents = super()._get_documents()
        # Whoever sees the line is told the number of its voucher.
        card_sudo = self.sudo().voucher_card_id
        if card_sudo:
            documents = [
                *documents,
                Document(
                    record=card_sudo,
                    state="done",
                    state_label=self.env._("Given"),
                    cancel="",
                ),
            ]
        return documents
