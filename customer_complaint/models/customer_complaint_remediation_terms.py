from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ..const import GRANTED_STATES


class CustomerComplaintRemediationTerms(models.AbstractModel):
    """Who receives it, and what else an approval rests on besides the lines.

    Customer, bank account, order and order lines are noted when approval is asked for,
    and are part of what is approved. They are compared when it is decided, carried out
    and posted: a contact that was merged with another, archived or renamed meanwhile,
    past all guards, is noticed there.
    """

    _name = "customer.complaint.remediation.terms"
    _inherit = "customer.complaint.kept"
    _description = "Terms of a Remediation"

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
    terms = fields.Json(
        readonly=True,
        copy=False,
        help="Who receives it and what it is about, as it was when approval was asked "
        "for.",
        personal=True,
        system=True,
    )
    changed_terms_note = fields.Text(
        string="Changed Since",
        compute="_compute_changed_terms_note",
        help="What the approval rests on and is no longer so.",
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

    @api.depends("state", "terms", "bank_id", "complaint_id.partner_id")
    @api.depends_context("lang")
    def _compute_changed_terms_note(self):
        asked = self.filtered(lambda rem: rem.state in ("to_approve", *GRANTED_STATES))
        for remediation in self:
            own = remediation._origin if remediation in asked else None
            changes = own._get_changed_terms() if own else []
            remediation.changed_terms_note = "\n".join(changes) or False

    def _prepare_terms(self):
        """Return what an approval of the remediation rests on, as it is now.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        partner, order = complaint.partner_id, complaint.sale_order_id
        bank = self.bank_id.filtered("active")
        sold = {
            str(line.id): line.complaint_line_id.sale_order_line_id.id or 0
            for line in self.line_ids
        }
        return {
            "partner_id": partner.id or None,
            "partner": partner.name or None,
            "is_active": partner.active if partner else True,
            "commercial_partner_id": partner.commercial_partner_id.id or None,
            "bank_id": bank.id or None,
            "bank": bank.sanitized_acc_number or None,
            "order_id": order.id or None,
            "order": order.name or None,
            "category_id": complaint.category_id.id or None,
            "sold": sold or None,
        }

    def _get_changed_terms(self):
        """Return what the approval rests on that is another now.

        :return: one text for each change
        :rtype: list[str]
        """
        self.ensure_one()
        asked = self.terms
        if not asked:
            return []
        terms = self.sudo()._prepare_terms()  # compared, whoever may see them
        none = self.env._("(none)")
        changes = []
        for label, names in (
            (self.env._("customer"), ("partner", "partner_id")),
            (self.env._("bank account"), ("bank",)),
            (self.env._("order"), ("order", "order_id")),
        ):
            if any(asked.get(name) != terms[name] for name in names):
                changes.append(
                    self.env._(
                        "%(what)s: %(before)s → %(after)s",
                        what=label,
                        before=asked.get(names[0]) or none,
                        after=terms[names[0]] or none,
                    )
                )
        if asked.get("is_active") and not terms["is_active"]:
            changes.append(
                self.env._("%(customer)s was archived", customer=terms["partner"])
            )
        sold, before = terms["sold"] or {}, asked.get("sold") or {}
        if any(before.get(line_id) != sold[line_id] for line_id in sold):
            changes.append(self.env._("a product belongs to another order line"))
        return changes

    def _get_changed_terms_reason(self):
        """Say what the approval rests on and is another now, or return False.

        :rtype: str or bool
        """
        changes = self._get_changed_terms()
        return bool(changes) and self.env._(
            "it rests on what was changed since approval was asked for: %(changes)s. "
            "Take it back and ask for approval anew, or put it right.",
            changes=format_list(self.env, changes),
        )

    def _check_terms_kept(self):
        """Refuse to carry out what was approved for somebody or something else.

        :raise UserError: naming what was changed, and the way out
        """
        self._raise_reasons(lambda rem: rem._get_changed_terms_reason())

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

    def _ask_anew(self, text, reason):
        """Make what waits or was approved a draft again, as it rests on other facts.

        :param str text: what was changed
        :param str reason: what cannot be changed while money is under way
        :raise UserError: if one of them is being carried out
        """
        under_way = self.line_ids.filtered(lambda line: line.state == "under_way")
        if under_way:
            raise UserError(
                "\n".join(
                    line._name_reason(
                        self.env._(
                            "%(reason)s cannot change while %(documents)s is under "
                            "way. Take that back first.",
                            reason=reason,
                            documents=line._list_documents(line._get_live_documents()),
                        )
                    )
                    for line in under_way
                )
            )
        asked = self.filtered(lambda rem: rem.state != "draft")
        if asked:
            asked._back_to_draft(
                lambda rem: rem.env._(
                    "%(change)s: approval has to be asked for anew", change=text
                )
            )
            asked._ask_handlers(self.env._("Ask for approval anew"), text)
