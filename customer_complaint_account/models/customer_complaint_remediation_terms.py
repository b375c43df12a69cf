from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerComplaintRemediationTerms(models.AbstractModel):
    """The bank account that money goes to, which is part of what is approved.

    It is compared when accounting posts, too.
    """

    _inherit = "customer.complaint.remediation.terms"

    bank_id = fields.Many2one(
        "res.partner.bank",
        string="Paid Into",
        compute="_compute_bank_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
        domain="['|', ('partner_id', '=', partner_id),"
        " ('partner_id.child_ids', '=', partner_id)]",
        help="The customer's bank account that money goes to. It is part of what is "
        "approved; without one, none is put on the credit note.",
    )

    @api.depends("complaint_id")
    def _compute_bank_id(self):
        for remediation in self:
            remediation.bank_id = remediation._get_proposed_bank()

    def _get_proposed_bank(self):
        """Return the bank account of the customer, if it is known.

        :rtype: res.partner.bank
        """
        self.ensure_one()
        complaint = self.complaint_id
        customer_sudo = (
            complaint.partner_id.sudo()
        )  # shown to who proposes and approves
        if not customer_sudo:
            return self.env["res.partner.bank"]
        return customer_sudo._get_complaint_bank(complaint.company_id)

    @api.depends("bank_id")
    def _compute_changed_terms_note(self):
        return super()._compute_changed_terms_note()

    def _prepare_terms(self):
        bank = self.bank_id.filtered("active")
        return {
            **super()._prepare_terms(),
            "bank_id": bank.id or None,
            "bank": bank.sanitized_acc_number or None,
        }

    @api.model
    def _get_term_labels(self):
        customer, *others = super()._get_term_labels()
        return [customer, (self.env._("bank account"), ("bank",)), *others]

    def _get_other_payee_reason(self, note):
        """Say that a credit note pays somebody else than was approved, or False.

        :param account.move note: that carries it out
        :rtype: str or bool
        """
        self.ensure_one()
        customer = self.complaint_id.partner_id
        if note.commercial_partner_id != customer.commercial_partner_id:
            return self.env._(
                "it is made out to %(other)s, and %(customer)s was approved. Make it "
                "out to them, or cancel the draft and have another remediation "
                "approved.",
                other=note.partner_id.display_name,
                customer=customer.display_name,
            )
        bank, approved = note.partner_bank_id, self.bank_id
        if bank and bank != approved:
            return self.env._(
                "it is paid into the account %(other)s, and %(approved)s was approved. "
                "Take it off, or have the account approved on the remediation.",
                other=bank.acc_number,
                approved=approved.acc_number or self.env._("no account"),
            )
        return False

    def _get_payee_authors(self):
        """Return who entered or changed the bank account in the course of the case.

        :rtype: res.users
        """
        self.ensure_one()
        bank_sudo = self.sudo().bank_id
        began = self.complaint_id.sudo().create_date
        if not bank_sudo or not began or bank_sudo.write_date < began:
            return bank_sudo.write_uid.browse()
        return bank_sudo.write_uid

    @api.constrains("bank_id", "complaint_id")
    def _check_bank_id(self):
        for remediation in self:
            # Whose account it is; nothing of it is shown.
            bank_sudo = remediation.sudo().bank_id
            customer_sudo = remediation.sudo().complaint_id.partner_id
            owners = customer_sudo | customer_sudo.commercial_partner_id
            if bank_sudo and bank_sudo.partner_id not in owners:
                raise ValidationError(
                    remediation._name_reason(
                        self.env._(
                            "the bank account is not one of %(customer)s. Choose "
                            "theirs, or enter it on their contact first.",
                            customer=customer_sudo.display_name
                            or self.env._("the customer"),
                        )
                    )
                )

    def write(self, vals):
        """Write; another bank account after the approval needs approval anew.

        :raise UserError: if money is under way to the account as it was
        """
        if "bank_id" not in vals:
            return super().write(vals)
        self._lock_content()
        before = {remediation: remediation.sudo().bank_id for remediation in self}
        result = super().write(vals)
        changed = self.filtered(lambda rem: rem.sudo().bank_id != before[rem])
        changed._add_author()
        label = changed._list_labels(["bank_id"])
        changed._ask_anew(self.env._("%(fields)s was changed", fields=label), label)
        return result
